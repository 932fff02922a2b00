"""The keys of this page, shown while ``?`` is wanted."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from clinoscope.ui import theme

Keys = tuple[tuple[str, str], ...]
"""(key, what it does), in the order to be learnt."""

_ROW = 36
_WIDTH = 460
_PAD = 24


class KeyHints(QWidget):
    """Lies over the window; any key or click puts it away."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self.setObjectName("KeyHints")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._keys: Keys = ()
        self._came_from: QWidget | None = None
        host.installEventFilter(self)
        self.hide()

    def show_keys(self, keys: Keys) -> None:
        self._keys = keys
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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.put_away()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.put_away()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._host.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = theme.color("paper")
        veil.setAlpha(200)
        painter.fillRect(self.rect(), veil)
        height = _PAD * 2 + 36 + _ROW * len(self._keys)
        sheet = QRectF((self.width() - _WIDTH) / 2, (self.height() - height) / 2, _WIDTH, height)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(sheet, theme.RADIUS, theme.RADIUS)
        painter.setPen(theme.color("ink"))
        painter.setFont(theme.font("title"))
        painter.drawText(QRectF(sheet.x() + _PAD, sheet.y() + _PAD - 4, _WIDTH, 28), "Keys")
        for index, (key, what) in enumerate(self._keys):
            top = sheet.y() + _PAD + 36 + index * _ROW
            self._paint_row(painter, sheet.x() + _PAD, top, key, what)

    def _paint_row(self, painter: QPainter, left: float, top: float, key: str, what: str) -> None:
        painter.setFont(theme.font("small", "medium"))
        width = max(painter.fontMetrics().horizontalAdvance(key) + 16, 28)
        cap = QRectF(left, top + 5, width, 26)
        painter.setPen(QPen(theme.color("control"), 1))
        painter.setBrush(theme.color("paper"))
        painter.drawRoundedRect(cap, 5, 5)
        painter.setPen(theme.color("ink"))
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)
        painter.setFont(theme.font("body"))
        words = QRectF(left + 150, top, _WIDTH - 150 - 2 * _PAD, _ROW)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, what)
