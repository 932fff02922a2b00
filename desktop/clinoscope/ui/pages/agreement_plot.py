"""A plot of agreement over time: the last answers as a line, the months as steps, what was not answered below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from clinoscope.modes.wording import percent
from clinoscope.ui import theme
from clinoscope.ui.dates import in_words

if TYPE_CHECKING:
    from clinoscope.workflow.agreement import Agreement, Point

HEIGHT = 244
_LEFT, _RIGHT, _TOP = 52, 16, 16
_UPPER = 128
"""Pixels of the band that shows agreement; the lower one shows what was not answered, on the same scale 0..100 %."""
_LOWER_TOP, _LOWER = _TOP + _UPPER + 24, 40
_AXIS = 20


class AgreementPlot(QWidget):
    """Left and right go from point to point, and so does the mouse. ``pointed`` carries the point, or None."""

    pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Agreement | None = None
        self._at = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.watcher().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(420, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(280, HEIGHT)

    def show_agreement(self, agreement: Agreement) -> None:
        """Plot it; it has points."""
        self._shown, self._at = agreement, -1
        self.setAccessibleName("Agreement over time")
        self.setAccessibleDescription(agreement.sentence)
        self.update()

    def point_at(self, place: int) -> None:
        """Mark a point and tell of it; -1 for none."""
        points = self._shown.points if self._shown else ()
        self._at = min(place, len(points) - 1)
        self.pointed.emit(points[self._at] if self._at >= 0 else None)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        points = self._shown.points if self._shown else ()
        last = len(points) - 1
        here = self._at if self._at >= 0 else last
        steps = {
            Qt.Key.Key_Left: max(here - 1, 0),
            Qt.Key.Key_Right: min(here + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if key in steps and points:
            self.point_at(steps[key])
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.point_at(-1)
        super().focusOutEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        points = self._shown.points if self._shown else ()
        if points:
            x = event.position().x()
            self.point_at(min(range(len(points)), key=lambda place: abs(self._x(points[place].at) - x)))

    def leaveEvent(self, event: object) -> None:
        if not self.hasFocus():
            self.point_at(-1)

    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self._shown
        if shown is None or not shown.points:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_scale(painter)
        self._paint_months(painter, shown)
        self._paint_band(painter, shown.points)
        self._paint_baseline(painter, shown.baseline)
        self._paint_flag(painter, shown.flagged_since)
        self._paint_line(painter, shown.points, lambda point: self._y(point.agreement), "accent", 2)
        self._paint_line(painter, shown.points, lambda point: self._low_y(point.unsure), "amber", 1.5)
        self._paint_line(painter, shown.points, lambda point: self._low_y(point.cannot), "slate", 1.5, dashed=True)
        self._paint_dates(painter, shown.points)
        self._paint_point(painter, shown.points)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), theme.RADIUS, theme.RADIUS)
        painter.end()

    # where things stand

    def _x(self, at: datetime) -> float:
        assert self._shown is not None
        first, last = self._shown.points[0].at, self._shown.points[-1].at
        whole = (last - first).total_seconds()
        share = (at - first).total_seconds() / whole if whole else 0.5
        return _LEFT + min(max(share, 0.0), 1.0) * (self.width() - _LEFT - _RIGHT)

    @staticmethod
    def _y(share: float) -> float:
        return _TOP + (1 - share) * _UPPER

    @staticmethod
    def _low_y(share: float) -> float:
        return _LOWER_TOP + (1 - share) * _LOWER

    # what is drawn

    def _paint_scale(self, painter: QPainter) -> None:
        painter.setFont(theme.font("tiny"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for place, share in ((self._y, 1.0), (self._y, 0.5), (self._y, 0.0), (self._low_y, 1.0), (self._low_y, 0.0)):
            y = place(share)
            painter.setPen(QPen(theme.color("line"), 1))
            painter.drawLine(QPointF(_LEFT, y), QPointF(self.width() - _RIGHT, y))
            painter.setPen(theme.color("secondary"))
            painter.drawText(QRectF(0, y - 9, _LEFT - 8, 18), int(right), f"{100 * share:.0f} %")

    def _paint_months(self, painter: QPainter, shown: Agreement) -> None:
        """A step as wide as its month; months without an answer have none."""
        painter.setPen(QPen(theme.color("control"), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        begins = [datetime(entry.month.year, entry.month.month, 1, tzinfo=UTC) for entry in shown.months]
        for entry, begin in zip(shown.months, begins, strict=True):
            end = datetime(begin.year + begin.month // 12, begin.month % 12 + 1, 1, tzinfo=UTC)
            left, right = self._x(begin), self._x(end)
            if entry.answered and right > left:
                y = self._y(entry.agreed / entry.answered)
                painter.drawLine(QPointF(left + 1, y), QPointF(right - 1, y))

    def _paint_band(self, painter: QPainter, points: Sequence[Point]) -> None:
        upper = [QPointF(self._x(point.at), self._y(point.high)) for point in points]
        lower = [QPointF(self._x(point.at), self._y(point.low)) for point in reversed(points)]
        soft = QColor(theme.color("accent"))
        soft.setAlpha(36)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(soft)
        painter.drawPolygon(QPolygonF([*upper, *lower]))

    def _paint_baseline(self, painter: QPainter, baseline: float | None) -> None:
        if baseline is None:
            return
        y = self._y(baseline)
        painter.setPen(QPen(theme.color("secondary"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(_LEFT, y), QPointF(self.width() - _RIGHT, y))

    def _paint_flag(self, painter: QPainter, since: datetime | None) -> None:
        if since is None:
            return
        x = self._x(since)
        room = QRectF(x, _TOP, self.width() - _RIGHT - x, _UPPER)
        soft = QColor(theme.color("amber"))
        soft.setAlpha(40)
        painter.fillRect(room, soft)
        painter.setPen(QPen(theme.color("amber"), 2))
        painter.drawLine(QPointF(x, _TOP), QPointF(x, _TOP + _UPPER))
        painter.setFont(theme.font("tiny", "medium"))
        # Beside the line on the side that has room, at the bottom: the curve is falling from the top.
        width = painter.fontMetrics().horizontalAdvance("Flagged") + 8
        left = x + 6 if x + width + 8 < self.width() - _RIGHT else x - width - 4
        words = QRectF(left, _TOP + _UPPER - 20, width, 18)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), "Flagged")

    def _paint_line(
        self,
        painter: QPainter,
        points: Sequence[Point],
        y: Callable[[Point], float],
        tone: str,
        width: float,
        *,
        dashed: bool = False,
    ) -> None:
        painter.setPen(QPen(theme.color(tone), width, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine))
        places = [QPointF(self._x(point.at), y(point)) for point in points]
        if len(places) == 1:
            painter.drawPoint(places[0])
        painter.drawPolyline(QPolygonF(places))

    def _paint_dates(self, painter: QPainter, points: Sequence[Point]) -> None:
        painter.setFont(theme.font("tiny"))
        painter.setPen(theme.color("secondary"))
        below = QRectF(_LEFT, HEIGHT - _AXIS - 4, self.width() - _LEFT - _RIGHT, _AXIS)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(below, int(Qt.AlignmentFlag.AlignLeft | middle), day(points[0].at))
        if points[0].at.date() != points[-1].at.date():
            painter.drawText(below, int(Qt.AlignmentFlag.AlignRight | middle), day(points[-1].at))

    def _paint_point(self, painter: QPainter, points: Sequence[Point]) -> None:
        point = points[self._at]  # the newest while none is pointed at
        x = self._x(point.at)
        if self._at >= 0:
            painter.setPen(QPen(theme.color("control"), 1))
            painter.drawLine(QPointF(x, _TOP), QPointF(x, _LOWER_TOP + _LOWER))
        painter.setPen(QPen(theme.color("paper"), 2))
        painter.setBrush(theme.color("accent"))
        painter.drawEllipse(QPointF(x, self._y(point.agreement)), 5, 5)


def point_words(point: Point) -> str:
    """One point as a line of words."""
    return (
        f"{day(point.at)}: agreed with {percent(point.agreement)} of the last answers"
        f" ({percent(point.low)} to {percent(point.high)}) · unsure {percent(point.unsure)}"
        f" · cannot judge {percent(point.cannot)}"
    )


def day(at: datetime) -> str:
    """A day as people write it, in local time."""
    return in_words(at.astimezone().date())
