"""The site folder: the model packages a clinic installed beside the shipped ones, and which of them is in use.

    packages/<sha256>/         one whole package; its folder is named by the hash of its package file
    chosen/<task>              the hash of the package in use, where that is not the shipped one
    archive/<sha256>/          package file and card of what was used or removed: what a stored reading was made with
    staging/                   packages on their way in or out; swept by the next one that changes anything
    lock                       held by whoever changes anything

A folder of ``packages`` comes and goes by one rename and never changes in between, so that it can be
kept in memory by its path, and nothing needs to be told when the choice changes.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path

from clinoscope.domain.errors import PackageError

PATIENCE = 30.0
"""Seconds to wait for another copy of the program that is installing; trying a package takes one or two."""

_HASH = re.compile(r"[0-9a-f]{64}")


def is_hash(text: str) -> bool:
    """Whether it is a SHA-256 in hexadecimal, which may name a folder."""
    return _HASH.fullmatch(text) is not None


def folders(site: Path) -> tuple[Path, ...]:
    """Every installed package's folder, by hash."""
    with told(site):
        try:
            return tuple(sorted(path for path in (site / "packages").iterdir() if is_hash(path.name)))
        except FileNotFoundError:
            return ()


def folder(site: Path, sha256: str) -> Path:
    """Where the package with this hash lies once it is installed."""
    return site / "packages" / _hash(sha256)


def chosen(site: Path, task_id: str) -> str:
    """The hash of the installed package in use for a task; "" when none was chosen. Raises PackageError."""
    try:
        text = _choice(site, task_id).read_text(encoding="ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, UnicodeDecodeError):
        text = ""
    if not is_hash(text):
        raise PackageError(
            f"The file that says which model package is in use for {task_id} cannot be read. Choose one again on the "
            "page Models."
        )
    return text


def has_chosen(site: Path, task_id: str) -> bool:
    """Whether an installed package was chosen for a task: one look at a folder, cheap enough for the window."""
    return _choice(site, task_id).exists()


def choose(site: Path, task_id: str, sha256: str) -> None:
    """Put an installed package in use, or with "" none of them. Called by who holds the lock."""
    file = _choice(site, task_id)
    if sha256:
        _write(file, _hash(sha256).encode("ascii") + b"\n", staging(site))
    else:
        file.unlink(missing_ok=True)
        if file.parent.exists():
            _flush(file.parent)


def archived(site: Path, sha256: str) -> Path:
    """Where package file and card of the package with this hash are kept, if they are."""
    return site / "archive" / _hash(sha256)


def archive(site: Path, sha256: str, files: Mapping[str, bytes]) -> None:
    """Keep package file and card for good. Nothing happens when they are kept already."""
    place = archived(site, sha256)
    if place.exists():
        return
    made = staging(site)
    for name, data in files.items():
        write_flushed(made / name, data)
    with contextlib.suppress(FileExistsError):  # another copy was quicker, with the same files
        put(made, place)


def staging(site: Path) -> Path:
    """A new, empty folder inside the site folder, to be renamed into its place when it is whole."""
    made = site / "staging" / uuid.uuid4().hex
    made.mkdir(parents=True)
    return made


def put(made: Path, place: Path) -> None:
    """Give a folder its place by one rename, whole and flushed to the disk."""
    place.parent.mkdir(parents=True, exist_ok=True)
    _flush(made)
    try:
        made.rename(place)
    except OSError:
        if place.exists():
            raise FileExistsError(place) from None
        raise
    _flush(place.parent)


def write_flushed(path: Path, data: bytes) -> None:
    """A file that is on the disk when this returns."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def alone(site: Path) -> Iterator[None]:
    """Hold the site folder's lock; what a killed copy of the program left half-way is swept first.

    The lock belongs to the open file: the system lets go of it however the program ends. Raises
    PackageError when another copy holds it for too long, or the disk fails.
    """
    with told(site):
        site.mkdir(parents=True, exist_ok=True)
        handle = os.open(site / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        end = time.monotonic() + PATIENCE
        while not _locked(handle):
            if time.monotonic() > end:
                raise PackageError("Another copy of Clinoscope is changing the model packages. Try again in a moment.")
            time.sleep(0.05)
        _sweep(site)
        try:
            with told(site):
                yield
        finally:
            _sweep(site)
    finally:
        os.close(handle)


@contextlib.contextmanager
def told(place: Path) -> Iterator[None]:
    """Failures of the disk as one sentence. Raises PackageError."""
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise PackageError(
            f"The folder of installed model packages {place} cannot be used: {why}. Nothing was changed: see that it "
            "can be written to, then try again."
        ) from None


def _sweep(site: Path) -> None:
    shutil.rmtree(site / "staging", ignore_errors=True)


def _choice(site: Path, task_id: str) -> Path:
    return site / "chosen" / task_id.replace("/", ".")


def _hash(sha256: str) -> str:
    """The hash itself; anything else would be a path of someone else's choosing. Raises ValueError."""
    if not is_hash(sha256):
        raise ValueError(f"{sha256!r} is not a hash")
    return sha256


def _write(path: Path, data: bytes, beside: Path) -> None:
    """A small file, wholly there or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_flushed(beside / path.name, data)
    (beside / path.name).replace(path)
    _flush(path.parent)


def _flush(place: Path) -> None:
    """Flush a folder's list of names, so that a rename survives a power cut."""
    if sys.platform == "win32":  # pragma: no cover  # NTFS journals names; a folder cannot be flushed
        return
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


if sys.platform == "win32":  # pragma: no cover

    def _locked(handle: int) -> bool:
        import msvcrt

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:

    def _locked(handle: int) -> bool:
        import fcntl

        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
