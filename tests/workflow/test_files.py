import errno
from pathlib import Path

import pytest

from clinoscope.domain.errors import KnownError
from clinoscope.workflow.files import left, save, write_together


def test_all_are_written_and_nothing_else(tmp_path: Path) -> None:
    write_together(tmp_path / "new" / "folder", {"a": b"1", "b": b"2"})
    found = {file.name: file.read_bytes() for file in (tmp_path / "new" / "folder").iterdir()}
    assert found == {"a": b"1", "b": b"2"}


def test_one_that_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(OSError, match=r".+"):
        write_together(tmp_path, {"a": b"new", "x" * 300: b"too long a name for any disk"})
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("a", b"old")]


def test_a_file_that_cannot_be_saved_says_why_and_makes_no_folder(tmp_path: Path) -> None:
    save(tmp_path / "a.pdf", b"old", "The report")
    with pytest.raises(KnownError, match=r"^The report could not be saved there. Its disk is not there any more"):
        save(tmp_path / "stick" / "a.pdf", b"new", "The report")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("a.pdf", b"old")]


def test_pictures_that_cannot_be_taken_away_are_told(tmp_path: Path) -> None:
    part = tmp_path / "stick" / ".set.unfinished"
    part.mkdir(parents=True)
    assert "delete it" not in left(OSError(errno.ENOSPC, ""), part)
    assert not part.exists()
    part.parent.rmdir()
    assert left(OSError(errno.EIO, ""), part).endswith("in the hidden folder .set.unfinished: delete it.")
