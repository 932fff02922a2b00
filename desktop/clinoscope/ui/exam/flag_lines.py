"""The remarks beside an answer: what was flagged with what it means, and quietly what else was looked for."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from clinoscope.domain.reading import Flag, Reading
from clinoscope.modes import wording
from clinoscope.ui import icons, theme
from clinoscope.ui.widgets import label
from clinoscope.ui.widgets.layouts import clear

ICON = 16


class FlagLines(QWidget):
    """Hidden where a reading has no flags. The icon is amber, the words are ink: a flag is no label, good or bad."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 2)
        self._layout.setSpacing(4)
        self.hide()

    def show_reading(self, reading: Reading) -> None:
        """The flags of a reading."""
        clear(self._layout)
        raised, checked = wording.raised_flags(reading), wording.checked(reading)
        for flag in raised:
            self._layout.addWidget(_FlagLine(flag))
        if checked:
            self._layout.addWidget(label(checked, "small", "secondary", wrap=True))
        self.setVisible(bool(raised or checked))

    @property
    def text(self) -> str:
        """All that stands there."""
        return "\n".join(part.text() for part in self.findChildren(QLabel) if part.isVisible() and part.text())


class _FlagLine(QWidget):
    def __init__(self, flag: Flag) -> None:
        super().__init__()
        self.setAccessibleName(f"Flag: {flag.name}. {wording.flag_note(flag)}".strip())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._icon = QLabel()
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(flag.name, "small", "ink", wrap=True, weight="semibold"))
        if flag.note:
            words.addWidget(label(wording.flag_note(flag), "small", "secondary", wrap=True))
        row.addLayout(words, 1)
        self._draw()
        theme.watcher().changed.connect(self._draw)

    def _draw(self) -> None:
        self._icon.setPixmap(icons.icon("ph.flag", "amber").pixmap(ICON, ICON))
