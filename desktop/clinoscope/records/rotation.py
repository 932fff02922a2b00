"""Rotating the vault key: everything is encrypted anew beside the old, and one file says which of the two is in force.

    records.db      pictures/       while ``generation`` in keys.json is 0
    records.1.db    pictures.1/     once it is 1, and so on

The new generation is written wholly and flushed to the disk; then ``keys.json`` is replaced, which either happens or
does not; then the old generation is removed. What a kill leaves of the other generation is removed at the next log-in.
Other users need not be there: see ``passing``. The copies from before an upgrade are under the old key and go with it.
"""

import contextlib
import hashlib
import secrets
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sqlite_utils import Database

from clinoscope.domain.errors import VaultError
from clinoscope.records import keys, users
from clinoscope.records.code import new_code
from clinoscope.records.errors import FULL, translated
from clinoscope.records.files import sync_folder, write_whole
from clinoscope.records.keys import KeyFile, Opened, subkey
from clinoscope.records.many import trigger_off
from clinoscope.records.operations import Operation
from clinoscope.records.pictures import PictureKeys, Pictures
from clinoscope.records.schema import UPGRADES
from clinoscope.records.store import Store

Progress = Callable[[int, int], None]
"""Pictures done, and how many there are."""

_WORKING_SPACE = 64 << 20


def quiet(_done: int, _of: int) -> None:
    """Tell nobody."""


def database(folder: Path, generation: int) -> Path:
    """The database of a generation."""
    return folder / ("records.db" if generation == 0 else f"records.{generation}.db")


def pictures(folder: Path, generation: int) -> Path:
    """The folder of pictures of a generation."""
    return folder / ("pictures" if generation == 0 else f"pictures.{generation}")


def rotate(
    store: Store, folder: Path, file: KeyFile, opened: Opened, login: tuple[str, str], progress: Progress
) -> tuple[str, KeyFile]:
    """Make the next generation and put it in force; the new recovery code and the new key file.

    ``login`` are the name and password of the user who does it. Nobody can write meanwhile. Raises VaultError; then the
    old generation is in force.
    """
    vault_key, code, to = secrets.token_bytes(32), new_code(), file.generation + 1
    _remove(folder, to)
    _check_space(folder, file.generation)
    try:
        with store.reading() as db:
            _build(store, folder, file, opened, vault_key, progress)
            public = {entry.id: users.newest_key(db, entry.id) for entry in users.all_users(db)}
            after = keys.rotated(file, code, vault_key, public)
            after = keys.with_user(after, *login, replace(opened, vault_key=vault_key))
            keys.save(folder, after, forget=True)
            store.close()  # whoever waits to write is told so, and not let into the old database
    except BaseException:
        if keys.load(folder).generation != to:
            _remove(folder, to)
        raise
    tidy(folder, after)
    return code, after


def tidy(folder: Path, file: KeyFile) -> None:
    """Remove what a rotation, finished or cut short, left of another generation. After the vault has been opened."""
    previous = folder / keys.PREVIOUS
    with translated():
        if file.generation and previous.is_file() and not _is_of(previous, file.generation):
            keys.save(folder, file, forget=True)
        for generation in range(file.generation):
            if database(folder, generation).exists():
                shutil.rmtree(folder / UPGRADES, ignore_errors=True)  # under a key that should open nothing any more
                _remove(folder, generation)
        _remove(folder, file.generation + 1)


def _build(store: Store, folder: Path, file: KeyFile, opened: Opened, vault_key: bytes, progress: Progress) -> None:
    """The database and every picture of the next generation, on the disk."""
    to = file.generation + 1
    source = Pictures(store, pictures(folder, file.generation), PictureKeys.of(opened.vault_key, file.vault))
    target = Pictures(store, pictures(folder, to), PictureKeys.of(vault_key, file.vault))
    rows = store.rows("SELECT sha256, file, file_sha256 FROM pictures ORDER BY sha256")
    renamed: list[tuple[str, str, str]] = []
    with translated():
        pictures(folder, to).mkdir(exist_ok=True)
    lost = 0
    for place, row in enumerate(rows):
        progress(place, len(rows))
        path = target.path(row["sha256"])
        try:
            sealed = target.sealed(row["sha256"], source.get(row["sha256"]))
        except VaultError:  # lost or altered before: ``verify`` names it, and goes on naming it
            lost += 1
            renamed.append((path.name, row["file_sha256"], row["sha256"]))
            continue
        with translated():
            write_whole(path, sealed)
        renamed.append((path.name, hashlib.sha256(sealed).hexdigest(), row["sha256"]))
    store.copy_to(database(folder, to), subkey(vault_key, file.vault, "database"))
    fresh = Store(database(folder, to), subkey(vault_key, file.vault, "database"), store.user)
    try:
        details = {"generation": to} | ({"pictures_missing": lost} if lost else {})
        fresh.run(Operation("vault.rotate", frozenset(), lambda db: _rename(db, renamed), "", details))
    finally:
        fresh.close()
    progress(len(rows), len(rows))
    with translated():
        sync_folder(folder)


def _rename(db: Database, renamed: list[tuple[str, str, str]]) -> None:
    """The rows of the pictures name the new files; the trigger that keeps them is away for just that long."""
    with trigger_off(db, "pictures_stay"):
        db.conn.executemany("UPDATE pictures SET file = ?, file_sha256 = ? WHERE sha256 = ?", renamed)


def _check_space(folder: Path, generation: int) -> None:
    """Raises VaultError unless the disk can hold everything twice for a while."""
    with translated():
        size = database(folder, generation).stat().st_size
        size += sum(path.stat().st_size for path in pictures(folder, generation).glob("*/*"))
        if shutil.disk_usage(folder).free < size + _WORKING_SPACE:
            raise VaultError(FULL)


def _remove(folder: Path, generation: int) -> None:
    path = database(folder, generation)
    shutil.rmtree(pictures(folder, generation), ignore_errors=True)
    for end in ("-wal", "-shm", "-journal", ""):  # the database last: while it is there, this is not finished
        with contextlib.suppress(OSError):
            path.with_name(path.name + end).unlink()


def _is_of(path: Path, generation: int) -> bool:
    """Whether a key file is of that generation; a damaged one is not."""
    try:
        return keys.decode(path.read_bytes()).generation == generation
    except VaultError:
        return False
