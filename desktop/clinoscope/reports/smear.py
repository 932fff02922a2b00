"""The report of a smear: the differential with its intervals, what is flagged, who reviewed what, chosen cells."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable, KeepTogether, PageBreak, Spacer, Table, TableStyle

from clinoscope.domain.differential import Differential, Line, Side, Span
from clinoscope.domain.smear_sheet import Scale
from clinoscope.modes.smear_wording import left_shift_waits_for
from clinoscope.modes.wording import fields, white_cells
from clinoscope.reports.fonts import REGULAR, load_fonts
from clinoscope.reports.page import AMBER, ANSWER, HEADING, INK, INNER, LINE, SMALL, build, style, text
from clinoscope.reports.parts import Hairline, flag_line, notice

_COLUMNS = 6
_BARS = (10.0, 5.0, 2.0)
"""Micrometres that the scale bar may be long: the first that fits into every picture of the page."""
_BOLD = style(8.5, bold=True)
_PLAIN = style(8.5)


@dataclass(frozen=True, eq=False)
class GalleryCell:
    """A cell of the gallery page: its small picture (JPEG), how many pixels of the field that is wide, its class."""

    data: bytes = field(repr=False)
    width: int
    name: str
    number: int


@dataclass(frozen=True, eq=False)
class SmearReport:
    """All that goes on the pages; the words are ready to be printed.

    ``who`` is the title with the lines under it, ``about`` one with lines on the right. ``differential`` was counted
    from ``fields`` fields. ``left_out`` (fields that are not counted), ``reviews``, ``second`` (agreement of two
    readers), ``comments``, ``models`` and ``foot`` are lines; ``note`` is free text. ``gallery`` with ``gallery_note``
    and, where the objective is calibrated, ``scale``. ``notices`` stand on a tinted band, ``mark`` across each page.
    """

    who: Sequence[str]
    about: Sequence[str]
    head: str
    differential: Differential
    fields: int
    target: int
    reviews: Sequence[str]
    models: Sequence[str]
    foot: Sequence[str]
    shortfall: str = ""
    left_out: Sequence[str] = ()
    second: Sequence[str] = ()
    comments: Sequence[tuple[str, str]] = ()
    note: str = ""
    gallery: Sequence[GalleryCell] = ()
    gallery_note: str = ""
    scale: Scale | None = None
    notices: Sequence[str] = ()
    range_notes: Sequence[str] = ()
    mark: str = ""


def smear_pdf(report: SmearReport) -> bytes:
    """The report as PDF."""
    load_fonts()
    story: list[Flowable] = [_header(report), Hairline(6)]
    story += [notice(words, AMBER) for words in report.notices]
    story += [_answer(report), Spacer(0, 6), _table(report.differential)]
    story += [Spacer(0, 6), *_beside(report.differential)]
    story += _remarks(report.differential)
    story += _comments(report)
    story += [Spacer(0, 8), KeepTogether([text("Review", HEADING), *[text(line) for line in report.reviews]])]
    if report.left_out:
        lines = [text(line) for line in report.left_out]
        story += [Spacer(0, 8), KeepTogether([text("Fields not counted", HEADING), *lines])]
    if report.second:
        story += [Spacer(0, 8), text("Second reader, blind", HEADING), *[text(line) for line in report.second]]
    if report.gallery:
        story += [PageBreak(), *_gallery(report)]
    story += [Hairline(), text("About this count", HEADING)]
    story += [text(line, SMALL) for line in (*report.models, *report.range_notes)]
    return build(story, title="Differential", head=report.head, foot=list(report.foot), mark=report.mark)


def _header(report: SmearReport) -> Flowable:
    left = [text(report.who[0], style(15, bold=True)), *[text(line, SMALL) for line in report.who[1:]]]
    right = [text(report.about[0], style(10.5, bold=True)), *[text(line, SMALL) for line in report.about[1:]]]
    return Table([[left, "", right]], colWidths=[(INNER - 8 * mm) / 2, 8 * mm, (INNER - 8 * mm) / 2], style=_FLUSH)


_FLUSH = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
    ]
)


def _answer(report: SmearReport) -> Flowable:
    found = report.differential
    words = [text(f"{white_cells(found.total)} in {fields(report.fields)}", ANSWER)]
    if found.total < report.target:
        reason = report.shortfall or "no reason is given."
        words.append(text(f"Fewer than the {report.target} asked for: {reason}"))
    return KeepTogether(words)


def _table(found: Differential) -> Flowable:
    """The differential; absolute counts and references stand there only where there are any."""
    white = [line for line in found.lines if line.percent is not None or (line.per_100 is None and not found.total)]
    shown = [line for line in white if line.count or line.range is not None]
    lines = [*shown, *found.groups]
    columns = [column for column in _COLUMNS_OF_TABLE if column.wanted(found, lines)]
    rows = [[text(column.name, SMALL) for column in columns]]
    rows += [[column.cell(line) for column in columns] for line in lines]
    first_group = 1 + len(shown)
    ruled = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
        ("LINEABOVE", (0, first_group), (-1, first_group), 1.0, LINE),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ]
    whole = sum(column.share for column in columns)
    widths = [INNER * column.share / whole for column in columns]
    return Table(rows, colWidths=widths, style=TableStyle(ruled), repeatRows=1, hAlign="LEFT")


def _always(_found: Differential, _lines: Sequence[Line]) -> bool:
    return True


def _counted_in_blood(found: Differential, _lines: Sequence[Line]) -> bool:
    return found.corrected is not None


def _percent_ranges(_found: Differential, lines: Sequence[Line]) -> bool:
    return any(line.range and line.range.percent for line in lines)


def _absolute_ranges(found: Differential, lines: Sequence[Line]) -> bool:
    return found.corrected is not None and any(line.range and line.range.absolute for line in lines)


def _name(line: Line) -> Flowable:
    return text(line.name, _BOLD if line.percent_side or line.absolute_side else _PLAIN)


def _count(line: Line) -> Flowable:
    return text(str(line.count), _PLAIN)


def _percent(line: Line) -> Flowable:
    words = "" if line.percent is None else f"{line.percent.value:.1f}{_arrow(line.percent_side)}"
    return text(words, _look(line.percent_side))


def _interval(line: Line) -> Flowable:
    return text("" if line.percent is None else _span(line.percent, 1), _PLAIN)


def _percent_range(line: Line) -> Flowable:
    return text(_between(line.range.percent if line.range else None), _PLAIN)


def _absolute(line: Line) -> Flowable:
    words = "" if line.absolute is None else f"{line.absolute.value:.2f}{_arrow(line.absolute_side)}"
    return text(words, _look(line.absolute_side))


def _absolute_range(line: Line) -> Flowable:
    return text(_between(line.range.absolute if line.range else None), _PLAIN)


@dataclass(frozen=True)
class _Column:
    """A column of the table: its part of the width, what it prints of a line, and when it is there at all."""

    name: str
    share: float
    cell: Callable[[Line], Flowable]
    wanted: Callable[[Differential, Sequence[Line]], bool] = _always


_COLUMNS_OF_TABLE = (
    _Column("Cell", 0.30, _name),
    _Column("Count", 0.07, _count),
    _Column("Percent", 0.10, _percent),
    _Column("95 % interval", 0.14, _interval),
    _Column("Reference, %", 0.12, _percent_range, _percent_ranges),
    _Column("10⁹/L", 0.12, _absolute, _counted_in_blood),
    _Column("Reference, 10⁹/L", 0.15, _absolute_range, _absolute_ranges),
)


def _look(side: Side) -> ParagraphStyle:
    return _BOLD if side else _PLAIN


def _arrow(side: Side) -> str:
    """In words as well as by weight: a fax has no colour."""
    return {Side.LOW: " low", Side.HIGH: " high"}.get(side, "")


def _span(span: Span, digits: int) -> str:
    return f"{span.low:.{digits}f} to {span.high:.{digits}f}"


def _between(span: tuple[float, float] | None) -> str:
    return "" if span is None else f"{span[0]:g} to {span[1]:g}"


def _beside(found: Differential) -> list[Flowable]:
    """What stands beside the table: the shift, cells that are no white cells, the corrected count."""
    lines = []
    wanted = left_shift_waits_for(found)
    if wanted:
        lines.append(f"Left-shift index: not told under {wanted}")
    if found.shift is not None:
        span = found.shift
        high = "no upper limit" if span.high == float("inf") else f"{span.high:.2f}"
        lines.append(
            f"Left-shift index (young over segmented neutrophils): {span.value:.2f} ({span.low:.2f} to {high})"
        )
    if found.young is not None:
        span = found.young
        lines.append(
            f"Young among all neutrophils: {100 * span.value:.0f} % ({100 * span.low:.0f} to {100 * span.high:.0f})"
        )
    lines += [_no_white_cell(line) for line in found.lines if line.percent is None and line.count and found.total]
    if found.white_cells is not None and found.corrected is not None:
        corrected = abs(found.corrected - found.white_cells) > 1e-9
        words = f"White cell count {found.white_cells:g} · 10⁹/L"
        lines.append(f"{words}, {found.corrected:.2f} without erythroblasts" if corrected else words)
    if found.unidentified:
        lines.append(f"Unidentified: {found.unidentified}, not in the percentages")
    if found.not_counted:
        lines.append(f"Set to not counted: {found.not_counted}")
    return [text(line, _PLAIN) for line in lines]


def _no_white_cell(line: Line) -> str:
    """How many there are; beside 100 white cells once enough of those are counted."""
    if line.per_100 is None:
        return f"{line.name}: {line.count}"
    return f"{line.name}: {line.count}, {line.per_100.value:.1f} in 100 white cells ({_span(line.per_100, 1)})"


def _remarks(found: Differential) -> list[Flowable]:
    if not found.remarks:
        return []
    flags = [flag_line(entry.name, f"{entry.note} {entry.source}", INNER) for entry in found.remarks]
    return [Spacer(0, 8), text("Flags", HEADING), *flags]


def _comments(report: SmearReport) -> list[Flowable]:
    if not report.comments and not report.note:
        return []
    groups: dict[str, list[str]] = {}
    for group, words in report.comments:
        groups.setdefault(group, []).append(words)
    own = groups.pop("", [])  # whole sentences, it may be
    lines = [text(f"{group}: {'; '.join(words)}") for group, words in groups.items()] + [text(words) for words in own]
    if report.note:
        lines.append(text(report.note))
    return [Spacer(0, 8), text("Morphology", HEADING), *lines]


def _gallery(report: SmearReport) -> list[Flowable]:
    side = INNER / _COLUMNS - 3 * mm
    widest = max(cell.width for cell in report.gallery)
    bar = _bar_length(report)
    pictures: list[Flowable | str] = [
        _CellPicture(cell, side, widest, bar / report.scale.micrometres if report.scale else 0.0)
        for cell in report.gallery
    ]
    pictures += [""] * (-len(pictures) % _COLUMNS)
    rows = [pictures[start : start + _COLUMNS] for start in range(0, len(pictures), _COLUMNS)]
    look = TableStyle([("LEFTPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -1), 6)])
    if report.scale is None:
        words = "Not to scale: this objective was not calibrated with a stage micrometer."
    else:
        words = (
            f"All to one scale; the bar is {bar:g} µm ({report.scale.objective}, {report.scale.micrometres:.4f} µm a "
            "pixel, measured with a stage micrometer)."
        )
    lines = [report.gallery_note, words] if report.gallery_note else [words]
    return [
        text("Cells", HEADING),
        *[text(line, SMALL) for line in lines],
        Spacer(0, 4),
        Table(rows, colWidths=[INNER / _COLUMNS] * _COLUMNS, style=look, hAlign="LEFT"),
    ]


def _bar_length(report: SmearReport) -> float:
    """Micrometres of the scale bar: the longest of ``_BARS`` that takes four fifths of the narrowest picture."""
    if report.scale is None:
        return _BARS[0]
    narrowest = min(cell.width for cell in report.gallery) * report.scale.micrometres
    return next((length for length in _BARS if length <= 0.8 * narrowest), _BARS[-1])


class _CellPicture(Flowable):
    """A cell with its class under it; all of a page are as large as they are to each other.

    ``bar`` is the length of the scale bar in pixels of the field, 0 for none.
    """

    def __init__(self, cell: GalleryCell, side: float, widest: int, bar: float) -> None:
        super().__init__()
        self.cell, self.side, self.bar = cell, side, bar
        self.shown = side * cell.width / widest

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return self.side, self.side + 12

    def draw(self) -> None:
        bottom = 12 + (self.side - self.shown) / 2
        self.canv.drawImage(ImageReader(io.BytesIO(self.cell.data)), 0, bottom, self.shown, self.shown)
        if self.bar > 0:
            length = self.bar * self.shown / self.cell.width
            # a dark line on a light one is seen on any stain
            for color, width in (("#FFFFFF", 2.4), ("#1C2326", 1.2)):
                self.canv.setStrokeColor(HexColor(color))
                self.canv.setLineWidth(width)
                self.canv.line(3, bottom + 4, 3 + length, bottom + 4)
        self.canv.setFillColor(INK)
        self.canv.setFont(REGULAR, 6.5)
        self.canv.drawString(0, 3, _fitting(f"{self.cell.number}  {self.cell.name}", self.side))


def _fitting(words: str, room: float) -> str:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    while words and stringWidth(words, REGULAR, 6.5) > room:
        words = words[:-2].rstrip() + "…" if len(words) > 2 else ""
    return words
