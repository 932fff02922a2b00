"""The line above the picture: the steps, or what is signed; and what the draft may need."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinoscope.domain.record import Exam, ExamState
from clinoscope.domain.task import Task
from clinoscope.ui.exam import words
from clinoscope.ui.widgets import Chip, ElidedLabel, IconButton, Stepper, hairline

STEPS = ("Capture", "Region", "Reading", "Sign")


class Head(QWidget):
    """``step_wanted`` carries the index of a finished step; ``discard_wanted`` asks to give the draft up."""

    step_wanted = Signal(int)
    discard_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stepper = Stepper(STEPS)
        self.stepper.wanted.connect(self.step_wanted)
        self._title = ElidedLabel("", "heading")
        self._phantom = Chip()
        self._state = Chip()
        self.discard = IconButton("ph.trash", "Discard draft…")
        self.discard.clicked.connect(self.discard_wanted)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(16, 0, 16, 0)
        row.addStrut(56)
        row.setSpacing(8)
        row.addWidget(self.stepper, 1)
        self._title.setContentsMargins(8, 0, 0, 0)  # where the steps begin
        row.addWidget(self._title, 1)
        for widget in (self._phantom, self._state, self.discard):
            row.addWidget(widget)
        outer.addLayout(row)
        outer.addWidget(hairline())
        self.setFixedHeight(57)

    def show_exam(self, task: Task, exam: Exam | None) -> None:
        """What stands beside the steps; ``exam`` is None before the first picture."""
        draft = exam is None or exam.state is ExamState.DRAFT
        self.stepper.setVisible(draft)
        self._title.setVisible(not draft)
        self._title.setText(task.name)
        phantom = exam is not None and exam.picture is not None and exam.picture.phantom
        self._phantom.set("Phantom: a drawn test picture" if phantom else "", "amber")
        self._state.set(_state(exam), "ink")
        self.discard.setVisible(draft and exam is not None)


def _state(exam: Exam | None) -> str:
    if exam is None:
        return ""
    if exam.state is ExamState.DRAFT:
        return "Draft saved" if exam.version == 1 else f"Version {exam.version}, draft saved"
    return words.sentence_case(exam.state.value)
