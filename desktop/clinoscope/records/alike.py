"""Who might be the same person: found through the indexes of the search, the birth dates and the numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from clinoscope.domain.record import Patient
from clinoscope.domain.slips import near_days, near_numbers
from clinoscope.records.naming import SOUND, fold, parts, sound
from clinoscope.records.patients import patient_of
from clinoscope.records.store import Store

_MOST = 400
"""Rows of one look, each way: more share a birth date or a name only where it says nothing any more."""
_PIECE = 3  # letters; what the trigram index can look up


class Alike(NamedTuple):
    """A patient as recorded, and the id of the one it points at, its own when it stands alone."""

    recorded: Patient
    kept: str


def candidates(store: Store, name: str, born: date | None, identifier: str) -> tuple[Alike, ...]:
    """Everyone who shares a birth date, a number or a name, but for a slip in each."""
    found: dict[int, Alike] = {}
    for where, params in _looks(name, born, identifier):
        for row in store.rows(f"SELECT * FROM patients WHERE {where} LIMIT {_MOST}", params):
            found[row["number"]] = Alike(patient_of(row), row["merged_into"] or row["id"])
    merged = [alike.recorded.id for alike in found.values()]
    marks = ", ".join("?" * len(merged))
    # A name under which a merged record is found stands with the one that is kept.
    for row in store.rows(f"SELECT * FROM patients WHERE merged_into IN ({marks})", merged):
        found[row["number"]] = Alike(patient_of(row), row["merged_into"])
    return tuple(found.values())


def size(store: Store) -> int:
    """About how many patients there are."""
    return int(store.rows("SELECT coalesce(max(number), 0) AS last FROM patients")[0]["last"])


def _looks(name: str, born: date | None, identifier: str) -> Iterator[tuple[str, list[Any]]]:
    if born is not None:
        days = sorted(day.isoformat() for day in {born, *near_days(born)})
        yield f"born IN ({', '.join('?' * len(days))})", days
    if identifier:
        numbers = sorted(near_numbers(fold(identifier)))
        yield f"same_identifier IN ({', '.join('?' * len(numbers))})", numbers
    match = _name_match(name)
    if match:
        yield "number IN (SELECT rowid FROM patient_search WHERE patient_search MATCH ?)", [match]


def _name_match(name: str) -> str:
    """What the search index is asked for a name: of its two longest parts, each by its sound or by one of its halves.

    One slip leaves a half as it was, or the sound.
    """
    pieces = [ways for part in sorted(parts(name), key=len, reverse=True)[:2] if (ways := _pieces(part))]
    return " AND ".join("(" + " OR ".join(f'"{way}"' for way in ways) + ")" for ways in pieces)


def _pieces(part: str) -> tuple[str, ...]:
    said = sound(part)
    ways = [SOUND + said + SOUND] if len(said) > 1 else []
    half = max(len(part) // 2, _PIECE)
    if len(part) >= _PIECE:
        ways += [part[:half], part[-half:]]
    return tuple(dict.fromkeys(ways))
