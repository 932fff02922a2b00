"""The PDF of a smear: what its page says, put into words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from clinoscope.domain.counts import many
from clinoscope.domain.differential import Differential
from clinoscope.domain.reading import ModelRef
from clinoscope.domain.record import Exam, ExamState, Patient
from clinoscope.domain.smear import Cell, Field, FieldState, Smear
from clinoscope.domain.smear_sheet import NOT_COUNTED, CellClass
from clinoscope.modes.smear_wording import left_out
from clinoscope.workflow import models as packages
from clinoscope.workflow.smear import differential as differentials
from clinoscope.workflow.smear import second, sheets, tables
from clinoscope.workflow.smear.reading import CROP_MARGIN
from clinoscope.workflow.smear.second import Comparison

if TYPE_CHECKING:
    from clinoscope.records import Vault
    from clinoscope.reports import GalleryCell

_SEX = {"F": "female", "M": "male", "X": "other", "": "sex not recorded"}
_EACH, _MOST = 3, 48
"""Cells of each class on the gallery page when nobody chose any, and the most that are printed."""
_MOST_DIFFERENCES = 12
LIMITS = ("Blasts, abnormal cells and parasites are not trained: the program names one of the classes it knows.",)
NOBODY = "Nobody has reviewed these cells: every class is what the program suggests."


def of_exam(vault: Vault, exam: Exam) -> bytes:
    """The report of an exam that is a smear; a draft is marked as one. Raises VaultError; ValueError for another."""
    from clinoscope import reports

    sheet = exam.smear
    if sheet is None:
        raise ValueError("this exam is not a smear")
    smear = vault.smears.of(exam)
    draft = exam.state is ExamState.DRAFT
    own = {entry.id: entry for entry in (*sheet.own_classes, *(tables.own_classes(vault) if draft else ()))}
    classes = tables.classes(own.values())
    found = differentials.of_exam(vault, exam, smear, classes)
    cells = smear.standing()
    chosen = chosen_cells(cells, sheet.chosen)
    patient = vault.patients.get(exam.patient_id)
    fields = [entry for entry in smear.fields if entry.state is FieldState.READ]
    scale = sheet.scale if sheet.scale and all(entry.picture.width == sheet.scale.width for entry in fields) else None
    crops = vault.smears.crops(exam, [cell.number for cell in chosen])
    return reports.smear_pdf(
        reports.SmearReport(
            who=_patient(patient, vault.patients.as_recorded(exam.patient_id), exam),
            about=("Blood smear: differential", f"Begun {_minute(exam.created_at)}"),
            head=f"Smear report · {exam.created_at.astimezone():%Y-%m-%d}",
            differential=found,
            fields=len(fields),
            target=sheet.target,
            shortfall=sheet.shortfall,
            left_out=_left_out(smear),
            reviews=_reviews(exam, cells),
            second=_second(second.compare(vault, exam, smear), exam, classes),
            comments=sheets.comment_lines(vault, sheet),
            note=sheet.note,
            gallery=gallery(chosen, crops, classes),
            gallery_note="" if sheet.chosen else "Chosen by the program: of each class those it doubts least.",
            scale=scale,
            models=_models(vault, exam, fields, cells),
            range_notes=range_notes(found),
            notices=_notices(vault, exam, smear),
            foot=_foot(exam),
            mark="Draft" if draft else "",
        )
    )


def chosen_cells(cells: Sequence[Cell], chosen: Sequence[int]) -> tuple[Cell, ...]:
    """The cells of the gallery page: the chosen ones, else the first of each class by the least doubt."""
    if chosen:
        return tuple(cell for cell in cells if cell.number in set(chosen))[:_MOST]
    taken: Counter[str] = Counter()
    found = []
    for cell in sorted(cells, key=lambda one: (one.seen.doubt, one.number)):
        if cell.label != NOT_COUNTED and taken[cell.label] < _EACH:
            taken[cell.label] += 1
            found.append(cell)
    return tuple(found[:_MOST])


def gallery(
    cells: Iterable[Cell], crops: Mapping[int, bytes], classes: Mapping[str, CellClass]
) -> tuple[GalleryCell, ...]:
    """Cells with their pictures for the report, in the order of the classes."""
    from clinoscope.reports import GalleryCell

    order = {name: place for place, name in enumerate(classes)}
    ordered = sorted(cells, key=lambda cell: (order.get(cell.label, len(order)), cell.number))
    return tuple(
        GalleryCell(
            crops[cell.number],
            cell.seen.box.padded(CROP_MARGIN).squared().w,
            classes[cell.label].short or classes[cell.label].name if cell.label in classes else cell.label,
            cell.number,
        )
        for cell in ordered
        if cell.number in crops
    )


def model_lines(found: Iterable[ModelRef], cells: int, cautious: int) -> tuple[str, ...]:
    """The packages that read the cells, each once, and what their figures mean; how many were read with caution."""
    how = None if 0 < cautious < cells else cautious > 0
    lines = []
    for model in dict.fromkeys(found):
        info = packages.find(model)
        meaning = packages.meaning(info, cautious=how) if info is not None and info.figures is not None else ""
        lines.append(f"Model {model.shown}, SHA-256 {model.sha256[:16]}…. {meaning}".strip())
    if cautious:
        lines.append(
            f"{cautious} of {_cells(cells)} were read with caution, since the models were not validated here "
            "on that day: more of them are suggested as unidentified."
        )
    return tuple(lines)


def _patient(patient: Patient, recorded: Patient, exam: Exam) -> tuple[str, ...]:
    """``recorded`` is the record that the smear was made under: another one once that was merged into the patient's."""
    facts = [_SEX[patient.sex.value]]
    if patient.born is not None:
        age = patient.age(exam.created_at.astimezone().date())
        facts.append(f"{age} years, born {patient.born.isoformat()}")
    facts.append(f"No. {patient.identifier}")
    if recorded.id != patient.id:
        facts.append(f"made under No. {recorded.identifier}")
    return patient.name, " · ".join(facts)


def _left_out(smear: Smear) -> tuple[str, ...]:
    aside = {entry.number: entry.why for entry in smear.fields if entry.state is FieldState.ASIDE}
    return left_out(aside, [entry.number for entry in smear.fields if entry.state is FieldState.ADDED])


def _reviews(exam: Exam, cells: Sequence[Cell]) -> tuple[str, ...]:
    """Who decided on how many cells, and how often that was another class than the suggested one."""
    by: Counter[str] = Counter()
    changed: Counter[str] = Counter()
    for cell in cells:
        if cell.first is not None:
            by[cell.first.by.name] += 1
            changed[cell.first.by.name] += cell.first.label != cell.seen.suggested
    lines = [f"{name} reviewed {_cells(count)} and changed {changed[name]} of them." for name, count in by.items()]
    drawn = Counter(cell.seen.drawn_by.name for cell in cells if cell.seen.drawn_by is not None)
    lines += [f"{name} added {_cells(count)} by hand that the program had not found." for name, count in drawn.items()]
    left = len(cells) - sum(by.values())
    if left:
        lines.append(f"{_cells(left)} not reviewed: they stand in the class that the program suggests.")
    if exam.signature is not None:
        lines.append(f"Signed by {exam.signature.user.name}, {_minute(exam.signature.at)}.")
    return tuple(lines)


def _second(found: Comparison | None, exam: Exam, classes: Mapping[str, CellClass]) -> tuple[str, ...]:
    sheet = exam.smear
    if found is None or sheet is None or sheet.second is None:
        return ()
    kappa = found.kappa
    words = f"{sheet.second.name} read {_cells(found.cells)} without seeing the first reader's decisions"
    lines = [f"{words}; the two agreed on {found.agreed}."]
    if kappa.get("value") is not None:
        lines.append(f"Cohen's kappa {kappa['value']:.2f} (95 % interval {kappa['low']:.2f} to {kappa['high']:.2f}).")
    for entry in found.differences[:_MOST_DIFFERENCES]:
        names = [classes[name].name if name in classes else name for name in (entry.first, entry.second)]
        lines.append(f"Cell {entry.cell}: {names[0]} first, {names[1][:1].lower()}{names[1][1:]} second.")
    if len(found.differences) > _MOST_DIFFERENCES:
        lines.append(f"and {len(found.differences) - _MOST_DIFFERENCES} more.")
    return tuple(lines)


def _models(vault: Vault, exam: Exam, fields: Iterable[Field], cells: Sequence[Cell]) -> tuple[str, ...]:
    from clinoscope.workflow import acceptance

    used = (model for entry in fields for model in entry.models)
    lines = list(model_lines(used, len(cells), sum(cell.seen.cautious for cell in cells)))
    if exam.reading is not None:
        standing = acceptance.standing(vault, exam.reading.model).sentence
        today = datetime.now().astimezone().date().isoformat()
        lines.append(f"As of {today}, {standing[:1].lower()}{standing[1:]}")
    return (*lines, *LIMITS)


def range_notes(found: Differential) -> tuple[str, ...]:
    """How the intervals were worked out, what waits for more cells, and where the ranges come from."""
    sources = {line.range.source for line in (*found.lines, *found.groups) if line.range and line.range.source}
    return (
        "Intervals: exact binomial (Clopper and Pearson), of counting this many cells; nothing else is in them.",
        *([f"Ranges and remarks on shares are told from {found.waits_for} white cells on."] if found.waits_for else []),
        *(f"Reference ranges: {source}." for source in sorted(sources)),
    )


def _notices(vault: Vault, exam: Exam, smear: Smear) -> tuple[str, ...]:
    found = []
    if any(entry.picture.phantom for entry in smear.fields):
        found.append("Phantom: drawn by Clinoscope to show how it works. Not a patient.")
    signed = vault.exams.signed(exam.id)
    last = max(exam.version, signed.version if signed else 0)
    if exam.amendment:
        found.append(f"Version {exam.version} of {last}. Amended: {exam.amendment}")
    elif last > exam.version:
        found.append(f"Version {exam.version} of {last}. A later version replaces this one.")
    return tuple(found)


def _foot(exam: Exam) -> tuple[str, ...]:
    lines = [f"Exam {exam.id} version {exam.version} · Clinoscope {exam.program}"]
    if exam.smear is not None and exam.smear.sha256:
        lines.append(f"Fields, cells and decisions SHA-256 {exam.smear.sha256}")
    if exam.signature is not None:
        signature = exam.signature
        lines.append(f"Signature (Ed25519) {signature.value[:44]}… by key {signature.public_key[:20]}…")
    return tuple(lines)


def _cells(count: int) -> str:
    return many(count, "cell", "cells")


def _minute(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M (UTC%z)")
