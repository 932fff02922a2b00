"""What stands before the vault: first start, login, recovery. Nothing heavy is imported here."""
