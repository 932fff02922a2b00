"""A list of patients as a table: its lines read one by one, each with what is wrong with it, and written.

Nothing is guessed: a date whose day could be its month is an error until somebody says which comes first.
"""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from clinoscope.domain import spreadsheet
from clinoscope.domain.days import MONTHS
from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.record import Patient, Sex

COLUMNS = ("number", "name", "born", "sex", "note")
"""As a template and an export have them."""
LARGEST = 20_000_000
"""Bytes of the largest file that is looked at: 100,000 patients have about 6,000,000."""
MOST = 100_000
"""Lines that are taken in at once."""
_OLDEST = 120  # years
_LONGEST = 200  # letters of a name: more is a cell that swallowed its neighbours
_MONTHS = tuple(name.lower() for name in MONTHS)
TOO_LARGE = (
    f"This file is too large for a list of patients: it has more than {LARGEST // 1_000_000} MB. Take it in in parts."
)
_NO_LIST = "This is no list of patients: save it from the spreadsheet as CSV, and open that."
_WHICH_FIRST = "“{}” could be two days. Say whether the day or the month comes first."


@dataclass(frozen=True)
class Line:
    """A line of the file, by its number there: the patient it describes, without id, or what is wrong with it."""

    number: int
    patient: Patient | None
    error: str = ""


@dataclass(frozen=True)
class Table:
    """``unused`` are the names of columns that nothing is taken from; ``undecided`` counts dates that could be two."""

    lines: tuple[Line, ...]
    unused: tuple[str, ...]
    undecided: int


class _TwoDays(NotAllowed):
    """A date that could be two."""


def read(data: bytes, today: date, day_first: bool | None = None) -> Table:
    """The lines of a file. ``day_first`` says how 03/04/1990 is meant; None leaves it an error of its line.

    Raises NotAllowed for a file that is no such list.
    """
    lines = _cells(data)
    columns, unused = _columns(lines[0] if lines else [])
    found, undecided = [], 0
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        row = {what: cells[place].strip() if place < len(cells) else "" for what, place in columns.items()}
        try:
            found.append(Line(number, _patient(row, today, day_first)))
        except NotAllowed as error:
            undecided += isinstance(error, _TwoDays)
            found.append(Line(number, None, str(error)))
    if not found:
        raise NotAllowed("There is no patient in this list: nothing comes below the names of the columns.")
    if len(found) > MOST:
        raise NotAllowed(f"This list has more than {MOST:,} lines: take it in in parts.")
    return Table(tuple(found), unused, undecided)


def template() -> bytes:
    """An empty list with an example, to be filled in."""
    return spreadsheet.to_csv([COLUMNS, ("", "Ada Okafor (an example: remove this line)", "1990-05-17", "F", "")])


def written(patients: Iterable[Patient]) -> bytes:
    """The patients as a list that ``read`` reads again."""
    rows = []
    for patient in patients:
        born = patient.born.isoformat() if patient.born else ""
        rows.append((patient.identifier, patient.name, born, patient.sex.value, patient.note))
    return spreadsheet.to_csv([COLUMNS, *rows])


def birth_date(text: str, today: date, day_first: bool | None) -> date | None:
    """A birth date as spreadsheets write it. Raises NotAllowed for an impossible one, and one that could be two."""
    text = re.sub(r"[ T]0{1,2}:00(:00)?(\.0+)?$", "", text.strip())
    if not text:
        return None
    for pattern, order in _FORMS:
        found = re.fullmatch(pattern, text, re.IGNORECASE)
        if found:
            return _possible(order(found, day_first, text), text, today)
    raise NotAllowed(f"“{text}” is no birth date: write it like 1990-05-17.")


def _cells(data: bytes) -> list[list[str]]:
    if len(data) > LARGEST:
        raise NotAllowed(TOO_LARGE)
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        raise NotAllowed("This is a workbook of a spreadsheet program: save it there as CSV, and open that.")
    try:
        return spreadsheet.of_csv(spreadsheet.decoded(data))
    except (ValueError, csv.Error):
        raise NotAllowed(_NO_LIST) from None


def _columns(head: Sequence[str]) -> tuple[Mapping[str, int], tuple[str, ...]]:
    """Where what stands, and the names of what nobody knows. Raises NotAllowed."""
    known = {word: what for what, words in _table()["columns"].items() for word in words}
    places: dict[str, int] = {}
    unused = []
    for place, name in enumerate(spreadsheet.header(head)):
        what = known.get(name)
        if what in places:
            raise NotAllowed(f"Two columns are the {what}: “{head[places[what]]}” and “{head[place]}”. Rename one.")
        if what:
            places[what] = place
        elif name:
            unused.append(head[place].strip())
    if "name" not in places and "family" not in places:
        raise NotAllowed(
            "The first line must name the columns, and one must be the name. They may be called: "
            "number, name (or given name and family name), born, sex, note."
        )
    return places, tuple(unused)


def _patient(row: Mapping[str, str], today: date, day_first: bool | None) -> Patient:
    name = row.get("name") or " ".join(filter(None, (row.get("given"), row.get("family"))))
    if not name:
        raise NotAllowed("There is no name.")
    if len(name) > _LONGEST:
        raise NotAllowed(f"The name has more than {_LONGEST} letters: look for a missing quotation mark.")
    sexes = {word: sex for sex, words in _table()["sexes"].items() for word in words}
    sex = sexes.get(row.get("sex", "").lower())
    if sex is None:
        raise NotAllowed(f"“{row['sex']}” is no sex: write F, M, X or nothing.")
    born = birth_date(row.get("born", ""), today, day_first)
    return Patient(
        id="", identifier=row.get("number", ""), name=name, sex=Sex(sex), born=born, note=row.get("note", "")
    )


def _possible(parts: tuple[int, int, int], text: str, today: date) -> date:
    try:
        born = date(*parts)
    except ValueError:
        raise NotAllowed(f"“{text}” is no day of the calendar.") from None
    if born > today:
        raise NotAllowed(f"“{text}” is still to come.")
    if today.year - born.year > _OLDEST:
        raise NotAllowed(f"“{text}” is more than {_OLDEST} years ago.")
    return born


Parts = tuple[int, int, int]


def _year_first(found: re.Match[str], _day_first: bool | None, _text: str) -> Parts:
    return int(found[1]), int(found[2]), int(found[3])


def _day_then_month(found: re.Match[str], _day_first: bool | None, _text: str) -> Parts:
    return int(found[3]), int(found[2]), int(found[1])


def _either(found: re.Match[str], day_first: bool | None, text: str) -> Parts:
    one, other, year = int(found[1]), int(found[2]), int(found[3])
    if one > 12 or one == other:
        return year, other, one
    if other > 12:
        return year, one, other
    if day_first is None:
        raise _TwoDays(_WHICH_FIRST.format(text))
    return (year, other, one) if day_first else (year, one, other)


def _named(day: int, month: int, year: int) -> Callable[[re.Match[str], bool | None, str], Parts]:
    def order(found: re.Match[str], _day_first: bool | None, _text: str) -> Parts:
        return int(found[year]), _MONTHS.index(found[month][:3].lower()) + 1, int(found[day])

    return order


def _two_digits(_found: re.Match[str], _day_first: bool | None, text: str) -> Parts:
    raise NotAllowed(f"“{text}” has a year of two digits: write all four.")


_NAMES = f"({'|'.join(_MONTHS)})[a-z]*"
_FORMS = (
    (r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})", _year_first),
    (r"(\d{4})(\d\d)(\d\d)", _year_first),
    (r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})", _day_then_month),
    (r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})", _either),
    (rf"(\d{{1,2}})[-. ]+{_NAMES}[-,. ]+(\d{{4}})", _named(1, 2, 3)),
    (rf"{_NAMES}\.? (\d{{1,2}}),? (\d{{4}})", _named(2, 1, 3)),
    (rf"\d{{1,2}}[-./ ]+(?:\d{{1,2}}|{_NAMES})[-./ ]+\d\d", _two_digits),
)


@functools.cache
def _table() -> dict[str, Any]:
    import tomllib

    return tomllib.loads(Path(__file__).with_name("patient_columns.toml").read_text(encoding="utf-8"))
