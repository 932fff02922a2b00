"""What the exam page says: plain functions from a reading to words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from clinoscope import modes
from clinoscope.domain.counts import listed
from clinoscope.domain.quality import Check, Finding, Quality
from clinoscope.domain.reading import CANNOT_JUDGE, COUNTED, MEASURED, UNSURE, CellReading, Reading
from clinoscope.domain.record import Exam, ExamState, Review
from clinoscope.domain.task import Kind, Task
from clinoscope.modes import wording
from clinoscope.modes.taken import taken_words
from clinoscope.modes.wording import percent
from clinoscope.ui.dates import in_words

if TYPE_CHECKING:
    from clinoscope.workflow.models import PackageInfo


class Tone(StrEnum):
    """How an answer is coloured: never by which label it is."""

    PLAIN = "plain"
    UNSURE = "amber"
    CANNOT = "slate"


@dataclass(frozen=True)
class Answer:
    """The answer in words: a line above, the words themselves, a line below."""

    above: str
    words: str
    below: str
    tone: Tone


def answer(task: Task, reading: Reading) -> Answer:
    """A reading's answer as the page says it."""
    if reading.answer == UNSURE:
        return Answer("", "Unsure", _either(task, reading), Tone.UNSURE)
    if reading.answer == CANNOT_JUDGE:
        return Answer("", "Cannot judge", reading.reason, Tone.CANNOT)
    if reading.answer == COUNTED:
        return Answer("Found in this field", wording.headline(task, reading), "", Tone.PLAIN)
    if reading.answer == MEASURED and reading.measures:
        first = reading.measures[0]
        return Answer(sentence_case(first.name), wording.number(first), task.purpose, Tone.PLAIN)
    note = next((label.note for label in task.labels if label.id == reading.answer), "")
    return Answer("The picture suggests", task.label_name(reading.answer), sentence_case(note), Tone.PLAIN)


def said(task: Task, review: Review | None) -> str:
    """What the clinician says, in words; "" before there is a review."""
    if review is None:
        return ""
    if review.agrees:
        return "Agrees with the reading"
    return wording.answer_words(task, review.answer)


def held(task: Task, review: Review | None) -> str:
    """What was said before the region was changed, in a sentence; "" for nothing."""
    if review is None:
        return ""
    numbers = review.answer in (MEASURED, COUNTED)
    word = "the numbers" if numbers else f"“{wording.answer_words(task, review.answer)}”"
    return f"Said before the region was changed: {'agreed with ' if review.agrees else ''}{word}."


def sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def cell_words(cell: CellReading) -> str:
    """One cell in words: its type, its stage where it has one, how likely."""
    names = {label.id: label.name for label in modes.task("neutrophil/type").labels}
    stages = {label.id: label.name for label in modes.task("neutrophil/stage").labels}
    label, stage = wording.likeliest(cell.type), wording.likeliest(cell.stage)
    if not label:
        return "White cell"
    words = f"{names.get(label, label)} {percent(cell.type[label])}"
    return f"{words}, {stages.get(stage, stage).lower()} {percent(cell.stage[stage])}" if stage else words


def taken(exam: Exam) -> str:
    """When the picture of an exam was taken and who says so."""
    if exam.picture is None:
        return ""
    local = exam.picture.taken_at.astimezone()
    return f"{taken_words(exam.picture, f'{in_words(local.date())}, {local:%H:%M}')}."


def same_picture(others: Sequence[Exam], again: bool) -> str:
    """That a picture is not a new one: in ``others`` of the patient, or ``again`` in the same exam. "" for neither."""
    if others:
        first = others[0]
        day = in_words(first.created_at.astimezone().date())
        more = f", and in {len(others) - 1} more" if len(others) > 1 else ""
        return f"This very picture is also in the exam “{modes.task(first.task).name}” of {day}{more}."
    return "This is the very picture that this exam had before: nothing new was taken." if again else ""


def no_heatmap(task: Task, reading: Reading) -> str:
    """Why a reading can have no heatmap whatever its package says; "" where it can."""
    if task.kind is not Kind.CLASSIFY:
        return "No heatmap: this task names no answer that a part of the picture could speak for."
    if reading.answer == CANNOT_JUDGE:
        return "No heatmap: what cannot be judged has no answer that the picture speaks for."
    return ""


def heat_meaning(label: str) -> str:
    """What the colours of a heatmap mean."""
    return f"Yellow spoke most for “{label}”, violet less. It shows what the model went by; it is no finding."


SURER = {
    Check.FOCUS: "a clearer picture",
    Check.MOTION: "a clearer picture",
    Check.HAZE: "a clearer picture",
    Check.GRAIN: "better light",
    Check.DARK: "better light",
    Check.BRIGHT: "better light",
    Check.GLARE: "better light",
    Check.COLOUR: "better light",
    Check.GREY: "a picture in colour",
    Check.BLOCKS: "a picture of higher quality",
    Check.SIZE: "a closer picture",
}
"""What of a picture that failed a check would give a surer reading. Without a subject there is none to be surer of."""


def doubt(task: Task, exam: Exam) -> str:
    """What there is to see to in the region that was read; "" for nothing."""
    found = exam.region is not None and wording.without_a_face(task.region, exam.region)
    return wording.FOUND_BY_COLOUR if found else ""


def take_again(quality: Quality) -> str:
    """Above the checks of a still that failed: that it is taken again, and what for."""
    failed = [finding.check for finding in quality.problems]
    if not all(check in SURER for check in failed):
        return "Take it again."
    better = list(dict.fromkeys(SURER[check] for check in failed))
    return f"Take it again: {listed(better)} {'give' if len(better) > 1 else 'gives'} a surer reading."


def check_advice(finding: Finding) -> str:
    """The one thing to do when a check failed; "" when it did not."""
    if finding.ok:
        return ""
    word, colon, todo = finding.advice.partition(": ")
    return sentence_case(todo if colon else word)


def version_words(exam: Exam, versions: Sequence[Exam]) -> str:
    """``Version 1 of 2 · replaced by version 2``; "" for an exam that was never amended.

    Only what is signed replaces anything: a draft is said to be one.
    """
    numbers = [version.version for version in versions]
    if max(numbers, default=1) < 2:
        return ""
    signed = [version.version for version in versions if version.state is ExamState.SIGNED]
    words = f"Version {exam.version} of {max(*signed, exam.version)}"
    if exam.state is ExamState.DRAFT:
        return f"{words} · not signed yet"
    later = [number for number in signed if number > exam.version]
    if later:
        return f"{words} · replaced by version {min(later)}"
    return f"{words} · amendment begun, not signed yet" if max(numbers) > exam.version else words


def flag_figures(package: PackageInfo) -> str:
    """What each flag of a package means and how well it did, one a line; "" where it has none."""
    lines = []
    for rule in package.flags:
        figures = (("sensitivity", rule.sensitivity), ("specificity", rule.specificity))
        known = ", ".join(f"{name} {figure}" for name, figure in figures if figure.value is not None)
        parts = (rule.name, wording.plain_note(rule.note).rstrip("."), sentence_case(known))
        lines.append(". ".join(part for part in parts if part) + ".")
    return "\n".join(lines)


def measured_on(package: PackageInfo) -> str:
    """On whom the figures were measured."""
    found = package.figures
    if found is None:
        return ""
    return found.how.removeprefix("Measured on ")


def figures(package: PackageInfo) -> str:
    """The figures with their 95 % intervals, one a line."""
    found = package.figures
    if found is None:
        return ""
    rows = (
        ("Right when it answers", found.accuracy_answered),
        ("How often it answers", found.answered),
        ("Balanced accuracy", found.balanced_accuracy),
        ("Area under the curve", found.auc),
    )
    return "\n".join(f"{name}: {figure}" for name, figure in rows if figure.value is not None)


def sources(package: PackageInfo) -> str:
    """Whose pictures it learned from, with their licences."""
    return "\n".join(f"{source.name} ({source.licence})" for source in package.sources)


def _either(task: Task, reading: Reading) -> str:
    """The labels that cannot be excluded; with more than three left, only how many."""
    if len(reading.labels) > 3:
        return f"{len(reading.labels)} of {len(task.labels)} answers cannot be excluded"
    if not reading.labels:
        return f"Nothing fits well; nearest is {task.label_name(reading.top).lower()}" if reading.top else ""
    return wording.detail(task, reading)
