"""The region of an exam, changed with keyboard and mouse."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt

from clinoscope.domain.reading import CANNOT_JUDGE
from clinoscope.paths import RESOURCES
from clinoscope.ui.exam.step import Step

LESION = RESOURCES / "phantoms" / "lesion.png"
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def hands(with_ada: Any) -> Any:
    """Logged in, at the patient page of Ada Okafor."""
    return with_ada


def test_the_region_is_changed_and_given_back_by_keyboard_alone(hands: Any) -> None:
    page = hands.begin("4")
    hands.drop(page, LESION)
    step = page.bench.region
    found = step.region
    hands.press(Qt.Key.Key_Right, SHIFT)
    hands.press("-")
    changed = step.region
    hands.press(Qt.Key.Key_Escape)
    assert page.step is Step.REGION, "the first Esc takes the changes back"
    assert step.region == found
    hands.ctrl(Qt.Key.Key_Z)
    assert step.region == changed
    hands.ctrl(Qt.Key.Key_Z)
    hands.ctrl(Qt.Key.Key_Z)
    assert step.region == found
    hands.ctrl(Qt.Key.Key_Y)
    assert step.region != found
    hands.press(Qt.Key.Key_Escape)
    hands.press(Qt.Key.Key_Escape)
    hands.settle()
    assert page.step is Step.CAPTURE, "the next one leads back"


def test_the_region_under_the_mouse(hands: Any) -> None:
    page = hands.begin("4")
    hands.drop(page, LESION)
    canvas, before = page.bench.canvas, page.bench.region.region
    assert before is not None
    middle = canvas.view.box(before.box).center().toPoint()
    drag(hands, canvas, middle, middle + QPoint(40, 0))
    after = page.bench.region.region
    assert after is not None
    assert after.box.x - before.box.x == pytest.approx(40 / canvas.zoom, abs=2)
    assert (after.box.w, after.box.h) == (before.box.w, before.box.h)


def test_a_region_changed_just_before_going_back_is_still_to_be_reached(hands: Any) -> None:
    page = hands.begin("4")
    hands.drop(page, LESION)
    hands.press("+")
    hands.press(Qt.Key.Key_Escape)  # takes the change back, which is being saved
    hands.press(Qt.Key.Key_Escape)
    hands.settle()
    hands.on_to_region(page)


def test_a_region_moved_by_accident_drops_no_answer(hands: Any) -> None:
    page = hands.begin("4")
    hands.drop(page, LESION)
    hands.read(page)
    hands.press("4")
    hands.click(page.bench.reading.comment)
    hands.type("bleeds")
    hands.press(Qt.Key.Key_Escape)
    hands.press(Qt.Key.Key_Escape)
    hands.settle()
    assert page.step is Step.REGION
    vault = hands.window.shell.vault
    before = vault.exams.get(page.exam.id)
    assert before.review.answer == "melanoma"

    hands.press(Qt.Key.Key_Right, SHIFT)
    hands.until(lambda: vault.exams.get(before.id).reading is None, "the moved region is kept")
    hands.settle()
    held = vault.exams.get(before.id)
    assert held.held == before.review
    assert "“Melanoma”" in page.bench.region.kept_words
    hands.ctrl(Qt.Key.Key_Z)
    hands.until(lambda: vault.exams.get(before.id) == before, "taken back, it has all it had")
    hands.settle()
    assert page.bench.region.kept_words == ""
    page.head.stepper.setFocus()
    hands.press(Qt.Key.Key_Right)
    hands.settle()
    assert page.step is Step.READING, "the steps lead to it again"
    assert page.bench.reading.answered == "melanoma"
    hands.press(Qt.Key.Key_Escape)
    hands.settle()
    assert page.step is Step.REGION

    hands.press(Qt.Key.Key_Right, SHIFT)
    read = hands.read(page)
    assert (read.held, read.review.answer, read.review.comment) == (None, "melanoma", "bleeds"), "it stands"
    assert read.region != before.region
    assert page.bench.reading.answered == "melanoma"


def test_an_answer_that_hangs_on_the_region_is_asked_again(hands: Any) -> None:
    page = hands.begin("4")
    hands.drop(page, LESION)
    hands.read(page)
    hands.press("0")
    hands.settle()
    hands.press(Qt.Key.Key_Escape)
    hands.settle()
    hands.press("+")
    hands.press(Qt.Key.Key_Escape)  # takes the change back, before and after it was saved
    hands.settle()
    assert page.exam.review is not None
    hands.press("+")
    hands.ctrl(Qt.Key.Key_F)  # leaves the page
    hands.on("people")
    held = hands.window.shell.vault.exams.get(page.exam.id)
    assert (held.reading, held.review) == (None, None)
    hands.window.shell.go("exam", exam=held)
    hands.settle()
    assert "Cannot judge" in page.bench.region.kept_words

    hands.read(page)
    step = page.bench.reading
    assert (page.exam.review, step.answered, step.sign.isEnabled()) == (None, "", False)
    assert step.said_words == "Said before the region was changed: “Cannot judge”. Say again what you think."
    hands.press("0")
    hands.settle()
    assert (page.exam.held, page.exam.review.answer) == (None, CANNOT_JUDGE)
    assert step.said_words == "Your assessment: Cannot judge"


def drag(hands: Any, canvas: Any, start: QPoint, end: QPoint) -> None:
    """Press, move, let go."""
    from PySide6.QtTest import QTest

    left = Qt.MouseButton.LeftButton
    QTest.mousePress(canvas, left, pos=start)
    for share in (0.25, 0.5, 0.75, 1.0):
        QTest.mouseMove(canvas, start + (end - start) * share)
        hands.wait(10)
    QTest.mouseRelease(canvas, left, pos=end)
    hands.settle()
