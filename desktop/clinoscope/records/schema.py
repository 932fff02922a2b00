"""The tables, and how an older vault becomes one of today.

``MIGRATIONS[n]`` takes a database from version n to n + 1; the version stands in SQLite's
``user_version``. A migration that has been released is never changed: add the next one, a file in ``migrations``.
"""

from collections.abc import Callable
from pathlib import Path

from sqlite_utils import Database

from clinoscope.domain.errors import VaultError
from clinoscope.records.keys import NEWER
from clinoscope.records.migrations import (
    access,
    by_hand,
    exam_page,
    first,
    held,
    labs,
    merging,
    privacy,
    reviewed,
    scale,
    set_aside,
    smears,
)

UPGRADES = "before-upgrade"
"""The folder of those copies in the vault."""

Migration = Callable[[Database], None]

MIGRATIONS: tuple[Migration, ...] = (
    first.migrate,
    labs.migrate,
    reviewed.migrate,
    smears.migrate,
    access.migrate,
    merging.migrate,
    scale.migrate,
    privacy.migrate,
    exam_page.migrate,
    by_hand.migrate,
    held.migrate,
    set_aside.migrate,
)


def version(db: Database) -> int:
    """The schema version of a database; 0 when it is empty."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def check_not_newer(db: Database) -> None:
    """Raises VaultError when a newer program wrote the database."""
    if version(db) > len(MIGRATIONS):
        raise VaultError(NEWER)


def migrate(db: Database) -> None:
    """Bring the database up to date, inside the caller's transaction."""
    for step, migration in enumerate(MIGRATIONS[version(db) :], start=version(db) + 1):
        migration(db)
        db.execute(f"PRAGMA user_version = {step}")


def upgrade_copy(folder: Path, from_version: int, stamp: str) -> Path:
    """Where the copy of the database before an upgrade goes."""
    return folder / UPGRADES / f"records-v{from_version}-{stamp}.db"
