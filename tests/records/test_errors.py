import errno
import sqlite3
from pathlib import Path

import pytest
import sqlcipher3.dbapi2

from clinoscope.domain.errors import VaultError
from clinoscope.records import errors
from clinoscope.records.errors import translated


@pytest.mark.parametrize("library", [sqlite3, sqlcipher3.dbapi2])
def test_both_libraries_are_translated(library: object, tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"this is not a database at all" * 100)
    connection = library.connect(tmp_path / "a.db")  # type: ignore[attr-defined]
    with pytest.raises(VaultError, match="restore the newest backup"), translated():
        connection.execute("SELECT * FROM sqlite_master")
    connection.close()


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (13, errors.FULL),
        (8, errors.READ_ONLY),
        (8 | 6 << 8, errors.READ_ONLY),  # an extended code
        (5, errors.BUSY),
        (10, errors.DISK),
        (14, errors.MISSING),
    ],
)
def test_what_the_database_says(code: int, sentence: str) -> None:
    error = sqlcipher3.dbapi2.OperationalError("x")
    error.sqlite_errorcode = code
    with pytest.raises(VaultError) as caught, translated():
        raise error
    assert str(caught.value) == sentence


def test_an_error_without_a_code_is_known_by_its_text() -> None:
    with pytest.raises(VaultError, match="disk is full"), translated():
        raise sqlcipher3.dbapi2.OperationalError("database or disk is full")


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, errors.FULL),
        (errno.EROFS, errors.READ_ONLY),
        (errno.EACCES, errors.READ_ONLY),
        (errno.ENOENT, errors.MISSING),
        (errno.EIO, errors.DISK),
    ],
)
def test_what_the_disk_says(number: int, sentence: str) -> None:
    with pytest.raises(VaultError) as caught, translated():
        raise OSError(number, "x")
    assert str(caught.value) == sentence


@pytest.mark.parametrize("error", [sqlite3.IntegrityError("x"), sqlcipher3.dbapi2.ProgrammingError("x"), KeyError("x")])
def test_bugs_pass_through(error: Exception) -> None:
    with pytest.raises(type(error)), translated():
        raise error


GONE = r"^The backup was not finished\. Its disk is not there any more"


def test_a_disk_outside_the_vault_is_not_taken_for_the_vaults(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    for error in (OSError(errno.EACCES, ""), VaultError(errors.DISK), VaultError(errors.FULL)):
        with pytest.raises(VaultError, match=GONE), errors.outside("The backup", stick):
            raise error
    stick.mkdir()
    with pytest.raises(VaultError, match=r"Its disk is full.* The vault itself is as"), errors.outside("It", stick):
        raise VaultError(errors.FULL)
    with pytest.raises(VaultError, match=errors.DAMAGED), errors.outside("The backup", stick):
        raise VaultError(errors.DAMAGED)
