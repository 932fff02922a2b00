"""The outline over the live picture that shows where to put what is looked at."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from clinoscope.ui.exam.canvas import Overlay
from clinoscope.ui.exam.overlays import HALO, INK, LINE, paint_veil
from clinoscope.ui.exam.view import View


def guide_overlay(guide: str, fill: float, size: tuple[int, int], ready: bool) -> Overlay:
    """The guide of a task over a frame of ``size``; ``ready`` once every check passes.

    Ready is told by a whole line instead of a dashed one, not by colour alone.
    """

    def paint(painter: QPainter, view: View) -> None:
        frame = view.rect(0, 0, *size)
        path = guide_path(guide, fill, frame)
        if guide != "field":
            painter.setClipRect(frame)
            paint_veil(painter, path)
            painter.setClipping(False)
        _line(painter, path, ready)

    return paint


def guide_path(guide: str, fill: float, frame: QRectF) -> QPainterPath:
    """The outline in the middle of ``frame``, as high as ``fill`` of it; a circle when the guide is not known."""
    high = frame.height() * fill
    shape = _SHAPES.get(guide, _circle)
    return shape(frame, min(high, frame.width() * 0.94))


def _centred(frame: QRectF, width: float, height: float) -> QRectF:
    box = QRectF(0, 0, min(width, frame.width() * 0.94), min(height, frame.height() * 0.94))
    box.moveCenter(frame.center())
    return box


def _circle(frame: QRectF, high: float) -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(_centred(frame, high, high))
    return path


def _square(frame: QRectF, high: float) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(_centred(frame, high, high), 12, 12)
    return path


def _field(frame: QRectF, _high: float) -> QPainterPath:
    """Only the corners: the whole field is looked at."""
    box = frame.adjusted(12, 12, -12, -12)
    arm = min(box.width(), box.height()) * 0.08
    path = QPainterPath()
    for corner, sx, sy in (
        (box.topLeft(), 1, 1),
        (box.topRight(), -1, 1),
        (box.bottomRight(), -1, -1),
        (box.bottomLeft(), 1, -1),
    ):
        path.moveTo(corner + QPointF(sx * arm, 0))
        path.lineTo(corner)
        path.lineTo(corner + QPointF(0, sy * arm))
    return path


def _lips(frame: QRectF, high: float) -> QPainterPath:
    """A face with the mouth where the lips should be: the lips of a face filling ``high``."""
    face = _centred(frame, high * 0.74, high)
    path = QPainterPath()
    path.addEllipse(face)
    path.addPath(_mouth(QPointF(face.center().x(), face.top() + face.height() * 0.74), face.width() * 0.44))
    return path


def _mouth(centre: QPointF, width: float) -> QPainterPath:
    x, y, half, h = centre.x(), centre.y(), width / 2, width * 0.17
    path = QPainterPath(QPointF(x - half, y))
    path.cubicTo(x - half * 0.55, y - h, x - half * 0.25, y - h * 1.35, x, y - h * 0.85)
    path.cubicTo(x + half * 0.25, y - h * 1.35, x + half * 0.55, y - h, x + half, y)
    path.cubicTo(x + half * 0.5, y + h * 1.6, x - half * 0.5, y + h * 1.6, x - half, y)
    path.closeSubpath()
    return path


def _eye(frame: QRectF, high: float) -> QPainterPath:
    """The pulled-down lower lid: an eye whose lower half is wide."""
    box = _centred(frame, high * 1.9, high)
    x, y, half = box.center().x(), box.center().y(), box.width() / 2
    path = QPainterPath(QPointF(x - half, y))
    path.cubicTo(x - half * 0.5, y - high * 0.5, x + half * 0.5, y - high * 0.5, x + half, y)
    path.cubicTo(x + half * 0.5, y + high * 0.66, x - half * 0.5, y + high * 0.66, x - half, y)
    path.closeSubpath()
    return path


def _fingers(frame: QRectF, high: float) -> QPainterPath:
    """Four fingers side by side, tips up."""
    box = _centred(frame, high * 1.15, high)
    gap = box.width() * 0.035
    width = (box.width() - 3 * gap) / 4
    path = QPainterPath()
    for index, shorter in enumerate((0.14, 0.0, 0.05, 0.22)):
        top = box.top() + box.height() * shorter
        finger = QRectF(box.left() + index * (width + gap), top, width, box.bottom() - top)
        path.addRoundedRect(finger, width / 2, width / 2)
    return path


def _line(painter: QPainter, path: QPainterPath, ready: bool) -> None:
    halo = QPen(HALO, 4.5)
    painter.strokePath(path, halo)
    pen = QPen(LINE if ready else INK, 2.2)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    if not ready:
        pen.setDashPattern([5, 4])
    painter.strokePath(path, pen)


_SHAPES = {
    "circle": _circle,
    "square": _square,
    "field": _field,
    "lips": _lips,
    "eye": _eye,
    "fingers": _fingers,
}
