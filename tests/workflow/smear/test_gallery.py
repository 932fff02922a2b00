"""Cells in the bands of the gallery: by class, badly seen ones apart, doubt first."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from clinoscope.domain.region import Box
from clinoscope.domain.smear import Cell, CellKind, Decision, SeenCell
from clinoscope.domain.user import User
from clinoscope.workflow.smear import tables
from clinoscope.workflow.smear.gallery import bands


def cell(number: int, label: str, doubt: float, kind: CellKind = CellKind.WHOLE) -> Cell:
    return Cell(
        number=number,
        field=1,
        seen=SeenCell(box=Box(9, 9, 30, 30), score=0.9, kind=kind, suggested=label, doubt=doubt),
    )


CELLS = (
    cell(1, "segmented", 0.1),
    cell(2, "segmented", 0.4),
    cell(3, "lymphocyte", 0.3),
    cell(4, "unidentified", 0.6),
    cell(5, "not_counted", 0.2, CellKind.CUT),
    cell(6, "segmented", 0.4),
)


def decided(one: Cell, label: str) -> Cell:
    return replace(one, first=Decision(label=label, by=User(id="u", name="Ada"), at=datetime(2026, 5, 1, tzinfo=UTC)))


def test_doubt_is_first_and_badly_seen_cells_are_apart() -> None:
    found = [(band.id, [one.number for one in band.cells], band.share) for band in bands(CELLS, tables.classes())]
    assert found == [
        ("segmented", [2, 6, 1], pytest.approx(3 / 4)),
        ("lymphocyte", [3], pytest.approx(1 / 4)),
        ("unidentified", [4], None),
        ("cut", [5], None),
    ]
    assert bands(CELLS, tables.classes())[-1].kind is CellKind.CUT


def test_a_decided_cell_stands_in_its_class_and_keeps_its_place() -> None:
    cells = (CELLS[0], decided(CELLS[1], "segmented"), decided(CELLS[4], "segmented"))
    (band,) = bands(cells, tables.classes())
    assert (band.id, [one.number for one in band.cells]) == ("segmented", [2, 5, 1])


def test_without_a_white_cell_there_is_no_share() -> None:
    assert [band.share for band in bands(CELLS[3:5], tables.classes())] == [None, None]
    assert bands((), tables.classes()) == ()
