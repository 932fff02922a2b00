"""Opening and making the vault."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clinoscope import one_copy

if TYPE_CHECKING:
    from clinoscope.records import Vault


def vault_exists(folder: Path) -> bool:
    """Whether a vault lies in ``folder``. Cheap: looks at file names only.

    True for a folder that may not be looked into: opening it then says so, where making one would not.
    """
    try:
        return (folder / "keys.json").is_file()
    except PermissionError:
        return True


def vault_in_use(folder: Path) -> bool:
    """Whether a copy of the program has that vault open: this one, too, so ask only while it has none. Cheap."""
    return one_copy.in_use(folder)


def create_vault(folder: Path, name: str, password: str) -> tuple[Vault, str]:
    """Make a vault and its first user. Returns it open, with the recovery code to print once.

    Raises VaultError for a folder that is not empty or cannot be written to, NotAllowed for a name or password that
    may not be used.
    """
    from clinoscope.records import Vault

    return Vault.create(folder, name, password)


def open_vault(folder: Path, name: str, password: str) -> Vault:
    """Open the vault for a user. Raises WrongPassword, VaultError."""
    from clinoscope.records import Vault

    return Vault.open(folder, name, password)


def unlock(vault: Vault, password: str) -> None:
    """Back to an open vault that was locked; noted, as is a wrong password. Raises WrongPassword, VaultError."""
    from clinoscope.records.operations import note

    vault.check_password(password)
    vault.run(note("user.unlock", vault.user.id))


def admit(vault: Vault, name: str, password: str) -> None:
    """Before somebody else logs in at a locked window: they are of this vault. A slip of the keys must not log out the
    one who left it. A wrong password is noted. Raises WrongPassword, VaultError."""
    vault.custody.admit(name, password)


def recover(folder: Path, code: str, name: str, new_password: str) -> Vault:
    """Open the vault with the recovery code and give the user ``name`` a new password.

    Raises WrongPassword for a wrong code, VaultError.
    """
    from clinoscope.records import Vault

    return Vault.recover(folder, code, name, new_password)


def newest_backup(folder: Path) -> Path | None:
    """The backup that ``folder`` is, or the newest of those in it; None where there is none."""
    found = [
        path.parent
        for path in (folder / "manifest.json", *folder.glob("clinoscope-2*/manifest.json"))
        if path.is_file()
    ]
    return folder if folder in found else max(found, key=lambda path: path.name, default=None)


def restore(backup: Path, folder: Path) -> None:
    """Bring a backup back into an empty or absent folder. Raises VaultError."""
    from clinoscope import records

    records.restore(backup, folder)
