"""Keeping the vault safe: backups by themselves, tried as soon as they are made, and the check.

What is known of backups is read from the audit chain: when the last was made, what happened since, whether it would
come back. Only where they go and when is a setting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from clinoscope.domain.access import Act
from clinoscope.domain.errors import VaultError
from clinoscope.workflow.permissions import may, require

if TYPE_CHECKING:
    from clinoscope.records import Vault, VerifyReport
    from clinoscope.records.repair import Checked

FOLDER = "backup.folder"
DAILY = timedelta(hours=24)
WHOLE_EVERY = timedelta(days=7)
"""How often every picture of a backup is read back, not only the new ones."""
LATE = timedelta(days=7)
"""After so long without a backup the page Today says so."""
GONE = "The folder for backups is not there: connect the disk, or choose another folder in Settings."

_QUIET = (
    "vault.open",
    "vault.backup",
    "vault.tested",
    "vault.check",
    "user.unlock",
    "user.refused",
    "patient.view",
    "exam.view",
    "patient.erased",
    "access.refused",
)
"""After these alone there is nothing new to save but that somebody looked."""


@dataclass(frozen=True)
class Status:
    """How it stands: ``folder`` "" while backups are not made by themselves; ``made`` None before the first.

    ``tested`` is None while the newest backup has not been tried; ``why`` says what is wrong with it.
    """

    folder: str
    made: datetime | None
    changed: bool
    tested: bool | None
    pictures: int
    why: str


def status(vault: Vault) -> Status:
    """What is known of the newest backup. Raises VaultError."""
    made, tried = vault.latest("vault.backup"), vault.latest("vault.tested")
    mine = tried if made is not None and tried is not None and tried.subject == made.subject else None
    return Status(
        folder=str(vault.settings.get(FOLDER, "")),
        made=made.at if made else None,
        changed=vault.changed_since(int(made.details.get("seq", made.seq)) if made else 0, _QUIET),
        tested=bool(mine.details["ok"]) if mine else None,
        pictures=int(mine.details.get("pictures", 0)) if mine else 0,
        why=str(mine.details.get("why", "")) if mine else "",
    )


def backup(vault: Vault, folder: Path) -> Path:
    """Copy the vault into ``folder``, try whether the copy comes back, thin out the old ones; the copy's own folder.

    Raises NotAllowed, VaultError: also for a copy that was made and would not come back, and where the folder that
    was chosen for backups is not there.
    """
    require(vault, Act.BACKUP)
    if folder == _chosen(vault) and not folder.is_dir():
        raise VaultError(GONE)
    return _made(vault, folder)


def choose(vault: Vault, folder: Path | None) -> None:
    """Where backups go by themselves from now on; None for nowhere. Raises NotAllowed."""
    require(vault, Act.BACKUP)
    from clinoscope.records.backup import INSIDE

    if folder is not None and Path(folder).resolve().is_relative_to(vault.folder.resolve()):
        raise VaultError(INSIDE)
    vault.settings.set(FOLDER, str(folder) if folder else "")


def due(vault: Vault, *, leaving: bool = False) -> bool:
    """Whether a backup is to be made now: something changed, and the last is a day old or the program ends.

    It is the program that makes it, whoever is logged in.
    """
    found = status(vault)
    if not found.folder or not found.changed:
        return False
    return leaving or found.made is None or datetime.now(UTC) - found.made >= DAILY


def run(vault: Vault) -> Path:
    """The backup that is due, into the folder that was chosen. Raises VaultError: also when the folder is not there."""
    folder = _chosen(vault)
    # Never made here: on a stick that is not plugged in this would be a folder on the disk it is to save from.
    if not folder.is_dir():
        raise VaultError(GONE)
    return _made(vault, folder)


def warning(vault: Vault) -> str:
    """What whoever may back up should know today; "" when all is well or there is nothing to lose yet."""
    if not may(vault, Act.BACKUP):
        return ""
    found, now = status(vault), datetime.now(UTC)
    if found.tested is False:
        return "The newest backup would not come back. Back up again, on another disk if you can."
    begun = vault.exams.recent(1)
    if not begun or (found.made is None and now - begun[-1][0].created_at < timedelta(minutes=30)):
        return ""
    if found.made is None:
        return "There is no backup yet. Choose a folder on another disk in Settings, and it is made by itself."
    if found.changed and now - found.made > LATE:
        return f"The last backup is {(now - found.made).days} days old. Connect its disk, or back up in Settings."
    return ""


def verify(vault: Vault) -> VerifyReport:
    """Check the database, the audit chain, every signature, lab value and picture. Raises NotAllowed."""
    from clinoscope.records.operations import note

    require(vault, Act.CHECK)
    report = vault.verify()
    vault.run(note("vault.check", "", {"problems": len(report.problems)}))
    return report


def check(vault: Vault) -> Checked:
    """What of the database and the picture store is missing, altered or named by nobody. Raises NotAllowed."""
    require(vault, Act.CHECK)
    return vault.check()


def mend(vault: Vault, backups: Path | None) -> Checked:
    """Put lost pictures back from a folder of backups, set aside what nobody names; what is left. Raises NotAllowed."""
    require(vault, Act.BACKUP)
    return vault.check(mend=True, mend_from=backups)


def _made(vault: Vault, folder: Path) -> Path:
    path = vault.backup(folder)
    vault.try_backup(path, whole=_whole_is_due(vault))
    vault.thin_backups(folder)
    return path


def _chosen(vault: Vault) -> Path:
    return Path(str(vault.settings.get(FOLDER, "")))


def _whole_is_due(vault: Vault) -> bool:
    from clinoscope.records.audit import Wanted

    recent = vault.audit(Wanted(acts=("vault.tested",)), None, 60)
    whole = next((event for event, _ in recent if event.details.get("ok") and event.details.get("whole")), None)
    return whole is None or datetime.now(UTC) - whole.at >= WHOLE_EVERY
