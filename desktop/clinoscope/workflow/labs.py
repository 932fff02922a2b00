"""Lab values beside exams: read as people write them, added, voided, and found near a picture."""

from __future__ import annotations

import functools
import math
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clinoscope.domain.access import Act
from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.labs import LabKind, LabValue
from clinoscope.domain.record import Exam, Patient, Sex, User
from clinoscope.workflow.permissions import require

if TYPE_CHECKING:
    from clinoscope.records import Vault

HAEMOGLOBIN = "haemoglobin"

_NOON = time(12)
_MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True)
class Typed:
    """What was made of a typed value: in the kind's own unit, and as given.

    ``caution`` is one sentence when the value is rare enough to look at the sheet again, else "".
    """

    value: float
    given: float
    given_unit: str
    caution: str = ""


@functools.cache
def kinds() -> tuple[LabKind, ...]:
    """Every kind of lab value, haemoglobin first."""
    import msgspec

    return msgspec.convert(_file("labs.toml")["kinds"], tuple[LabKind, ...])


def kind(kind_id: str) -> LabKind:
    """The kind of that id. Raises KeyError."""
    for entry in kinds():
        if entry.id == kind_id:
            return entry
    raise KeyError(kind_id)


def parse(kind_id: str, text: str, unit: str) -> Typed:
    """What a person typed, ``12.5``, ``12,5`` or ``1 250``, in one of the kind's units.

    Raises NotAllowed with a sentence when it is no number or cannot be; where another unit would make sense of it
    the sentence names that one.
    """
    about = kind(kind_id)
    given = _number(text)
    factor = next(entry.factor for entry in about.units if entry.name == unit)
    value = given * factor
    lowest, highest = about.possible
    if not lowest <= value <= highest:
        raise NotAllowed(
            f"{shown(given)} {unit} cannot be: {about.name.lower()} lies between {shown(lowest / factor)} and "
            f"{shown(highest / factor)} {unit}.{_meant(about, given, unit)}"
        )
    lowest, highest = about.usual
    if lowest <= value <= highest:
        return Typed(value, given, unit)
    side = "low" if value < lowest else "high"
    caution = f"Unusually {side}.{_meant(about, given, unit) or ' Check it against the sheet.'}"
    return Typed(value, given, unit, caution)


def add(
    vault: Vault, patient: Patient, kind_id: str, text: str, unit: str, drawn: date, at: time | None = None
) -> LabValue:
    """Store a typed value for a patient. ``at`` is the local time of day, None where only the day is known.

    Raises NotAllowed for a value that cannot be or a time still to come or before the birth, VaultError.
    """
    require(vault, Act.LAB_WRITE)
    typed = parse(kind_id, text, unit)
    drawn_at = datetime.combine(drawn, at or _NOON).astimezone()
    _check_time(patient, drawn, at, drawn_at)
    return vault.labs.add(
        LabValue(
            id=uuid.uuid4().hex,
            patient_id=patient.id,
            kind=kind_id,
            value=typed.value,
            unit=kind(kind_id).unit,
            given=typed.given,
            given_unit=typed.given_unit,
            drawn_at=drawn_at.astimezone(UTC),
            day_only=at is None,
            added_by=User(id=vault.user.id, name=vault.user.name),
            added_at=datetime.now(UTC),
        )
    )


def void(vault: Vault, lab: LabValue, reason: str) -> LabValue:
    """Set a value aside, with who and when; it stays in the vault. Raises NotAllowed without a reason."""
    require(vault, Act.LAB_WRITE)
    return vault.labs.void(lab.id, reason)


def of_patient(vault: Vault, patient_id: str, *, voided: bool = False) -> tuple[LabValue, ...]:
    """A patient's values, the one drawn last first; those that were voided only when asked for."""
    require(vault, Act.PATIENT_READ)
    return vault.labs.of_patient(patient_id, voided=voided)


def nearest(values: Iterable[LabValue], exam: Exam, kind_id: str, days: int) -> tuple[LabValue, int] | None:
    """The value of a kind drawn nearest to an exam's picture, and how many days after it (before: negative).

    Days are those of the calendar here. None when there is none within ``days`` days either way.
    """
    taken = exam.picture.taken_at if exam.picture else exam.created_at
    near = []
    for lab in values:
        after = (_day(lab.drawn_at) - _day(taken)).days
        if lab.kind == kind_id and lab.void is None and abs(after) <= days:
            near.append((abs(after), abs((lab.drawn_at - taken).total_seconds()), after, lab))
    if not near:
        return None
    *_, after, lab = min(near, key=lambda entry: entry[:2])
    return lab, after


def anemia_limit(patient: Patient, on: date) -> float | None:
    """The haemoglobin, g/dL, under which WHO (2024) speaks of anemia in this patient on a day.

    None when the age, or the sex where the limit depends on it, is not known, and below 6 months.
    """
    if patient.born is None:
        return None
    months = _months(patient.born, on)
    rows = [row for row in _anemia()["limits"] if row["from_months"] <= months]
    if not rows:
        return None
    begun = max(row["from_months"] for row in rows)
    fitting = [row["below"] for row in rows if row["from_months"] == begun and Sex(row["sex"]) in ("", patient.sex)]
    return float(fitting[0]) if fitting else None


def anemia_notes() -> tuple[str, str]:
    """Where the limits come from, and what they leave out."""
    return str(_anemia()["source"]), str(_anemia()["left_out"])


def words(lab: LabValue) -> str:
    """The value for people: in its kind's own unit, with what was given behind it where that is another.

    ``12.5 g/dL`` or ``12.5 g/dL (given as 125 g/L)``.
    """
    about = kind(lab.kind)
    if lab.given_unit == lab.unit:
        return f"{shown(lab.given)} {lab.unit}"
    return f"{lab.value:.{about.decimals}f} {lab.unit} (given as {shown(lab.given)} {lab.given_unit})"


def shown(number: float) -> str:
    """A number as it was typed, without a needless tail: ``12.5``, ``125``, ``0.05``."""
    return f"{number:.4f}".rstrip("0").rstrip(".")


def _number(text: str) -> float:
    """A number with a dot or a comma before its decimals; spaces part thousands. Raises NotAllowed."""
    bare = re.sub(r"\s", "", text)
    if not re.fullmatch(r"[0-9]{1,7}([.,][0-9]{1,4})?", bare):
        raise NotAllowed("Type the number alone, such as 12.5.")
    number = float(bare.replace(",", "."))
    if not math.isfinite(number) or number <= 0:
        raise NotAllowed("The value must be above zero.")
    return number


def _meant(about: LabKind, given: float, unit: str) -> str:
    """Was it another unit? Only where that would make a usual value of it."""
    lowest, highest = about.usual
    for other in about.units:
        if other.name != unit and lowest <= given * other.factor <= highest:
            return f" Is it {shown(given)} {other.name}? Then choose that unit."
    return ""


def _check_time(patient: Patient, drawn: date, at: time | None, drawn_at: datetime) -> None:
    now = datetime.now().astimezone()
    if drawn > now.date() or (at is not None and drawn_at > now):
        raise NotAllowed("The blood was drawn at a time still to come: check the day and the time.")
    if patient.born is not None and drawn < patient.born:
        raise NotAllowed("The blood was drawn before the patient was born: check the day.")


def _day(moment: datetime) -> date:
    return moment.astimezone().date()


def _months(born: date, on: date) -> int:
    whole = (on.year - born.year) * _MONTHS_OF_A_YEAR + on.month - born.month
    return whole - (on.day < born.day)


@functools.cache
def _anemia() -> dict[str, Any]:
    return _file("anemia.toml")


def _file(name: str) -> dict[str, Any]:
    import tomllib

    return tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))
