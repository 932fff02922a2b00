"""How a band's header and a cell's tile look."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from clinoscope.domain.smear import Cell
from clinoscope.domain.smear_sheet import NOT_COUNTED, UNIDENTIFIED
from clinoscope.ui import theme
from clinoscope.workflow.smear.gallery import Band

DOUBTFUL = 0.25
"""Doubt from which a tile shows its bar: below, the bar would be a dot that says nothing."""
_ROUND = 4
_BADGE = 16


def words(band: Band) -> tuple[str, str]:
    """A band's name, and what stands beside it: "24 · 12 % · 3 to review"."""
    left = sum(not cell.reviewed for cell in band.cells)
    parts = [str(len(band.cells))]
    if band.share is not None:
        parts.append(f"{100 * band.share:.0f}\u00a0%")
    if left:
        parts.append(f"{left} to review")
    return band.name, " · ".join(parts)


def spoken(cell: Cell, class_name: str) -> str:
    """A cell for a screen reader."""
    flags = [flag.name.lower() for flag in cell.seen.flags if flag.raised]
    parts = [
        f"Cell {cell.number}",
        class_name,
        "added by hand" if cell.seen.drawn_by is not None else "",
        "reviewed" if cell.reviewed else f"not reviewed, doubt {100 * cell.seen.doubt:.0f} percent",
        *flags,
        "unlike the cells the model learned from" if cell.seen.foreign else "",
    ]
    return ", ".join(part for part in parts if part)


def paint_header(painter: QPainter, area: QRect, band: Band, key: str, *, aimed: bool) -> None:
    """The band's name, its key, count and share; ``aimed`` while cells are dragged over it."""
    name, beside = words(band)
    if aimed:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent-soft"))
        painter.drawRoundedRect(area.adjusted(0, 2, 0, -2), theme.RADIUS, theme.RADIUS)
    x = area.x() + 8
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.setFont(theme.font("body", "semibold"))
    open_one = band.id == UNIDENTIFIED or band.kind is not None
    painter.setPen(theme.color("amber" if open_one else "secondary" if band.id == NOT_COUNTED else "ink"))
    width = painter.fontMetrics().horizontalAdvance(name)
    painter.drawText(QRect(x, area.y(), width + 2, area.height()), middle, name)
    x += width + 10
    if key:
        x += paint_key(painter, x, area.center().y(), key) + 10
    painter.setFont(theme.font("small"))
    painter.setPen(theme.color("secondary"))
    painter.drawText(QRect(x, area.y(), area.right() - x, area.height()), middle, beside)


def paint_key(painter: QPainter, x: int, middle: int, key: str) -> int:
    """A key cap; its width."""
    painter.setFont(theme.font("tiny", "medium"))
    width = max(painter.fontMetrics().horizontalAdvance(key.upper()) + 10, 20)
    cap = QRect(x, middle - 9, width, 19)
    painter.setPen(QPen(theme.color("line"), 1))
    painter.setBrush(theme.color("surface"))
    painter.drawRoundedRect(cap, _ROUND, _ROUND)
    painter.setPen(theme.color("secondary"))
    painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key.upper())
    return width


def paint_tile(
    painter: QPainter,
    area: QRect,
    cell: Cell,
    image: QImage | None,
    light: int,
    *,
    chosen: bool,
    current: bool,
    printed: bool,
) -> None:
    """One cell: its picture, a tick once it is reviewed, a flag where there is one, its doubt while it is open, a plus
    where it was added by hand.

    ``light`` is -100 (darker) to 100 (brighter); ``printed`` cells go onto the report's gallery page.
    """
    shape = QPainterPath()
    shape.addRoundedRect(QRectF(area), _ROUND, _ROUND)
    painter.save()
    painter.setClipPath(shape)
    if image is None or image.isNull():
        painter.fillRect(area, theme.color("pressed"))
    else:
        painter.drawImage(area, image)
        if light:
            _lighten(painter, area, light)
    if not cell.reviewed and cell.seen.doubt >= DOUBTFUL:
        painter.fillRect(QRect(area.x(), area.bottom() - 4, area.width(), 5), QColor(20, 24, 26, 120))
        amber = QColor(theme.DARK["amber"])
        painter.fillRect(QRectF(area.x(), area.bottom() - 4, area.width() * cell.seen.doubt, 5), amber)
    painter.restore()
    if cell.reviewed:
        _tick(painter, QPointF(area.right() - _BADGE, area.y() + 2))
    if any(flag.raised for flag in cell.seen.flags) or cell.seen.foreign:
        _flag(painter, QPointF(area.x() + 4, area.y() + 4))
    if cell.seen.drawn_by is not None:
        _plus(painter, QPointF(area.right() - _BADGE, area.bottom() - 22))
    if printed:
        _page(painter, QPointF(area.x() + 4, area.bottom() - 20))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if chosen:
        painter.setPen(QPen(theme.color("accent"), 3))
        painter.drawRoundedRect(QRectF(area).adjusted(-1, -1, 1, 1), _ROUND + 1, _ROUND + 1)
    if current:
        painter.setPen(QPen(theme.color("ink"), 2))
        painter.drawRoundedRect(QRectF(area).adjusted(-3, -3, 3, 3), _ROUND + 3, _ROUND + 3)


def _lighten(painter: QPainter, area: QRect, light: int) -> None:
    level = round(abs(light) * 1.2)
    painter.save()
    if light > 0:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
        painter.fillRect(area, QColor(level, level, level))
    else:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
        painter.fillRect(area, QColor(255 - level, 255 - level, 255 - level))
    painter.restore()


def _tick(painter: QPainter, at: QPointF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.LIGHT["accent"]))
    painter.drawEllipse(QRectF(at.x(), at.y(), 14, 14))
    painter.setPen(QPen(QColor("#FFFFFF"), 1.8))
    painter.drawPolyline(QPolygonF([at + QPointF(3.6, 7.4), at + QPointF(6.2, 9.8), at + QPointF(10.4, 4.6)]))


def _plus(painter: QPainter, at: QPointF) -> None:
    painter.setPen(QPen(QColor(20, 24, 26, 190), 1))
    painter.setBrush(QColor("#FFFFFF"))
    painter.drawEllipse(QRectF(at.x(), at.y(), 14, 14))
    painter.setPen(QPen(QColor(theme.LIGHT["ink"]), 1.8))
    painter.drawLine(at + QPointF(7, 3.6), at + QPointF(7, 10.4))
    painter.drawLine(at + QPointF(3.6, 7), at + QPointF(10.4, 7))


def _flag(painter: QPainter, at: QPointF) -> None:
    painter.setPen(QPen(QColor(20, 24, 26, 190), 3))
    painter.drawLine(at, at + QPointF(0, 13))
    cloth = QPolygonF([at, at + QPointF(9, 3.5), at + QPointF(0, 7)])
    painter.setBrush(QColor(theme.DARK["amber"]))
    painter.setPen(QPen(QColor(20, 24, 26, 190), 1))
    painter.drawPolygon(cloth)


def _page(painter: QPainter, at: QPointF) -> None:
    """A sheet of paper."""
    painter.setPen(QPen(QColor(20, 24, 26, 190), 1))
    painter.setBrush(QColor("#FFFFFF"))
    painter.drawRect(QRectF(at.x(), at.y(), 10, 13))
    for row in (4, 7, 10):
        painter.drawLine(at + QPointF(2.5, row), at + QPointF(7.5, row))
