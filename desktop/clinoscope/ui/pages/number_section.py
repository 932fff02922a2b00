"""Settings of patient numbers: what holds, and the panel that changes it, made when it is first wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinoscope.domain.access import Act
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import QuietButton
from clinoscope.ui.widgets.text import label
from clinoscope.workflow import numbers

if TYPE_CHECKING:
    from clinoscope.ui.pages.number_panel import NumberPanel


class NumberSection(QWidget):
    """Its panel lies over ``page``."""

    def __init__(self, page: QWidget, shell: Shell) -> None:
        super().__init__()
        self._page, self._shell = page, shell
        self.panel: NumberPanel | None = None
        self.words = label("", wrap=True)
        self.change = QuietButton("Change…")
        self.change.setAccessibleName("Change how patients are numbered…")
        self.change.clicked.connect(self._open)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.words)
        column.addWidget(self.change, 0, Qt.AlignmentFlag.AlignLeft)

    def refresh(self) -> None:
        """Say what holds now; only who may change it has the button."""
        self.change.setVisible(self._shell.may(Act.NUMBERS))
        run_task(self, numbers.in_words, self._shell.open_vault, done=self.words.setText)

    def _open(self) -> None:
        from clinoscope.ui.pages.number_panel import NumberPanel

        if self.panel is None:
            self.panel = NumberPanel(self._page, self._shell)
            self.panel.closed.connect(self.refresh)
        self.panel.open_fresh()
