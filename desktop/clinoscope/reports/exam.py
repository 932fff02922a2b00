"""The report of one exam: who, what was seen, what the model suggests, what the clinician says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer, Table, TableStyle

from clinoscope import modes
from clinoscope.domain.correction import Correction
from clinoscope.domain.picture import Origin, Picture
from clinoscope.domain.reading import CANNOT_JUDGE, UNSURE, Reading
from clinoscope.domain.record import Exam, ExamState, Patient, PictureRef
from clinoscope.domain.region import Box, Region
from clinoscope.domain.task import Kind, Task
from clinoscope.modes.taken import taken_words
from clinoscope.modes.wording import (
    FOUND_BY_COLOUR,
    NOT_COUNTED,
    answer_words,
    check_words,
    checked,
    correction_figures,
    correction_words,
    detail,
    differential,
    flag_note,
    headline,
    number,
    raised_flags,
    read_without_finding,
    without_a_face,
)
from clinoscope.regions import around
from clinoscope.reports.fonts import load_fonts
from clinoscope.reports.page import (
    ACCENT,
    AMBER,
    ANSWER,
    BODY,
    HEADING,
    INNER,
    LINE,
    SMALL,
    build,
    style,
    text,
)
from clinoscope.reports.parts import Bars, Hairline, PictureWithRegion, flag_line, notice

_SEX = {"F": "female", "M": "male", "X": "other", "": "sex not recorded"}
_FROM = {
    Origin.CAMERA: "from a camera",
    Origin.STREAM: "from a stream",
    Origin.FILE: "from a file",
    Origin.FOLDER: "from a watched folder",
    Origin.CLIPBOARD: "from the clipboard",
}
"""Where a picture came from, when no device is known by name."""
_COLUMN = (INNER - 8 * mm) / 2
_SHORT_COMMENT = 300
"""Letters that fit beside the picture; a longer comment runs over the full width, and over pages."""


@dataclass(frozen=True, eq=False)
class ExamReport:
    """All that goes on the page. ``package`` is what the model package says of its figures, in
    a sentence; ``standing`` whether it was validated at this site, with the day that holds for; ``versions``
    the number of the version signed last; ``earlier`` oldest first. Without ``whole`` the picture is grey outside its
    region: of a face only what was looked at leaves the clinic. ``made_under`` is the number of the record that the
    exam was made under, when that was merged into the patient's."""

    exam: Exam
    patient: Patient
    picture: Picture
    earlier: Sequence[Reading] = ()
    package: str = ""
    standing: str = ""
    versions: int = 1
    whole: bool = True
    made_under: str = ""


def exam_pdf(report: ExamReport) -> bytes:
    """The report as PDF. A draft says so across the page."""
    load_fonts()
    exam, task = report.exam, modes.task(report.exam.task)
    story: list[Flowable] = [_patient(report, task), Hairline(6)]
    story += _notices(report)
    story += [_body(report, task)]
    if exam.review is not None and len(exam.review.comment) > _SHORT_COMMENT:
        story += [Spacer(0, 10), text("Comment", HEADING), text(exam.review.comment)]
    if exam.reading is not None and task.kind is Kind.COUNT:
        story += [Spacer(0, 10), _cells_table(task, exam.reading)]
    if exam.reading is not None and len(exam.reading.measures) > 1:
        story += [
            Spacer(0, 10),
            KeepTogether([text("Measured", HEADING), _measures_table(exam.reading, report.earlier)]),
        ]
    story += [Hairline(), *_about(report, task)]
    return build(
        story,
        title=f"{modes.mode_of(task.id).name}: {task.name}",
        head=f"Exam report · {_day(exam.created_at)}",
        foot=_foot(exam),
        mark="Draft" if exam.state is ExamState.DRAFT else "",
    )


def _patient(report: ExamReport, task: Task) -> Flowable:
    patient, exam = report.patient, report.exam
    age = patient.age(exam.created_at.astimezone().date())
    facts = [_SEX[patient.sex.value]]
    if patient.born is not None:
        facts.append(f"{age} years, born {patient.born.isoformat()}")
    facts.append(f"No. {patient.identifier}")
    if report.made_under:
        facts.append(f"made under No. {report.made_under}")
    left = [text(patient.name, style(15, bold=True)), text(" · ".join(facts), SMALL)]
    right = [
        text(modes.mode_of(task.id).name + ": " + task.name, style(10.5, bold=True)),
        text(task.purpose, SMALL),
    ]
    return _columns(left, right)


def _notices(report: ExamReport) -> list[Flowable]:
    exam, found = report.exam, []
    if report.picture.phantom:
        found.append(notice("Phantom: a picture drawn by Clinoscope to show how it works. Not a patient.", AMBER))
    if exam.amendment:
        found.append(notice(f"Version {exam.version} of {report.versions}. Amended: {exam.amendment}", ACCENT))
    elif report.versions > 1:
        found.append(notice(f"Version {exam.version} of {report.versions}. A later version replaces this one.", AMBER))
    return found


def _body(report: ExamReport, task: Task) -> Flowable:
    exam, reading = report.exam, report.exam.reading
    cells = tuple(cell.box for cell in reading.cells) if reading else ()
    left: list[Flowable] = [*_picture(report, cells), text(_how_taken(exam), SMALL)]
    if exam.picture is not None and exam.picture.correction is not None:
        left += [Spacer(0, 3), text(_how_corrected(exam.picture.correction), SMALL)]
    right: list[Flowable] = _assessment(exam, task)
    if reading is not None:
        right += [Spacer(0, 8), *_suggestion(reading, task)]
        right += [Spacer(0, 4), text(f"{reading.model.shown}. {report.standing}".strip(), SMALL)]
    return _columns(left, right)


def _picture(report: ExamReport, cells: Sequence[Box]) -> list[Flowable]:
    region = report.exam.region
    pixels = report.picture.pixels
    if report.whole:
        return [PictureWithRegion(pixels, region, cells, _COLUMN, 95 * mm), Spacer(0, 5)]
    if region is None:
        return [text("The picture is left out: nothing to read was found in it, and the rest would show who it is.")]
    shown = PictureWithRegion(around.hidden(pixels, region), region, cells, _COLUMN, 95 * mm)
    return [shown, Spacer(0, 5), text("Left out around the region: what would show who it is.", SMALL)]


def _how_corrected(correction: Correction) -> str:
    how = f"{correction_words(correction)} before the picture was checked and read ({correction_figures(correction)})."
    return f"{how} It is shown here as it was taken."


def _assessment(exam: Exam, task: Task) -> list[Flowable]:
    parts: list[Flowable] = [text("The clinician's assessment", HEADING)]
    if exam.review is None:
        return [*parts, text("Not reviewed yet.", BODY)]
    parts.append(text(_reviewed(exam, task), ANSWER))
    if exam.review.answer == UNSURE:
        parts.append(text("Left open: from this picture the clinician names no single answer."))
    if 0 < len(exam.review.comment) <= _SHORT_COMMENT:
        parts.append(text(exam.review.comment))
    if exam.signature is not None:
        parts.append(text(f"Signed by {exam.signature.user.name}, {_minute(exam.signature.at)}", SMALL))
    return parts


def _reviewed(exam: Exam, task: Task) -> str:
    """The clinician's word; for a measuring or counting task that they accept the numbers."""
    assert exam.review is not None
    if exam.review.agrees and task.kind is not Kind.CLASSIFY and exam.review.answer != CANNOT_JUDGE:
        return "Numbers accepted"
    return answer_words(task, exam.review.answer)


def _suggestion(reading: Reading, task: Task) -> list[Flowable]:
    parts: list[Flowable] = [
        text("The model suggests" if task.kind is Kind.CLASSIFY else "The program measures", HEADING),
        text(headline(task, reading), style(13, bold=True, after=1)),
    ]
    if words := detail(task, reading):
        parts.append(text(words))
    parts += [flag_line(flag.name, flag_note(flag), _COLUMN) for flag in raised_flags(reading)]
    if reading.probabilities and reading.answer != CANNOT_JUDGE:
        ranked = sorted(reading.probabilities.items(), key=lambda entry: -entry[1])
        rows = [(task.label_name(label), share, label in reading.labels) for label, share in ranked]
        parts += [Spacer(0, 4), Bars(rows, _COLUMN)]
    if quiet := checked(reading):
        parts += [Spacer(0, 3), text(f"{quiet}.", SMALL)]
    return parts


def _cells_table(task: Task, reading: Reading) -> Flowable:
    lines = differential(modes.task("neutrophil/type"), reading.cells)
    rows = [["Cell", "Count", "Percent of the white cells"]]
    rows += [
        [line.name, str(line.count), "not counted" if line.share is None else f"{100 * line.share:.0f} %"]
        for line in lines
    ]
    parts = [text(f"{task.name}: what was counted, not yet reviewed cell by cell", HEADING), _table(rows)]
    if any(line.share is None for line in lines):
        parts += [Spacer(0, 3), text(NOT_COUNTED, SMALL)]
    return KeepTogether(parts)


def _measures_table(reading: Reading, earlier: Sequence[Reading]) -> Flowable:
    rows = [["Measure", "This exam", "Before"]]
    for measure in reading.measures:
        before = [old for past in earlier for old in past.measures if old.name == measure.name]
        rows.append(
            [measure.name[:1].upper() + measure.name[1:], number(measure), number(before[-1]) if before else ""]
        )
    return _table(rows)


def _about(report: ExamReport, task: Task) -> list[Flowable]:
    reading = report.exam.reading
    lines = [report.package] if report.package else []
    lines.append(task.cannot_see)
    model = f"Model {reading.model.shown}." if reading else ""
    return [KeepTogether([text("About this reading", HEADING), text(" ".join([model, *lines]).strip(), SMALL)])]


def _how_taken(exam: Exam) -> str:
    assert exam.picture is not None, "a report is made of an exam that has a picture"
    where = exam.picture.device or _FROM[exam.picture.origin]
    words = f"{taken_words(exam.picture, _minute(exam.picture.taken_at))}. "
    words += f"{exam.picture.width} × {exam.picture.height} px, {where}. "
    if exam.region is not None:
        words += _how_found(exam.region, exam.picture, modes.task(exam.task).region) + " "
    if exam.quality is not None:
        failed = ", ".join(check_words(finding).lower() for finding in exam.quality.problems)
        words += f"Quality checks failed: {failed}." if failed else "Quality checks passed."
    return words.strip()


def _how_found(region: Region, picture: PictureRef, kind: str) -> str:
    if region.how == "drawn":
        return "Region drawn by hand."
    if without_a_face(kind, region):
        return FOUND_BY_COLOUR
    part = read_without_finding(region, picture.width, picture.height)
    return f"The {part} was read." if part else "Region found automatically."


def _foot(exam: Exam) -> list[str]:
    lines = [f"Exam {exam.id} version {exam.version} · Clinoscope {exam.program}"]
    if exam.picture is not None:
        page = f", picture {exam.picture.page + 1} of the file" if exam.picture.page else ""
        lines.append(f"Picture SHA-256 {exam.picture.sha256}{page}")
    if exam.reading is not None:
        lines.append(f"Model {exam.reading.model.shown} SHA-256 {exam.reading.model.sha256}")
    if exam.signature is not None:
        lines.append(f"Signature (Ed25519) {exam.signature.value[:44]}… by key {exam.signature.public_key[:20]}…")
    return lines


def _columns(left: list[Flowable], right: list[Flowable]) -> Flowable:
    flush = TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
        ]
    )
    return Table([[left, "", right]], colWidths=[_COLUMN, 8 * mm, _COLUMN], style=flush)


def _table(rows: list[list[str]]) -> Flowable:
    widths = [INNER * 0.5, INNER * 0.25, INNER * 0.25]
    cells = [[text(cell, SMALL if index == 0 else BODY) for cell in row] for index, row in enumerate(rows)]
    ruled = TableStyle(
        [
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ]
    )
    return Table(cells, colWidths=widths, style=ruled, repeatRows=1, hAlign="LEFT")


def _day(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d")


def _minute(at: datetime) -> str:
    """Local time with its offset: what the clinic's clock said, and no doubt which clock."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M (UTC%z)")
