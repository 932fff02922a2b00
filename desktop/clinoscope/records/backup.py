"""Backups: a folder that can be copied anywhere, and taken back without a password.

    <folder>/clinoscope-<UTC stamp>/      records.db, keys.json, manifest.json
    <folder>/clinoscope-pictures/         shared by all backups in the folder, so each picture is
                                          copied once (hard links do not exist on USB sticks)

All of it is encrypted exactly as in the vault. The manifest lists every file with its SHA-256, so a
damaged stick is noticed before anything is put back.
"""

import hashlib
import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec

from clinoscope.domain.errors import VaultError
from clinoscope.records import erased_list, keys, rotation, store
from clinoscope.records.errors import outside, translated
from clinoscope.records.files import sync_folder, write_whole
from clinoscope.records.keys import KeyFile
from clinoscope.records.pictures import file_in
from clinoscope.records.store import Store

SHARED = "clinoscope-pictures"
MANIFEST = "manifest.json"

NOT_A_BACKUP = "This folder is not a Clinoscope backup: choose one whose name begins with clinoscope-."
DAMAGED = "This backup is damaged or not complete: use another one."
GONE = "The disk with the backup is not there any more: connect it, then try again."
INSIDE = "A backup inside the vault would be lost with it: choose a folder on another disk."
NOT_EMPTY = "The folder to restore into is not empty: choose a new one."


_Hash = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


@dataclass(frozen=True)
class Entry:
    """One picture file: its name, and the SHA-256 of the file as it lies there, encrypted.

    The pattern keeps a forged manifest from naming a file outside the folders of pictures.
    """

    name: _Hash
    sha256: _Hash


@dataclass(frozen=True)
class Manifest:
    """Everything a backup needs to be whole; the SHA-256 of the database and the key file."""

    database: _Hash
    key_file: _Hash
    pictures: tuple[Entry, ...]


def backup(source: Store, vault: Path, folder: Path, key_file: KeyFile) -> tuple[Path, int]:
    """Copy a vault into ``folder``; the new backup's own folder, and how many pictures are lost.

    Raises VaultError; then no new backup is left.
    """
    if folder.resolve().is_relative_to(vault.resolve()):
        raise VaultError(INSIDE)
    if folder.is_file():
        raise VaultError("A backup goes into a folder, and this is a file: choose a folder.")
    with outside("The backup", folder):
        folder.mkdir(parents=True, exist_ok=True)
        path = _free_name(folder)
        part = _part(path)
        part.mkdir()
    try:
        with outside("The backup", folder):
            lost = _fill(source, vault, part, folder / SHARED, key_file)
            part.rename(path)
            sync_folder(folder)
    except BaseException:  # Ctrl-C, too, leaves nothing half made
        shutil.rmtree(part, ignore_errors=True)
        raise
    return path, lost


def restore(backup: Path, folder: Path) -> None:
    """Make ``folder``, which must be missing or empty, the vault that ``backup`` is a copy of.

    Every file is compared with the manifest on the way. Whom the list beside the backups says was erased later, the
    first opening erases again, see ``erased_list``. Raises VaultError; the folder is then as
    it was.
    """
    backup, folder = Path(backup), Path(folder)
    manifest = read_manifest(backup)
    with translated():
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise VaultError(NOT_EMPTY)
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        vault = keys.decode(checked(backup / keys.FILE, manifest.key_file)).vault
        with translated():
            take(backup / store.FILE, part / store.FILE, manifest.database)
            for entry in manifest.pictures:
                take(
                    file_in(backup.parent / SHARED, entry.name),
                    file_in(rotation.pictures(part, 0), entry.name),
                    entry.sha256,
                )
            take(backup / keys.FILE, part / keys.FILE, manifest.key_file)
            erased_list.add(part / erased_list.FILE, erased_list.read(erased_list.beside(backup.parent, vault)))
            put_in_place(part, folder)
    except BaseException as error:  # Ctrl-C, too, leaves nothing half made
        shutil.rmtree(part, ignore_errors=True)
        if isinstance(error, VaultError) and not backup.is_dir():
            raise VaultError(GONE) from error  # a stick pulled out is no damaged backup
        raise


def put_in_place(part: Path, folder: Path) -> None:
    """Give a finished folder its name, which may be that of an empty folder. Raises OSError."""
    if folder.exists():
        folder.rmdir()  # Windows does not rename onto an existing folder
    part.rename(folder)
    sync_folder(folder.parent)


def _fill(source: Store, vault: Path, part: Path, shared: Path, file: KeyFile) -> int:
    kept = rotation.pictures(vault, file.generation)
    source.copy_to(part / store.FILE)
    rows = source.rows("SELECT file, file_sha256 FROM pictures")
    pictures = tuple(Entry(row["file"], row["file_sha256"]) for row in rows if _copied(row["file"], kept, shared, part))
    # Restored, it is a vault of its own, with the names that a first generation has.
    key_file = msgspec.json.encode(replace(file, generation=0))
    write_whole(part / keys.FILE, key_file, within=part)
    with (part / store.FILE).open("rb") as copy:
        database = hashlib.file_digest(copy, "sha256").hexdigest()
    manifest = Manifest(database, _sha256(key_file), pictures)
    write_whole(part / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1), within=part)
    return len(rows) - len(pictures)


def _copied(name: str, folder: Path, shared: Path, part: Path) -> bool:
    """Copy a picture unless the backups have it already; False when nobody has it.

    The size tells a whole file from a cut-off one; what is in it is checked on the way back. ``part`` is the folder of
    the backup that is being made. Raises OSError, and VaultError where the vault's own file cannot be read.
    """
    source, target = file_in(folder, name), file_in(shared, name)
    if not source.exists():
        return target.exists()
    if not target.exists() or target.stat().st_size != source.stat().st_size:
        with translated():
            data = source.read_bytes()
        write_whole(target, data, within=part)
    return True


def read_manifest(backup: Path) -> Manifest:
    """What a backup says it holds. Raises VaultError."""
    if not (backup / MANIFEST).is_file():
        raise VaultError(NOT_A_BACKUP)
    with translated():
        data = (backup / MANIFEST).read_bytes()
    try:
        return msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise VaultError(DAMAGED) from error


def take(source: Path, target: Path, sha256: str) -> None:
    """Copy a file of a backup that is as it was written. Raises VaultError."""
    write_whole(target, checked(source, sha256))


def checked(path: Path, sha256: str) -> bytes:
    """The bytes of a backup's file. Raises VaultError when they are not what was written."""
    if not path.is_file():
        raise VaultError(DAMAGED)
    with translated():
        data = path.read_bytes()
    if _sha256(data) != sha256:
        raise VaultError(DAMAGED)
    return data


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _part(path: Path) -> Path:
    """Where a backup is while it is made."""
    return path.with_name(f".{path.name}.part")


def _free_name(folder: Path) -> Path:
    stamp = f"clinoscope-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    path, number = folder / stamp, 2
    while path.exists() or _part(path).exists():
        path, number = folder / f"{stamp}-{number}", number + 1
    return path
