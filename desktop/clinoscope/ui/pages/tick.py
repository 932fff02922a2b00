"""Ticking two visits of a lane to compare them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QWidget

from clinoscope.domain.record import Exam
from clinoscope.ui.widgets.buttons import QuietButton
from clinoscope.ui.widgets.text import label
from clinoscope.workflow.compare import can_compare

if TYPE_CHECKING:
    from clinoscope.ui.pages.lane import ExamCard

SIZE = 32
INSET = 12


class Tick(QCheckBox):
    """In the corner of a card's picture; the keyboard ticks through the card."""

    def __init__(self, card: QWidget) -> None:
        super().__init__(card)
        self.setObjectName("Tick")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setToolTip("Tick two visits to compare them (T)")
        self.setAccessibleName("Compare this visit")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setGeometry(INSET, INSET, SIZE, SIZE)
        self.hide()


class Ticks:
    """The ticks of one lane's cards, two at most: a third takes the place of the one ticked first."""

    def __init__(self, cards: Sequence[ExamCard]) -> None:
        self._cards = [card for card in cards if can_compare(card.exam)]
        self._ticked: list[ExamCard] = []
        self.word = label("", "small", "secondary")
        self.compare = QuietButton("Compare", icon="ph.columns", tip="Compare the two ticked, or the two newest (C)")
        if not self.possible:
            self.compare.hide()
        for card in self._cards:
            card.tick.setVisible(self.possible)
            card.ticked.connect(self._on_tick)

    @property
    def possible(self) -> bool:
        """Whether the lane has two visits to compare."""
        return len(self._cards) > 1

    def ids(self) -> frozenset[str]:
        """The exams that are ticked."""
        return frozenset(card.exam.id for card in self._ticked)

    def restore(self, ids: Iterable[str]) -> None:
        """Tick the exams of these ids again."""
        for card in self._cards:
            if self.possible and card.exam.id in set(ids):
                card.tick.setChecked(True)

    def pair(self) -> tuple[Exam, Exam] | None:
        """The two ticked; with one ticked, it and the newest other; else the two newest. None without two."""
        if not self.possible:
            return None
        others = [card for card in reversed(self._cards) if card not in self._ticked]
        one, other = (self._ticked + others)[:2]
        return one.exam, other.exam

    def _on_tick(self, card: ExamCard) -> None:
        if card.tick.isChecked():
            self._ticked.append(card)
            if len(self._ticked) > 2:
                self._ticked[0].tick.setChecked(False)
        elif card in self._ticked:
            self._ticked.remove(card)
        self.word.setText(("", "Tick one more visit", "2 ticked")[len(self._ticked)])
