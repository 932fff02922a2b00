from pathlib import Path

import pytest

from clinoscope.workflow.files import write_together


def test_all_are_written_and_nothing_else(tmp_path: Path) -> None:
    write_together(tmp_path / "new" / "folder", {"a": b"1", "b": b"2"})
    found = {file.name: file.read_bytes() for file in (tmp_path / "new" / "folder").iterdir()}
    assert found == {"a": b"1", "b": b"2"}


def test_one_that_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(OSError, match=r".+"):
        write_together(tmp_path, {"a": b"new", "x" * 300: b"too long a name for any disk"})
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("a", b"old")]
