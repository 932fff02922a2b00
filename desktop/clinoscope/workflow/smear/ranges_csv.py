"""The reference ranges as a table that any spreadsheet opens: written, changed there, and read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clinoscope.domain import spreadsheet
from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.record import Sex
from clinoscope.workflow.smear.tables import RangeRow

COLUMNS = ("of", "from_months", "sex", "percent_low", "percent_high", "absolute_low", "absolute_high", "source")
_SHOWN = 5
"""Wrong lines that are told at once: who has more has another kind of file."""
_MOST = 1_000_000
"""Bytes of the largest file that is looked at: a table of ranges has a few thousand."""


def to_csv(rows: Sequence[RangeRow]) -> bytes:
    """A table with the line of ``COLUMNS`` on top; UTF-8 with a mark, so that spreadsheets know it."""
    lines: list[Sequence[object]] = [COLUMNS]
    for row in rows:
        spans = [f"{number:g}" for span in (row.percent, row.absolute) for number in (span or ())]
        if row.percent is None:
            spans = ["", "", *spans]
        lines.append([row.of, row.from_months, row.sex.value, *spans, *[""] * (4 - len(spans)), row.source])
    return spreadsheet.to_csv(lines)


def of_csv(data: bytes) -> tuple[RangeRow, ...]:
    """The rows of a table as ``to_csv`` writes it, or as a spreadsheet saves it again: with commas, semicolons or tabs
    between, and a point or a comma in the numbers.

    Raises NotAllowed with a sentence for each of the first wrong lines, by its number.
    """
    lines = spreadsheet.of_csv(_text(data))
    head = [name.strip().lower() for name in lines[0]] if lines else []
    missing = [name for name in COLUMNS if name not in head]
    if missing:
        raise NotAllowed(f"The first line must name the columns. Missing: {', '.join(missing)}.")
    rows, wrong = [], []
    for number, line in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in line):
            continue
        try:
            rows.append(_row(dict(zip(head, (cell.strip() for cell in line), strict=False))))
        except NotAllowed as error:
            wrong.append(f"Line {number}: {error}")
    if wrong:
        more = f"\nAnd {len(wrong) - _SHOWN} more lines." if len(wrong) > _SHOWN else ""
        raise NotAllowed("\n".join(wrong[:_SHOWN]) + more)
    if not rows:
        raise NotAllowed("The table has no ranges.")
    return tuple(rows)


def _row(cells: Mapping[str, str]) -> RangeRow:
    if not cells.get("of"):
        raise NotAllowed("“of” must name a class or group, such as neutrophils.")
    months = cells.get("from_months", "")
    if not months.isdecimal():
        raise NotAllowed(f"“from_months” is the age in whole months, not “{months}”.")
    try:
        sex = Sex(cells.get("sex", "").upper())
    except ValueError:
        raise NotAllowed("“sex” is F, M or empty.") from None
    percent, absolute = _span(cells, "percent"), _span(cells, "absolute")
    if percent is None and absolute is None:
        raise NotAllowed("There is neither a range in percent nor an absolute one.")
    return RangeRow(
        of=cells["of"],
        from_months=int(months),
        sex=sex,
        percent=percent,
        absolute=absolute,
        source=cells.get("source", ""),
    )


def _span(cells: Mapping[str, str], name: str) -> tuple[float, float] | None:
    low, high = cells.get(f"{name}_low", ""), cells.get(f"{name}_high", "")
    if not low and not high:
        return None
    if not low or not high:
        raise NotAllowed(f"“{name}_low” and “{name}_high” go together.")
    try:
        span = float(low.replace(",", ".")), float(high.replace(",", "."))
    except ValueError:
        raise NotAllowed(f"“{low}” to “{high}” is no range of numbers.") from None
    if not span[0] <= span[1]:  # also where one is not a number
        raise NotAllowed(f"{low} to {high} goes from the higher to the lower number.")
    return span


def _text(data: bytes) -> str:
    if len(data) > _MOST:
        raise NotAllowed("This file is too large for a table of ranges.")
    try:
        return spreadsheet.decoded(data)
    except ValueError:
        raise NotAllowed("This file is no table: save it from the spreadsheet as CSV.") from None
