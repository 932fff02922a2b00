"""The answer at 28 pt, in words, with a line above and below it."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from clinoscope.domain.quality import Quality
from clinoscope.modes.wording import check_words
from clinoscope.ui.exam.words import Answer, Tone
from clinoscope.ui.widgets import label, set_tone

SKELETON_AFTER = 200
"""Milliseconds before waiting is shown at all."""


class AnswerBlock(QWidget):
    """Amber for *unsure*, slate for *cannot judge*, ink for any label: a label is never coloured good or bad."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._above = label("", "small", "secondary")
        self._words = label("", "answer", wrap=True)
        self._below = label("", "body", "secondary", wrap=True)
        self._failed = label("", "small", "amber", wrap=True)
        self._doubt = label("", "small", "secondary", wrap=True)
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Reading the picture")
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(SKELETON_AFTER)
        self._slow.timeout.connect(self._bar.show)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(4)
        for widget in (self._above, self._words, self._below, self._failed, self._doubt, self._bar):
            layout.addWidget(widget)

    def show_waiting(self) -> None:
        self._above.setText("Reading the picture…")
        self._above.show()
        for part in (self._words, self._below, self._failed, self._doubt, self._bar):
            part.hide()
        self._slow.start()

    def show_answer(self, answer: Answer, quality: Quality | None, doubt: str = "") -> None:
        """``quality`` adds a line when the picture was used although a check failed, ``doubt`` one more."""
        self._slow.stop()
        self._bar.hide()
        tone = "ink" if answer.tone is Tone.PLAIN else answer.tone.value
        set_tone(self._words, tone)
        problems = quality.problems if quality is not None else ()
        failed = ", ".join(check_words(finding).lower() for finding in problems)
        for part, text in (
            (self._above, answer.above),
            (self._words, answer.words),
            (self._below, answer.below),
            (self._failed, f"Used although the picture check failed: {failed}" if failed else ""),
            (self._doubt, doubt),
        ):
            part.setText(text)
            part.setVisible(bool(text))
        self.setAccessibleName(". ".join(part for part in (answer.above, answer.words, answer.below) if part))

    @property
    def words(self) -> str:
        """The answer as it stands there."""
        return self._words.text()
