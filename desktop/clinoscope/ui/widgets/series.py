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
_WORDS = 40  # pixels that the words of a point need


@dataclass(frozen=True)
class Point:
    """``x`` in pixels of the plot; ``value`` ± ``uncertainty`` (one standard deviation); ``words`` stand beside the
    point in place of the number."""

    x: int
    value: float
    uncertainty: float = 0.0
    words: str = ""

    def __str__(self) -> str:
        return self.words or f"{self.value:.3g}"


class Series(QWidget):
    """The line joins the values in their order; the whiskers show one standard deviation either way.

    ``span`` is the least and the greatest value that can be, for grades; without it the plot is as high as its values.
    """

    def __init__(self, name: str, unit: str, points: Sequence[Point], span: tuple[float, float] | None = None) -> None:
        super().__init__()
        self.name, self.unit, self.points = name, unit, tuple(points)
        ends = [point.value + side * point.uncertainty for point in self.points for side in (-1, 1)]
        self._span = span or (min(ends), max(ends))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        spoken = ", ".join(point.words or f"{point.value:.1f}" for point in self.points)
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
        written = written_at([point.x for point in self.points])
        for number, (place, point) in enumerate(zip(places, self.points, strict=True)):
            painter.setPen(QPen(theme.color("paper"), 2))
            painter.setBrush(theme.color("accent"))
            painter.drawEllipse(place, 4.5, 4.5)
            if number not in written:
                continue
            painter.setPen(theme.color("ink"))
            # Above the whisker, where neither it nor the line can strike the number through.
            top = min(self._y(point.value + point.uncertainty) - 2, place.y() - 7)
            words = QRectF(place.x() - 40, top - 18, 80, 18)
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter, str(point))
        painter.setPen(theme.color("secondary"))
        painter.setFont(theme.font("tiny"))
        left = self.visibleRegion().boundingRect().left() + 8  # the name stays in sight while the visits scroll
        painter.drawText(QRectF(left, 0, self.width(), 18), Qt.AlignmentFlag.AlignVCenter, self._title())

    def _title(self) -> str:
        name = self.name[:1].upper() + self.name[1:]
        return f"{name} ({self.unit})" if self.unit else name

    def _y(self, value: float) -> float:
        low, high = self._span
        span = (high - low) or 1.0
        return HEIGHT - _BOTTOM - (value - low) / span * (HEIGHT - _TOP - _BOTTOM)


def written_at(places: Sequence[int]) -> set[int]:
    """Which points, from left to right at ``places`` (pixels), have room for their words; the last always has."""
    kept: set[int] = set()
    right = None
    for number in reversed(range(len(places))):
        if right is None or right - places[number] >= _WORDS:
            kept.add(number)
            right = places[number]
    return kept
