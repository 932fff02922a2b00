"""Similarities and regions as Qt's own shapes, in pixels of the picture they belong to."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPolygonF, QTransform

from clinoscope.domain.alignment import Similarity
from clinoscope.domain.region import Region


def transform_of(place: Similarity) -> QTransform:
    """The same similarity for a painter: Qt turns clockwise on the screen too."""
    angle = math.radians(place.turn)
    a, b = place.scale * math.cos(angle), place.scale * math.sin(angle)
    return QTransform(a, b, -b, a, place.dx, place.dy)


def outline_path(region: Region) -> QPainterPath:
    """Outlines where there are some, else the boxes."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for ring in region.outlines:
        path.addPolygon(QPolygonF([QPointF(*point) for point in ring]))
        path.closeSubpath()
    if not region.outlines:
        for box in region.boxes:
            path.addRect(QRectF(box.x, box.y, box.w, box.h))
    return path
