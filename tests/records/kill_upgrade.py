"""Opens an older vault and stands still in the middle of its upgrade, for ``test_kill_upgrade`` to kill it there.

``python kill_upgrade.py FOLDER NAME PASSWORD WHERE``: WHERE is ``copy``, in the middle of the copy of the database from
before; a number, after the migration to that version; or ``done``, after all of it. Says ``here`` when it is there.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from clinoscope.records import Vault, schema, store


def stand_still(*_: object) -> None:
    print("here", flush=True)
    sys.stdin.read()


def slowly(migration: Callable[[Database], None], last: bool) -> Callable[[Database], None]:
    """Writes to the disk as it goes, as an upgrade of a large vault does, and stands still after the ``last``."""

    def migrate(db: Database) -> None:
        db.execute("PRAGMA cache_size = 1")
        migration(db)
        if last:
            stand_still()

    return migrate


class Slow:
    """A connection that stands still once it has copied a few pages."""

    def __init__(self, real: Any) -> None:
        self.real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def backup(self, target: "Slow") -> None:
        self.real.backup(target.real, pages=5, progress=stand_still)


def copy_slowly(real_copy: Callable[..., None], connect: Callable[..., Any]) -> Callable[..., None]:
    def copy_to(self: store.Store, path: Path, key: bytes | None = None) -> None:
        store._connect = lambda *asked: Slow(connect(*asked))
        real_copy(self, path, key)

    return copy_to


if __name__ == "__main__":
    folder, name, password, where = sys.argv[1:]
    if where == "copy":
        store.Store.copy_to = copy_slowly(store.Store.copy_to, store._connect)  # type: ignore[method-assign]
    elif where != "done":
        schema.MIGRATIONS = tuple(slowly(one, step == int(where)) for step, one in enumerate(schema.MIGRATIONS, 1))
    with Vault.open(Path(folder), name, password):
        stand_still()
