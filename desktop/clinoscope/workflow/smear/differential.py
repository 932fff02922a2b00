"""From cells in classes to a differential: counts, exact intervals, ranges, the left shift, what is flagged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from clinoscope.domain.differential import Differential, Line, Remark, Side, Span
from clinoscope.domain.record import Exam, Patient, Sex
from clinoscope.domain.smear import Cell, Smear
from clinoscope.domain.smear_sheet import NOT_COUNTED, UNIDENTIFIED, CellClass, SmearSheet
from clinoscope.inference.binomial import interval
from clinoscope.workflow.smear import tables
from clinoscope.workflow.smear.tables import RangeRow, Rule

if TYPE_CHECKING:
    from clinoscope.records import Vault

_MONTHS_OF_A_YEAR = 12
_ERYTHROBLAST = "erythroblast"


@dataclass(frozen=True, kw_only=True)
class Person:
    """What ranges and rules depend on: the age in whole months (None where not known) and the sex."""

    months: int | None = None
    sex: Sex = Sex.UNKNOWN

    @classmethod
    def of(cls, patient: Patient, on: date) -> Person:
        if patient.born is None:
            return cls(sex=patient.sex)
        born = patient.born
        months = (on.year - born.year) * _MONTHS_OF_A_YEAR + on.month - born.month - (on.day < born.day)
        return cls(months=months, sex=patient.sex)


@dataclass(frozen=True)
class Standards:
    """What a count is held against: classes by id, ranges, and rules."""

    classes: Mapping[str, CellClass] = field(default_factory=tables.classes)
    ranges: Sequence[RangeRow] = field(default_factory=tables.ranges)
    rules: Sequence[Rule] = field(default_factory=tables.rules)


@dataclass(frozen=True)
class Enough:
    """What must be counted before more than counts is told: ``white`` cells before anything lies outside its range and
    before shares are remarked on, these and so many ``neutrophils`` before there is a left shift. 0 waits for none."""

    white: int = 0
    neutrophils: int = 0


AT_ONCE = Enough()


def of_exam(vault: Vault, exam: Exam, smear: Smear, classes: Mapping[str, CellClass] | None = None) -> Differential:
    """The differential of an exam's smear as it stands, for its patient; ``classes`` unless those it was signed with.

    Raises VaultError.
    """
    sheet = exam.smear
    if sheet is None:
        raise ValueError("this exam is not a smear")
    standards = Standards(classes or tables.classes(sheet.own_classes), tables.ranges(vault))
    return differential(smear.standing(), standards, person_of(vault, exam), sheet.white_cells, enough(sheet))


def enough(sheet: SmearSheet) -> Enough:
    """What the count of a sheet waits for: no white cells where a reason is written why there are no more.

    A signed one tells the left shift as it did when it was signed.
    """
    white = 0 if sheet.shortfall.strip() else min(tables.enough(), sheet.target)
    return Enough(white, sheet.shift_from if sheet.sha256 else tables.enough_neutrophils())


def person_of(vault: Vault, exam: Exam) -> Person:
    """The age and sex of an exam's patient on the day the exam was begun. Raises VaultError."""
    return Person.of(vault.patients.get(exam.patient_id), exam.created_at.astimezone().date())


def differential(
    cells: Iterable[Cell],
    standards: Standards,
    person: Person | None = None,
    white_cells: float | None = None,
    least: Enough = AT_ONCE,
) -> Differential:
    """Count cells by the class they stand in; ``white_cells`` is the white cell count, 10⁹/L, uncorrected.

    Under the white cells of ``least`` nothing lies outside its range, and only what counts cells is remarked on.
    """
    cells = tuple(cells)
    labels = Counter(cell.label for cell in cells)
    unreviewed = sum(not cell.reviewed for cell in cells)
    return of_counts(labels, standards, person, white_cells, unreviewed, least)


def of_counts(
    labels: Mapping[str, int],
    standards: Standards,
    person: Person | None = None,
    white_cells: float | None = None,
    unreviewed: int = 0,
    least: Enough = AT_ONCE,
) -> Differential:
    """The differential of counts by class, ``least`` as ``differential``. An unknown class counts as unidentified.

    Percentages are of the white cells, with exact 95 % intervals (``inference.binomial``). The white cell count is
    corrected for erythroblasts, which analysers and chambers count along: count · 100 / (100 + erythroblasts in 100
    white cells) (Dacie and Lewis, Practical Haematology, 12th edition, 2017). Left-shift index: bands and younger
    neutrophils over segmented ones (Schilling); its interval is that of the share of young ones among all
    neutrophils, carried over, since the one is a rising function of the other.
    """
    person = person or Person()
    known = standards.classes
    count = {name: labels.get(name, 0) for name in known}
    total = sum(number for name, number in count.items() if known[name].white)
    corrected = _corrected(white_cells, count.get(_ERYTHROBLAST, 0), total)
    waits_for = least.white if total < least.white else 0
    counting = _Counting(total, corrected, standards.ranges, person, told=not waits_for)
    lines = tuple(
        counting.line(entry.id, entry.name, count[entry.id], white=entry.white)
        for entry in known.values()
        if entry.id not in (UNIDENTIFIED, NOT_COUNTED)
    )
    groups = tuple(
        counting.line(group.id, group.name, sum(count.get(name, 0) for name in group.classes), group=True)
        for group in tables.groups()
    )
    shift, young = _shift(count, known)
    strange = sum(number for name, number in labels.items() if name not in known)
    found = Differential(
        total=total,
        lines=lines,
        groups=groups,
        shift=shift,
        young=young,
        white_cells=white_cells,
        corrected=corrected,
        unidentified=count.get(UNIDENTIFIED, 0) + strange,
        not_counted=count.get(NOT_COUNTED, 0),
        unreviewed=unreviewed,
        waits_for=waits_for,
    )
    rules = [rule for rule in standards.rules if not waits_for or rule.measure == "count"]
    remarks = [rule_met for rule in rules if (rule_met := _remark(rule, found, count, person))]
    found = replace(found, remarks=tuple(remarks))
    shift_waits_for = least.neutrophils if _neutrophils(count, known) < least.neutrophils else 0
    if waits_for or shift_waits_for:
        found = replace(found, shift=None, young=None, shift_waits_for=shift_waits_for)
    return found


@dataclass(frozen=True)
class _Counting:
    """What every line of one differential shares; ``told``: enough is counted to say where a share lies beside its
    range, and how many of another kind there are in 100 white cells."""

    total: int
    corrected: float | None
    ranges: Sequence[RangeRow]
    person: Person
    told: bool

    def line(self, of: str, name: str, count: int, *, white: bool = True, group: bool = False) -> Line:
        if not white:
            # Erythroblasts and the like are counted beside the white cells: their number in 100 is no share.
            per_100 = self._per_100(count) if self.total and self.told else None
            return Line(id=of, name=name, count=count, per_100=per_100, group=group)
        low, high = interval(count, self.total)
        share = count / self.total if self.total else 0.0
        percent = Span(100 * share, 100 * low, 100 * high) if self.total else None
        absolute = None
        if self.corrected is not None and self.total:
            absolute = Span(share * self.corrected, low * self.corrected, high * self.corrected)
        normal = tables.range_of(self.ranges, of, self.person.months, self.person.sex)
        return Line(
            id=of,
            name=name,
            count=count,
            percent=percent,
            absolute=absolute,
            range=normal,
            percent_side=_side(percent, normal.percent if normal and self.told else None),
            absolute_side=_side(absolute, normal.absolute if normal and self.told else None),
            group=group,
        )

    def _per_100(self, count: int) -> Span:
        """So many beside 100 white cells: the share among both together, carried over to a ratio."""
        return _odds(count, count + self.total, 100.0)


def _side(value: Span | None, normal: tuple[float, float] | None) -> Side:
    """Outside is what lies outside with its value; how sure that is the interval beside it shows."""
    if value is None or normal is None:
        return Side.WITHIN
    return Side.LOW if value.value < normal[0] else Side.HIGH if value.value > normal[1] else Side.WITHIN


def _odds(hits: int, of: int, times: float = 1.0) -> Span:
    """``hits`` over the rest, with the interval of the share carried over: a rising function of it."""
    low, high = interval(hits, of)
    rest = of - hits
    top = times * high / (1 - high) if high < 1 else float("inf")
    return Span(
        times * hits / rest if rest else float("inf"), times * low / (1 - low) if low < 1 else float("inf"), top
    )


def _corrected(white_cells: float | None, erythroblasts: int, total: int) -> float | None:
    if white_cells is None or total == 0:
        return white_cells
    return white_cells * 100 / (100 + 100 * erythroblasts / total)


def _neutrophils(count: Mapping[str, int], known: Mapping[str, CellClass]) -> int:
    return sum(number for name, number in count.items() if known[name].step is not None)


def _shift(count: Mapping[str, int], known: Mapping[str, CellClass]) -> tuple[Span | None, Span | None]:
    every = _neutrophils(count, known)
    if not every:
        return None, None
    young = sum(number for name, number in count.items() if (known[name].step or 0) > 0)
    segmented = every - young
    low, high = interval(young, every)
    share = Span(young / every, low, high)
    return (_odds(young, every) if segmented else None), share


def _remark(rule: Rule, found: Differential, count: Mapping[str, int], person: Person) -> Remark | None:
    if (rule.from_months or rule.to_months is not None) and person.months is None:
        return None
    months = person.months or 0
    if months < rule.from_months or (rule.to_months is not None and months >= rule.to_months):
        return None
    value = _measured(rule, found, sum(count.get(name, 0) for name in rule.of))
    if value is None:
        return None
    met = (rule.at_least is not None and value >= rule.at_least) or (rule.below is not None and value < rule.below)
    return Remark(rule.id, rule.name, rule.note, rule.source) if met else None


def _measured(rule: Rule, found: Differential, count: int) -> float | None:
    """What a rule looks at; None where it cannot be told."""
    match rule.measure:
        case "count":
            return count
        case "shift":
            return found.shift.value if found.shift else None
        case "young":
            return found.young.value if found.young else None
        case "absolute":
            return found.corrected * count / found.total if found.corrected is not None and found.total else None
        case "percent" | "per_100":
            return 100 * count / found.total if found.total else None
