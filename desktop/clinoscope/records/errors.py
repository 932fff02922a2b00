"""The one place where the failures of SQLite, SQLCipher and the disk become sentences.

sqlcipher3 brings its own exception classes, which are *not* ``sqlite3.Error``; both are caught.
What is not listed here (a broken constraint, a wrong statement) is a bug and passes through.
"""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlcipher3.dbapi2

from clinoscope.domain.errors import VaultError
from clinoscope.records.files import why_not

FULL = "The disk is full: nothing was changed. Free some space and try again."
READ_ONLY = "The vault cannot be written to: ask for write access to its folder, or move it to another disk."
DISK = "The disk could not be read or written: nothing was changed. Check that it is still connected and try again."
BUSY = "Another program is using the vault's files: close it and try again."
DAMAGED = "The vault's database is damaged or is not a Clinoscope database: restore the newest backup."
MISSING = "A file of the vault is missing: check that its disk is connected, or restore the newest backup."
WELL = "The vault itself is as it was."
CLOSED = "The vault is closed: log in again."

_SQL_ERRORS = (sqlite3.Error, sqlcipher3.dbapi2.Error)

# Primary result codes, https://sqlite.org/rescode.html
_BY_CODE = {
    3: READ_ONLY,  # SQLITE_PERM
    5: BUSY,  # SQLITE_BUSY
    6: BUSY,  # SQLITE_LOCKED
    8: READ_ONLY,  # SQLITE_READONLY
    10: DISK,  # SQLITE_IOERR
    11: DAMAGED,  # SQLITE_CORRUPT
    13: FULL,  # SQLITE_FULL
    14: MISSING,  # SQLITE_CANTOPEN
    26: DAMAGED,  # SQLITE_NOTADB: the wrong key looks the same
}

# The library's online backup raises without a code; these are SQLite's texts of the codes above.
_BY_TEXT = {
    "database or disk is full": FULL,
    "attempt to write a readonly database": READ_ONLY,
    "disk I/O error": DISK,
    "database is locked": BUSY,
    "database disk image is malformed": DAMAGED,
    "file is not a database": DAMAGED,
    "unable to open database file": MISSING,
}

_BY_ERRNO = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: FULL,
    errno.EROFS: READ_ONLY,
    errno.EACCES: READ_ONLY,
    errno.EPERM: READ_ONLY,
    errno.ENOENT: MISSING,
    errno.ENOTDIR: MISSING,
}


@contextmanager
def translated() -> Iterator[None]:
    """Raises VaultError with one sentence for what the database or the disk says within."""
    try:
        yield
    except _SQL_ERRORS as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        raise VaultError(sentence) from error
    except OSError as error:
        raise VaultError(_BY_ERRNO.get(error.errno or 0, DISK)) from error


@contextmanager
def outside(what: str, folder: Path) -> Iterator[None]:
    """As ``translated``, for ``what`` is written to a folder outside the vault: the vault is well, and it says so."""
    try:
        yield
    except OSError as error:
        raise VaultError(f"{what} was not finished. {why_not(error, folder)} {WELL}") from error
    except VaultError as error:
        # The library's own copying names no file: full can only be the one that grows.
        number = errno.ENOSPC if str(error) == FULL else errno.EROFS if str(error) == READ_ONLY else 0
        if not number and folder.is_dir():
            raise
        raise VaultError(f"{what} was not finished. {why_not(OSError(number, ''), folder)} {WELL}") from error


def _sentence(error: Exception) -> str | None:
    code = getattr(error, "sqlite_errorcode", None)
    return _BY_TEXT.get(str(error)) if code is None else _BY_CODE.get(code & 0xFF)
