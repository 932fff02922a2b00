"""The differential, live: counts, percentages with their intervals, and what lies outside its range."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from clinoscope.domain.differential import Differential, Line, Side, Span
from clinoscope.ui import theme

_ROW, _HEAD = 26, 24
_COUNT, _PERCENT, _INTERVAL = 34, 36, 62
_SIDES = {Side.LOW: "low", Side.HIGH: "high"}
_MARKS = {"low": " ↓", "high": " ↑", "": ""}
"""Behind a name, as laboratories print it: the words would cut the longer names."""


class DifferentialTable(QWidget):
    """One line a class that has a cell, groups below; the tool tip has range and absolute count."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[Line, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Differential")
        theme.watcher().changed.connect(self.update)

    def show_differential(self, found: Differential) -> None:
        counted = [line for line in found.lines if line.count]
        self._lines = (*counted, *(line for line in found.groups if line.count))
        self.setAccessibleDescription(". ".join(spoken(line) for line in self._lines))
        self.setFixedHeight(self.sizeHint().height())
        self.updateGeometry()
        self.update()

    def lines(self) -> tuple[Line, ...]:
        """What is shown, from top to bottom."""
        return self._lines

    def sizeHint(self) -> QSize:
        return QSize(300, _HEAD + _ROW * len(self._lines) if self._lines else 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self._lines:
            return
        painter.setFont(theme.font("tiny"))
        painter.setPen(theme.color("secondary"))
        self._row(painter, 0, _HEAD, ("", "n", "%", "95 %"), lambda _column: None)
        painter.setPen(theme.color("line"))
        painter.drawLine(0, _HEAD - 1, self.width(), _HEAD - 1)
        for place, line in enumerate(self._lines):
            self._paint_line(painter, _HEAD + place * _ROW, line)

    def _paint_line(self, painter: QPainter, top: int, line: Line) -> None:
        outside = line.percent_side is not Side.WITHIN or line.absolute_side is not Side.WITHIN

        def dress(column: int) -> None:
            weight = "semibold" if column == 0 and outside else "regular"
            painter.setFont(theme.font("small", weight))
            quiet = column == 3 or line.group
            painter.setPen(theme.color("amber" if outside and column in (0, 2) else "secondary" if quiet else "ink"))

        name = self._fitted(line.name.partition(",")[0], _MARKS[side(line)])
        value = "–" if line.percent is None else figure(line.percent.value)
        # what is no white cell is given beside a hundred of them
        beside = f"{figure(line.per_100.value)} / 100" if line.per_100 is not None else interval(line.percent)
        self._row(painter, top, _ROW, (name, str(line.count), value, beside), dress)

    def _fitted(self, name: str, behind: str) -> str:
        """A name as long as its column allows, and whole behind it what says that it lies outside its range."""
        metrics = QFontMetrics(theme.font("small", "semibold"))
        room = self.width() - _INTERVAL - _PERCENT - _COUNT - 4 - metrics.horizontalAdvance(behind)
        return metrics.elidedText(name, Qt.TextElideMode.ElideRight, room) + behind

    def _row(
        self, painter: QPainter, top: int, height: int, texts: tuple[str, ...], dress: Callable[[int], object]
    ) -> None:
        right = self.width()
        edges = (right - _INTERVAL - _PERCENT - _COUNT, right - _INTERVAL - _PERCENT, right - _INTERVAL, right)
        left = 0
        for column, (text, edge) in enumerate(zip(texts, edges, strict=True)):
            dress(column)
            cell = QRect(left, top, edge - left - (4 if column == 0 else 0), height)
            across = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, cell.width())
            painter.drawText(cell, Qt.AlignmentFlag.AlignVCenter | across, shown)
            left = edge

    def event(self, event: object) -> bool:
        if isinstance(event, QHelpEvent):
            place = (event.pos().y() - _HEAD) // _ROW
            if 0 <= place < len(self._lines):
                QToolTip.showText(event.globalPos(), tip(self._lines[place]), self)
            return True
        return super().event(event)  # type: ignore[arg-type]


def side(line: Line) -> str:
    """``low``, ``high`` or "": where a line lies beside its range, by its percentage or else by its absolute count."""
    return _SIDES.get(line.percent_side) or _SIDES.get(line.absolute_side) or ""


def figure(value: float) -> str:
    """A percentage: one digit after the point below 10."""
    return f"{value:.1f}" if value < 9.95 else f"{value:.0f}"


def interval(span: Span | None) -> str:
    """``48–62``, "" for none."""
    return "" if span is None else f"{figure(span.low)}–{figure(span.high)}"


def spoken(line: Line) -> str:
    """A line for a screen reader."""
    if line.percent is None:
        return f"{line.name} {line.count}"
    outside = side(line)
    words = f"{line.name} {line.count}, {figure(line.percent.value)} percent"
    low, high = figure(line.percent.low), figure(line.percent.high)
    return f"{words}, between {low} and {high}" + (f", {outside}" if outside else "")


def tip(line: Line) -> str:
    """What stands beside a line when it is pointed at."""
    parts = [f"{line.name}: {side(line)}" if side(line) else line.name]
    if line.absolute is not None:
        parts.append(
            f"{line.absolute.value:.2f} · 10⁹/L (counting alone: {line.absolute.low:.2f}–{line.absolute.high:.2f})"
        )
    if line.range is not None and line.range.percent is not None:
        parts.append("Range {:g}–{:g} %".format(*line.range.percent))
    if line.range is not None and line.range.absolute is not None:
        parts.append("Range {:g}–{:g} · 10⁹/L".format(*line.range.absolute))
    if line.range is not None and line.range.source:
        parts.append(line.range.source)
    return "\n".join(parts)
