"""A thin plot of one number over the visits, each point under the visit it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from clinoscope.ui import theme

HEIGHT = 108
_TOP = 44
_BOTTOM = 12


@dataclass(frozen=True)
class Point:
    """``x`` in pixels of the plot; ``value`` ± ``uncertainty`` (one standard deviation)."""

    x: int
    value: float
    uncertainty: float


class Series(QWidget):
    """The line joins the values in visit order; the whiskers show one standard deviation either way."""

    def __init__(self, name: str, unit: str, points: Sequence[Point]) -> None:
        super().__init__()
        self.name, self.unit, self.points = name, unit, tuple(points)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        spoken = ", ".join(f"{point.value:.1f}" for point in self.points)
        self.setAccessibleName(f"{name}, oldest first: {spoken}")

    def sizeHint(self) -> QSize:
        return QSize(max((point.x for point in self.points), default=0) + 88, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        places = [QPointF(point.x, self._y(point.value)) for point in self.points]
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(8, HEIGHT - 4, self.width(), HEIGHT - 4)
        painter.setPen(QPen(theme.color("control"), 1))
        for place, point in zip(places, self.points, strict=True):
            up, down = self._y(point.value + point.uncertainty), self._y(point.value - point.uncertainty)
            painter.drawLine(QPointF(place.x(), up), QPointF(place.x(), down))
        painter.setPen(QPen(theme.color("accent"), 1.5))
        painter.drawPolyline(places)
        painter.setFont(theme.font("tiny", "medium"))
        for place, point in zip(places, self.points, strict=True):
            painter.setPen(QPen(theme.color("paper"), 2))
            painter.setBrush(theme.color("accent"))
            painter.drawEllipse(place, 4.5, 4.5)
            painter.setPen(theme.color("ink"))
            # Above the whisker, where neither it nor the line can strike the number through.
            top = min(self._y(point.value + point.uncertainty) - 2, place.y() - 7)
            words = QRectF(place.x() - 40, top - 18, 80, 18)
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter, f"{point.value:.3g}")
        painter.setPen(theme.color("secondary"))
        painter.setFont(theme.font("tiny"))
        left = self.visibleRegion().boundingRect().left() + 8  # the name stays in sight while the visits scroll
        painter.drawText(QRectF(left, 0, self.width(), 18), Qt.AlignmentFlag.AlignVCenter, self._title())

    def _title(self) -> str:
        name = self.name[:1].upper() + self.name[1:]
        return f"{name} ({self.unit})" if self.unit else name

    def _y(self, value: float) -> float:
        low = min(point.value - point.uncertainty for point in self.points)
        high = max(point.value + point.uncertainty for point in self.points)
        span = (high - low) or 1.0
        return HEIGHT - _BOTTOM - (value - low) / span * (HEIGHT - _TOP - _BOTTOM)
