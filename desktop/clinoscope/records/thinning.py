"""Which old backups stay: the newest of each of 12 days, 10 weeks and 9 months that have one.

Then the pictures that no backup names any more go, too. A folder may hold backups of several vaults and be written to
by several computers: only those of this vault are thinned, and nothing written within the last day is touched.
"""

import shutil
import time
from collections.abc import Callable, Hashable, Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec

from clinoscope.domain.errors import VaultError
from clinoscope.records import backup, keys
from clinoscope.records.errors import translated

DAYS, WEEKS, MONTHS = 12, 10, 9
_RECENT = 24 * 3600
_GONE = ".removed-"

_SLOTS: tuple[tuple[int, Callable[[date], Hashable]], ...] = (
    (DAYS, lambda day: day),
    (WEEKS, lambda day: day.isocalendar()[:2]),
    (MONTHS, lambda day: (day.year, day.month)),
)


def kept(made: Iterable[datetime]) -> set[datetime]:
    """Which of the times at which backups were made are to stay."""
    newest_first = sorted(made, reverse=True)
    found: set[datetime] = set()
    for most, slot in _SLOTS:
        taken: set[Hashable] = set()
        for moment in newest_first:
            place = slot(moment.date())
            if place not in taken and len(taken) < most:
                taken.add(place)
                found.add(moment)
    return found


def thin(folder: Path, vault: str) -> int:
    """Remove what is not kept of the backups of that vault (its id) in ``folder``; how many. Raises VaultError."""
    with translated():
        found = {path: moment for path in folder.glob("clinoscope-2*") if (moment := _made(path, vault)) is not None}
        stay = kept(found.values())
        away = [path for path, moment in found.items() if moment not in stay]
        for path in away:
            # First out of sight, in one step: half a backup never has the name of a whole one.
            path.rename(path.with_name(_GONE + path.name))
        for path in [*folder.glob(f"{_GONE}clinoscope-*"), *_left_unfinished(folder)]:
            shutil.rmtree(path, ignore_errors=True)
        if away:
            _remove_pictures(folder)
    return len(away)


def _made(path: Path, vault: str) -> datetime | None:
    """When a backup of this vault was made; None for anything else."""
    try:
        if keys.decode((path / keys.FILE).read_bytes()).vault != vault:
            return None
        stamp, _, number = path.name.removeprefix("clinoscope-").partition("-")
        made = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return made + timedelta(microseconds=int(number or 0))  # several in one second, each with a number
    except (OSError, ValueError, VaultError):
        return None


def _left_unfinished(folder: Path) -> list[Path]:
    """What a backup that was killed left a day ago or longer."""
    return [path for path in folder.glob(".clinoscope-*.part") if _is_old(path)]


def _remove_pictures(folder: Path) -> None:
    """Pictures that no backup in the folder names. Where one cannot be read, all stay."""
    named: set[str] = set()
    for manifest in folder.glob(f"*/{backup.MANIFEST}"):
        try:
            named |= {entry.name for entry in msgspec.json.decode(manifest.read_bytes(), type=backup.Manifest).pictures}
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return
    for path in (folder / backup.SHARED).glob("*/*"):
        if path.name not in named and _is_old(path):
            path.unlink(missing_ok=True)


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > _RECENT
    except FileNotFoundError:
        return False
