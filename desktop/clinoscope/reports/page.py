"""The page every report shares: text styles, head and foot, page numbers."""

from __future__ import annotations

import io
from collections.abc import Callable

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph

from clinoscope.domain.notice import RESEARCH_ONLY
from clinoscope.reports.fonts import REGULAR, SEMIBOLD, load_fonts, markup

WIDTH, HEIGHT = A4
MARGIN = 18 * mm
INNER = WIDTH - 2 * MARGIN
INK = HexColor("#1C2326")
SECONDARY = HexColor("#5C676C")
LINE = HexColor("#E3E6E4")
ACCENT = HexColor("#0F766E")
AMBER = HexColor("#92400E")


def style(size: float, *, bold: bool = False, color: HexColor = INK, after: float = 0) -> ParagraphStyle:
    """A text style: ``size`` in points, ``after`` the space below it in points."""
    return ParagraphStyle(
        f"{size}-{bold}-{color}-{after}",
        fontName=SEMIBOLD if bold else REGULAR,
        fontSize=size,
        leading=size * 1.4,
        textColor=color,
        spaceAfter=after,
        # A comment may hold one very long word (a pasted link): break it rather than run off the page.
        splitLongWords=True,
    )


BODY = style(9.5)
SMALL = style(8, color=SECONDARY)
HEADING = style(8, bold=True, color=SECONDARY, after=3)
ANSWER = style(18, bold=True, after=2)


def text(words: str, look: ParagraphStyle = BODY) -> Paragraph:
    """A paragraph of plain words: markup in them is shown, never obeyed; line breaks are kept."""
    return Paragraph(markup(words), look)


def build(story: list[Flowable], *, title: str, head: str, foot: list[str], mark: str = "") -> bytes:
    """Lay the story out on A4 pages and return the PDF.

    ``head`` stands at the top right of each page, the lines of ``foot`` at its bottom with the
    page number and *research use only*. ``mark`` is set across the page in pale letters (a draft).
    """
    load_fonts()
    target = io.BytesIO()
    foot_height = (len(foot) * 3.6 + 12) * mm
    frame = Frame(MARGIN, foot_height, INNER, HEIGHT - foot_height - 26 * mm, 0, 0, 0, 0, id="page")

    def paint(canvas: Canvas, _document: BaseDocTemplate) -> None:
        _paint_head(canvas, head)
        _paint_foot(canvas, foot)
        if mark:
            _paint_mark(canvas, mark)

    document = BaseDocTemplate(
        target, pagesize=A4, title=title, author="Clinoscope", subject=RESEARCH_ONLY, pageTemplates=[]
    )
    document.addPageTemplates(PageTemplate(id="page", frames=[frame], onPageEnd=paint))
    document.build(story, canvasmaker=_numbered())
    return target.getvalue()


def _numbered() -> Callable[..., Canvas]:
    """A canvas that writes "1 of 3" once it knows how many pages there are."""

    class Numbered(Canvas):
        def __init__(self, *args: object, **kwargs: object) -> None:
            super().__init__(*args, **kwargs)
            self._pages: list[dict[str, object]] = []

        def showPage(self) -> None:  # noqa: N802  # ReportLab's name
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._pages, start=1):
                self.__dict__.update(page)
                self.setFont(REGULAR, 7.5)
                self.setFillColor(SECONDARY)
                self.drawRightString(WIDTH - MARGIN, 10 * mm, f"{number} of {len(self._pages)}")
                super().showPage()
            super().save()

    return Numbered


def _paint_head(canvas: Canvas, head: str) -> None:
    y = HEIGHT - 16 * mm
    canvas.setStrokeColor(ACCENT)
    canvas.setFillColor(ACCENT)
    canvas.setLineWidth(1.2)
    canvas.circle(MARGIN + 2 * mm, y + 1.1 * mm, 2 * mm, stroke=1, fill=0)
    canvas.circle(MARGIN + 2 * mm, y + 1.1 * mm, 0.8 * mm, stroke=0, fill=1)
    canvas.setFillColor(INK)
    canvas.setFont(SEMIBOLD, 10)
    canvas.drawString(MARGIN + 6 * mm, y, "Clinoscope")
    canvas.setFont(REGULAR, 8.5)
    canvas.setFillColor(SECONDARY)
    canvas.drawRightString(WIDTH - MARGIN, y, head)
    _hairline(canvas, HEIGHT - 20 * mm)


def _paint_foot(canvas: Canvas, foot: list[str]) -> None:
    top = (len(foot) * 3.6 + 9) * mm
    _hairline(canvas, top)
    canvas.setFillColor(SECONDARY)
    canvas.setFont(REGULAR, 6.8)
    for index, line in enumerate(foot):
        canvas.drawString(MARGIN, top - (index + 1) * 3.6 * mm, line)
    canvas.setFont(SEMIBOLD, 7.5)
    canvas.drawString(MARGIN, 5.5 * mm, RESEARCH_ONLY)


def _paint_mark(canvas: Canvas, mark: str) -> None:
    canvas.saveState()
    canvas.translate(WIDTH / 2, HEIGHT / 2)
    canvas.rotate(45)
    canvas.setFillColor(INK, alpha=0.06)
    canvas.setFont(SEMIBOLD, 96)
    canvas.drawCentredString(0, -30, mark)
    canvas.restoreState()


def _hairline(canvas: Canvas, y: float) -> None:
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.6)
    canvas.line(MARGIN, y, WIDTH - MARGIN, y)
