"""The keys of this page, shown while ``?`` is wanted."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from clinoscope.ui import theme

Keys = tuple[tuple[str, str], ...]
"""(key, what it does), in the order to be learnt."""

_ROW = 36
_HEAD = 36
"""Above the rows: the title."""
_CAPS = 150
"""Room for the keys beside their words, where none is wider."""
_PAD = 24
_MARGIN = 16
"""From the sheet to the window's edge, at least."""
_MORE = 24
"""Below the rows, where they do not all fit: that there are more."""


@dataclass(frozen=True)
class _Layout:
    """Columns of ``per_column`` rows, all as wide as each other; ``heights`` of the rows, ``room`` for them."""

    caps: int
    words: int
    columns: int
    per_column: int
    heights: tuple[int, ...]
    room: int

    @property
    def column(self) -> int:
        return self.caps + self.words

    @property
    def width(self) -> int:
        return self.columns * self.column + (self.columns - 1) * _PAD + 2 * _PAD

    @property
    def tallest(self) -> int:
        return max(sum(self.of_column(number)) for number in range(self.columns))

    @property
    def hidden(self) -> int:
        """How much of the rows does not fit, in pixels."""
        return max(self.tallest - self.room, 0)

    def of_column(self, number: int) -> tuple[int, ...]:
        """The heights of its rows."""
        return self.heights[number * self.per_column : (number + 1) * self.per_column]


class KeyHints(QWidget):
    """Lies over the window; any key or click puts it away, but for those that scroll where the window is small."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self.setObjectName("KeyHints")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._keys: Keys = ()
        self._scrolled = 0
        self._came_from: QWidget | None = None
        host.installEventFilter(self)
        self.hide()

    def show_keys(self, keys: Keys) -> None:
        self._keys, self._scrolled = keys, 0
        self._came_from = self.window().focusWidget()
        self.setAccessibleName("Keys of this page")
        self.setAccessibleDescription(". ".join(f"{key}: {what}" for key, what in keys))
        self.setGeometry(self._host.rect())
        self.show()
        self.raise_()
        self.setFocus()

    def put_away(self) -> None:
        self.hide()
        if self._came_from is not None and self._came_from.isVisible():
            self._came_from.setFocus()

    def sheet(self) -> QRect:
        """Where the keys are painted; never beyond the window."""
        laid = self._laid()
        high = 2 * _PAD + _HEAD + min(laid.tallest, laid.room) + (_MORE if laid.hidden else 0)
        return QRect((self.width() - laid.width) // 2, (self.height() - high) // 2, laid.width, high)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        laid = self._laid()
        steps = {
            Qt.Key.Key_Down: _ROW,
            Qt.Key.Key_Up: -_ROW,
            Qt.Key.Key_PageDown: laid.room,
            Qt.Key.Key_PageUp: -laid.room,
            Qt.Key.Key_Home: -laid.tallest,
            Qt.Key.Key_End: laid.tallest,
        }
        step = steps.get(Qt.Key(event.key()))
        if laid.hidden and step is not None:
            self._scroll(step)
        else:
            self.put_away()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._scroll(-event.angleDelta().y() * _ROW // 120)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.put_away()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._host.rect())
            self._scroll(0)
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = theme.color("paper")
        veil.setAlpha(200)
        painter.fillRect(self.rect(), veil)
        laid, sheet = self._laid(), self.sheet()
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(sheet, theme.RADIUS, theme.RADIUS)
        painter.setPen(theme.color("ink"))
        painter.setFont(theme.font("title"))
        painter.drawText(QRect(sheet.x() + _PAD, sheet.y() + _PAD - 4, sheet.width(), 28), "Keys")
        rows = QRect(sheet.x(), sheet.y() + _PAD + _HEAD, sheet.width(), min(laid.tallest, laid.room))
        if self._scrolled < laid.hidden:
            painter.setPen(theme.color("secondary"))
            painter.setFont(theme.font("small"))
            below = QRect(rows.x(), rows.bottom() + 1, rows.width(), _MORE + _PAD // 2)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, "↓ more")
        painter.setClipRect(rows)
        for number in range(laid.columns):
            left = rows.x() + _PAD + number * (laid.column + _PAD)
            top = rows.y() - self._scrolled
            first = number * laid.per_column
            for (key, what), high in zip(self._keys[first:], laid.of_column(number), strict=False):
                _paint_row(painter, QRect(left, top, laid.column, high), laid.caps, key, what)
                top += high

    def _scroll(self, step: int) -> None:
        self._scrolled = min(max(self._scrolled + step, 0), self._laid().hidden)
        self.update()

    def _laid(self) -> _Layout:
        """As few columns as hold the rows, and no more than the window is wide."""
        small, body = QFontMetrics(theme.font("small", "medium")), QFontMetrics(theme.font("body"))
        caps = max([_CAPS, *(small.horizontalAdvance(key) + 32 for key, _what in self._keys)])
        across = self.width() - 2 * (_MARGIN + _PAD)
        widest = max([*(body.horizontalAdvance(what) for _key, what in self._keys), 0]) + 4
        words = max(min(widest, across - caps), _CAPS)
        flags = Qt.TextFlag.TextWordWrap.value
        texts = (body.boundingRect(QRect(0, 0, words, 1000), flags, what).height() for _key, what in self._keys)
        heights = tuple(max(_ROW, text + 12) for text in texts)
        room = self.height() - 2 * (_MARGIN + _PAD) - _HEAD
        most = max((across + _PAD) // (caps + words + _PAD), 1)
        made = _Layout(caps, words, 1, len(heights), heights, room)
        for columns in range(1, most + 1):
            made = _Layout(caps, words, columns, max(math.ceil(len(heights) / columns), 1), heights, room)
            if not made.hidden:
                return made
        return _Layout(caps, words, made.columns, made.per_column, heights, room - _MORE)


def _paint_row(painter: QPainter, row: QRect, caps: int, key: str, what: str) -> None:
    painter.setFont(theme.font("small", "medium"))
    width = max(painter.fontMetrics().horizontalAdvance(key) + 16, 28)
    cap = QRectF(row.x(), row.y() + (row.height() - 26) / 2, width, 26)
    painter.setPen(QPen(theme.color("control"), 1))
    painter.setBrush(theme.color("paper"))
    painter.drawRoundedRect(cap, 5, 5)
    painter.setPen(theme.color("ink"))
    painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)
    painter.setFont(theme.font("body"))
    words = row.adjusted(caps, 0, 0, 0)
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, what)
