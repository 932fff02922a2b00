"""The keys of the whole vault: another recovery code, another vault key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from clinoscope.domain.access import Act
from clinoscope.workflow.permissions import require

if TYPE_CHECKING:
    from clinoscope.records import Vault


def new_recovery_code(vault: Vault, password: str) -> str:
    """Another recovery code, to print; the old one opens nothing any more. Raises WrongPassword, NotAllowed."""
    require(vault, Act.KEYS)
    return vault.custody.new_recovery_code(password)


def rotate(vault: Vault, password: str, progress: Callable[[int, int], None] | None = None) -> str:
    """Encrypt the vault anew under another key and close it; the new recovery code, to print.

    Everyone logs in with their passwords as before. Raises WrongPassword, NotAllowed, VaultError; then nothing changed.
    """
    require(vault, Act.KEYS)
    try:
        return vault.custody.rotate(password, *([progress] if progress else []))
    finally:
        if vault.custody.rotated:
            vault.close()


def recovery_sheet(code: str) -> bytes:
    """The code as a PDF page to print, with a QR code to scan. Nothing of it is kept."""
    from clinoscope import reports

    return reports.recovery_sheet_pdf(code, datetime.now().astimezone().date())
