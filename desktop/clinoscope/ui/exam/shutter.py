"""The round button that takes the still. It floats over the live picture."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QVariantAnimation
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from clinoscope.ui import theme
from clinoscope.ui.exam.overlays import INK, LINE, PILL

SIZE = QSize(104, 100)
RING = 68


class Shutter(QAbstractButton):
    """Stays at the bottom middle of its parent."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._host = parent
        self.setFixedSize(SIZE)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Take photo")
        self.setAccessibleDescription("Space")
        self.setToolTip("Take photo (Space)")
        self._count = QVariantAnimation(self)
        self._count.setStartValue(0.0)
        self._count.setEndValue(1.0)
        self._count.valueChanged.connect(self._on_count)
        self._counted = 0.0
        parent.installEventFilter(self)

    def count(self, seconds: float) -> None:
        """Fill the ring in so many seconds; whole at once where less movement is asked for."""
        if theme.motion():
            self._count.setDuration(round(1000 * seconds))
            self._count.start()
        else:
            self._on_count(1.0)

    def stop_count(self) -> None:
        """Empty the ring."""
        self._count.stop()
        self._on_count(0.0)

    @property
    def counted(self) -> float:
        """How much of the ring is filled, 0..1."""
        return self._counted

    def _on_count(self, share: float) -> None:
        if share != self._counted:
            self._counted = share
            self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self.place()
        return False

    def place(self) -> None:
        room = self._host.rect()
        self.move(room.center().x() - self.width() // 2, room.bottom() - self.height() - 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.isEnabled():
            painter.setOpacity(0.4)
        ring = QRectF((self.width() - RING) / 2, 2, RING, RING)
        painter.setBrush(PILL)
        painter.setPen(QPen(INK, 4))
        painter.drawEllipse(ring.adjusted(2, 2, -2, -2))
        if self._counted:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(LINE, 6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawArc(ring.adjusted(2, 2, -2, -2), 90 * 16, -round(self._counted * 360 * 16))
        inset = 13 if self.isDown() else 9
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(INK)
        painter.drawEllipse(ring.adjusted(inset, inset, -inset, -inset))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(LINE, 2))
            painter.drawEllipse(ring.adjusted(-1, -1, 1, 1))
        painter.setFont(theme.font("tiny", "medium"))
        words = QRectF(0, 0, painter.fontMetrics().horizontalAdvance("Space") + 16, 20)
        words.moveCenter(QRectF(0, ring.bottom() + 6, self.width(), 20).center())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(PILL)
        painter.drawRoundedRect(words, 10, 10)
        painter.setPen(INK)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, "Space")
        painter.end()
