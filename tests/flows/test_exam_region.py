"""The region of an exam, changed with keyboard and mouse."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt

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
