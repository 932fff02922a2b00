from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope.domain.smear import CellKind
from clinoscope.domain.smear_sheet import CellClass
from clinoscope.ui.smear.crops import Crops
from clinoscope.ui.smear.gallery import Gallery
from clinoscope.workflow.smear.gallery import Band

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Bands = Callable[..., tuple[Band, ...]]


@pytest.fixture
def gallery(host: QWidget, at_once: None, jpeg: bytes) -> Iterator[Gallery]:
    made = Gallery(Crops(lambda numbers: dict.fromkeys(numbers, jpeg)), host)
    made.setGeometry(0, 0, 600, 400)
    made.show()
    made.setFocus()
    yield made
    made.deleteLater()


def middle(gallery: Gallery, number: int) -> QPoint:
    place = [cell.number for cell in gallery.cells()].index(number)
    spot = gallery.layout_now.rect(place).center()
    return QPoint(spot.x(), spot.y() - gallery.verticalScrollBar().value())


def click(gallery: Gallery, number: int, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, held, middle(gallery, number))


def asked(gallery: Gallery) -> list[tuple[tuple[int, ...], str]]:
    found: list[tuple[tuple[int, ...], str]] = []
    gallery.class_wanted.connect(lambda numbers, class_id: found.append((numbers, class_id)))
    gallery.confirm_wanted.connect(lambda numbers: found.append((numbers, "")))
    return found


def test_a_key_sorts_the_current_cell_and_goes_on_to_the_next(
    gallery: Gallery, make_bands: Bands, classes: Mapping[str, CellClass]
) -> None:
    gallery.show_bands(make_bands(segmented=3, band=2), classes)
    wanted = asked(gallery)
    assert gallery.current is not None
    assert gallery.current.number == 1
    QTest.keyClick(gallery, Qt.Key.Key_Right)
    QTest.keyClick(gallery, "b")
    assert wanted == [((2,), "band")]
    assert gallery.current.number == 3, "at once: keys come faster than decisions are kept"
    gallery.show_bands(make_bands(segmented=2, band=3), classes)
    assert gallery.current.number == 3, "the open cell behind it"
    QTest.keyClick(gallery, Qt.Key.Key_Return)
    assert wanted[-1] == ((3,), "")


def test_shift_chooses_several_and_escape_lets_go(
    gallery: Gallery, make_bands: Bands, classes: Mapping[str, CellClass]
) -> None:
    gallery.show_bands(make_bands(segmented=6), classes)
    for _ in range(2):
        QTest.keyClick(gallery, Qt.Key.Key_Right, SHIFT)
    assert [cell.number for cell in gallery.chosen] == [1, 2, 3]
    assert "3 cells chosen" in gallery.accessibleDescription()
    QTest.keyClick(gallery, Qt.Key.Key_Escape)
    assert [cell.number for cell in gallery.chosen] == [3]


def test_the_mouse_chooses_one_more_or_a_row_of_them(
    gallery: Gallery, make_bands: Bands, classes: Mapping[str, CellClass]
) -> None:
    gallery.show_bands(make_bands(segmented=6, band=2), classes)
    click(gallery, 2)
    click(gallery, 4, CONTROL)
    assert [cell.number for cell in gallery.chosen] == [2, 4]
    click(gallery, 4, CONTROL)
    assert [cell.number for cell in gallery.chosen] == [2]
    click(gallery, 3)
    click(gallery, 5, SHIFT)
    assert [cell.number for cell in gallery.chosen] == [3, 4, 5]
    gallery.choose_band()
    assert len(gallery.chosen) == 6


def test_cells_are_dragged_into_another_band(
    gallery: Gallery, make_bands: Bands, classes: Mapping[str, CellClass]
) -> None:
    gallery.show_bands(make_bands(segmented=2, band=2), classes)
    wanted = asked(gallery)
    view, start, end = gallery.viewport(), middle(gallery, 1), middle(gallery, 4)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view, start + QPoint(30, 0))
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)
    assert wanted == [((1,), "band")]


def test_a_drop_outside_is_handed_on(gallery: Gallery, make_bands: Bands, classes: Mapping[str, CellClass]) -> None:
    gallery.show_bands(make_bands(segmented=2), classes)
    wanted, dropped = asked(gallery), []
    gallery.dropped.connect(dropped.append)
    view, start = gallery.viewport(), middle(gallery, 1)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view, start + QPoint(40, 0))
    QTest.mouseMove(view, QPoint(20, -40))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(20, -40))
    assert wanted == []
    assert len(dropped) == 1


def test_nothing_is_dropped_on_a_band_that_is_no_class(
    gallery: Gallery, make_bands: Bands, make_cell: Callable, classes: Mapping[str, CellClass]
) -> None:
    cut = Band("cut", "Cut by the edge", (make_cell(9),), kind=CellKind.CUT)
    gallery.show_bands((*make_bands(segmented=1), cut), classes)
    wanted = asked(gallery)
    view, start, end = gallery.viewport(), middle(gallery, 1), middle(gallery, 9)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view, start + QPoint(30, 0))
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)
    assert wanted == []


def test_only_what_is_near_is_fetched(
    host: QWidget, at_once: None, jpeg: bytes, make_bands: Bands, classes: Mapping[str, CellClass]
) -> None:
    fetched: list[int] = []

    def fetch(numbers: list[int]) -> dict[int, bytes]:
        fetched.extend(numbers)
        return dict.fromkeys(numbers, jpeg)

    made = Gallery(Crops(fetch), host)
    made.setGeometry(0, 0, 600, 400)
    made.show()
    made.show_bands(make_bands(segmented=1500, band=500), classes)
    assert 0 < len(fetched) < 200
    made.verticalScrollBar().setValue(made.verticalScrollBar().maximum())
    assert 2000 in fetched
    assert len(fetched) < 400
    made.deleteLater()


def test_tiles_change_their_size_within_bounds(
    gallery: Gallery, make_bands: Bands, classes: Mapping[str, CellClass]
) -> None:
    gallery.show_bands(make_bands(segmented=40), classes)
    before = gallery.tile
    gallery.resize_tiles(1)
    assert gallery.tile > before
    for _ in range(9):
        gallery.resize_tiles(-1)
    assert gallery.tile == 56


@pytest.mark.alone
def test_two_thousand_cells_open_and_scroll_at_once(
    gallery: Gallery, make_bands: Bands, classes: Mapping[str, CellClass]
) -> None:
    import time

    bands = make_bands(segmented=900, band=300, lymphocyte=500, monocyte=300)
    began = time.thread_time()
    gallery.show_bands(bands, classes)
    gallery.viewport().repaint()
    assert time.thread_time() - began < 0.3
    bar, worst = gallery.verticalScrollBar(), 0.0
    for step in range(0, bar.maximum(), max(bar.maximum() // 40, 1)):
        began = time.thread_time()
        bar.setValue(step)
        gallery.viewport().repaint()
        worst = max(worst, time.thread_time() - began)
    assert worst < 0.05


def test_the_current_cell_stays_put_while_more_come(
    gallery: Gallery, make_bands: Bands, classes: Mapping[str, CellClass]
) -> None:
    (lymphocyte,) = make_bands(lymphocyte=1)
    gallery.show_bands((lymphocyte,), classes)
    assert gallery.current is not None
    (before,) = make_bands(segmented=80)
    more = tuple(replace(cell, number=100 + cell.number) for cell in before.cells)
    gallery.show_bands((replace(before, cells=more), lymphocyte), classes)
    assert gallery.current.number == 1, "though nothing was chosen yet"
    top, place = gallery.verticalScrollBar().value(), len(more)
    assert 0 <= gallery.layout_now.rect(place).top() - top < 400, "and it is still seen"
    gallery.verticalScrollBar().setValue(0)
    gallery.show_bands((replace(before, cells=more[:70]), lymphocyte), classes)
    assert gallery.verticalScrollBar().value() == 0, "who looks elsewhere stays there"
    gallery.show_bands((), classes)
    assert gallery.current is None
