"""A white cell that the program missed: what is asked of the box that a person draws around it."""

from __future__ import annotations

from collections.abc import Iterable

from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.region import Box
from clinoscope.domain.smear import Cell

LEAST = 0.02
"""Share of a field's longer side that a white cell measures at least: what the finder looks for (``regions.cells``)."""

MOST = 0.8
"""Share of a field's area from which on a box is no cell's: the largest of 366 that the finder found in fields of four
laboratories takes 0.45."""

OUTSIDE = "The box lies outside the field: draw it around the cell."
WHOLE = "The box covers the whole field: draw it around one cell."
FIRST_ADDS = "The first reader adds cells and takes them away: yours is the blind reading."


def fitted(box: Box, width: int, height: int) -> Box:
    """The part of a box inside a field of that size. Raises NotAllowed when there is none, it is too small or covers
    (nearly) all of the field."""
    if box.w < 1 or box.h < 1 or not (box.x < width and box.y < height and box.right > 0 and box.bottom > 0):
        raise NotAllowed(OUTSIDE)
    inside, least = box.clipped(width, height), round(LEAST * max(width, height))
    if min(inside.w, inside.h) < least:
        raise NotAllowed(f"The box is too small for a white cell: make it {least} pixels wide and high at least.")
    if inside.w * inside.h >= MOST * width * height:
        raise NotAllowed(WHOLE)
    return inside


def refuse_twice(box: Box, field: int, cells: Iterable[Cell]) -> None:
    """Raises NotAllowed, naming the cell, where one of a smear's ``cells`` in that field lies under the box already."""
    from clinoscope.regions.track import SAME

    here = [cell for cell in cells if cell.field == field and not cell.gone]
    found = max(here, key=lambda cell: box.shared(cell.seen.box), default=None)
    if found is not None and box.shared(found.seen.box) >= SAME:
        raise NotAllowed(already(found.same_as or found.number))


def already(number: int) -> str:
    """What is said of a box over a cell that is there."""
    return f"This is cell {number} already: it would be counted twice."
