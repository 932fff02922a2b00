import errno
from pathlib import Path

import pytest

from clinoscope.records.files import why_not, write_whole


def test_writes_into_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    write_whole(tmp_path / "a" / "b", b"1")
    write_whole(tmp_path / "a" / "b", b"22")
    assert (tmp_path / "a" / "b").read_bytes() == b"22"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    write_whole(path, b"old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_went_away_is_not_made_anew(tmp_path: Path) -> None:
    inside = tmp_path / "stick" / "set"
    with pytest.raises(FileNotFoundError):
        write_whole(inside / "a" / "b", b"1", within=inside)
    assert list(tmp_path.iterdir()) == []
    inside.mkdir(parents=True)
    write_whole(inside / "a" / "b", b"1", within=inside)
    assert (inside / "a" / "b").read_bytes() == b"1"


@pytest.mark.parametrize(
    ("number", "there", "said"),
    [
        (errno.ENOSPC, True, "Its disk is full"),
        (errno.EACCES, True, "It may not be written to"),
        (errno.EIO, True, "Its disk does not answer"),
        (errno.EACCES, False, "Its disk is not there any more"),
    ],
)
def test_why_nothing_more_could_be_written(tmp_path: Path, number: int, there: bool, said: str) -> None:
    folder = tmp_path if there else tmp_path / "stick"
    assert why_not(OSError(number, ""), folder).startswith(said)
