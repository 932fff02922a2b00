"""Tables that spreadsheets open: written so that no cell is taken for a formula, read as spreadsheets save them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Sequence

_RISKY = "=+-@\t\r\n＝＋－＠"
"""What a cell that a spreadsheet takes for a formula begins with (OWASP, CSV Injection)."""
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_BYTE_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1f]")


def safe(cell: object) -> str:
    """A cell as it is written: a text that a spreadsheet would take for a formula gets an apostrophe in front.

    A plain number stays a number. ``bare`` undoes it for every text.
    """
    text = str(cell)
    if not isinstance(cell, str):
        return text
    if text.lstrip("'")[:1] in _RISKY and text.lstrip("'") and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def bare(cell: str) -> str:
    """A cell as it was before ``safe``."""
    if cell.startswith("'") and (rest := cell.lstrip("'")) and rest[0] in _RISKY:
        return cell[1:]
    return cell


def to_csv(rows: Iterable[Iterable[object]]) -> bytes:
    """A table for people: UTF-8 with a mark, so that spreadsheets know it, and their line ends."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def of_csv(text: str) -> list[list[str]]:
    """The lines of a table with commas, semicolons or tabs between; an empty line is an empty list.

    Raises csv.Error.
    """
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text))
    return [[bare(cell) for cell in line] for line in lines]


def by_name(data: bytes, known: Collection[str]) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """The names of the columns, and the rows below them that are not empty, each with its number: the names are row 1.

    Blanks around a cell go. A name of ``known`` is meant however it is written: ``Path`` is ``path``.
    Raises ValueError for a file that is no text, csv.Error.
    """
    lines = [[cell.strip() for cell in line] for line in of_csv(decoded(data))] or [[]]
    names = [name.lower() if name.lower() in known else name for name in lines[0]]
    rows = enumerate(lines[1:], start=2)
    return names, [(number, dict(zip(names, line, strict=False))) for number, line in rows if any(line)]


def decoded(data: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 with its mark, or what Windows calls 1252.

    Raises ValueError for a file that is no text.
    """
    encoding = next((name for mark, name in _BYTE_MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if _BINARY.search(text):
        raise ValueError("this is no text")
    return text


def delimiter(text: str) -> str:
    """What stands between the cells, by the first line."""
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def header(names: Sequence[str]) -> list[str]:
    """The names of the columns for comparing: small letters, one space between words."""
    return [" ".join(re.sub(r"[_\-./]+", " ", name).lower().split()) for name in names]
