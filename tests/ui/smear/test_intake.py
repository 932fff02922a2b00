from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QUrl

from clinoscope.domain.errors import PictureError
from clinoscope.domain.picture import Picture
from clinoscope.paths import RESOURCES
from clinoscope.ui import tasks
from clinoscope.ui.shell import Shell
from clinoscope.ui.smear import intake
from clinoscope.ui.smear.page import SmearPage
from clinoscope.workflow.smear import folders

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


def test_files_that_wait_are_left_out_when_reading_is_stopped(
    page: SmearPage, shell: Shell, wait_for: Callable[[Callable[[], object]], bool], tmp_path: Path
) -> None:
    tasks.use_pool(tasks.ThreadPool())
    told = warned(shell)
    rng = np.random.default_rng(0)
    paths = [str(tmp_path / f"{place}.png") for place in range(40)]
    for path in paths:
        Image.fromarray(rng.integers(0, 255, (90, 120, 3), dtype=np.uint8)).save(path)
    page.intake.add_files(paths)
    assert wait_for(lambda: page.state.waiting > 0)  # type: ignore[union-attr]
    said: list[str] = []
    shell.said.connect(said.append)
    page.finish()
    assert said[0].endswith("still being taken in: wait, or stop with Esc.")
    page.back()
    assert wait_for(lambda: not page.busy)
    assert page.state is not None
    assert page.state.stopped
    kept = page.state.fields + len(page.state.aside) - 2
    assert 0 < kept < 40
    out = "1 file was" if kept == 39 else f"{40 - kept} files were"
    stopped = f"{out} not taken in, since reading was stopped: choose them again to go on."
    assert any(words.startswith(stopped) for words in told)
    assert page.files == 0


def test_files_go_on_coming_in_while_another_page_is_looked_at(
    page: SmearPage, wait_for: Callable[[Callable[[], object]], bool], tmp_path: Path
) -> None:
    tasks.use_pool(tasks.ThreadPool())
    rng = np.random.default_rng(0)
    paths = [str(tmp_path / f"{place}.png") for place in range(20)]
    for path in paths:
        Image.fromarray(rng.integers(0, 255, (90, 120, 3), dtype=np.uint8)).save(path)
    page.read_on = lambda: None  # type: ignore[method-assign]
    page.intake.add_files(paths)
    assert page.bench is not None
    before, exam = page.bench, page.bench.exam
    page.leave()
    page.enter(exam=exam)
    assert wait_for(lambda: not page.busy and page.state is not None and page.state.fields == 22)
    assert page.bench is before, "the one that takes them in knows them all"


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


def test_of_a_dropped_folder_the_pictures_are_added_and_one_without_is_told(
    unread: SmearPage, shell: Shell, tmp_path: Path
) -> None:
    told = warned(shell)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    unread.intake.offer(mime)
    assert told == [folders.EMPTY]
    for shade in (10, 90):
        Image.fromarray(np.full((90, 120, 3), shade, np.uint8)).save(tmp_path / f"{shade}.png")
    unread.intake.offer(mime)
    assert unread.state is not None
    assert unread.state.fields == 4


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
        (300, [intake.TWICE] * 120, "120 pictures are in the smear already."),
        (
            4,
            [intake.TWICE, "No.", "Neither."],
            "2 of 4 files were not added. The first: No. 1 picture is in the smear already.",
        ),
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
