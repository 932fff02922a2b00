"""Files for people: all of them, whole, or none."""

import errno
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from clinoscope.domain.errors import KnownError


def save(path: Path, data: bytes, what: str) -> None:
    """Write one file to where somebody chose; ``what`` begins the sentence about what went wrong, such as "The report".

    Raises KnownError; what was there before is then untouched.
    """
    from clinoscope.records.files import why_not

    try:
        if not path.parent.is_dir():  # not made anew: where a stick was pulled out it would lie on the disk beneath
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path.parent))
        write_together(path.parent, {path.name: data})
    except OSError as error:
        raise KnownError(f"{what} could not be saved there. {why_not(error, path.parent)}") from None


def left(error: OSError, part: Path) -> str:
    """Take ``part`` away, a folder of pictures that could not be finished. Why it could not, what to do, and where they
    may lie still."""
    from clinoscope.records.files import why_not

    shutil.rmtree(part, ignore_errors=True)
    why = why_not(error, part.parent)
    if part.parent.is_dir() and not part.exists():
        return why
    return f"{why} Pictures may be left there in the hidden folder {part.name}: delete it."


def write_together(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put files (name: content) into a folder, which is made where it is missing.

    Every file is written beside its place first and flushed, and all are renamed at the end: a full disk leaves
    what was there before, and a kill or a stick pulled out leaves no cut-off file under a name that someone would open.
    Raises OSError.
    """
    from clinoscope.records.files import sync_folder

    folder.mkdir(parents=True, exist_ok=True)
    parts = {folder / f".{name}.new": folder / name for name in files}
    try:
        for (part, _), content in zip(parts.items(), files.values(), strict=True):
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for part, place in parts.items():
            part.replace(place)
        sync_folder(folder)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
