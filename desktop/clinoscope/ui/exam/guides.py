"""The outline over the live picture that shows where to put what is looked at.

A guide has a shape to fill, and thin details that say what belongs where: nails on the fingers, the inner lid under the
eye, the parting of the hair. The details go once every check passes; then the picture is looked at, not the guide.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from clinoscope.ui.exam.canvas import Overlay
from clinoscope.ui.exam.overlays import HALO, INK, LINE, paint_veil
from clinoscope.ui.exam.view import View

FAINT = QColor(INK.red(), INK.green(), INK.blue(), 190)
MOST = 0.94
"""Share of the frame that a guide takes at most, whatever ``fill`` says."""


@dataclass(frozen=True)
class Guide:
    """``shape`` is filled with the subject, ``detail`` says what lies where in it, ``marks`` are as strong as
    ``shape``."""

    shape: QPainterPath
    detail: QPainterPath = field(default_factory=QPainterPath)
    marks: QPainterPath = field(default_factory=QPainterPath)


def guide_overlay(guide: str, fill: float, size: tuple[int, int], ready: bool) -> Overlay:
    """The guide of a task over a frame of ``size``; ``ready`` once every check passes.

    Ready is told by a whole line instead of a dashed one, not by colour alone.
    """

    def paint(painter: QPainter, view: View) -> None:
        frame = view.rect(0, 0, *size)
        drawn = guide_of(guide, fill, frame)
        if guide != "field":
            painter.setClipRect(frame)
            paint_veil(painter, drawn.shape)
            painter.setClipping(False)
        if not ready:
            painter.strokePath(drawn.detail, QPen(HALO, 3.0))
            painter.strokePath(drawn.detail, QPen(FAINT, 1.4))
        _line(painter, drawn.shape, ready)
        _line(painter, drawn.marks, ready)

    return paint


def guide_of(guide: str, fill: float, frame: QRectF) -> Guide:
    """The guide in the middle of ``frame``, as high as ``fill`` of it; a circle when the guide is not known."""
    high = frame.height() * fill
    shape = SHAPES.get(guide, _circle)
    return shape(frame, min(high, frame.width() * MOST))


def _centred(frame: QRectF, width: float, height: float) -> QRectF:
    box = QRectF(0, 0, min(width, frame.width() * MOST), min(height, frame.height() * MOST))
    box.moveCenter(frame.center())
    return box


def _circle(frame: QRectF, high: float) -> Guide:
    path = QPainterPath()
    path.addEllipse(_centred(frame, high, high))
    return Guide(path)


def _square(frame: QRectF, high: float) -> Guide:
    path = QPainterPath()
    path.addRoundedRect(_centred(frame, high, high), 12, 12)
    return Guide(path)


def _field(frame: QRectF, _high: float) -> Guide:
    """Only the corners and a small cross: the whole field is looked at."""
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
    cross, centre = QPainterPath(), frame.center()
    for dx, dy in ((arm / 3, 0.0), (0.0, arm / 3)):
        cross.moveTo(centre - QPointF(dx, dy))
        cross.lineTo(centre + QPointF(dx, dy))
    return Guide(path, cross)


def _spot(frame: QRectF, high: float) -> Guide:
    """A circle, and in it how large the spot is to be, with normal skin around."""
    whole = _circle(frame, high).shape
    return Guide(whole, _blob(frame.center(), whole.boundingRect().width() * 0.3))


def _dermatoscope(frame: QRectF, high: float) -> Guide:
    """A circle with the marks of a reticle: the spot in the middle, the glass flat."""
    whole = _circle(frame, high).shape
    box, marks = whole.boundingRect(), QPainterPath()
    radius, arm = box.width() / 2, box.width() * 0.07
    for place in range(4):
        angle = math.radians(90 * place)
        out = QPointF(math.cos(angle), math.sin(angle))
        marks.moveTo(box.center() + out * (radius - arm))
        marks.lineTo(box.center() + out * radius)
    marks.addPath(_blob(frame.center(), box.width() * 0.26))
    return Guide(whole, marks)


def _rash(frame: QRectF, high: float) -> Guide:
    """A square full of skin, with the spots of a rash hinted at."""
    whole = _square(frame, high).shape
    box, spots = whole.boundingRect(), QPainterPath()
    for x, y, size in (
        (0.24, 0.3, 0.03),
        (0.7, 0.22, 0.022),
        (0.46, 0.47, 0.026),
        (0.78, 0.62, 0.03),
        (0.28, 0.74, 0.024),
    ):
        at = QPointF(box.left() + x * box.width(), box.top() + y * box.height())
        spots.addEllipse(at, size * box.width(), size * box.width())
    return Guide(whole, spots)


def _parting(frame: QRectF, high: float) -> Guide:
    """A square with the hair parted to both sides of the patch."""
    whole = _square(frame, high).shape
    box = whole.boundingRect()
    side = box.width()
    hair = QPainterPath()
    for toward in (-1, 1):
        hair.moveTo(box.center().x() + toward * side * 0.03, box.top())
        hair.cubicTo(
            QPointF(box.center().x() + toward * side * 0.05, box.top() + side * 0.2),
            QPointF(box.center().x() + toward * side * 0.26, box.top() + side * 0.3),
            QPointF(box.center().x() + toward * side * 0.26, box.center().y()),
        )
        hair.cubicTo(
            QPointF(box.center().x() + toward * side * 0.26, box.bottom() - side * 0.3),
            QPointF(box.center().x() + toward * side * 0.05, box.bottom() - side * 0.2),
            QPointF(box.center().x() + toward * side * 0.03, box.bottom()),
        )
        for step in (0.14, 0.32, 0.5, 0.68, 0.86):
            start = QPointF(box.center().x() + toward * side * 0.34, box.top() + step * side)
            hair.moveTo(start)
            hair.quadTo(start + QPointF(toward * side * 0.05, 0), start + QPointF(toward * side * 0.11, side * 0.04))
    return Guide(whole, hair)


def _crown(frame: QRectF, high: float) -> Guide:
    """A circle for the head from above, and the whorl of the hair in its middle."""
    whole = _circle(frame, high).shape
    radius, centre = whole.boundingRect().width() / 2, frame.center()
    whorl = QPainterPath()
    for arm in range(3):
        for step in range(25):
            angle = math.radians(120 * arm + 7 * step)
            away = radius * (0.04 + 0.34 * step / 24)
            at = centre + QPointF(math.cos(angle), math.sin(angle)) * away
            whorl.lineTo(at) if step else whorl.moveTo(at)
    return Guide(whole, whorl)


def _cell(frame: QRectF, high: float) -> Guide:
    """A circle for one cell, a lobed nucleus in it."""
    whole = _circle(frame, high).shape
    size, nucleus = whole.boundingRect().width(), QPainterPath()
    for x, y in ((-0.1, -0.08), (0.1, -0.04), (-0.02, 0.1)):
        lobe = QPainterPath()
        lobe.addEllipse(frame.center() + QPointF(x, y) * size, size * 0.125, size * 0.125)
        nucleus = nucleus.united(lobe)
    return Guide(whole, nucleus)


def _lips(frame: QRectF, high: float) -> Guide:
    """A face with the mouth where the lips should be: the lips of a face filling ``high``."""
    face = _centred(frame, high * 0.74, high)
    path = QPainterPath()
    path.addEllipse(face)
    mouth = _mouth(QPointF(face.center().x(), face.top() + face.height() * 0.74), face.width() * 0.44)
    eyes = QPainterPath()
    for toward in (-1, 1):
        at = QPointF(face.center().x() + toward * face.width() * 0.21, face.top() + face.height() * 0.36)
        eyes.addEllipse(at, face.width() * 0.075, face.width() * 0.032)
    return Guide(path, eyes, mouth)


def _mouth(centre: QPointF, width: float) -> QPainterPath:
    x, y, half, h = centre.x(), centre.y(), width / 2, width * 0.17
    path = QPainterPath(QPointF(x - half, y))
    path.cubicTo(x - half * 0.55, y - h, x - half * 0.25, y - h * 1.35, x, y - h * 0.85)
    path.cubicTo(x + half * 0.25, y - h * 1.35, x + half * 0.55, y - h, x + half, y)
    path.cubicTo(x + half * 0.5, y + h * 1.6, x - half * 0.5, y + h * 1.6, x - half, y)
    path.closeSubpath()
    return path


def _eye(frame: QRectF, high: float) -> Guide:
    """The pulled-down lower lid: an open eye, the inner lid as a crescent under it, the finger that pulls."""
    box = _centred(frame, high * 1.7, high)
    high = min(high, box.width() / 1.7)
    x, y, half = box.center().x(), box.center().y() - high * 0.06, box.width() / 2
    path = QPainterPath(QPointF(x - half, y))
    path.cubicTo(x - half * 0.5, y - high * 0.58, x + half * 0.5, y - high * 0.58, x + half, y)
    path.cubicTo(x + half * 0.55, y + high * 0.7, x - half * 0.55, y + high * 0.7, x - half, y)
    path.closeSubpath()
    detail = QPainterPath(QPointF(x - half * 0.86, y + high * 0.1))
    detail.cubicTo(x - half * 0.4, y + high * 0.42, x + half * 0.4, y + high * 0.42, x + half * 0.86, y + high * 0.1)
    detail.addEllipse(QPointF(x, y - high * 0.12), high * 0.2, high * 0.2)
    tip, end, half = y + high * 0.56, min(y + high * 0.98, frame.bottom()), high * 0.17
    detail.moveTo(x - half, end)
    detail.cubicTo(x - half, tip - high * 0.08, x + half, tip - high * 0.08, x + half, end)
    return Guide(path, detail)


def _fingers(frame: QRectF, high: float) -> Guide:
    """Four fingers that come from the right, as the hand lies before a camera, with their nails."""
    box = _centred(frame, high * 1.25, high)
    gap = box.height() * 0.035
    thick = (box.height() - 3 * gap) / 4
    path, nails = QPainterPath(), QPainterPath()
    for index, shorter in enumerate((0.1, 0.0, 0.04, 0.2)):
        left, top = box.left() + box.width() * shorter, box.top() + index * (thick + gap)
        finger = QRectF(left, top, box.right() - left, thick)
        path.addRoundedRect(finger, thick / 2, thick / 2)
        nail = QRectF(left + thick * 0.12, top + thick * 0.2, thick * 0.75, thick * 0.6)
        nails.addRoundedRect(nail, thick * 0.26, thick * 0.26)
    return Guide(path, nails)


def _blob(centre: QPointF, radius: float) -> QPainterPath:
    """An uneven round, as a spot is."""
    path = QPainterPath()
    for step in range(73):
        angle = math.radians(5 * step)
        away = radius * (1 + 0.1 * math.sin(3 * angle + 0.6) + 0.05 * math.cos(5 * angle))
        at = centre + QPointF(math.cos(angle), 0.9 * math.sin(angle)) * away
        path.lineTo(at) if step else path.moveTo(at)
    path.closeSubpath()
    return path


def _line(painter: QPainter, path: QPainterPath, ready: bool) -> None:
    halo = QPen(HALO, 4.5)
    painter.strokePath(path, halo)
    pen = QPen(LINE if ready else INK, 2.2)
    if not ready:
        pen.setDashPattern([5, 4])
    painter.strokePath(path, pen)


SHAPES: dict[str, Callable[[QRectF, float], Guide]] = {
    "circle": _circle,
    "square": _square,
    "field": _field,
    "spot": _spot,
    "dermatoscope": _dermatoscope,
    "rash": _rash,
    "parting": _parting,
    "crown": _crown,
    "cell": _cell,
    "lips": _lips,
    "eye": _eye,
    "fingers": _fingers,
}
"""Every guide that a task's ``guide`` may name."""
