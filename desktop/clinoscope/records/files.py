"""Files that are either wholly there or not there at all, whatever happens to the power."""

import errno
import os
import sys
from pathlib import Path


def write_whole(path: Path, data: bytes, *, within: Path | None = None) -> None:
    """Put ``data`` at ``path``: written beside it, flushed to the disk, then renamed into place.

    Makes the folder where it is missing, but never ``within``: where a stick was pulled out, what is written next would
    begin a folder of that name on the disk beneath. Raises OSError; the old file is then untouched.
    """
    if within is not None and not within.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(within))
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Flush a folder's list of names, so that a rename survives a power cut. Raises OSError."""
    if sys.platform == "win32":  # pragma: no cover  # NTFS journals names; a folder cannot be flushed
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_ALLOWED = {errno.EROFS, errno.EACCES, errno.EPERM}


def why_not(error: OSError, folder: Path) -> str:
    """Why nothing more could be written to a folder that was there and that somebody chose, and what to do."""
    if not _is_there(folder):
        return "Its disk is not there any more: connect it, then try again."
    if error.errno in _NO_ROOM:
        return "Its disk is full: free some space there, or choose another folder."
    if error.errno in _NOT_ALLOWED:
        return "It may not be written to: choose another folder."
    return "Its disk does not answer: see that it is connected, then try again."


def _is_there(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except OSError:  # a disk that is gone for good says so in many ways
        return False
