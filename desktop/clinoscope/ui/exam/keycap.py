"""The small square that shows which key gives an answer."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from clinoscope.ui import theme


def paint_keycap(painter: QPainter, cap: QRectF, key: str, chosen: bool) -> None:
    """Draw ``key`` in a rounded square; filled with the accent while its answer is the chosen one."""
    painter.setPen(QPen(theme.color("accent" if chosen else "line"), 1))
    painter.setBrush(theme.color("accent" if chosen else "paper"))
    painter.drawRoundedRect(cap, 5, 5)
    painter.setFont(theme.font("tiny", "medium"))
    painter.setPen(theme.color("on-accent" if chosen else "secondary"))
    painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)
