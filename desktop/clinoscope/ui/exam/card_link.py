"""The way to the printed colour card, beside the tasks whose numbers it makes better."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFileDialog

from clinoscope.domain.errors import KnownError
from clinoscope.domain.task import Task
from clinoscope.ui import card_sheet
from clinoscope.ui.widgets import LinkButton


class CardLink(LinkButton):
    """``say(words, tone)`` gets what came of it."""

    def __init__(self, say: Callable[[str, str], None]) -> None:
        super().__init__("Colour cards to print…", tip="A page of cards to cut out: one beside what you photograph")
        self._say = say
        self.dialog: QFileDialog | None = None
        self.clicked.connect(self.ask)

    def show_for(self, task: Task | None) -> None:
        """Offered where the card is looked for."""
        self.setVisible(task is not None and task.colour_card)

    def ask(self) -> None:
        """Ask where the page goes."""
        self.dialog = card_sheet.ask_where(self, lambda words: self._say(words, "secondary"), self._failed)

    def _failed(self, error: KnownError) -> None:
        self._say(str(error), "danger")
