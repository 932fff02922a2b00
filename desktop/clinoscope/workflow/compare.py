"""Two visits of one task side by side: how their pictures lie over each other, and what was measured then and now.

What changed is said in numbers. Whether that is better or worse is for the clinician to say.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clinoscope import modes
from clinoscope.domain.alignment import Alignment
from clinoscope.domain.errors import KnownError
from clinoscope.domain.picture import Pixels
from clinoscope.domain.reading import Measure
from clinoscope.domain.record import Exam, ExamState
from clinoscope.domain.region import Region
from clinoscope.workflow import follow

if TYPE_CHECKING:
    from clinoscope.domain.picture import Picture
    from clinoscope.records import Vault

LEVEL = 1.96
"""Standard deviations that 19 of 20 differences of one and the same thing stay within: the repeatability coefficient of
Bland and Altman, Lancet 1986, 327, 307."""


@dataclass(frozen=True)
class Change:
    """One measure then and now. ``uncertainty`` is that of the difference, one standard deviation; ``exceeds`` says
    whether the difference is larger than 19 of 20 would be without any change, None where no uncertainty is known."""

    before: Measure
    after: Measure
    difference: float
    uncertainty: float
    exceeds: bool | None


def can_compare(exam: Exam) -> bool:
    """Whether an exam has something to compare: a picture. Drafts count, and are marked where they are shown."""
    return exam.picture is not None and exam.state is not ExamState.VOIDED


def in_order(one: Exam, other: Exam) -> tuple[Exam, Exam]:
    """The earlier visit and the later one."""
    return (one, other) if (one.created_at, one.id) <= (other.created_at, other.id) else (other, one)


def opened(vault: Vault, exam: Exam) -> tuple[Picture | None, str]:
    """The picture of an exam in its corrected colours; or None and the sentence that says why there is none to show."""
    from clinoscope.workflow import exams

    try:
        exams.look_at(vault, exam)
        return exams.working_copy(vault, exam), ""
    except KnownError as error:
        return None, str(error)


def lay(task_id: str, before: Pixels, then: Region | None, after: Pixels, now: Region | None) -> Alignment | None:
    """How an earlier picture lies over a later one, RGB (height, width, 3) each, with their regions.

    By the details that both show where that is sure, else by the regions; None when neither tells.
    """
    if not follow.follows(modes.task(task_id)):
        return None
    last = follow.remember(before, then)
    return follow.find(last, after) or follow.by_region(last, now)


def measured(exam: Exam) -> dict[tuple[str, str], Measure]:
    """The measures of an exam by name and unit, but the one that compares with earlier exams itself: beside a change
    from another visit it would say something else of the same thing."""
    from clinoscope.inference.erythema import CHANGE

    found = exam.reading.measures if exam.reading else ()
    return {(measure.name, measure.unit): measure for measure in found if measure.name != CHANGE}


def changes(before: Exam, after: Exam) -> tuple[Change, ...]:
    """Every measure that both readings have, in the later one's order."""
    if before.reading is None or after.reading is None:
        return ()
    then = measured(before)
    found = []
    for key, measure in measured(after).items():
        first = then.get(key)
        if first is not None:
            found.append(_change(first, measure))
    return tuple(found)


def sentence(change: Change) -> str:
    """The difference of a measure and whether its uncertainty explains it; it is called neither better nor worse."""
    name = change.after.name[:1].upper() + change.after.name[1:]
    unit = f" {change.after.unit}" if change.after.unit else ""
    if change.exceeds is None:
        return f"{name}: {_signed(change.difference, 3)}{unit}. How far off it may be is not known for this measure."
    digits = 0 if change.uncertainty >= 2 else 1 if change.uncertainty >= 0.2 else 2
    limit = f"{LEVEL * change.uncertainty:.{digits}f}{unit}"
    said = f"{name}: {_signed(change.difference, digits, fixed=True)} ± {change.uncertainty:.{digits}f}{unit}. "
    if change.exceeds:
        return said + f"That is more than the uncertainty of two measurements explains (up to {limit}, 19 times in 20)."
    return said + f"That is within the uncertainty of two measurements (up to {limit}, 19 times in 20)."


def cautions(before: Exam, after: Exam) -> tuple[str, ...]:
    """What makes the two hard to compare, one sentence each."""
    said = []
    if before.picture is not None and after.picture is not None and after.picture.shows_the_same(before.picture):
        said.append("Both visits hold the very same picture: nothing was looked at again.")
    if before.reading is not None and after.reading is not None and before.reading.model != after.reading.model:
        one, other = before.reading.model, after.reading.model
        said.append(f"Read by different models ({one.shown}, {other.shown}).")
    then, now = measured(before), measured(after)
    if then and now and set(then) != set(now):
        said.append("Not every number was measured the same way at both visits; only those that were are compared.")
    devices = {exam.picture.device for exam in (before, after) if exam.picture is not None}
    if len(devices) == 2:
        said.append("The pictures come from different cameras or files.")
    return tuple(said)


def _change(before: Measure, after: Measure) -> Change:
    difference = after.value - before.value
    uncertainty = math.hypot(before.uncertainty, after.uncertainty)
    known = before.uncertainty > 0 and after.uncertainty > 0
    return Change(before, after, difference, uncertainty, abs(difference) > LEVEL * uncertainty if known else None)


def _signed(value: float, digits: int, *, fixed: bool = False) -> str:
    words = f"{abs(value):.{digits}f}" if fixed else f"{abs(value):.{digits}g}"
    sign = "" if float(words) == 0 else "+" if value > 0 else "\u2212"
    return sign + words
