"""One exam in few words, for lists and time lines."""

from __future__ import annotations

from clinoscope import modes
from clinoscope.domain.reading import CANNOT_JUDGE, UNSURE
from clinoscope.domain.record import Exam, ExamState
from clinoscope.domain.task import Task
from clinoscope.modes import wording

DIFFERENTIAL = "Differential count"
"""What a smear of many fields is called beside the tasks, which look at one picture."""


def task_of(exam: Exam) -> Task | None:
    """The exam's task; None when its mode is not installed any more."""
    try:
        return modes.task(exam.task)
    except KeyError:
        return None


def task_name(exam: Exam) -> str:
    """``Lip photo``, or the task's id where nothing is known of it."""
    if exam.smear is not None:
        return DIFFERENTIAL
    task = task_of(exam)
    return task.name if task else exam.task


def answer(exam: Exam) -> str:
    """What the reading says, or how far the draft has come."""
    task = task_of(exam)
    if exam.reading is not None:
        return wording.headline(task, exam.reading) if task else exam.reading.answer
    if exam.smear is not None:
        return "Not signed yet"
    return "Not read yet" if exam.picture is not None else "No picture yet"


def read_by(exam: Exam) -> str:
    """How likely the answer is and which model gave it: "84 % · lesion-photo 1.0.0"; "" before the reading."""
    if exam.reading is None:
        return ""
    model = exam.reading.model
    return " · ".join(part for part in (wording.certainty(exam.reading), model.shown) if part)


def tone(exam: Exam) -> str:
    """Amber for *unsure*, slate for *cannot judge*; a label is never coloured."""
    said = exam.reading.answer if exam.reading else ""
    return {UNSURE: "amber", CANNOT_JUDGE: "slate"}.get(said, "ink")


def clinician(exam: Exam) -> str:
    """``Agreed``, or what the clinician says instead; "" before the review."""
    if exam.review is None:
        return ""
    if exam.smear is not None:
        return "Every cell reviewed"
    if exam.review.agrees:
        return "Clinician agrees"
    task = task_of(exam)
    said = wording.answer_words(task, exam.review.answer) if task else exam.review.answer
    return f"Clinician: {said}"


def clinician_word(exam: Exam) -> str:
    """The answer the clinician stands by, alone: "Melanocytic nevus"; "" before the review."""
    if exam.review is None:
        return ""
    if exam.review.agrees:
        return answer(exam)
    task = task_of(exam)
    return wording.answer_words(task, exam.review.answer) if task else exam.review.answer


def step(exam: Exam) -> str:
    """What is left to do on a draft."""
    if exam.smear is not None:
        return "Count and review" if exam.picture is not None else "Add fields"
    if exam.picture is None:
        return "Take a picture"
    if exam.reading is None:
        return "Check the region"
    return "Review" if exam.review is None else "Sign"


def state_chip(exam: Exam) -> tuple[str, str] | None:
    """``Draft``, or ``Amended`` for a later version."""
    if exam.state is ExamState.DRAFT:
        return "Draft", "accent"
    return ("Amended", "ink") if exam.version > 1 else None
