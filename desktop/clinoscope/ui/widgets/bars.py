"""Bars that share one scale; the words stand beside the bar, never on it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clinoscope.modes.wording import percent
from clinoscope.ui import theme

_BAR = 6
_PERCENT = 48


class BarRow(QWidget):
    """One label with its share: name above, bar beneath, percent at the right.

    ``share`` is 0..1 on a scale that always ends at 1, so that rows can be compared. ``strong``
    draws the bar in the accent colour (a label of the conformal set), otherwise in grey; the
    accessible description says the same in words.
    """

    def __init__(self, name: str, share: float, *, strong: bool = False) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set(name, share, strong=strong)

    def set(self, name: str, share: float, *, strong: bool = False) -> None:
        self.name, self.share, self.strong = name, share, strong
        self.setAccessibleName(f"{name} {percent(share)}")
        self.setAccessibleDescription("cannot be excluded" if strong else "unlikely")
        self.setToolTip(f"{name} · {percent(share)}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(260, 38)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 38)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(0, 26, self.width() - _PERCENT, _BAR)
        painter.setFont(theme.font("body", "medium" if self.strong else "regular"))
        painter.setPen(theme.color("ink" if self.strong else "secondary"))
        shown = painter.fontMetrics().elidedText(self.name, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(QRectF(0, 0, self.width(), 22), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setFont(theme.font("small", "medium" if self.strong else "regular"))
        figure = QRectF(self.width() - _PERCENT, 18, _PERCENT, 20)
        painter.drawText(figure, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, percent(self.share))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("line"))
        painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)
        painter.setBrush(theme.color("accent" if self.strong else "control"))
        filled = max(bar.width() * min(max(self.share, 0.0), 1.0), _BAR)
        painter.drawRoundedRect(QRectF(bar.x(), bar.y(), filled, _BAR), _BAR / 2, _BAR / 2)
