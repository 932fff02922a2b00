"""Fields of another objective, told by the size of their cells in pixels."""

from __future__ import annotations

import statistics
from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clinoscope.domain.smear import Cell, CellKind, FieldState, Smear

FACTOR = 1.75
"""Times larger or smaller than before from which cells are of another size. The cells of one field are 0.66 to 1.48
times as large as their laboratory's; a change from 100 to 50 times is a factor of 2 (decision 0073)."""

ENOUGH = 5
"""Cells that must have been seen before anything is held against them: one lymphocyte says little."""


@dataclass(frozen=True)
class Odd:
    """A field whose cells are of another size: ``share`` of the size of those in the fields before it."""

    field: int
    share: float


def odd(smear: Smear) -> tuple[Odd, ...]:
    """The fields that count whose cells are clearly larger or smaller, in pixels, than those of the fields before."""
    sides: dict[int, list[int]] = defaultdict(list)
    for cell in smear.cells:
        if _measured(cell):
            sides[cell.field].append(max(cell.seen.box.w, cell.seen.box.h))
    read = sorted(entry.number for entry in smear.fields if entry.state is FieldState.READ)
    return tuple(_odd((number, sides[number]) for number in read if sides[number]))


def _measured(cell: Cell) -> bool:
    """Whether a cell's size counts: cut ones are cut, smudged ones spread, and a person's box is as wide as it is."""
    return cell.seen.kind in (CellKind.WHOLE, CellKind.TOUCHING) and cell.seen.drawn_by is None


def _odd(fields: Iterable[tuple[int, Sequence[int]]]) -> Iterable[Odd]:
    before: list[int] = []  # in order: it is asked for its middle after every field, with every key on the bench
    for number, sides in fields:
        share = statistics.median(sides) / before[len(before) // 2] if len(before) >= ENOUGH else 1.0
        if 1 / FACTOR < share < FACTOR:
            for side in sides:
                insort(before, side)
        else:
            yield Odd(number, share)


def words(found: Sequence[Odd]) -> str:
    """What is said of such fields; "" for none."""
    if not found:
        return ""
    numbers = [str(one.field) for one in found]
    share = 100 * statistics.median(one.share for one in found)
    which = f"field {numbers[0]}" if len(found) == 1 else f"fields {', '.join(numbers[:-1])} and {numbers[-1]}"
    return f"Cells of {which} measure {share:.0f} % of those in the fields before: was the objective changed?"
