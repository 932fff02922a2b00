from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from clinoscope.ui.exam import report_view
from clinoscope.ui.smear import keys
from clinoscope.ui.smear.page import SmearPage
from clinoscope.ui.smear.panels import AsidePanel, ReferencePanel
from clinoscope.ui.smear.sheet_panel import SheetPanel

CONTROL = Qt.KeyboardModifier.ControlModifier


def press(page: SmearPage, key: Qt.Key | str, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or page.gallery, key, held)


@pytest.fixture
def bench(page: SmearPage) -> SmearPage:
    QTest.qWaitForWindowActive(page)
    page.gallery.setFocus()
    return page


@pytest.mark.parametrize(
    ("key", "kind"), [(Qt.Key.Key_I, SheetPanel), (Qt.Key.Key_R, ReferencePanel), (Qt.Key.Key_D, AsidePanel)]
)
def test_a_panel_is_a_key_away_and_escape_brings_one_back(bench: SmearPage, key: Qt.Key, kind: type) -> None:
    press(bench, key, CONTROL)
    assert isinstance(bench.acts.panel, kind)
    press(bench, Qt.Key.Key_Escape)
    assert bench.acts.panel is None
    assert bench.gallery.hasFocus()


def test_undo_and_redo(bench: SmearPage) -> None:
    bench.gallery.go_to(2)
    press(bench, "e")
    label = {cell.number: cell.label for cell in bench.gallery.cells()}
    assert label[2] == "eosinophil"
    press(bench, Qt.Key.Key_Z, CONTROL)
    assert bench.gallery.current is not None
    assert bench.gallery.current.number == 2, "one is on the cell that changed"
    assert bench.gallery.current.label == "band"
    press(bench, Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert bench.gallery.current.label == "eosinophil"
    press(bench, Qt.Key.Key_Z, CONTROL)
    press(bench, Qt.Key.Key_Y, CONTROL)
    assert bench.gallery.current.label == "eosinophil"


def test_from_one_open_cell_to_the_next(bench: SmearPage) -> None:
    assert bench.state is not None
    order = bench.state.open
    bench.gallery.go_to(order[0])
    for number in (*order[1:], order[0]):
        press(bench, Qt.Key.Key_J, CONTROL)
        assert bench.gallery.current is not None
        assert bench.gallery.current.number == number


def test_the_page_of_chosen_cells(bench: SmearPage) -> None:
    assert bench.bench is not None
    bench.gallery.choose((1, 4))
    press(bench, Qt.Key.Key_G, CONTROL)
    assert bench.bench.sheet.chosen == (1, 4)
    press(bench, Qt.Key.Key_G, CONTROL)
    assert bench.bench.sheet.chosen == ()


def test_space_looks_closely_and_keys_go_on_sorting(bench: SmearPage) -> None:
    bench.gallery.go_to(3)
    press(bench, Qt.Key.Key_Space)
    assert bench.desk.looking
    press(bench, "m")
    assert next(cell for cell in bench.gallery.cells() if cell.number == 3).label == "monocyte"
    press(bench, Qt.Key.Key_Space)
    assert not bench.desk.looking


def test_size_and_light_of_the_tiles(bench: SmearPage) -> None:
    before = bench.gallery.tile
    press(bench, Qt.Key.Key_Plus, CONTROL)
    assert bench.gallery.tile > before
    press(bench, Qt.Key.Key_Minus, CONTROL)
    assert bench.gallery.tile == before
    press(bench, Qt.Key.Key_Up, CONTROL)
    assert bench.gallery.light == 10
    for _ in range(30):
        press(bench, Qt.Key.Key_Down, CONTROL)
    assert bench.gallery.light == -100


def test_the_microscope_and_back(bench: SmearPage) -> None:
    press(bench, Qt.Key.Key_M, CONTROL)
    assert bench.desk.collecting
    press(bench, Qt.Key.Key_Escape)
    assert not bench.desk.collecting
    assert bench.gallery.hasFocus()


def test_files_are_asked_for(bench: SmearPage) -> None:
    press(bench, Qt.Key.Key_O, CONTROL)
    (dialog,) = bench.findChildren(QFileDialog)
    assert dialog.fileMode() is QFileDialog.FileMode.ExistingFiles
    dialog.reject()


def test_a_letter_sorts_wherever_the_keyboard_is_but_not_while_fields_are_taken(bench: SmearPage) -> None:
    bench.gallery.go_to(3)
    bench.desk.reference.setFocus()
    press(bench, "m")
    assert next(cell for cell in bench.gallery.cells() if cell.number == 3).label == "monocyte"
    press(bench, Qt.Key.Key_M, CONTROL)
    before = [cell.label for cell in bench.gallery.cells()]
    press(bench, "e")
    assert [cell.label for cell in bench.gallery.cells()] == before
    press(bench, Qt.Key.Key_Escape)


@pytest.mark.parametrize("key", [Qt.Key.Key_I, Qt.Key.Key_R, Qt.Key.Key_D])
def test_what_is_typed_beside_an_open_panel_sorts_no_cell(bench: SmearPage, key: Qt.Key) -> None:
    bench.gallery.go_to(3)
    before = bench.gallery.cells()
    press(bench, key, CONTROL)
    assert bench.acts.panel is not None
    bench.acts.panel.setFocus()
    for typed in ("m", Qt.Key.Key_Space, Qt.Key.Key_Right):
        press(bench, typed)
    press(bench, Qt.Key.Key_Z, CONTROL)
    assert bench.gallery.cells() == before
    assert bench.gallery.current is not None
    assert bench.gallery.current.number == 3
    assert not bench.desk.looking
    bench.setFocus()
    press(bench, Qt.Key.Key_Escape)
    assert bench.acts.panel is None, "Esc closes it from wherever the keyboard is"


def test_the_report_has_its_own_keys_to_show(bench: SmearPage) -> None:
    assert bench.keys == keys.KEYS
    bench.show_report()
    assert bench.keys == report_view.KEYS
    press(bench, Qt.Key.Key_Escape)
    assert bench.keys == keys.KEYS
