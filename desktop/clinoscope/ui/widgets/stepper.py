"""1 Capture ── 2 Region ── 3 Reading ── 4 Sign: where an exam stands."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from clinoscope.ui import theme

_DOT = 24
_HEIGHT = 48


class Stepper(QWidget):
    """Steps in a row. Steps up to ``reached`` can be gone back to, by mouse or with the arrow keys."""

    wanted = Signal(int)

    def __init__(self, steps: tuple[str, ...]) -> None:
        super().__init__()
        self.steps = steps
        self.current = 0
        self.reached = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self._name()

    def set(self, current: int, reached: int | None = None) -> None:
        """Where the exam stands; ``reached`` is the furthest step that can be opened."""
        self.current = current
        self.reached = max(current, reached if reached is not None else current)
        self._name()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(560, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(360, _HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        elif 0 <= self.current + step <= self.reached:
            self.wanted.emit(self.current + step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        step = self._at(event.position().x())
        if step is not None and step <= self.reached and step != self.current:
            self.wanted.emit(step)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        step = self._at(event.position().x())
        can = step is not None and step <= self.reached and step != self.current
        self.setCursor(Qt.CursorShape.PointingHandCursor if can else Qt.CursorShape.ArrowCursor)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        spots = self._spots()
        for index, (x, width) in enumerate(spots):
            if index + 1 < len(spots):
                painter.setPen(QPen(theme.color("accent" if index < self.current else "line"), 1))
                painter.drawLine(int(x + width + 8), int(middle), int(spots[index + 1][0] - 8), int(middle))
            self._paint_step(painter, index, QRectF(x, middle - _DOT / 2, _DOT, _DOT), width)

    def _paint_step(self, painter: QPainter, index: int, dot: QRectF, width: float) -> None:
        here, done = index == self.current, index < self.current
        open_ = index <= self.reached
        edge = theme.color("accent" if here or done else "control")
        painter.setPen(QPen(edge, 1.5))
        painter.setBrush(theme.color("accent" if here else "accent-soft" if done else "surface"))
        painter.drawEllipse(dot.adjusted(1, 1, -1, -1))
        painter.setFont(theme.font("tiny", "semibold"))
        painter.setPen(theme.color("on-accent" if here else "accent" if done else "secondary"))
        painter.drawText(dot, Qt.AlignmentFlag.AlignCenter, str(index + 1))
        painter.setFont(theme.font("body", "semibold" if here else "regular"))
        painter.setPen(theme.color("ink" if here or open_ else "secondary"))
        words = QRectF(dot.right() + 8, 0, width - _DOT - 8, self.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.steps[index])
        if here and self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRoundedRect(QRectF(dot.x() - 6, dot.y() - 6, width + 12, _DOT + 12), 8, 8)

    def _spots(self) -> list[tuple[float, float]]:
        """(x, width) of every step: evenly spread, the first at the left margin."""
        from PySide6.QtGui import QFontMetricsF

        metrics = QFontMetricsF(theme.font("body", "semibold"))
        widths = [_DOT + 8 + metrics.horizontalAdvance(step) + 2 for step in self.steps]
        free = self.width() - sum(widths) - 16
        gap = min(max(free / max(len(self.steps) - 1, 1), 24), 96)
        x, spots = 8.0, []
        for width in widths:
            spots.append((x, width))
            x += width + gap
        return spots

    def _at(self, x: float) -> int | None:
        for index, (left, width) in enumerate(self._spots()):
            if left - 8 <= x <= left + width + 8:
                return index
        return None

    def _name(self) -> None:
        self.setAccessibleName(f"Step {self.current + 1} of {len(self.steps)}: {self.steps[self.current]}")
