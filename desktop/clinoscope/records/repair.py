"""The picture store against the database: what is missing, altered or named by nobody, and how it is put right.

A picture always becomes the same file (see ``pictures``), so a lost one is taken from any backup, byte for byte. A file
that no row names was left by a kill between the two; it is set aside and not removed, since nobody knows what is in it.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from clinoscope.domain.errors import VaultError
from clinoscope.records import backup, rotation
from clinoscope.records.errors import translated
from clinoscope.records.files import write_whole
from clinoscope.records.keys import KeyFile
from clinoscope.records.pictures import file_in
from clinoscope.records.store import Store, damage

ASIDE = "set-aside"


@dataclass(frozen=True)
class Checked:
    """``database`` holds a sentence where its pages are not sound; the others names of picture files."""

    pictures: int
    database: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()
    orphaned: tuple[str, ...] = ()
    mended: tuple[str, ...] = field(default=())
    """Missing and altered before, put back from a backup now."""

    @property
    def ok(self) -> bool:
        return not (self.database or self.missing or self.altered or self.orphaned)


def check(store: Store, folder: Path, file: KeyFile) -> Checked:
    """Look at the pages of the database and at every picture file. Raises VaultError when the disk fails."""
    database = _database(store)
    rows = {row["file"]: row["file_sha256"] for row in store.rows("SELECT file, file_sha256 FROM pictures")}
    place = rotation.pictures(folder, file.generation)
    missing, altered = [], []
    with translated():
        for name, sha256 in rows.items():
            path = file_in(place, name)
            if not path.is_file():
                missing.append(name)
            elif not _is(path, sha256):
                altered.append(name)
        found = {path.name for path in place.glob("*/*")}
    orphaned = sorted(found - rows.keys())
    return Checked(len(rows), database, tuple(sorted(missing)), tuple(sorted(altered)), tuple(orphaned))


def mend(store: Store, folder: Path, file: KeyFile, backups: Path | None) -> Checked:
    """Put back what is missing or altered from a folder of backups, set aside what nobody names; what is left.

    An altered file is kept beside the orphaned ones. Raises VaultError when the disk fails.
    """
    before = check(store, folder, file)
    rows = {row["file"]: row["file_sha256"] for row in store.rows("SELECT file, file_sha256 FROM pictures")}
    place, mended = rotation.pictures(folder, file.generation), []
    with translated():
        for name in before.orphaned:
            _set_aside(folder, file_in(place, name))
        for name in (*before.missing, *before.altered):
            copy = file_in(backups / backup.SHARED, name) if backups is not None else None
            if copy is None or not copy.is_file() or not _is(copy, rows[name]):
                continue
            if name in before.altered:
                _set_aside(folder, file_in(place, name))
            write_whole(file_in(place, name), copy.read_bytes())
            mended.append(name)
    after = check(store, folder, file)
    return Checked(after.pictures, after.database, after.missing, after.altered, after.orphaned, tuple(sorted(mended)))


def _database(store: Store) -> tuple[str, ...]:
    try:
        with store.settled() as db:
            return tuple(damage(db))
    except VaultError as error:
        return (str(error),)


def _is(path: Path, sha256: str) -> bool:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def _set_aside(folder: Path, path: Path) -> None:
    """Out of the way, under a name that is free."""
    aside = folder / ASIDE
    aside.mkdir(exist_ok=True)
    target, number = aside / path.name, 2
    while target.exists():
        target, number = aside / f"{path.name}-{number}", number + 1
    path.rename(target)
