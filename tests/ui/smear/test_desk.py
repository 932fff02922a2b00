from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from clinoscope.domain.access import Act
from clinoscope.domain.record import ExamState, Patient
from clinoscope.domain.smear import Cell
from clinoscope.ui.shell import Shell
from clinoscope.ui.smear.page import SmearPage


def test_without_a_field_it_says_how_to_get_one(shell: Shell, ada: Patient, at_once: None) -> None:
    made = SmearPage(shell)
    made.resize(1278, 700)
    made.show()
    made.enter(patient_id=ada.id)
    desk = made.desk
    assert desk.empty.isVisible()
    assert desk.empty.button.isVisible()
    assert not desk.canvas.isVisible(), "a black field says nothing"
    assert not desk.gallery.isVisible()
    made.leave()


def test_the_three_parts_show_the_smear(page: SmearPage) -> None:
    desk = page.desk
    assert desk.canvas.isVisible()
    assert desk.gallery.isVisible()
    assert not desk.empty.isVisible()
    assert "Phantom: a drawn test picture" in desk._phantom.accessibleName() + desk._phantom._text
    assert not desk.undo.isEnabled()
    for button in (desk.add_files, desk.microscope, desk.discard, desk.own_class):
        assert button.isVisible()


def test_one_cell_takes_the_whole_room_and_gives_it_back(page: SmearPage) -> None:
    desk = page.desk
    desk.toggle_close()
    assert desk.looking
    assert desk.field.field == 1
    assert desk.canvas.hasFocus()
    assert not desk.gallery.isVisible()
    QTest.keyClick(desk.canvas, Qt.Key.Key_Right)
    assert page.gallery.current is not None
    assert page.gallery.current.number == 4, "the next cell of its band, with the arrow keys"
    assert desk.field.field == 2
    desk.back()
    assert not desk.looking
    assert desk.gallery.hasFocus()


def test_what_is_looked_at_stays_while_more_doubtful_ones_are_read(
    page: SmearPage, make_cell: Callable[..., Cell]
) -> None:
    assert page.state is not None
    page.desk.toggle_close()
    here = page.gallery.current
    first, *others = page.state.bands
    more = replace(first, cells=(make_cell(9, doubt=0.9), *first.cells))
    page.desk.show_state(replace(page.state, bands=(more, *others)), 1)
    assert page.gallery.cells()[0].number == 9
    assert page.gallery.current == here, "a letter is for the cell that is seen"


def test_two_chosen_cells_are_held_side_by_side(page: SmearPage) -> None:
    page.gallery.choose((1, 2))
    assert page.desk.detail.pictures.accessibleName() == "Segmented neutrophil beside Band neutrophil"
    page.gallery.choose((1, 2, 3))
    names = [one.text() for one in page.desk.detail.findChildren(QLabel) if one.isVisible()]
    assert "Segmented neutrophil" in names, "of three the current one alone"


def test_a_cell_dropped_on_a_chip_goes_into_that_class(page: SmearPage) -> None:
    page.gallery.go_to(3)
    chip = page.desk.classes.chip("monocyte").center()
    page.gallery.dropped.emit(page.desk.classes.mapToGlobal(chip))
    assert next(cell for cell in page.gallery.cells() if cell.number == 3).label == "monocyte"


def test_the_microscope_has_room_and_the_gallery_keeps_some(page: SmearPage) -> None:
    before = page.desk._left.width()
    page.desk.show_collecting()
    assert page.desk._left.width() > before
    assert page.desk.collect.isVisible()
    assert page.desk.gallery.width() > 300
    page.desk.show_cells()
    assert page.desk._left.width() == before
    assert not page.desk.collect.isVisible()


def test_nothing_is_offered_that_one_may_not_do(page: SmearPage) -> None:
    assert page.state is not None
    desk, side = page.desk, page.desk.side
    desk.allowed = frozenset({Act.EXAM_TAKE})  # an assistant
    desk.show_state(page.state, 1)
    assert desk.add_files.isVisible()
    assert desk.microscope.isVisible()
    kept = (desk.discard, desk.own_class, desk.classes, desk.add_cell, side.sheet, side.sign)
    assert not any(button.isVisible() for button in kept)
    signed = replace(page.state, exam=replace(page.state.exam, state=ExamState.SIGNED))
    desk.allowed = frozenset()  # an auditor looks at what is signed
    desk.show_state(signed, 1)
    assert desk.gallery.isVisible()
    assert not any(button.isVisible() for button in (*kept, side.report, side.amend))
