"""The earlier picture in the side of the capture step: which one, shown or not, how strong."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from clinoscope.domain.record import Exam
from clinoscope.ui import exam_words, theme
from clinoscope.ui.dates import in_words
from clinoscope.ui.widgets import Choice, Combo, label

WEAKEST, STRONGEST, STEP = 10, 90, 10
"""Per cent."""


class FollowBlock(QWidget):
    """``changed`` follows every change of how the ghost is shown, ``chosen`` carries another earlier exam."""

    changed = Signal()
    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._exams: tuple[Exam, ...] = ()
        self.visits = Combo("Earlier picture to follow")
        self.visits.activated.connect(self._on_activated)
        self.on = QCheckBox("Earlier")
        self.on.setFont(theme.font())
        self.on.setAccessibleName("Show the earlier picture over the live one")
        self.on.setToolTip("Show the earlier picture over the live one (G)")
        self.on.toggled.connect(self._on_changed)
        self.look = Choice("Shown as", (("picture", "Picture"), ("edges", "Edges")))
        self.look.changed.connect(lambda _value: self.changed.emit())
        self.strength = QSlider(Qt.Orientation.Horizontal)
        self.strength.setRange(WEAKEST, STRONGEST)
        self.strength.setSingleStep(STEP)
        self.strength.setPageStep(2 * STEP)
        self.strength.setMinimumSize(56, theme.CONTROL)
        self.strength.setAccessibleName("Strength of the earlier picture")
        self.strength.setToolTip("How strong (+ and −)")
        self.strength.valueChanged.connect(lambda _value: self.changed.emit())
        self.word = label("", "small", "danger", wrap=True)
        how = QHBoxLayout()
        how.setSpacing(8)
        how.addWidget(self.on)
        how.addWidget(self.look)
        how.addWidget(self.strength, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(4)
        layout.addLayout(how)
        for part in (self.visits, self.word):
            layout.addWidget(part)
        self.say("")
        self.hide()

    def show_visits(self, exams: Sequence[Exam]) -> None:
        """The earlier exams that can be followed, newest first; none hides the block."""
        self._exams = tuple(exams)
        self.visits.clear()
        for exam in self._exams:
            day = in_words(exam.created_at.astimezone().date())
            self.visits.addItem(f"{day} · {exam_words.clinician_word(exam) or exam_words.answer(exam)}")
        self.setVisible(bool(self._exams))

    def set_how(self, on: bool, strength: int, edges: bool) -> None:
        """Set what was remembered, without announcing it."""
        for part in (self.on, self.strength):
            part.blockSignals(True)
        self.on.setChecked(on)
        self.strength.setValue(strength)
        for part in (self.on, self.strength):
            part.blockSignals(False)
        self.look.take("edges" if edges else "picture")
        self._show_how()

    @property
    def edges(self) -> bool:
        return self.look.value() == "edges"

    def say(self, words: str) -> None:
        """Why there is nothing to show; "" takes it away."""
        self.word.setText(words)
        self.word.setVisible(bool(words))

    def _on_changed(self) -> None:
        self._show_how()
        self.changed.emit()

    def _show_how(self) -> None:
        for part in (self.look, self.strength, self.visits):
            part.setVisible(self.on.isChecked())

    def _on_activated(self, place: int) -> None:
        self.chosen.emit(self._exams[place])
