"""The mark of the program: an eye that is also a lens. Painted, so that the login window needs no icon file."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from clinoscope.ui import theme


class Mark(QWidget):
    """The mark at ``size`` pixels, in the accent colour."""

    def __init__(self, size: int = 40) -> None:
        super().__init__()
        self.setFixedSize(QSize(size, size))
        self.setAccessibleName("Clinoscope")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint(painter, QRectF(self.rect()), theme.color("accent"))


def paint(painter: QPainter, area: QRectF, color: QColor) -> None:
    """A ring with a filled pupil, and the glint of a lens."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = min(area.width(), area.height())
    ring = side * 0.09
    painter.setPen(QPen(color, ring))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(area.center(), side * 0.5 - ring, side * 0.5 - ring)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(area.center(), side * 0.23, side * 0.23)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    glint = QColor("#FFFFFF")
    glint.setAlpha(230)
    painter.setBrush(glint)
    painter.drawEllipse(area.center() + QPointF(side * 0.085, -side * 0.085), side * 0.055, side * 0.055)


def window_icon() -> QIcon:
    """The mark for the task bar."""
    made = QIcon()
    for size in (16, 32, 64, 128):
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint(painter, QRectF(0, 0, size, size), QColor(theme.LIGHT["accent"]))
        painter.end()
        made.addPixmap(pixmap)
    return made
