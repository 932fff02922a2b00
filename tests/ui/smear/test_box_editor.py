from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from clinoscope.domain.region import Box
from clinoscope.ui.exam.view import View
from clinoscope.ui.smear.box_editor import BoxEditor

VIEW = View(1.0, 0.0, 0.0)


@pytest.fixture
def editor(app: QApplication) -> BoxEditor:
    return BoxEditor((400, 300), [Box(20, 20, 40, 30), Box(300, 200, 60, 50)])


def test_the_first_box_is_as_large_as_the_other_cells(editor: BoxEditor) -> None:
    assert editor.box is None
    editor.put(QPointF(200, 150))
    assert editor.box == Box(175, 130, 50, 40)


def test_without_any_cell_it_is_a_third_of_the_field(app: QApplication) -> None:
    editor = BoxEditor((400, 300), [])
    editor.put(QPointF(200, 150))
    assert editor.box == Box(150, 100, 100, 100)


def test_a_click_puts_it_there_and_never_outside(editor: BoxEditor) -> None:
    editor.put(QPointF(200, 150))
    assert editor.press(QPointF(100, 80), VIEW)
    editor.release()
    assert editor.box == Box(75, 60, 50, 40)
    editor.press(QPointF(399, 299), VIEW)
    editor.release()
    assert editor.box == Box(350, 260, 50, 40)
    assert not editor.press(QPointF(450, 20), VIEW), "beside the picture there is nothing to draw on"


def test_a_drag_beside_it_draws_it_anew(editor: BoxEditor) -> None:
    editor.put(QPointF(200, 150))
    editor.press(QPointF(20, 200), VIEW)
    editor.drag(QPointF(60, 230), VIEW)
    editor.drag(QPointF(100, 260), VIEW)
    editor.release()
    assert editor.box == Box(20, 200, 80, 60)
