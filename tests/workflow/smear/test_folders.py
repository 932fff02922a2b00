"""The pictures of a folder, in the order people count in."""

from pathlib import Path

import pytest

from clinoscope.domain.errors import PictureError
from clinoscope.workflow.smear import folders


def test_in_the_place_of_a_folder_its_pictures_come_as_people_count(tmp_path: Path) -> None:
    for name in ("f10.png", "f2.PNG", "F1.jpg", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "deeper.png").mkdir()
    alone = tmp_path / "notes.txt"
    found = folders.pictures([str(alone), str(tmp_path)])
    assert [Path(path).name for path in found] == ["notes.txt", "F1.jpg", "f2.PNG", "f10.png"]


def test_a_folder_without_a_picture_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="no picture in this folder"):
        folders.pictures([str(tmp_path)])


def test_a_folder_that_cannot_be_read_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_folder: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(PictureError, match="cannot be read"):
        folders.pictures([str(tmp_path)])
