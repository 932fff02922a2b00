"""A smear: fields under the microscope, the white cells in them, and what was said about each cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from clinoscope.domain.counts import many, them
from clinoscope.domain.reading import Flag, ModelRef
from clinoscope.domain.record import PictureRef
from clinoscope.domain.region import Box
from clinoscope.domain.smear_sheet import NOT_COUNTED, UNIDENTIFIED, CellClass, SmearSheet
from clinoscope.domain.user import User

TWICE = "This picture is in the smear already."
"""Why a picture becomes no field a second time."""


class CellKind(StrEnum):
    """How well a cell can be seen; all but whole ones stand in groups of their own."""

    WHOLE = "whole"
    TOUCHING = "touching"
    SMUDGED = "smudged"
    CUT = "cut"


@dataclass(frozen=True, kw_only=True)
class SeenCell:
    """A white cell as the program found and read it in one field; ``box`` is in pixels of the field.

    ``type`` and ``stage`` are calibrated probabilities (``stage`` is empty outside the neutrophil line),
    ``flags`` as in a reading. ``foreign``: the type model says that it learned from nothing like this.
    ``suggested`` is a class, ``doubt`` 0..1 what speaks against it. ``crop`` is the SHA-256 of the small
    picture of the cell. ``cautious`` as in a reading: types or stages come of the second calibration of a package
    that was not validated here on that day. ``drawn_by`` is who added the cell by hand, None for one that the program
    found.
    """

    box: Box
    score: float
    kind: CellKind
    suggested: str
    doubt: float
    type: Mapping[str, float] = field(default_factory=dict)
    stage: Mapping[str, float] = field(default_factory=dict)
    flags: tuple[Flag, ...] = ()
    foreign: bool = False
    crop: str = ""
    cautious: bool = False
    drawn_by: User | None = None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a person says a cell is: a class, who, and when (UTC)."""

    label: str
    by: User
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One white cell of a smear. ``number`` counts from 1 and never changes.

    ``same_as`` is the number of the cell that stands for this one, when another field shows it too (and
    shows it better); such a cell is not counted. ``first`` and ``second`` are what the two readers decided.
    ``gone``: it was added by hand and taken away again; it stays in the record and is nowhere counted.
    """

    number: int
    field: int
    seen: SeenCell
    same_as: int | None = None
    first: Decision | None = None
    second: Decision | None = None
    gone: bool = False

    @property
    def label(self) -> str:
        """The class it stands in: the first reader's, before that the suggested one."""
        return self.first.label if self.first else self.seen.suggested

    @property
    def reviewed(self) -> bool:
        return self.first is not None


class FieldState(StrEnum):
    """An added field waits to be read; a set-aside one stays in the vault and its cells do not count."""

    ADDED = "added"
    READ = "read"
    ASIDE = "aside"


class Why(StrEnum):
    """Why a field is set aside: reading found that nothing speaks for a field of a smear, a person took it out before
    it was read, or a person set it aside. UNTOLD for one that counts, and for one from before this was kept."""

    UNTOLD = ""
    NO_FIELD = "no_field"
    NOT_READ = "not_read"
    BY_HAND = "by_hand"


@dataclass(frozen=True, kw_only=True)
class Field:
    """One picture of a smear. ``number`` counts from 1.

    ``track`` numbers the stretch of fields that overlap each other, ``x`` and ``y`` are where this one's top
    left corner lies in that stretch, in pixels; None until it was read. ``models`` made the reading. ``why`` it is set
    aside.
    """

    number: int
    picture: PictureRef
    state: FieldState = FieldState.ADDED
    track: int | None = None
    x: int = 0
    y: int = 0
    models: tuple[ModelRef, ...] = ()
    why: Why = Why.UNTOLD


@dataclass(frozen=True)
class Smear:
    """All of a smear but its sheet: fields and cells by number. What is set aside is among them."""

    fields: tuple[Field, ...] = ()
    cells: tuple[Cell, ...] = ()

    def standing(self) -> tuple[Cell, ...]:
        """The cells that a person decides on: one for each cell of the blood, of fields that count.

        Where the field that shows a cell best is set aside, or the cell was taken away, the next one that shows it,
        too, takes its place.
        """
        aside = {entry.number for entry in self.fields if entry.state is FieldState.ASIDE}
        best: dict[int, Cell] = {}
        for cell in self.cells:
            if cell.field in aside or cell.gone:
                continue
            stands_for = cell.same_as or cell.number
            if stands_for == cell.number or stands_for not in best:
                best[stands_for] = cell
        return tuple(sorted(best.values(), key=lambda cell: cell.number))


def counted(cells: Sequence[Cell], classes: Mapping[str, CellClass]) -> int:
    """How many white cells of known class there are: what is held against the target."""
    return sum(cell.label in classes and classes[cell.label].white for cell in cells)


def hindrances(sheet: SmearSheet, smear: Smear, classes: Mapping[str, CellClass]) -> tuple[str, ...]:
    """A sentence for every rule that keeps a smear from being signed; empty when it may be signed."""
    cells, found = smear.standing(), []
    unread = sum(entry.state is FieldState.ADDED for entry in smear.fields)
    if unread:
        out = f"take {them(unread)} out."
        words = f"reading is stopped. Go on, or {out}" if sheet.stopped else f"wait, or stop and {out}"
        found.append(f"{many(unread, 'field is', 'fields are')} not read yet: {words}")
    left = sum(not cell.reviewed for cell in cells)
    if left:
        found.append(f"{many(left, 'cell is', 'cells are')} not reviewed yet.")
    open_ones = sum(cell.reviewed and cell.label == UNIDENTIFIED for cell in cells)
    if open_ones:
        said = many(open_ones, "cell is", "cells are")
        found.append(f"{said} unidentified: decide, or set {them(open_ones)} to not counted.")
    unknown = sum(
        cell.reviewed and cell.label not in classes and cell.label not in (UNIDENTIFIED, NOT_COUNTED) for cell in cells
    )
    if unknown:
        found.append(f"{many(unknown, 'cell is', 'cells are')} in a class that is not known here any more.")
    white = counted(cells, classes)
    if white < sheet.target and not sheet.shortfall.strip():
        found.append(f"{white} of {sheet.target} white cells are counted: add fields, or write why there are fewer.")
    if sheet.second is not None and sheet.second_done is None:
        found.append(f"The second reader, {sheet.second.name}, has not finished.")
    return tuple(found)
