"""Dragging cells over the gallery: from where, where to, and the gallery scrolls along at its edges."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractScrollArea, QApplication

from clinoscope.domain.counts import many
from clinoscope.ui import theme

_EDGE, _SCROLL = 36, 18
"""Pixels from the edge where dragging scrolls, and how far with every beat."""


class Drag(QObject):
    """One per gallery; points are those of its viewport. ``at`` is where the pointer is while cells are dragged, else
    None; ``moved(global point or None)`` tells of every move and of the end."""

    moved = Signal(object)

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__(area)
        self._area = area
        self._from: QPoint | None = None
        self.at: QPoint | None = None
        self._scroller = QTimer(self)
        self._scroller.setInterval(30)
        self._scroller.timeout.connect(self._scroll_along)

    @property
    def pressed(self) -> bool:
        """Whether the button is held since it went down on a cell."""
        return self._from is not None

    def press(self, at: QPoint) -> None:
        """The button went down on a cell that may be dragged."""
        self._from = at

    def move(self, at: QPoint) -> None:
        """The pointer moves: far enough from where the button went down, cells are dragged."""
        if self._from is None:
            return
        if self.at is None and (at - self._from).manhattanLength() < QApplication.startDragDistance():
            return
        self.at = at
        self._scroller.start()
        self.moved.emit(self._area.viewport().mapToGlobal(at))
        self._area.viewport().update()

    def end(self) -> None:
        """The button is let go."""
        self._from = self.at = None
        self._scroller.stop()
        self.moved.emit(None)
        self._area.viewport().update()

    def _scroll_along(self) -> None:
        if self.at is None:
            return
        y, bar = self.at.y(), self._area.verticalScrollBar()
        if y < _EDGE:
            bar.setValue(bar.value() - _SCROLL)
        elif y > self._area.viewport().height() - _EDGE:
            bar.setValue(bar.value() + _SCROLL)


def paint_load(painter: QPainter, at: QPoint, count: int) -> None:
    """How many cells are dragged, beside the pointer."""
    text = many(count, "cell", "cells")
    painter.setFont(theme.font("small", "medium"))
    badge = QRect(at.x() + 14, at.y() + 10, painter.fontMetrics().horizontalAdvance(text) + 20, 26)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("ink"))
    painter.drawRoundedRect(badge, theme.RADIUS, theme.RADIUS)
    painter.setPen(theme.color("paper"))
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
