"""Would this backup come back? Tried for real, on a copy that is thrown away."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from clinoscope.domain.errors import VaultError
from clinoscope.records import audit, backup, keys, store
from clinoscope.records.errors import translated
from clinoscope.records.pictures import file_in
from clinoscope.records.store import Store


@dataclass(frozen=True)
class Restorable:
    """A backup that would come back: ``events`` in its log, ``read`` pictures read back of ``pictures``."""

    events: int
    pictures: int
    read: int


def tried(path: Path, database_key: bytes, *, whole: bool) -> Restorable:
    """Put the database of a backup back, open it, check its pages and its log; read its pictures back.

    Without ``whole`` pictures that were in an earlier backup of the folder are looked for and not read: reading all
    takes as long as the disk needs. Raises VaultError when the backup would not come back.
    """
    manifest = backup.read_manifest(path)
    keys.decode(backup.checked(path / keys.FILE, manifest.key_file))
    with translated():
        scratch = Path(tempfile.mkdtemp(prefix="clinoscope-restore-test-"))
    try:
        backup.take(path / store.FILE, scratch / store.FILE, manifest.database)
        events = _looked_at(scratch / store.FILE, database_key)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    earlier = set() if whole else _in_earlier(path)
    read = 0
    for entry in manifest.pictures:
        copy = file_in(path.parent / backup.SHARED, entry.name)
        if entry.name in earlier:
            if not copy.is_file():
                raise VaultError(backup.DAMAGED)
        else:
            backup.checked(copy, entry.sha256)
            read += 1
    return Restorable(events, len(manifest.pictures), read)


def _looked_at(path: Path, key: bytes) -> int:
    """How many events the log of a restored database has. Raises VaultError for one that is not sound."""
    opened = Store(path, key, "")
    try:
        with opened.reading() as db:
            sound = not db.execute("PRAGMA cipher_integrity_check").fetchone() and not audit.problems(db)
            if not sound or db.execute("PRAGMA quick_check").fetchone()[0] != "ok":
                raise VaultError(backup.DAMAGED)
            return int(db.execute("SELECT count(*) FROM events").fetchone()[0])
    finally:
        opened.close()


def _in_earlier(path: Path) -> set[str]:
    """The pictures of the backup before this one in its folder."""
    before = sorted(other for other in path.parent.glob("clinoscope-2*") if other.name < path.name)
    if not before:
        return set()
    try:
        return {entry.name for entry in backup.read_manifest(before[-1]).pictures}
    except VaultError:
        return set()
