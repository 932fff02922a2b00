"""What is asked of the box that a person draws around a cell that the program missed."""

import pytest

from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.region import Box
from clinoscope.domain.smear import Cell, CellKind, SeenCell
from clinoscope.workflow.smear import by_hand


def cell(number: int, box: Box, field: int = 1, same_as: int | None = None, *, gone: bool = False) -> Cell:
    seen = SeenCell(box=box, score=0.9, kind=CellKind.WHOLE, suggested="band", doubt=0.1)
    return Cell(number=number, field=field, seen=seen, same_as=same_as, gone=gone)


def test_a_box_keeps_what_lies_inside_the_field() -> None:
    assert by_hand.fitted(Box(10, 20, 60, 50), 640, 480) == Box(10, 20, 60, 50)
    assert by_hand.fitted(Box(-20, 450, 60, 60), 640, 480) == Box(0, 450, 40, 30)


@pytest.mark.parametrize("box", [Box(640, 0, 50, 50), Box(-50, 0, 50, 50), Box(0, 480, 50, 50), Box(9, 9, 0, 50)])
def test_a_box_outside_the_field_is_refused(box: Box) -> None:
    with pytest.raises(NotAllowed, match="outside the field"):
        by_hand.fitted(box, 640, 480)


@pytest.mark.parametrize("box", [Box(10, 10, 12, 60), Box(632, 100, 60, 60)])
def test_what_is_smaller_than_any_white_cell_is_refused(box: Box) -> None:
    with pytest.raises(NotAllowed, match="too small for a white cell: make it 13 pixels"):
        by_hand.fitted(box, 640, 480)


@pytest.mark.parametrize("box", [Box(0, 0, 640, 480), Box(-9, -9, 700, 500), Box(20, 20, 600, 440)])
def test_what_covers_the_field_is_refused(box: Box) -> None:
    with pytest.raises(NotAllowed, match="covers the whole field: draw it around one cell"):
        by_hand.fitted(box, 640, 480)
    assert by_hand.fitted(Box(100, 60, 440, 360), 640, 480).w == 440, "the largest cell found took 0.45 of its field"


def test_a_box_over_a_cell_names_the_one_that_counts() -> None:
    cells = [cell(1, Box(100, 100, 60, 60)), cell(2, Box(300, 100, 60, 60), same_as=7)]
    with pytest.raises(NotAllowed, match="This is cell 1 already: it would be counted twice"):
        by_hand.refuse_twice(Box(90, 90, 60, 60), 1, cells)
    with pytest.raises(NotAllowed, match="This is cell 7 already"):
        by_hand.refuse_twice(Box(310, 100, 20, 20), 1, cells)
    by_hand.refuse_twice(Box(145, 100, 60, 60), 1, cells)
    by_hand.refuse_twice(Box(100, 100, 60, 60), 2, cells)
    by_hand.refuse_twice(Box(100, 100, 60, 60), 1, [cell(1, Box(100, 100, 60, 60), gone=True)])
    by_hand.refuse_twice(Box(100, 100, 60, 60), 1, [])
