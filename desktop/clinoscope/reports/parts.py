"""The drawn parts of a report: the picture with its region, bars, a hairline, a notice."""

from __future__ import annotations

import io
from collections.abc import Sequence

import cv2
import numpy as np
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable, Table, TableStyle

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box, Region
from clinoscope.modes.wording import percent
from clinoscope.reports.fonts import REGULAR, SEMIBOLD
from clinoscope.reports.page import ACCENT, AMBER, INK, LINE, SECONDARY, SMALL, style, text

_DOTS_PER_POINT = 300 / 72
"""Pictures are put in at 300 dots per inch: as fine as an office printer shows, and small to send."""


class Hairline(Flowable):
    """A thin line across the column, with space above and below."""

    def __init__(self, space: float = 8) -> None:
        super().__init__()
        self.space = space

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.width = width
        return width, 2 * self.space

    def draw(self) -> None:
        self.canv.setStrokeColor(LINE)
        self.canv.setLineWidth(0.6)
        self.canv.line(0, self.space, self.width, self.space)


def notice(words: str, color: HexColor) -> Flowable:
    """A sentence on a tinted band: a phantom, a replaced version, the reason of an amendment."""
    look = TableStyle(
        [
            ("BACKGROUND", (0, 0), (-1, -1), _tint(color)),
            ("ROUNDEDCORNERS", [4, 4, 4, 4]),
            ("LEFTPADDING", (0, 0), (-1, -1), 8),
            ("TOPPADDING", (0, 0), (-1, -1), 4),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
        ]
    )
    return Table([[text(words, style(8.5, bold=True, color=color))]], style=look, spaceAfter=8)


class _Pennant(Flowable):
    """A small flag, drawn: the report's fonts have none."""

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return 10, 11

    def draw(self) -> None:
        self.canv.setStrokeColor(AMBER)
        self.canv.setFillColor(AMBER)
        self.canv.setLineWidth(1)
        self.canv.line(1, 0, 1, 10)
        cloth = self.canv.beginPath()
        cloth.moveTo(1, 10)
        cloth.lineTo(9, 7.5)
        cloth.lineTo(1, 5)
        cloth.close()
        self.canv.drawPath(cloth, stroke=0, fill=1)


def flag_line(name: str, note: str, width: float) -> Flowable:
    """A raised flag under the answer: its name, and in small what it means."""
    look = TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
        ]
    )
    words = [text(name, style(9.5, bold=True)), *([text(note, SMALL)] if note else [])]
    return Table([[_Pennant(), words]], colWidths=[14, width - 14], style=look, hAlign="LEFT")


def _tint(color: HexColor, share: float = 0.09) -> Color:
    """The colour thinned with white."""
    return Color(*(1 - share * (1 - part) for part in (color.red, color.green, color.blue)))


class PictureWithRegion(Flowable):
    """The picture, whole, with what was looked at outlined. Never cropped, never recoloured."""

    def __init__(
        self, pixels: Pixels, region: Region | None, cells: Sequence[Box], width: float, height: float
    ) -> None:
        super().__init__()
        scale = min(width / pixels.shape[1], height / pixels.shape[0])
        self.width, self.height = pixels.shape[1] * scale, pixels.shape[0] * scale
        self.scale, self.region, self.cells = scale, region, cells
        self.picture = _encoded(pixels, self.width * _DOTS_PER_POINT)

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        self.canv.drawImage(ImageReader(io.BytesIO(self.picture)), 0, 0, self.width, self.height)
        # A dark line under a light one stays visible on any skin and on any stain.
        for color, line_width in ((HexColor("#000000"), 2.0), (HexColor("#FFFFFF"), 1.0)):
            self.canv.setStrokeColor(color, alpha=0.9 if line_width == 1.0 else 0.35)
            self.canv.setLineWidth(line_width)
            self._outline()

    def _outline(self) -> None:
        for box in self.cells:
            self._box(box)
        if self.region is None or self.region.how == "whole":
            return
        for ring in self.region.outlines:
            path = self.canv.beginPath()
            path.moveTo(*self._at(*ring[0]))
            for x, y in ring[1:]:
                path.lineTo(*self._at(x, y))
            path.close()
            self.canv.drawPath(path, stroke=1, fill=0)
        if not self.region.outlines:
            for box in self.region.boxes:
                self._box(box)

    def _box(self, box: Box) -> None:
        x, y = self._at(box.x, box.bottom)
        self.canv.roundRect(x, y, box.w * self.scale, box.h * self.scale, 2, stroke=1, fill=0)

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return x * self.scale, self.height - y * self.scale


class Bars(Flowable):
    """Labels with their share as bars on one scale, 0 to 100 %; the text stands beside the bar."""

    row = 15

    def __init__(self, rows: Sequence[tuple[str, float, bool]], width: float) -> None:
        super().__init__()
        self.rows, self.width = list(rows), width

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return self.width, self.row * len(self.rows) + 2

    def draw(self) -> None:
        names, figures = self.width * 0.46, 30
        room = self.width - names - figures
        for index, (name, share, strong) in enumerate(self.rows):
            y = self.row * (len(self.rows) - index - 1) + 4
            self.canv.setFillColor(INK if strong else SECONDARY)
            self.canv.setFont(SEMIBOLD if strong else REGULAR, 8.5)
            self.canv.drawString(0, y, _fitting(name, names - 6, SEMIBOLD if strong else REGULAR))
            self.canv.drawRightString(self.width, y, percent(share))
            self.canv.setFillColor(LINE)
            self.canv.roundRect(names, y, room, 5, 2, stroke=0, fill=1)
            if share * room >= 1:
                self.canv.setFillColor(ACCENT if strong else SECONDARY)
                self.canv.roundRect(names, y, share * room, 5, min(2, share * room / 2), stroke=0, fill=1)


def _fitting(name: str, room: float, font: str) -> str:
    """The name, shortened with an ellipsis when the column is too narrow for it."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    if stringWidth(name, font, 8.5) <= room:
        return name
    while name and stringWidth(name + "…", font, 8.5) > room:
        name = name[:-1]
    return name.rstrip() + "…"


def _encoded(pixels: Pixels, width: float) -> bytes:
    """The picture as a JPEG no wider than ``width`` pixels."""
    scale = min(1.0, width / pixels.shape[1])
    if scale < 1:
        size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    done, data = cv2.imencode(".jpg", np.ascontiguousarray(pixels[:, :, ::-1]), [cv2.IMWRITE_JPEG_QUALITY, 92])
    assert done, "OpenCV encodes any uint8 picture as JPEG"
    return bytes(data)
