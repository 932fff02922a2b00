"""A missed cell is added with mouse or keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from clinoscope.domain.record import ExamState
from clinoscope.domain.region import Box
from clinoscope.ui.smear import keys
from clinoscope.ui.smear.page import BLIND, SmearPage

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def press(page: SmearPage, key: Qt.Key | str, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or page.gallery, key, held)


def box(page: SmearPage) -> Box:
    assert page.desk.add.editor is not None
    assert page.desk.add.editor.box is not None
    return page.desk.add.editor.box


@pytest.fixture
def adding(page: SmearPage) -> SmearPage:
    QTest.qWaitForWindowActive(page)
    page.gallery.go_to(1)
    page.gallery.setFocus()
    press(page, Qt.Key.Key_B, CONTROL)
    return page


def test_keys_move_size_and_set_the_box(adding: SmearPage) -> None:
    page, pane = adding, adding.desk.add
    assert page.desk.adding
    assert pane.isVisible()
    assert pane.number == 1
    assert page.keys == keys.ADDING
    first = box(page)
    assert (first.w, first.h) == (24, 24), "as large as the cells that are there"
    press(page, Qt.Key.Key_Right, SHIFT)
    press(page, Qt.Key.Key_Down, SHIFT)
    press(page, Qt.Key.Key_Down)
    press(page, Qt.Key.Key_Plus)
    assert box(page) == Box(first.x + 6, first.y + 7, 32, 32)
    press(page, "s")
    assert not any(cell.reviewed for cell in page.gallery.cells()), "a letter sorts no cell behind the box"
    press(page, Qt.Key.Key_Return)
    assert not page.desk.adding
    assert page.keys == keys.KEYS
    assert page.gallery.hasFocus()
    current = page.gallery.current
    assert current is not None
    assert (current.number, current.seen.box.w) == (6, 32)
    assert current.seen.drawn_by is not None
    press(page, "m")
    assert next(cell for cell in page.gallery.cells() if cell.number == 6).label == "monocyte"


def test_escape_adds_nothing(adding: SmearPage) -> None:
    press(adding, Qt.Key.Key_Escape)
    assert not adding.desk.adding
    assert len(adding.gallery.cells()) == 5
    assert adding.gallery.hasFocus()
    assert adding.gallery.current is not None
    assert adding.gallery.current.number == 1


def test_a_box_over_a_cell_is_told_so_and_stays(adding: SmearPage) -> None:
    pane = adding.desk.add
    assert pane.editor is not None
    cell = adding.desk._lying[1][0].seen.box
    x, y = cell.centre
    view = adding.desk.canvas.view
    at = QPoint(round(view.x + x * view.scale), round(view.y + y * view.scale))
    QTest.mouseClick(adding.desk.canvas, Qt.MouseButton.LeftButton, pos=at)
    press(adding, Qt.Key.Key_Return)
    assert adding.desk.adding
    assert pane.refusal == "This is cell 1 already: it would be counted twice."
    assert box(adding).shared(cell) > 0.8
    press(adding, Qt.Key.Key_Down, SHIFT)
    assert pane.refusal == "", "it is over once the box moves"


def test_a_refused_box_drops_nothing_that_waits_behind_it(adding: SmearPage) -> None:
    cell = adding.desk._lying[1][0]
    adding.acts.add_cell(1, cell.seen.box)
    adding.change(lambda bench: bench.confirm([3]))
    assert "already" in adding.desk.add.refusal
    assert next(one for one in adding.gallery.cells() if one.number == 3).reviewed


def test_from_field_to_field(adding: SmearPage) -> None:
    pane = adding.desk.add
    assert pane.place.text() == "Field 1 of 2"
    press(adding, Qt.Key.Key_PageUp)
    assert pane.number == 1
    press(adding, Qt.Key.Key_PageDown)
    assert (pane.number, adding.desk.field.field) == (2, 2)
    assert not pane.next.isEnabled()
    assert pane.editor is not None
    press(adding, Qt.Key.Key_PageDown)
    assert pane.number == 2
    press(adding, Qt.Key.Key_Escape)
    assert adding.desk.field.field in (1, 2)


def test_a_field_that_leaves_the_count_takes_the_box_along(adding: SmearPage) -> None:
    adding.change(lambda bench: bench.set_aside(2))
    assert adding.desk.adding, "another field changes nothing here"
    adding.change(lambda bench: bench.set_aside(1))
    assert not adding.desk.adding


def test_delete_takes_a_cell_away_and_undo_brings_it_back(adding: SmearPage) -> None:
    page = adding
    for _ in range(4):
        press(page, Qt.Key.Key_Down, SHIFT)
    press(page, Qt.Key.Key_Return)
    assert page.desk.take_away.isVisible()
    press(page, Qt.Key.Key_Delete)
    assert [cell.number for cell in page.gallery.cells() if cell.number == 6] == []
    assert not page.desk.take_away.isVisible()
    press(page, Qt.Key.Key_Z, CONTROL)
    assert page.gallery.current is not None
    assert page.gallery.current.number == 6
    page.gallery.go_to(1)
    said: list[str] = []
    page.shell.said.connect(said.append)
    press(page, Qt.Key.Key_Delete)
    assert "Only a cell that was added by hand" in said[-1]
    assert len(page.gallery.cells()) == 6


def test_it_is_offered_where_it_may_be_done(page: SmearPage) -> None:
    assert page.desk.add_cell.isVisible()
    page.desk.toggle_close()
    assert page.desk.add_cell.isVisible()
    page.desk.add_cell.click()
    assert page.desk.adding
    page.desk.add.cancel.click()
    assert page.desk.looking, "back to where it was asked for"
    page.desk.back()
    assert page.state is not None
    page.desk.show_state(page.state, 2)
    assert not page.desk.add_cell.isVisible(), "the second reader sorts and does nothing else"
    from dataclasses import replace

    signed = replace(page.state, exam=replace(page.state.exam, state=ExamState.SIGNED))
    page.desk.show_state(signed, 1)
    assert not page.desk.add_cell.isVisible()


def test_the_second_reader_is_told_why_not(page: SmearPage) -> None:
    said: list[str] = []
    page.shell.said.connect(said.append)
    assert page.bench is not None
    page.bench.reader = 2
    page.add_cell()
    assert said == [BLIND]
    assert not page.desk.adding
