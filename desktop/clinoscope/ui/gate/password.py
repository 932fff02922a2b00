"""A new password: typed once, shown on wish, judged in plain words while it is typed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from clinoscope.ui import theme
from clinoscope.ui.gate.strength import Strength, strength
from clinoscope.ui.widgets.fields import Field


class NewPassword(QWidget):
    """Showing it replaces typing it twice: what was typed can be read instead of guessed."""

    submitted = Signal()

    def __init__(self, name: str, user_name: Callable[[], str]) -> None:
        super().__init__()
        self._user_name = user_name
        self.field = Field(name, password=True, help_text=strength("").words)
        self.show_it = QCheckBox("Show password")
        self.show_it.setFont(theme.font("small"))
        self._meter = _Meter()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.field)
        below = QHBoxLayout()
        below.addWidget(self._meter, 0, Qt.AlignmentFlag.AlignVCenter)
        below.addStretch(1)
        below.addWidget(self.show_it)
        layout.addLayout(below)
        self.field.edited.connect(self._judge)
        self.field.submitted.connect(self.submitted)
        self.show_it.toggled.connect(self._show)
        self.setFocusProxy(self.field)

    def text(self) -> str:
        return self.field.text()

    def clear(self) -> None:
        self.field.set_text("")
        self.show_it.setChecked(False)
        self._judge("")

    def ok(self) -> bool:
        """Long enough? Says so when it is not."""
        found = strength(self.text(), self._user_name())
        self.field.set_error(found.words if found.level == 0 else "")
        return found.level > 0

    def _judge(self, text: str) -> None:
        found = strength(text, self._user_name())
        self._meter.show_strength(found)
        self.field.set_help(found.words)

    def _show(self, on: bool) -> None:
        self.field.edit.setEchoMode(QLineEdit.EchoMode.Normal if on else QLineEdit.EchoMode.Password)


class _Meter(QWidget):
    """Three short bars; the words beside say the same."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(QSize(132, 4))
        self._level = 0

    def show_strength(self, found: Strength) -> None:
        self._level = found.level
        self.setAccessibleName(found.words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for index in range(3):
            painter.setBrush(theme.color("accent" if index < self._level else "line"))
            painter.drawRoundedRect(QRectF(index * 44, 0, 40, 4), 2, 2)
