"""The cells of a smear in the bands of the gallery: by class, those seen badly apart, the doubtful ones first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from clinoscope.domain.smear import Cell, CellKind, counted
from clinoscope.domain.smear_sheet import CellClass

_KIND_NAMES = {CellKind.TOUCHING: "Touching", CellKind.SMUDGED: "Smudged", CellKind.CUT: "Cut by the edge"}


@dataclass(frozen=True)
class Band:
    """One band of the gallery: a class, or a group of cells seen badly (``kind``), with the doubtful cells first.

    ``share`` of the white cells, 0..1, None where the class is none of them (or for a kind's band).
    """

    id: str
    name: str
    cells: tuple[Cell, ...]
    share: float | None = None
    kind: CellKind | None = None


def bands(cells: Sequence[Cell], classes: Mapping[str, CellClass]) -> tuple[Band, ...]:
    """Every class that has a cell, in the order of ``classes``, then cells seen badly that nobody decided on.

    Inside a band the largest doubt is first; a decided cell keeps its doubt and its place.
    """
    total = counted(cells, classes)
    of_class: dict[str, list[Cell]] = defaultdict(list)
    of_kind: dict[CellKind, list[Cell]] = defaultdict(list)
    for cell in cells:
        if not cell.reviewed and cell.seen.kind in _KIND_NAMES:
            of_kind[cell.seen.kind].append(cell)
        else:
            of_class[cell.label].append(cell)
    made = [
        Band(entry.id, entry.name, _doubtful_first(own), len(own) / total if entry.white and total else None)
        for entry in classes.values()
        if (own := of_class[entry.id])
    ]
    made += [
        Band(kind.value, name, _doubtful_first(own), kind=kind)
        for kind, name in _KIND_NAMES.items()
        if (own := of_kind[kind])
    ]
    return tuple(made)


def _doubtful_first(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    return tuple(sorted(cells, key=lambda cell: (-cell.seen.doubt, cell.number)))
