"""What stands above a signed reading: who signed, when, what they said, and which version this is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from clinoscope.domain.record import Exam, ExamState
from clinoscope.domain.task import Task
from clinoscope.ui.dates import in_words
from clinoscope.ui.exam import words
from clinoscope.ui.widgets import LinkButton, hairline, label
from clinoscope.ui.widgets.layouts import clear


class SignedBlock(QWidget):
    """``version_wanted`` carries the number of another version to look at."""

    version_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 4)
        self._layout.setSpacing(4)
        self.hide()

    def show_exam(self, task: Task, exam: Exam, versions: Sequence[Exam]) -> None:
        """Nothing for the first draft of an exam; else its signature and its versions."""
        clear(self._layout)
        place = words.version_words(exam, versions)
        signature = exam.signature
        self.setVisible(bool(signature or place))
        if signature is not None:
            when = signature.at.astimezone()
            self._add(f"Signed by {signature.user.name}", "body", "ink", "semibold")
            self._add(f"{in_words(when.date())}, {when:%H:%M}", "small", "secondary")
            self._add(f"Assessment: {words.said(task, exam.review)}", "body", "ink")
            if exam.review is not None and exam.review.comment:
                self._add(f"“{exam.review.comment}”", "body", "secondary")
        if place:
            self._add(place, "small", "secondary", "medium")
        if exam.amendment:
            self._add(f"Amended: {exam.amendment}", "small", "secondary")
        for other in versions:
            if other.version != exam.version and other.state is not ExamState.VOIDED:
                link = LinkButton(f"See version {other.version} ›")
                link.clicked.connect(lambda _=False, number=other.version: self.version_wanted.emit(number))
                self._layout.addWidget(link)
        self._layout.addSpacing(4)
        self._layout.addWidget(hairline())

    @property
    def text(self) -> str:
        """All that stands there."""
        return "\n".join(part.text() for part in self.findChildren(QLabel) if part.isVisible())

    def _add(self, text: str, role: str, tone: str, weight: str | None = None) -> None:
        self._layout.addWidget(label(text, role, tone, wrap=True, weight=weight))
