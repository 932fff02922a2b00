"""The page of colour cards to print and cut out."""

from __future__ import annotations

import io
from enum import StrEnum

import cv2
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from clinoscope.domain.colour_card import GREYS, MARKERS, METHOD, MODULES, SIDE, Patch
from clinoscope.domain.notice import RESEARCH_ONLY
from clinoscope.reports.fonts import load_fonts
from clinoscope.reports.page import BODY, SECONDARY, SMALL, style, text

_COLUMNS, _ROWS = 3, 4
_GAP = 6 * mm
_MARGIN = 18 * mm
_HEAD = 62 * mm
"""Room for the words above the cards; on US Letter it leaves 12 mm below them."""

_HOW = (
    "<b>Print</b> at actual size (100\u00a0%) on plain matt white paper, the kind that is in every copier. Not on "
    "glossy, coated, recycled or tinted paper. Where the printer lets you choose, print in black only.",
    "<b>Cut</b> along the dashed lines. Throw a card away when it is creased, stained or has yellowed.",
    "<b>Hold</b> it beside what you photograph, in the same light and facing the camera, no finger on its squares and "
    "no shadow across it. It may be turned any way round.",
)
_WHAT = (
    "The paper is the measure, not the ink. Clinoscope finds the four corner squares and reads the unprinted paper "
    "between them: from it come the colour and the strength of the light. Printed greys are only as neutral and as "
    "dark as the printer makes them, so no colour is measured by them; they show whether the picture still has its "
    "steps from white to dark. Office paper sends back about 85\u00a0% of the light, and most of it looks a little "
    "blue in daylight, because of its brighteners: every picture taken with the same paper is off by the same small "
    "amount. Use paper of one kind for patients you follow."
)


class Paper(StrEnum):
    """Sizes of paper that offices have."""

    A4 = "A4"
    LETTER = "Letter"


def card_pdf(paper: Paper = Paper.A4) -> bytes:
    """One page with twelve cards of 40 mm and how to use them, as PDF: lines and fills only, no pixels."""
    load_fonts()
    target = io.BytesIO()
    size = _size(paper)
    canvas = Canvas(target, pagesize=size, invariant=1)
    canvas.setTitle("Clinoscope colour cards")
    canvas.setAuthor("Clinoscope")
    _words(canvas, *size)
    for left, top in places(paper):
        _card(canvas, left * mm, size[1] - top * mm)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def places(paper: Paper) -> tuple[tuple[float, float], ...]:
    """Where the cards lie on the page: millimetres from its top left corner to theirs."""
    width, _ = _size(paper)
    left = (width - _COLUMNS * SIDE * mm - (_COLUMNS - 1) * _GAP) / 2
    return tuple(
        ((left + column * (SIDE * mm + _GAP)) / mm, (_MARGIN + _HEAD + row * (SIDE * mm + _GAP)) / mm)
        for row in range(_ROWS)
        for column in range(_COLUMNS)
    )


def _size(paper: Paper) -> tuple[float, float]:
    return A4 if paper is Paper.A4 else LETTER


def _words(canvas: Canvas, width: float, height: float) -> None:
    room = width - 2 * _MARGIN
    y = height - _MARGIN
    parts = [
        text("Colour cards", style(15, bold=True, after=4)),
        *(Paragraph(line, BODY) for line in _HOW),
        text(_WHAT, SMALL),
    ]
    for part in parts:
        _, tall = part.wrap(room, height)
        y -= tall
        part.drawOn(canvas, _MARGIN, y)
        y -= 1.2 * mm
    canvas.setFillColor(SECONDARY)
    canvas.setFont(SMALL.fontName, 6.8)
    canvas.drawString(_MARGIN, 8 * mm, f"Clinoscope, {METHOD}. {RESEARCH_ONLY}")
    _ruler(canvas, width - _MARGIN - 50 * mm, 8 * mm)


def _ruler(canvas: Canvas, x: float, y: float) -> None:
    """50 mm, to see whether the page was printed at its size."""
    canvas.setStrokeColor(SECONDARY)
    canvas.setLineWidth(0.5)
    canvas.line(x, y, x + 50 * mm, y)
    for end in (x, x + 50 * mm):
        canvas.line(end, y - 1 * mm, end, y + 1 * mm)
    canvas.drawCentredString(x + 25 * mm, y + 1 * mm, "50 mm at actual size")


def _card(canvas: Canvas, left: float, top: float) -> None:
    """A card whose top left corner is there. Greys are DeviceGray: most printers take black ink alone for it."""

    def fill(patch: Patch, grey: float) -> None:
        canvas.setFillGray(grey)
        canvas.rect(left + patch.x * mm, top - (patch.y + patch.h) * mm, patch.w * mm, patch.h * mm, stroke=0, fill=1)

    canvas.setStrokeGray(0.6)
    canvas.setLineWidth(0.4)
    canvas.setDash(2, 2)
    canvas.rect(left, top - SIDE * mm, SIDE * mm, SIDE * mm, stroke=1, fill=0)
    canvas.setDash()
    for number, patch in MARKERS:
        fill(patch, 0.0)
        for run in _white_runs(number, patch):
            fill(run, 1.0)
    for ink, patch in GREYS:
        fill(patch, 1 - ink)


def _white_runs(number: int, patch: Patch) -> list[Patch]:
    """The white cells of a marker as bars along rows and along columns: both, so that no seam shows between cells."""
    cells = cv2.aruco.generateImageMarker(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50), number, MODULES)
    unit, runs = patch.w / MODULES, []
    for across, grid in ((True, cells), (False, cells.T)):
        for line, row in enumerate(grid):
            start = None
            for place, value in enumerate([*row, 0]):
                if value and start is None:
                    start = place
                elif not value and start is not None:
                    along, length = start * unit, (place - start) * unit
                    runs.append(
                        Patch(patch.x + along, patch.y + line * unit, length, unit)
                        if across
                        else Patch(patch.x + line * unit, patch.y + along, unit, length)
                    )
                    start = None
    return runs
