"""Takes the files of a model package out of a folder or a zip, and nothing that does not belong in one.

What comes on a USB stick is not trusted: no name leaves the folder, nothing larger than a package is
read, and what a zip says of itself is held against what comes out of it.
"""

from __future__ import annotations

import functools
import os
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from clinoscope.domain.errors import PackageError
from clinoscope.inference.packages import PACKAGE_FILE, litter
from clinoscope.inference.site import told, write_flushed

MAX_FILES = 64
"""A package has four to eight files."""
MAX_TOTAL = 256 * 1024 * 1024
"""Bytes of a package, packed and unpacked; the largest network known here, EfficientNet-B7 in float16, has 130 MB."""
MAX_RATIO = 100
"""How many times larger than packed a file may be; weights pack to about 0.9, a package file to 0.3."""

Copied = Callable[[float], None]
"""Called with the share copied, 0..1. May raise a KnownError to stop."""
_Put = Callable[[str, bytes], None]

_CHUNK = 1024 * 1024
_ASK = "Ask who made it for another one."
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
"""Names that mean a device on Windows, whatever stands behind the dot."""
_DAMAGED = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, EOFError),
    *(RuntimeError, NotImplementedError, ValueError, OverflowError, IndexError),
)
"""What Python's reader raises for a file that only looks like a zip."""


@dataclass(frozen=True)
class _Member:
    name: str
    size: int
    open: Callable[[], IO[bytes]]


def take(source: Path, into: Path, site: Path, copied: Copied) -> None:
    """Copy the files of a package from a folder or a zip into the folder ``into`` of ``site``, flushed to the disk.

    Raises PackageError, with one sentence, for anything that is not a package's files and nothing else.
    """

    def put(name: str, data: bytes) -> None:
        with told(site):
            write_flushed(into / name, data)

    shown = shown_name(source.name or str(source))
    try:
        if source.is_dir():
            _copy(shown, _of_folder(shown, source), put, copied)
            return
        if not source.is_file():
            raise PackageError(f"There is no file or folder {shown}. Choose a model package: a folder or a zip file.")
        if source.stat().st_size > MAX_TOTAL:
            raise PackageError(f"{shown} is too large to be a model package. {_ASK}")
        with source.open("rb") as stream:
            _of_zip(shown, stream, put, copied)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise PackageError(
            f"{shown} cannot be read: {why}. Nothing was installed: see that its disk is connected, then try again."
        ) from None


def _of_zip(shown: str, stream: IO[bytes], put: _Put, copied: Copied) -> None:
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    try:
        if not zipfile.is_zipfile(stream):
            raise PackageError(f"{shown} is not a zip file, or only a part of one. Copy it again.")
        with zipfile.ZipFile(stream) as archive:
            members = list(_members(shown, archive, size))
            _copy(shown, members, put, copied)
    except _DAMAGED:
        raise PackageError(f"{shown} is damaged. Copy it again.") from None


def _members(shown: str, archive: zipfile.ZipFile, size: int) -> Iterator[_Member]:
    """The files of an archive that looks as a package does."""
    infos = archive.infolist()
    if len(infos) > 4 * MAX_FILES or sum(info.file_size for info in infos) > MAX_TOTAL:
        raise PackageError(f"{shown} holds more than a model package does. {_ASK}")
    if sum(info.compress_size for info in infos) > size:
        raise PackageError(f"{shown} is damaged. Copy it again.")  # entries that lie over each other
    tops: set[str] = set()
    for info in infos:
        parts = _parts(shown, info)
        if parts[0] == "__MACOSX" or litter(parts[-1]):
            continue
        if len(parts) > 2 or (info.is_dir() and len(parts) > 1):
            raise PackageError(f"{shown} holds folders inside a folder. A model package has none. {_ASK}")
        top = parts[0] if info.is_dir() or len(parts) == 2 else ""
        tops.add(top)
        if len(tops) > 1:
            raise PackageError(f"{shown} holds more than one folder of files. Install one model package at a time.")
        if info.is_dir():
            continue
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise PackageError(f"{shown} is packed in a way this program does not read. Pack it as an ordinary zip.")
        if info.file_size > MAX_RATIO * max(info.compress_size, 1024):
            raise PackageError(
                f"{shown} holds a file that is far larger than it looks: {shown_name(parts[-1])}. {_ASK}"
            )
        yield _Member(parts[-1], info.file_size, functools.partial(archive.open, info))


def _parts(shown: str, info: zipfile.ZipInfo) -> list[str]:
    """A member's path in parts. The name as it stands in the file counts, not as Python tidied it up."""
    raw = info.orig_filename
    if info.flag_bits & 0x1:
        raise PackageError(f"{shown} is locked with a password. Pack it again without one.")
    kind = stat.S_IFMT(info.external_attr >> 16)
    parts = raw.removesuffix("/").split("/")
    wrong = any(part in ("", ".", "..") for part in parts) or re.search(r"[\\:\x00-\x1f\x7f]", raw)
    if wrong or kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise PackageError(f"{shown} holds the path {shown_name(raw)}, which is not allowed. {_ASK}")
    return parts


def _of_folder(shown: str, source: Path) -> Iterator[_Member]:
    for path in sorted(source.iterdir()):
        if litter(path.name):
            continue
        if path.is_symlink():
            raise PackageError(f"{shown} holds the link {shown_name(path.name)}, which is not allowed. {_ASK}")
        if path.is_dir():
            if (source / PACKAGE_FILE).is_file():
                raise PackageError(
                    f"{shown} holds the folder {shown_name(path.name)}. A model package has none. {_ASK}"
                )
            continue
        if not path.is_file():
            raise PackageError(f"{shown} holds {shown_name(path.name)}, which is not a file. {_ASK}")
        yield _Member(path.name, path.stat().st_size, lambda path=path: path.open("rb"))  # type: ignore[misc]


def _copy(shown: str, members: Iterable[_Member], put: _Put, copied: Copied) -> None:
    """Write all members, or raise PackageError."""
    listed = list(members)
    _check_names(shown, [member.name for member in listed])
    total = sum(member.size for member in listed)
    if len(listed) > MAX_FILES or total > MAX_TOTAL:
        raise PackageError(f"{shown} holds more than a model package does. {_ASK}")
    done = 0
    for member in listed:
        data = bytearray()
        with member.open() as stream:
            while chunk := stream.read(_CHUNK):
                data += chunk
                if len(data) > member.size:
                    raise PackageError(
                        f"{shown} holds a file that is larger than it says: {shown_name(member.name)}. {_ASK}"
                    )
                copied((done + len(data)) / max(total, 1))
        if len(data) != member.size:
            raise PackageError(f"{shown} is damaged. Copy it again.")
        done += len(data)
        put(member.name, bytes(data))


def _check_names(shown: str, names: list[str]) -> None:
    """Raise PackageError unless they are plain names that no file system mistakes for one another."""
    if PACKAGE_FILE not in names:
        raise PackageError(
            f"{shown} is not a model package: it holds no {PACKAGE_FILE}. Choose the folder that holds it."
        )
    seen: set[str] = set()
    for name in names:
        if not _NAME.fullmatch(name) or _RESERVED.fullmatch(name) or name.endswith("."):
            raise PackageError(f"{shown} holds the file name {shown_name(name)}, which is not allowed. {_ASK}")
        same = unicodedata.normalize("NFC", name).casefold()
        if same in seen:
            raise PackageError(f"{shown} holds the file {shown_name(name)} twice. {_ASK}")
        seen.add(same)


def shown_name(name: str) -> str:
    """A name as it may stand in a sentence: nothing unprintable, not endless."""
    return ascii(name)[1:-1][:80] if not name.isprintable() or len(name) > 80 else name
