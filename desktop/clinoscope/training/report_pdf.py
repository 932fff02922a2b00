"""The report of a training run as a PDF that a stranger can read: every table says what it shows."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from reportlab.lib.colors import HexColor
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, Spacer, TableStyle
from reportlab.platypus import Table as RuledTable

from clinoscope.modes.wording import percent
from clinoscope.reports.diagrams import ReliabilityDiagram
from clinoscope.reports.fonts import SEMIBOLD, load_fonts
from clinoscope.reports.page import AMBER, ANSWER, BODY, HEADING, INNER, LINE, SMALL, build, style, text
from clinoscope.reports.parts import Bars, Hairline, notice
from clinoscope.training import report_tables as tables
from clinoscope.training.report import Report
from clinoscope.training.report_drawings import Confusion, Curves, curves
from clinoscope.training.report_words import duration, group_line, method, show, summary, words

_TITLE = style(11, bold=True, after=1)
_CELL, _STRONG, _HEAD = style(7.5), style(7.5, bold=True), style(7, bold=True, color=SMALL.textColor)
_GAP = 8.0
"""Points between two columns."""
_WHOLE_ROWS = 14
"""Tables up to so many rows are kept on one page."""
_FAR = 0.05
"""Calibration error from which it is said that its certainty is not to be taken at its word."""


def report_pdf(report: Report) -> bytes:
    """The whole report as PDF."""
    load_fonts()
    recipe, made = report.recipe, report.made
    story = list(_front(report))
    for table in (tables.flattery(report), tables.variants(report), tables.by_label(report)):
        story += _section(table)
    story += _confusion(report)
    story += _certainty(report)
    for table in (
        tables.refusals(report),
        tables.origins(report),
        tables.elsewhere(report),
        tables.cautious(report),
        tables.tones(report),
        tables.flags(report),
        tables.quantised(report),
        tables.explanation(report),
    ):
        story += _section(table)
    story += _curves(report)
    story += _section(tables.pictures(report))
    story += _section(tables.sources(report))
    story += _list("Known failures", "What it is known to get wrong.", recipe["known_failures"])
    made_by = [line.replace("`", "") for line in method(report)]
    story += _list("How it is made", "From a picture to an answer, in order.", made_by)
    story += _again(report)
    name = f"{recipe['name']} {recipe['version']}"
    foot = f"Training report of {name}, task {recipe['task']}"
    if made:
        foot += f"; made on {made['date']} by Clinoscope {made['program']}"
    return build(story, title=f"Training report: {name}", head="Training report", foot=[foot])


def _front(report: Report) -> Iterator[Flowable]:
    recipe = report.recipe
    yield text(f"Training report: {recipe['name']} {recipe['version']}", style(16, bold=True, after=2))
    yield text(f"Task {recipe['task']}. {recipe['intended_use']}", SMALL)
    yield Hairline()
    yield text(summary(report), BODY)
    yield Spacer(0, 8)
    if report.weak:
        yield notice(report.weak, AMBER)
    key, name = report.main
    yield text(f"The figure that counts: {name} on {recipe['group_word']} never seen", HEADING)
    yield text(show(report.figures[key]), ANSWER)
    yield text(group_line(report), SMALL)
    yield Spacer(0, 10)
    yield from _section(tables.overall(report))


def _section(table: tables.Table | None) -> list[Flowable]:
    if table is None:
        return []
    parts = [*_heading(table.title, table.line), _ruled(table)]
    if table.after:
        parts += [Spacer(0, 4), text(table.after, style(8.5))]
    parts.append(Spacer(0, 14))
    # a long table may part, but never leaves its heading alone
    return [KeepTogether(parts)] if len(table.rows) <= _WHOLE_ROWS else [CondPageBreak(150), *parts]


def _heading(title: str, line: str) -> list[Flowable]:
    return [text(title, _TITLE), text(line, SMALL), Spacer(0, 4)]


def _ruled(table: tables.Table) -> Flowable:
    """The table on the full width; each column gets at least its longest word, and more where it has more to say."""
    narrow = len(table.head) > 4
    rows = [
        # where columns are many, a figure's interval stands under it
        [
            cell.replace(" (", "\n(", 1) if narrow and column and _is_figure(cell) else cell
            for column, cell in enumerate(row)
        ]
        for row in table.rows
    ]
    cells = [[text(cell, _HEAD) for cell in table.head]]
    for index, row in enumerate(rows):
        cells.append([text(cell, _STRONG if index == table.strong else _CELL) for cell in row])
    look: list[tuple[object, ...]] = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), _GAP),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    if table.strong is not None:
        look.append(("BACKGROUND", (0, table.strong + 1), (-1, table.strong + 1), HexColor("#E8F2F1")))
    widths = _widths([list(table.head), *rows])
    return RuledTable(cells, colWidths=widths, style=TableStyle(look), repeatRows=1, hAlign="LEFT")


def _is_figure(cell: str) -> bool:
    return cell[:1].isdigit() and cell.endswith(")")


def _widths(rows: Sequence[Sequence[str]]) -> list[float]:
    least, wanted = [], []
    for column in zip(*rows, strict=True):
        lines = list(itertools.chain.from_iterable(cell.split("\n") for cell in column))
        words = itertools.chain.from_iterable([line] if _short(line) else line.split() for line in lines)
        least.append(max((_width(word) for word in words), default=0) + _GAP)
        wanted.append(max(map(_width, lines), default=0) + _GAP)
    if sum(wanted) <= INNER:
        return [*wanted[:-1], INNER - sum(wanted[:-1])]
    # longest words that do not fit are broken by the paragraph
    least = [width * min(1.0, INNER / sum(least)) for width in least]
    room = [max(0.0, want - width) for want, width in zip(wanted, least, strict=True)]
    spare = INNER - sum(least)
    return [width + spare * more / (sum(room) or 1.0) for width, more in zip(least, room, strict=True)]


def _short(line: str) -> bool:
    """Whether a line of a cell stays in one piece: an interval, a figure with its unit."""
    return _is_figure(line.lstrip("(")) or (line[:1].isdigit() and len(line) < 10)


def _width(words: str) -> float:
    return float(stringWidth(words, SEMIBOLD, _CELL.fontSize)) + 1


def _confusion(report: Report) -> list[Flowable]:
    labels = [words(label) for label in report.recipe["labels"]]
    line = (
        "Counts of held-out pictures; the diagonal is right. The deeper the colour, the larger the share of the "
        "pictures with that true label."
    )
    drawing = Confusion(labels, report.figures["confusion"], INNER)
    return [KeepTogether([*_heading("What is taken for what", line), drawing, Spacer(0, 14)])]


def _certainty(report: Report) -> list[Flowable]:
    if not report.reliability:
        return []
    ece = report.figures["ece"]["value"]
    said = f"Expected calibration error {show(report.figures['ece'])}: the mean distance of the dots from the line."
    if report.ece_by_chance is not None:
        said += f" Even exact probabilities would show {report.ece_by_chance:.3f} on so many pictures."
    if ece is not None and ece > _FAR:
        said += f" Over {_FAR:g}: how sure it says it is should not be taken at its word."
    line = (
        "Each dot is a bin of pictures, larger where there are more: on the dashed line it is right as often as it "
        "says. Lines are 95 % intervals."
    )
    drawn = [
        *_heading("Is it as sure as it should be?", line),
        ReliabilityDiagram(report.reliability, INNER * 0.62, 205),
    ]
    return [KeepTogether([*drawn, Spacer(0, 4), text(said, style(8.5)), Spacer(0, 14)]), *_sizes(report)]


def _sizes(report: Report) -> list[Flowable]:
    promised = report.recipe["coverage"]
    line = (
        f"Labels are named until the true one is among them in {percent(promised)} of pictures; found: "
        f"{show(report.figures['conformal_coverage'])}. One label is an answer, more are unsure."
    )
    rows = [
        (f"{size} label" + ("s" if size != "1" else ""), share, size == "1") for size, share in report.set_sizes.items()
    ]
    return [KeepTogether([*_heading("How many labels it names", line), Bars(rows, INNER * 0.6), Spacer(0, 14)])]


def _curves(report: Report) -> list[Flowable]:
    if not curves(report.history):
        return []
    line = "How far the network was from its training pictures after each epoch, one line for each fold."
    return [KeepTogether([*_heading("Learning", line), Curves(report.history, INNER * 0.7, 180), Spacer(0, 14)])]


def _list(title: str, line: str, items: Sequence[str]) -> list[Flowable]:
    if not items:
        return []
    lines = [text(f"• {item}", style(8.5, after=2)) for item in items]
    return [KeepTogether([*_heading(title, line), *lines, Spacer(0, 12)])]


def _again(report: Report) -> list[Flowable]:
    recipe, made = report.recipe, report.made
    line = f"The exact command; seed {recipe['seed']}, {recipe['folds']} folds."
    if made:
        line += f" It took {duration(made['seconds'])} on: {made['machine']}."
    return [KeepTogether([*_heading("Make it again", line), text(recipe["command"], style(8.5))])]
