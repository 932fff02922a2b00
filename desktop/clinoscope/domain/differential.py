"""A differential count: how many cells of each class, how sure the percentages are, what lies outside its range."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Where a value lies against its reference range; WITHIN also where there is none."""

    WITHIN = ""
    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True)
class Span:
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Range:
    """The reference range of a class or group for one person: percent of the white cells, and 10⁹/L."""

    percent: tuple[float, float] | None = None
    absolute: tuple[float, float] | None = None
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line: a class, or several together (``group``).

    ``percent`` of the white cells, None for what is no white cell; then ``per_100`` says how many there are in
    100 white cells, once enough of those are counted. ``absolute`` in 10⁹/L where the white cell count is known; its
    interval is that of counting the smear alone, not of the white cell count.
    """

    id: str
    name: str
    count: int
    percent: Span | None = None
    per_100: Span | None = None
    absolute: Span | None = None
    range: Range | None = None
    percent_side: Side = Side.WITHIN
    absolute_side: Side = Side.WITHIN
    group: bool = False


@dataclass(frozen=True)
class Remark:
    """A flag of a differential: ``note`` says what was counted, ``source`` where the limit comes from."""

    id: str
    name: str
    note: str
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Differential:
    """``total`` white cells were counted. ``shift`` is young over segmented neutrophils, ``young`` young ones over
    all neutrophils; None without neutrophils (or, for the first, without a segmented one), and while they wait.

    ``white_cells`` is the count as entered, ``corrected`` without the erythroblasts, both 10⁹/L.
    ``unidentified``, ``not_counted``: cells of these classes. ``unreviewed``: of all, those nobody has decided on.
    ``waits_for``: so many white cells must be counted before a side of a range, a remark on shares, the shift and the
    young ones are told; 0 once they are. ``shift_waits_for``: so many neutrophils, before the last two are; likewise.
    """

    total: int
    lines: tuple[Line, ...] = ()
    groups: tuple[Line, ...] = ()
    shift: Span | None = None
    young: Span | None = None
    white_cells: float | None = None
    corrected: float | None = None
    unidentified: int = 0
    not_counted: int = 0
    unreviewed: int = 0
    remarks: tuple[Remark, ...] = ()
    waits_for: int = 0
    shift_waits_for: int = 0

    def line(self, class_id: str) -> Line | None:
        """The line of a class or group of that id."""
        return next((entry for entry in (*self.lines, *self.groups) if entry.id == class_id), None)
