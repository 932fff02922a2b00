"""The column that every page before the vault is laid out in."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from clinoscope.domain.notice import RESEARCH_ONLY
from clinoscope.ui.widgets.mark import Mark
from clinoscope.ui.widgets.text import label

WIDTH = 368


class Column(QWidget):
    """The mark, a title, one line, then whatever is put into ``body``; quiet words at the foot."""

    def __init__(self, title: str, line: str = "", *, width: int = WIDTH) -> None:
        super().__init__()
        self.setObjectName("Login")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = label(title, "answer")
        self.line = label(line, "body", "secondary", wrap=True)
        column = QWidget()
        column.setFixedWidth(width)
        self.body = QVBoxLayout(column)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(16)
        self.body.addWidget(Mark(44))
        self.body.addSpacing(4)
        self.body.addWidget(self.title)
        self.body.addWidget(self.line)
        self.line.setVisible(bool(line))
        self.body.addSpacing(8)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(column)
        middle.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 24, 24, 20)
        outer.addStretch(3)
        outer.addLayout(middle)
        outer.addStretch(4)
        self.foot = _foot()
        outer.addWidget(self.foot)

    def set_line(self, words: str) -> None:
        self.line.setText(words)
        self.line.setVisible(bool(words))

    def start(self) -> None:
        """The page comes up: put the keyboard where it is needed."""


def _foot() -> QLabel:
    words = label(f"Everything stays on this computer. {RESEARCH_ONLY}", "small", "secondary")
    words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    return words
