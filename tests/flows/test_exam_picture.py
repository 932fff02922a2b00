"""The picture of an exam: refused, told to show nothing or the same again, taken anew over what was said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, Qt, QUrl

from clinoscope.paths import RESOURCES
from clinoscope.ui.exam.page import ExamPage
from clinoscope.ui.exam.step import Step
from clinoscope.workflow import exams

LESION = RESOURCES / "phantoms" / "lesion.png"


@pytest.fixture
def hands(with_ada: Any) -> Any:
    """Logged in, at the patient page of Ada Okafor."""
    return with_ada


def test_a_bad_file_is_refused_and_changes_nothing(hands: Any, tmp_path: Path) -> None:
    page = hands.begin("4")
    (tmp_path / "letter.jpg").write_text("not a picture", encoding="utf-8")
    hands.give(page, tmp_path / "letter.jpg")
    hands.settle()
    assert page.step is Step.CAPTURE
    assert page.exam is None
    assert page.bench.capture.sentence
    assert hands.window.shell.vault.exams.of_patient("p1") == ()


@pytest.mark.parametrize(("level", "todo"), [(0, "Uncover the lens"), (255, "All white")])
def test_a_picture_that_shows_nothing_is_told_so_and_nothing_is_ticked(
    hands: Any, tmp_path: Path, level: int, todo: str
) -> None:
    page = hands.begin("4")
    Image.new("RGB", (640, 480), (level, level, level)).save(tmp_path / "nothing.jpg")
    capture = page.bench.capture
    hands.give(page, tmp_path / "nothing.jpg")
    hands.until(lambda: capture.failed, "it is refused")
    hands.settle()
    (told,) = capture._checks.words()
    assert told.startswith(f"Nothing to see. {todo}")
    hands.press("u")
    hands.settle()
    assert page.step is Step.REGION
    assert page.bench.region._checks.words() == [told]


def test_a_picture_without_colour_is_told(hands: Any, tmp_path: Path) -> None:
    page = hands.begin("4")
    with Image.open(LESION) as image:
        image.convert("L").convert("RGB").save(tmp_path / "grey.png")
    hands.give(page, tmp_path / "grey.png")
    hands.until(lambda: page.bench.capture.failed, "it is refused")
    hands.settle()
    assert "No colour. Switch the camera to colour, the reading needs it" in page.bench.capture._checks.words()
    assert page.bench.capture.sentence == "Take it again: a picture in colour gives a surer reading."


def test_the_very_same_picture_is_told_and_taken(hands: Any, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    with Image.open(LESION) as image:
        image.save(photo)  # without the mark of a phantom
    page = hands.begin("4")
    hands.drop(page, photo)
    assert not page.bench.colour.isVisible()
    hands.press(Qt.Key.Key_Escape)
    hands.settle()
    hands.drop(page, photo)
    assert "this exam had before" in page.bench.colour.remark.text()
    hands.press(Qt.Key.Key_Escape)
    hands.settle()
    hands.press(Qt.Key.Key_Escape)
    hands.on("patient")

    page = hands.begin("4")
    with Image.open(photo) as image:
        image.save(tmp_path / "packed anew.bmp")
    hands.drop(page, tmp_path / "packed anew.bmp")
    assert page.bench.colour.remark.isVisible()
    assert "This very picture is also in the exam “Spot, camera” of " in page.bench.colour.remark.text()
    hands.read(page)
    assert page.bench.colour.remark.isVisible(), "for whoever reviews it, too"
    again = page.exam
    hands.ctrl(Qt.Key.Key_F)
    hands.on("people")
    hands.window.shell.go("exam", exam=again)
    hands.settle()
    assert page.bench.colour.remark.isVisible(), "and for whoever opens it again"


def test_a_retake_that_is_thought_better_of_keeps_the_picture_there_was(hands: Any) -> None:
    page = hands.begin("4")
    hands.drop(page, LESION)
    before = page.exam
    hands.press(Qt.Key.Key_Escape)
    hands.settle()
    hands.on_to_region(page)
    assert page.exam == before


@pytest.mark.parametrize("answered", [True, False])
def test_a_retake_over_what_was_said_asks_first(hands: Any, answered: bool) -> None:
    page = hands.begin("4")
    hands.drop(page, LESION)
    before = hands.read(page)
    if answered:
        hands.press("4")
    hands.click(page.bench.reading.comment)
    hands.type("bleeds")
    hands.settle()
    hands.back_to_capture(page)
    vault = hands.window.shell.vault
    said = vault.exams.get(before.id)
    assert exams.spoken(said) == "bleeds"

    offer(hands, page)
    assert page.acts.panel is not None
    assert (page.step, vault.exams.get(before.id)) == (Step.CAPTURE, said)
    hands.press(Qt.Key.Key_Return)  # the keyboard is on "Keep"
    hands.settle()
    assert (page.step, vault.exams.get(before.id)) == (Step.READING, said)
    assert page.bench.reading.comment.toPlainText() == "bleeds"

    hands.back_to_capture(page)
    offer(hands, page)
    hands.press(Qt.Key.Key_Escape)
    hands.settle()
    assert (page.step, vault.exams.get(before.id)) == (Step.READING, said)

    hands.back_to_capture(page)
    offer(hands, page)
    hands.ctrl(Qt.Key.Key_F)  # the page is left with the question open
    hands.on("people")
    assert vault.exams.get(before.id) == said
    hands.window.shell.go("exam", exam=said)
    hands.settle()

    hands.back_to_capture(page)
    offer(hands, page)
    hands.press(Qt.Key.Key_Tab)
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: page.step is Step.REGION, "the other picture is there")
    hands.settle()
    replaced = vault.exams.get(before.id)
    assert (replaced.review, replaced.comment) == (None, "")
    assert hands.read(page).reading is not None
    assert page.bench.reading.comment.toPlainText() == ""


def offer(hands: Any, page: ExamPage) -> None:
    """Drop a picture over what was said, and until the question is there."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(LESION))])
    page.bench.capture.offer(mime)
    hands.until(lambda: page.acts.panel is not None, "the question is there")
    hands.wait(200)
