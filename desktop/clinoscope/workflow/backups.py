"""Keeping the vault safe: backups and the check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clinoscope.domain.access import Act
from clinoscope.workflow.permissions import require

if TYPE_CHECKING:
    from clinoscope.records import Vault, VerifyReport


def backup(vault: Vault, folder: Path) -> Path:
    """Copy the vault into ``folder``; the new backup's own folder. Raises NotAllowed, VaultError."""
    require(vault, Act.BACKUP)
    return vault.backup(folder)


def verify(vault: Vault) -> VerifyReport:
    """Check the database, the audit chain, every signature, lab value and picture. Raises NotAllowed."""
    from clinoscope.records.operations import note

    require(vault, Act.CHECK)
    report = vault.verify()
    vault.run(note("vault.check", "", {"problems": len(report.problems)}))
    return report
