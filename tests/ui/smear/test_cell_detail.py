from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtWidgets import QLabel, QWidget

from clinoscope.domain.record import User
from clinoscope.domain.smear import Cell, CellKind, Decision
from clinoscope.domain.smear_sheet import CellClass
from clinoscope.ui.smear.cell_detail import CellDetail


def words(detail: CellDetail) -> str:
    return "\n".join(one.text() for one in detail.findChildren(QLabel) if one.isVisible())


def test_one_cell_with_its_likeliest_classes(
    host: QWidget, make_cell: Callable[..., Cell], classes: Mapping[str, CellClass]
) -> None:
    detail = CellDetail(host)
    detail.show()
    likely = [("Band neutrophil", 0.7), ("Segmented neutrophil", 0.2), ("Eosinophil", 0.1), ("Basophil", 0.0)]
    detail.show_cells((make_cell(7, "band", doubt=0.3),), (None,), classes, likely)
    assert "Cell 7 · suggested, doubt 30" in words(detail)
    assert [bar.name for bar in detail._bars if bar.isVisible()] == [name for name, _ in likely[:3]]
    detail.show_small(True)
    assert not detail.pictures.isVisible()
    assert not any(bar.isVisible() for bar in detail._bars)
    detail.show_small(False)
    detail.show_cells((), (), classes, ())
    assert words(detail) == ""


def test_who_decided_what(host: QWidget, make_cell: Callable[..., Cell], classes: Mapping[str, CellClass]) -> None:
    detail = CellDetail(host)
    detail.show()
    cell = make_cell(7, "band", reviewed=True)
    other = Decision(label="segmented", by=User(id="v", name="Béla"), at=datetime(2026, 5, 1, tzinfo=UTC))
    detail.show_cells((replace(cell, second=other),), (None,), classes, ())
    assert "decided by Ada; read by Béla as Segmented neutrophil" in words(detail)
    moved = replace(cell, seen=replace(cell.seen, suggested="eosinophil"))
    detail.show_cells((moved,), (None,), classes, ())
    assert "suggested was Eosinophil" in words(detail)


def test_a_strange_cell_says_so_and_gives_no_second_figure(
    host: QWidget, make_cell: Callable[..., Cell], classes: Mapping[str, CellClass]
) -> None:
    detail = CellDetail(host)
    detail.show()
    cell = make_cell(1, doubt=1.0)
    seen = replace(cell.seen, foreign=True, kind=CellKind.TOUCHING)
    detail.show_cells((replace(cell, seen=seen),), (None,), classes, ())
    assert "It touches another cell. Unlike the cells the model learned from." in words(detail)
    assert "doubt" not in words(detail)


def test_two_are_named_side_by_side(
    host: QWidget, make_cell: Callable[..., Cell], classes: Mapping[str, CellClass]
) -> None:
    detail = CellDetail(host)
    detail.show()
    detail.show_cells((make_cell(1), make_cell(2, "band")), (None, None), classes, ())
    assert detail.pictures.accessibleName() == "Segmented neutrophil beside Band neutrophil"
    detail.pictures.repaint()


def test_who_added_a_cell_is_said_first(
    host: QWidget, make_cell: Callable[..., Cell], classes: Mapping[str, CellClass]
) -> None:
    detail = CellDetail(host)
    detail.show()
    cell = make_cell(7, "band", doubt=0.3)
    drawn = replace(cell, seen=replace(cell.seen, drawn_by=User(id="u", name="Ada")))
    detail.show_cells((drawn,), (None,), classes, ())
    assert "Cell 7 · added by hand by Ada · suggested, doubt 30" in words(detail)


def test_of_two_that_readers_differ_on_it_says_who_said_what(
    host: QWidget, make_cell: Callable[..., Cell], classes: Mapping[str, CellClass]
) -> None:
    detail = CellDetail(host)
    detail.show()
    other = Decision(label="monocyte", by=User(id="v", name="Béla"), at=datetime(2026, 5, 1, tzinfo=UTC))
    cells = tuple(replace(make_cell(number, "band", reviewed=True), second=other) for number in (1, 2))
    detail.show_cells(cells, (None, None), classes, ())
    assert "Cell 1: Ada Band neutrophil, Béla Monocyte\nCell 2: Ada Band neutrophil, Béla Monocyte" in words(detail)
    detail.show_cells((cells[0], make_cell(3)), (None, None), classes, ())
    assert words(detail) == "Cell 1: Ada Band neutrophil, Béla Monocyte"
