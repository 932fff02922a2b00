"""What is painted over a picture: region, cells, heatmap, a sentence. Each returns an overlay."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QPolygonF

from clinoscope.domain.region import Box, Point, Region
from clinoscope.ui import theme
from clinoscope.ui.exam.canvas import Overlay
from clinoscope.ui.exam.view import View

LINE = QColor(theme.DARK["accent"])
"""The accent of the dark theme: the picture's ground is dark in both themes."""
HALO = QColor(0, 0, 0, 130)
VEIL = QColor(20, 24, 26, 76)
INK = QColor(theme.DARK["on-stage"])
PILL = QColor(20, 24, 26, 215)


def region_overlay(region: Region, *, veil: bool = False) -> Overlay:
    """The region's outline, or its boxes; with ``veil`` all the rest steps back."""

    def paint(painter: QPainter, view: View) -> None:
        path = region_path(region, view)
        if veil:
            paint_veil(painter, path)
        stroke(painter, path)

    return paint


def region_path(region: Region, view: View) -> QPainterPath:
    """Outlines where there are some, else the boxes, in widget coordinates."""
    path = QPainterPath()
    # between two rings is lip and inside the inner one is not; what two boxes share belongs to both
    path.setFillRule(Qt.FillRule.OddEvenFill if region.outlines else Qt.FillRule.WindingFill)
    for ring in region.outlines:
        path.addPolygon(_polygon(ring, view))
        path.closeSubpath()
    if not region.outlines:
        for box in region.boxes:
            path.addRoundedRect(view.box(box), 3, 3)
    return path


def paint_veil(painter: QPainter, path: QPainterPath) -> None:
    """Darken everything outside ``path``."""
    around = QPainterPath()
    around.addRect(QRectF(painter.window()))
    painter.fillPath(around.subtracted(path), VEIL)


def stroke(painter: QPainter, path: QPainterPath, width: float = 1.6, colour: QColor = LINE) -> None:
    """A line that stands out on light and dark alike."""
    for pen_colour, pen_width in ((HALO, width + 2.4), (colour, width)):
        pen = QPen(pen_colour, pen_width)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(path, pen)


def cells_overlay(boxes: Sequence[Box], words: Sequence[str], chosen: frozenset[int], font: QFont) -> Overlay:
    """A thin ring round every cell, the chosen ones stronger and with their words."""

    def paint(painter: QPainter, view: View) -> None:
        for index, box in enumerate(boxes):
            path = QPainterPath()
            path.addRoundedRect(view.box(box), 6, 6)
            stroke(painter, path, 2.6 if index in chosen else 1.2, INK if index in chosen else LINE)
        for index in sorted(chosen):
            paint_tag(painter, view.box(boxes[index]), words[index], font)

    return paint


def heat_overlay(image: QImage, box: Box, opacity: float) -> Overlay:
    """The heatmap over the box it covers."""

    def paint(painter: QPainter, view: View) -> None:
        painter.setOpacity(opacity)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(view.box(box), image)

    return paint


def scale_overlay(meaning: str, scale: QImage, font: QFont) -> Overlay:
    """At the foot of the stage what the colours over the picture mean, beside them from least to most."""

    def paint(painter: QPainter, _view: View) -> None:
        room = QRectF(painter.window())
        height = QFontMetricsF(font).height()
        bar = QRectF(0, 0, 96, height * 0.75)
        width = min(room.width() - 48, 900.0) - bar.width() - 44
        flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        words = QFontMetricsF(font).boundingRect(QRectF(0, 0, width, 400), int(flags), meaning)
        pill = QRectF(0, 0, words.width() + bar.width() + 44, words.height() + 14)
        pill.moveCenter(QPointF(room.center().x(), room.bottom() - 16 - pill.height() / 2))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(PILL)
        painter.drawRoundedRect(pill, min(16.0, pill.height() / 2), min(16.0, pill.height() / 2))
        bar.moveCenter(QPointF(pill.left() + 16 + bar.width() / 2, pill.center().y()))
        painter.drawImage(bar, scale)
        painter.setFont(font)
        painter.setPen(INK)
        painter.drawText(pill.adjusted(bar.width() + 28, 7, -16, -7), int(flags), meaning)

    return paint


def dimmed_overlay() -> Overlay:
    """The whole stage steps back."""

    def paint(painter: QPainter, _view: View) -> None:
        painter.fillRect(painter.window(), QColor(42, 45, 46, 170))

    return paint


def sentence_overlay(text: str, font: QFont, *, at_top: bool = True) -> Overlay:
    """One sentence on the picture, wrapped, on a dark pill."""

    def paint(painter: QPainter, _view: View) -> None:
        room = QRectF(painter.window())
        metrics = QFontMetricsF(font)
        width = min(room.width() - 64, 560.0)
        flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignCenter
        words = metrics.boundingRect(QRectF(0, 0, width, 400), int(flags), text)
        pill = QRectF(0, 0, words.width() + 40, words.height() + 20)
        middle = room.top() + 20 + pill.height() / 2 if at_top else room.center().y()
        pill.moveCenter(QPointF(room.center().x(), middle))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(PILL)
        painter.drawRoundedRect(pill, min(18.0, pill.height() / 2), min(18.0, pill.height() / 2))
        painter.setFont(font)
        painter.setPen(INK)
        painter.drawText(pill.adjusted(20, 10, -20, -10), int(flags), text)

    return paint


def paint_tag(painter: QPainter, beside: QRectF, text: str, font: QFont) -> None:
    """A few words on a dark pill above a rectangle, or below it where there is no room."""
    metrics = QFontMetricsF(font)
    size = metrics.size(0, text)
    tag = QRectF(0, 0, size.width() + 16, size.height() + 6)
    tag.moveCenter(QPointF(beside.center().x(), beside.top() - tag.height() / 2 - 6))
    if tag.top() < 4:
        tag.moveTop(beside.bottom() + 6)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(PILL)
    painter.drawRoundedRect(tag, 8, 8)
    painter.setFont(font)
    painter.setPen(INK)
    painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, text)


def _polygon(ring: Sequence[Point], view: View) -> QPolygonF:
    return QPolygonF([view.to_widget(*point) for point in ring])
