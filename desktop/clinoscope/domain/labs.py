"""What a laboratory measured, to stand beside an exam: haemoglobin first of all."""

from dataclasses import dataclass
from datetime import datetime

from clinoscope.domain.record import User


@dataclass(frozen=True, kw_only=True)
class LabUnit:
    """A unit in which laboratories give a kind of value; ``factor`` makes the kind's own unit of it."""

    name: str
    factor: float


@dataclass(frozen=True, kw_only=True)
class LabKind:
    """One thing a laboratory measures.

    ``units`` are the ways to write it, the kind's own unit (factor 1) first; ``decimals`` how many are
    shown in that unit. What lies outside ``possible`` (lowest, highest) cannot be and is refused; what
    lies outside ``usual`` is rare enough to ask whether it was typed right. ``source`` says where the
    numbers come from.
    """

    id: str
    name: str
    units: tuple[LabUnit, ...]
    decimals: int
    possible: tuple[float, float]
    usual: tuple[float, float]
    source: str

    @property
    def unit(self) -> str:
        """The kind's own unit, in which values are compared."""
        return self.units[0].name


@dataclass(frozen=True, kw_only=True)
class LabVoid:
    """Who set a lab value aside, when (UTC) and why."""

    by: User
    at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class LabValue:
    """One value of one patient. Never edited: a wrong one is voided and the right one added.

    ``value`` is in ``unit``, the kind's own; ``given`` in ``given_unit`` is what stood on the laboratory's
    sheet. ``drawn_at`` (UTC) is when the blood was drawn; where only the day is known it is noon of that
    day and ``day_only`` is True.
    """

    id: str
    patient_id: str
    kind: str
    value: float
    unit: str
    given: float
    given_unit: str
    drawn_at: datetime
    day_only: bool
    added_by: User
    added_at: datetime
    void: LabVoid | None = None
