"""What is known of each of two visits, under its picture, and what changed between them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinoscope.domain.record import Exam, ExamState
from clinoscope.modes import wording
from clinoscope.ui import exam_words
from clinoscope.ui.dates import in_words
from clinoscope.ui.widgets import Chip, label
from clinoscope.ui.widgets.scroll import ScrollBody
from clinoscope.workflow import compare


class VisitFacts(QWidget):
    """All that is known of one exam: day, state, answer, model, measures, the clinician's word, its correction."""

    def __init__(self, exam: Exam) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(label(day(exam), "body", weight="semibold"))
        chip = exam_words.state_chip(exam)
        if chip:
            top.addWidget(Chip(*chip))
        top.addStretch(1)
        layout.addLayout(top)
        self.lines = [words for words in _lines(exam) if words]
        for number, words in enumerate(self.lines):
            tone = exam_words.tone(exam) if number == 0 else "secondary"
            layout.addWidget(label(words, "body" if number == 0 else "small", tone, wrap=True))
        layout.addStretch(1)
        self.setAccessibleName(", ".join([day(exam), *self.lines]))


class Facts(ScrollBody):
    """Both visits side by side, then a sentence for every measure they share, and what makes them hard to compare."""

    def __init__(self, before: Exam, after: Exam) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 8, 24, 8)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(24)
        for exam in (before, after):
            row.addWidget(VisitFacts(exam), 1, Qt.AlignmentFlag.AlignTop)
        column.addLayout(row)
        self.sentences = []
        # What changed by more than the measuring explains is read first; the order among the rest is the reading's.
        for change in sorted(compare.changes(before, after), key=lambda change: not change.exceeds):
            words = compare.sentence(change)
            self.sentences.append(words)
            tone, weight = ("ink", "medium") if change.exceeds else ("secondary", "regular")
            column.addWidget(label(words, "small", tone, wrap=True, weight=weight))
        self.cautions = list(compare.cautions(before, after))
        for words in self.cautions:
            column.addWidget(label(words, "small", "secondary", wrap=True))
        column.addStretch(1)


def day(exam: Exam) -> str:
    """``17 May 2026``, where it is read."""
    return in_words(exam.created_at.astimezone().date())


def _lines(exam: Exam) -> list[str]:
    """The answer first, then all the rest that there is; "" for what there is not."""
    task, reading = exam_words.task_of(exam), exam.reading
    said = exam_words.answer(exam)
    detail = wording.detail(task, reading) if task and reading else ""
    measures = [wording.measure_words(measure) for measure in compare.measured(exam).values()]
    word = exam_words.clinician(exam)
    comment = exam.review.comment if exam.review else ""
    corrected = exam.picture.correction if exam.picture else None
    draft = "" if exam.state is not ExamState.DRAFT else "Not signed"
    return [
        " · ".join(part for part in (said, detail) if part),
        " · ".join(measure for measure in measures if measure != said),
        " · ".join(part for part in (word, comment, draft) if part),
        exam_words.read_by(exam),
        wording.correction_words(corrected) if corrected else "",
    ]
