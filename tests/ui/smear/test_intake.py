from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QUrl

from clinoscope.domain.errors import PictureError
from clinoscope.domain.picture import Picture
from clinoscope.paths import RESOURCES
from clinoscope.ui.shell import Shell
from clinoscope.ui.smear import intake
from clinoscope.ui.smear.page import SmearPage

SMEAR = RESOURCES / "phantoms" / "smear.png"


@pytest.fixture
def unread(page: SmearPage, monkeypatch: pytest.MonkeyPatch) -> SmearPage:
    """The page, but nothing is read: what is stored is looked at alone."""
    monkeypatch.setattr(page, "read_on", lambda: None)
    return page


def warned(shell: Shell) -> list[str]:
    told: list[str] = []
    shell.warned.connect(lambda text, _level: told.append(text))
    return told


def test_files_become_fields_and_what_is_none_is_told(unread: SmearPage, shell: Shell, tmp_path: Path) -> None:
    told = warned(shell)
    bad = tmp_path / "Ada Okafor.png"
    bad.write_bytes(b"no picture")
    unread.intake.add_files([str(SMEAR), str(bad)])
    assert unread.state is not None
    assert (unread.state.fields, unread.state.waiting) == (3, 1)
    assert len(told) == 1
    assert told[0].startswith("1 of 2 files were not added. The first: ")
    assert "Ada" not in told[0], "a file's name may name a patient"


def test_every_page_of_a_file_is_a_field(unread: SmearPage, tmp_path: Path) -> None:
    pages = [Image.fromarray(np.full((90, 120, 3), shade, np.uint8)) for shade in (10, 90, 170)]
    path = tmp_path / "stack.tif"
    pages[0].save(path, save_all=True, append_images=pages[1:])
    unread.intake.add_files([str(path)])
    assert unread.state is not None
    assert unread.state.fields == 5


def test_the_same_picture_twice_is_said_once(unread: SmearPage, shell: Shell) -> None:
    told = warned(shell)
    for _ in range(2):
        unread.intake.add_files([str(SMEAR)])
    assert unread.state is not None
    assert unread.state.fields == 3
    assert len(told) == 1


def test_what_was_told_of_files_does_not_stand_over_the_next_ones(unread: SmearPage, shell: Shell) -> None:
    over: list[str] = []
    shell.unwarned.connect(over.append)
    told = warned(shell)
    for _ in range(2):
        unread.intake.add_files([str(SMEAR)])
    unread.intake.add_files([str(RESOURCES / "phantoms" / "cell.png")])
    assert over[-1] == told[-1]


def test_what_is_dropped_is_added(unread: SmearPage) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(SMEAR))])
    unread.intake.offer(mime)
    assert unread.state is not None
    assert unread.state.fields == 3


def test_a_source_that_fails_is_told(unread: SmearPage, shell: Shell) -> None:
    told: list[str] = []
    shell.said.connect(told.append)

    def gone() -> Picture:
        raise PictureError("The camera is gone.")

    done: list[bool] = []
    unread.intake.add_from(gone, lambda: done.append(True))
    assert told == ["The camera is gone."]
    assert done == [True]


@pytest.mark.parametrize(
    ("tried", "refused", "words"),
    [
        (3, [], ""),
        (1, ["No."], "No."),
        (3, ["No.", "Neither."], "2 of 3 files were not added. The first: No."),
    ],
)
def test_the_summary(tried: int, refused: list[str], words: str) -> None:
    assert intake.summary(tried, refused) == words


def test_pictures_that_are_no_fields_are_told_once_and_with_the_refused_files(page: SmearPage, shell: Shell) -> None:
    told = warned(shell)
    over: list[str] = []
    shell.unwarned.connect(over.append)
    page.intake.tell_strange((3,))
    page.intake.tell_strange((3,))
    assert told == [intake.strange_words((3,))]
    page.intake.add_files([str(SMEAR), str(RESOURCES / "nothing.png")])
    assert over[-1] == told[0] or told[0] in over
    assert "1 of 2 files" in told[-1]
    page.intake.tell_strange((3, 4))
    assert told[-1].startswith("1 of 2 files")
    assert told[-1].endswith(intake.strange_words((3, 4))), "both stand, since one banner shows one of them"
    page.intake.tell_strange(())
    assert intake.strange_words((3,)) not in told[-1]


@pytest.mark.parametrize(
    ("numbers", "start"),
    [
        ((), ""),
        ((4,), "Field 4 does not look like a field of a stained smear and is not counted."),
        ((4, 5, 6), "Fields 4, 5 and 6 do not look like fields of a stained smear and are not counted."),
        (tuple(range(2, 9)), "7 pictures, from field 2 on, do not look like fields of a stained smear"),
    ],
)
def test_the_words_for_pictures_that_are_no_fields(numbers: tuple[int, ...], start: str) -> None:
    assert intake.strange_words(numbers).startswith(start)
    assert bool(numbers) == ("Sheet…" in intake.strange_words(numbers))
