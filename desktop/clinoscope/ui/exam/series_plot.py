"""A thin plot of one measure: the patient's earlier values and this one, each with its uncertainty."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from clinoscope.domain.reading import Measure
from clinoscope.modes.wording import number
from clinoscope.ui import theme

HEIGHT = 72


class SeriesPlot(QWidget):
    """Values in visit order, oldest first; the last one is this exam's. Bars show one standard deviation."""

    def __init__(self, series: Sequence[Measure], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._series = tuple(series)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        spoken = "; ".join(number(measure) for measure in self._series)
        self.setAccessibleName(f"Earlier values and this one, oldest first: {spoken}")
        theme.watcher().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(240, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(8, 8, -8, -22)
        points = self._points(room)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(room.bottomLeft() + QPointF(-8, 4), room.bottomRight() + QPointF(8, 4))
        painter.setPen(QPen(theme.color("control"), 1.5))
        painter.drawPolyline(QPolygonF([middle for middle, _, _ in points]))
        for index, (middle, low, high) in enumerate(points):
            newest = index == len(points) - 1
            painter.setPen(QPen(theme.color("secondary"), 1.5))
            painter.drawLine(QPointF(middle.x(), low), QPointF(middle.x(), high))
            painter.setPen(QPen(theme.color("surface"), 1.5))
            painter.setBrush(theme.color("ink" if newest else "control"))
            painter.drawEllipse(middle, 5 if newest else 4, 5 if newest else 4)
        painter.setFont(theme.font("tiny"))
        painter.setPen(theme.color("secondary"))
        words = QRectF(0, self.height() - 18, self.width(), 18)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft, "Earlier visits")
        painter.drawText(words, Qt.AlignmentFlag.AlignRight, "This one")
        painter.end()

    def _points(self, room: QRectF) -> list[tuple[QPointF, float, float]]:
        low = min(measure.value - measure.uncertainty for measure in self._series)
        high = max(measure.value + measure.uncertainty for measure in self._series)
        span = (high - low) or 1.0

        def y(value: float) -> float:
            return room.bottom() - (value - low) / span * room.height()

        gap = room.width() / max(len(self._series) - 1, 1)
        return [
            (
                QPointF(room.left() + index * gap, y(measure.value)),
                y(measure.value - measure.uncertainty),
                y(measure.value + measure.uncertainty),
            )
            for index, measure in enumerate(self._series)
        ]
