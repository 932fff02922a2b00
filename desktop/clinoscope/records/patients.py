"""Patients: add, change, and find as you type."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlite_utils import Database

from clinoscope.domain.errors import NotAllowed, VaultError
from clinoscope.domain.record import Patient, Sex
from clinoscope.records.erasure import or_erased
from clinoscope.records.operations import Operation, Topic
from clinoscope.records.store import Store

UNKNOWN = "There is no such patient in this vault."
_FIRST_NUMBER = 1001
_TRIGRAM = 3  # letters; what FTS5's trigram index can look up
_OWN_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})


class Patients:
    """``vault.patients``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def search(self, text: str, limit: int = 50) -> tuple[Patient, ...]:
        """Patients for whom every typed word is part of the name, identifier or birth date.

        Letter case and accents do not matter. Names that begin with the text come first, then by
        name; an empty text gives the patients changed last.
        """
        words = fold(text).split()
        if not words:
            return self._found("SELECT * FROM patients ORDER BY changed_at DESC LIMIT ?", [limit])
        begin, end = " ".join(words), " ".join(words) + chr(0x10FFFF)
        # First along the index of names: while few letters are typed that fills the page at once.
        scan, params = _contain(words)
        first = self._found(
            f"SELECT * FROM patients WHERE sort_name >= ? AND sort_name < ? AND {scan} ORDER BY sort_name LIMIT ?",
            [begin, end, *params, limit],
        )
        if len(first) == limit:
            return first
        look_up, params = _matching(words)
        # The + keeps SQLite from walking the index of names, row by row all over the file.
        others = self._found(
            f"SELECT * FROM patients WHERE NOT (sort_name >= ? AND sort_name < ?) AND {look_up} "
            "ORDER BY +sort_name LIMIT ?",
            [begin, end, *params, limit - len(first)],
        )
        return first + others

    def get(self, patient_id: str) -> Patient:
        """The patient of that id. Raises VaultError."""
        found = self._found("SELECT * FROM patients WHERE id = ?", [patient_id])
        if not found:
            with self._store.reading() as db:
                raise VaultError(or_erased(db, patient_id, UNKNOWN))
        return found[0]

    def add(self, patient: Patient) -> Patient:
        """Store a new patient, spaces trimmed. Raises NotAllowed when the identifier is taken."""
        tidy = _tidy(patient)
        self._store.run(_add(tidy))
        return tidy

    def change(self, patient: Patient) -> Patient:
        """Store what is known about a patient now. Raises NotAllowed, VaultError."""
        tidy = _tidy(patient)
        before = self.get(tidy.id)
        changed = sorted(key for key, value in asdict(tidy).items() if value != getattr(before, key))
        if changed:
            self._store.run(_change(tidy, changed))
        return tidy

    def suggest_identifier(self) -> str:
        """The next free number with its check digit (Luhn), such as ``2187-3``."""
        last = self._store.rows("SELECT max(serial) AS last FROM patients")[0]["last"]
        return numbered(last + 1 if last else _FIRST_NUMBER)

    def _found(self, sql: str, params: list[Any]) -> tuple[Patient, ...]:
        return tuple(patient_of(row) for row in self._store.rows(sql, params))


def numbered(number: int) -> str:
    """A number with its Luhn check digit (ISO/IEC 7812-1), which finds any one wrong digit."""
    return f"{number}-{luhn(number)}"


def luhn(number: int) -> int:
    """The Luhn check digit of a number."""
    total = 0
    for place, digit in enumerate(reversed(str(number))):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return -total % 10


def fold(text: str) -> str:
    """Lower case without accents, for finding: ``Zoë Øst`` becomes ``zoe ost``."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(bare.translate(_OWN_LETTERS).split())


def patient_of(row: Mapping[str, Any]) -> Patient:
    """The patient that a row of the table holds."""
    return Patient(
        id=row["id"],
        identifier=row["identifier"],
        name=row["name"],
        sex=Sex(row["sex"]),
        born=date.fromisoformat(row["born"]) if row["born"] else None,
        note=row["note"],
    )


def _tidy(patient: Patient) -> Patient:
    tidy = replace(
        patient,
        identifier=" ".join(patient.identifier.split()),
        name=" ".join(patient.name.split()),
        note=patient.note.strip(),
    )
    if not tidy.name:
        raise NotAllowed("A patient needs a name: type it first.")
    if not tidy.identifier:
        raise NotAllowed("A patient needs a number: type the clinic's number, or take the one that is offered.")
    return tidy


def _add(patient: Patient) -> Operation[None]:
    def apply(db: Database) -> None:
        _check_free(db, patient)
        db.table("patients").insert(_row(patient))

    return Operation("patient.add", frozenset({Topic.PATIENTS}), apply, patient.id)


def _change(patient: Patient, changed: list[str]) -> Operation[None]:
    def apply(db: Database) -> None:
        _check_free(db, patient)
        number = db.execute("SELECT number FROM patients WHERE id = ?", [patient.id]).fetchone()[0]
        db.table("patients").update(number, _row(patient))

    return Operation("patient.change", frozenset({Topic.PATIENTS}), apply, patient.id, {"fields": changed})


def _check_free(db: Database, patient: Patient) -> None:
    same = [fold(patient.identifier), patient.id]
    if db.execute("SELECT 1 FROM patients WHERE same_identifier = ? AND id <> ?", same).fetchone():
        raise NotAllowed("Another patient has this number: search for it, or take another one.")


def _row(patient: Patient) -> dict[str, Any]:
    return {
        "id": patient.id,
        "identifier": patient.identifier,
        "same_identifier": fold(patient.identifier),
        "serial": _serial(patient.identifier),
        "name": patient.name,
        "sex": patient.sex.value,
        "born": patient.born.isoformat() if patient.born else None,
        "note": patient.note,
        "sort_name": fold(patient.name),
        "words": " ".join([fold(patient.name), fold(patient.identifier), *_ways_to_write(patient.born)]),
        "changed_at": datetime.now(UTC).isoformat(timespec="microseconds"),
    }


def _ways_to_write(born: date | None) -> tuple[str, ...]:
    """A birth date as people in different countries type it."""
    if born is None:
        return ()
    return (
        born.isoformat(),
        f"{born:%d.%m.%Y}",
        f"{born.day}.{born.month}.{born.year}",
        f"{born:%d/%m/%Y}",
        f"{born.day}/{born.month}/{born.year}",
        f"{born:%m/%d/%Y}",
        f"{born.month}/{born.day}/{born.year}",
    )


def _serial(identifier: str) -> int | None:
    """The number of an identifier like the ones we suggest; None for any other."""
    found = re.fullmatch(r"([1-9][0-9]{0,11})-([0-9])", identifier)
    return int(found[1]) if found and luhn(int(found[1])) == int(found[2]) else None


def _contain(words: list[str]) -> tuple[str, list[str]]:
    """The condition that every one of ``words`` is somewhere in the row's, and its parameters."""
    return " AND ".join(["words LIKE ? ESCAPE '\\'"] * len(words)), [f"%{_like(word)}%" for word in words]


def _matching(words: list[str]) -> tuple[str, list[str]]:
    """The same through the search index, as far as the words are long enough for it."""
    long = [word for word in words if len(word) >= _TRIGRAM]
    if not long:
        return _contain(words)
    short, params = _contain([word for word in words if len(word) < _TRIGRAM])
    match = " ".join('"' + word.replace('"', '""') + '"' for word in long)
    look_up = "number IN (SELECT rowid FROM patient_search WHERE patient_search MATCH ?)"
    return f"{look_up} AND {short}" if short else look_up, [match, *params]


def _like(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
