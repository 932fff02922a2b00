"""On Today: a band for every model that clinicians agree with less than they did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from clinoscope import modes
from clinoscope.ui import theme
from clinoscope.ui.shell import Shell
from clinoscope.ui.widgets.buttons import LinkButton
from clinoscope.ui.widgets.layouts import clear
from clinoscope.ui.widgets.text import label

if TYPE_CHECKING:
    from clinoscope.workflow.agreement import Drop


class AgreementNotice(QWidget):
    """Hidden while there is nothing to say. It stays as long as the drop does: it cannot be put away."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self.links: list[LinkButton] = []
        self.hide()

    def show_drops(self, drops: Sequence[Drop]) -> None:
        """One band each."""
        clear(self._layout)
        self.links = []
        for drop in drops:
            self._layout.addWidget(self._band(drop))
        self.setVisible(bool(drops))

    @property
    def text(self) -> str:
        """All that stands there."""
        return "\n".join(words.text() for words in self.findChildren(QLabel) if words.isVisible() and words.text())

    def _band(self, drop: Drop) -> QWidget:
        band = QWidget()
        band.setObjectName("Banner")
        band.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        band.setProperty("level", "warning")
        words = f"{modes.task(drop.task).name}. {drop.sentence}"
        band.setAccessibleName(words)
        row = QHBoxLayout(band)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(_Warning(), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(label(words, "body", wrap=True), 1)
        link = LinkButton("See it over time ›")
        link.clicked.connect(lambda: self._shell.go("models", task=drop.task))
        self.links.append(link)
        row.addWidget(link, 0, Qt.AlignmentFlag.AlignVCenter)
        return band


class _Warning(QLabel):
    """The icon beside the words, in the colour of the theme that is on."""

    def __init__(self) -> None:
        super().__init__()
        self._draw()
        theme.watcher().changed.connect(self._draw)

    def _draw(self) -> None:
        from clinoscope.ui.icons import SIZE, icon

        self.setPixmap(icon("ph.warning", "amber").pixmap(SIZE, SIZE))
