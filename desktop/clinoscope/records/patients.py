"""Patients: add, change, and find as you type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from clinoscope.domain.check_digit import luhn
from clinoscope.domain.errors import NotAllowed, VaultError
from clinoscope.domain.record import Patient, Sex
from clinoscope.records import audit, family
from clinoscope.records.erasure import or_erased
from clinoscope.records.many import insert_many, trigger_off
from clinoscope.records.naming import fold, meant, searched, typed
from clinoscope.records.noted import now
from clinoscope.records.operations import Operation, Topic, note
from clinoscope.records.store import Store

if TYPE_CHECKING:
    from clinoscope.records.alike import Alike

MERGED = "This record was merged into another one: open that one to change it."
TAKEN = "Another patient has this number: search for it, or take another one."
_FIRST_NUMBER = 1001
_TRIGRAM = 3  # letters; what FTS5's trigram index can look up
_WALK = 2000
"""Names that are looked through before the search index is asked: 50 of them match what one patient in 40 has."""
_LAST = chr(0x10FFFF)


class Patients:
    """``vault.patients``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def search(self, text: str, limit: int = 50) -> tuple[Patient, ...]:
        """Patients for whom every typed word is part of the name, identifier or birth date.

        Letter case and accents do not matter. Names that begin with the text come first, then by name, then those
        that are written otherwise but may be meant (``naming.meant``); an empty text gives the patients changed last.
        A patient that was merged into another one is found as that one.
        """
        words = typed(text)
        if not words:
            sql = "SELECT * FROM patients WHERE merged_into IS NULL ORDER BY changed_at DESC LIMIT ?"
            return self._found(sql, [limit])
        begin, end = " ".join(words), " ".join(words) + _LAST
        # First along the index of names: while few letters are typed that fills the page at once.
        scan, params = _contain(words)
        first = self._found(
            f"SELECT * FROM patients WHERE sort_name >= ? AND sort_name < ? AND {scan} ORDER BY sort_name LIMIT ?",
            [begin, end, *params, limit],
        )
        if len(first) == limit:
            return first
        outside, wanted = "NOT (sort_name >= ? AND sort_name < ?)", limit - len(first)
        # What many have fills the page from the first names there are. What few have is looked up, and few are sorted.
        others = self._found(
            f"SELECT * FROM patients WHERE number IN (SELECT number FROM (SELECT number, sort_name, words FROM patients"
            f" ORDER BY sort_name LIMIT {_WALK}) WHERE {outside} AND {scan} LIMIT ?) ORDER BY sort_name",
            [begin, end, *params, wanted],
        )
        if len(others) < wanted:
            look_up, params = _matching(words)
            # The + keeps SQLite from walking the index of names, row by row all over the file.
            others = self._found(
                f"SELECT * FROM patients WHERE {outside} AND {look_up} ORDER BY +sort_name LIMIT ?",
                [begin, end, *params, wanted],
            )
        found = first + others
        if len(found) == limit:
            return found
        return found + self._otherwise_written(words, {patient.id for patient in found}, limit - len(found))

    def get(self, patient_id: str) -> Patient:
        """The patient of that id, or the one that it was merged into. Raises VaultError."""
        with self._store.reading() as db:
            return patient_of(row_of(db, kept_id(db, patient_id)))

    def as_recorded(self, patient_id: str) -> Patient:
        """The patient of that id itself, with the number that it had or has. Raises VaultError."""
        with self._store.reading() as db:
            return patient_of(row_of(db, patient_id))

    def all(self) -> tuple[tuple[Patient, str], ...]:
        """Everyone as recorded, those merged into others among them, each with the id of the one it points at or ""."""
        rows = self._store.rows("SELECT * FROM patients ORDER BY number")
        return tuple((patient_of(row), row["merged_into"] or "") for row in rows)

    def add(self, patient: Patient, in_spite_of: Sequence[str] = ()) -> Patient:
        """Store a new patient, spaces trimmed. Raises NotAllowed when the identifier is taken.

        ``in_spite_of`` are the ids of the patients who were shown as likely the same; the event notes them.
        """
        tidy = _tidy(patient)
        self._store.run(_add(tidy, {"in_spite_of": list(in_spite_of)} if in_spite_of else {}))
        return tidy

    def add_all(self, patients: Iterable[Patient], sha256: str) -> tuple[Patient, ...]:
        """Store new patients from a file of that SHA-256 (hex): all of them, each with its event, or none.

        Raises NotAllowed when an identifier is taken.
        """
        tidy = tuple(_tidy(patient) for patient in patients)
        self._store.run(_add_all(tidy, sha256, self._store.user))
        return tidy

    def change(self, patient: Patient) -> Patient:
        """Store what is known about a patient now. Raises NotAllowed, VaultError."""
        tidy = _tidy(patient)
        before = self.as_recorded(tidy.id)
        changed = sorted(key for key, value in asdict(tidy).items() if value != getattr(before, key))
        if changed:
            self._store.run(_change(tidy, changed))
        return tidy

    def alike(self, name: str, born: date | None, identifier: str) -> tuple[tuple[Alike, ...], int]:
        """Who might be the person of that name, birth date and number, see ``alike``; and about how many there are."""
        from clinoscope.records.alike import candidates, size

        return candidates(self._store, name, born, identifier), size(self._store)

    def suggest_identifier(self) -> str:
        """The next free number with its check digit (Luhn), such as ``2187-3``."""
        last = self._store.rows("SELECT max(serial) AS last FROM patients")[0]["last"]
        return numbered(last + 1 if last else _FIRST_NUMBER)

    def _otherwise_written(self, words: list[str], known: set[str], limit: int) -> tuple[Patient, ...]:
        """Those who may be meant, in another script or spelling, and are not known yet."""
        look_up, params = _meaning(words)
        if not look_up:
            return ()
        sql = f"SELECT * FROM patients WHERE {look_up} ORDER BY +sort_name LIMIT ?"
        found = self._found(sql, [*params, limit + len(known)])
        return tuple(patient for patient in found if patient.id not in known)[:limit]

    def _found(self, sql: str, params: list[Any]) -> tuple[Patient, ...]:
        return tuple(patient_of(row) for row in self._store.rows(sql, params))


def numbered(number: int) -> str:
    """A number with its check digit."""
    return f"{number}-{luhn(str(number))}"


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


def row_of(db: Database, patient_id: str) -> dict[str, Any]:
    """The row of the patient of that id. Raises VaultError."""
    for row in db.query("SELECT * FROM patients WHERE id = ?", [patient_id]):
        return dict(row)
    raise VaultError(or_erased(db, patient_id, family.UNKNOWN))


def kept_id(db: Database, patient_id: str) -> str:
    """The id of the one that a patient was merged into, over one or more steps; its own when it was not.

    Raises VaultError for an unknown one.
    """
    found = family.root(db, patient_id)
    if found is None:
        raise VaultError(or_erased(db, patient_id, family.UNKNOWN))
    return found


def put(db: Database, patient: Patient) -> None:
    """Write what is known about a patient now; it is found by that and by all that was merged into it."""
    row = as_row(patient)
    number, into = db.execute("SELECT number, merged_into FROM patients WHERE id = ?", [patient.id]).fetchone()
    row["words"] = " ".join([row["words"], *_words_of_merged(db, patient.id)]) if into is None else ""
    db.table("patients").update(number, row)
    if into is not None:  # what it is found by stands with the one that is kept
        put(db, patient_of(row_of(db, kept_id(db, patient.id))))


def _words_of_merged(db: Database, patient_id: str) -> list[str]:
    sql = f"{family.WITH} SELECT patients.* FROM family JOIN patients ON patients.id = family.id WHERE family.id <> ?"
    return [as_row(patient_of(row))["words"] for row in db.query(sql, [patient_id, patient_id])]


def _add(patient: Patient, details: dict[str, Any]) -> Operation[None]:
    def apply(db: Database) -> None:
        _check_free(db, patient)
        db.table("patients").insert(as_row(patient))

    return Operation("patient.add", frozenset({Topic.PATIENTS}), apply, patient.id, details)


def _add_all(patients: Sequence[Patient], sha256: str, user: str) -> Operation[None]:
    def apply(db: Database) -> None:
        rows = [as_row(patient) for patient in patients]
        numbers = [row["same_identifier"] for row in rows]
        if len(set(numbers)) < len(numbers) or any(
            db.execute("SELECT 1 FROM patients WHERE same_identifier = ?", [number]).fetchone() for number in numbers
        ):
            raise NotAllowed(TAKEN)
        last = db.execute("SELECT coalesce(max(number), 0) FROM patients").fetchone()[0]
        with trigger_off(db, "patients_added"):
            insert_many(db, "patients", rows)
            indexed = "INSERT INTO patient_search (rowid, words) SELECT number, words FROM patients WHERE number > ?"
            db.execute(indexed, [last])
        audit.append_all(db, [note("patient.add", patient.id) for patient in patients], user)

    details = {"patients": len(patients), "sha256": sha256}
    return Operation("patient.import", frozenset({Topic.PATIENTS}), apply, "", details)


def _change(patient: Patient, changed: list[str]) -> Operation[None]:
    def apply(db: Database) -> None:
        if kept_id(db, patient.id) != patient.id:
            raise NotAllowed(MERGED)
        _check_free(db, patient)
        put(db, patient)

    return Operation("patient.change", frozenset({Topic.PATIENTS}), apply, patient.id, {"fields": changed})


def _check_free(db: Database, patient: Patient) -> None:
    same = [fold(patient.identifier), patient.id]
    if db.execute("SELECT 1 FROM patients WHERE same_identifier = ? AND id <> ?", same).fetchone():
        raise NotAllowed(TAKEN)


def as_row(patient: Patient) -> dict[str, Any]:
    """All columns of a patient who was changed now."""
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
        "words": searched(patient.name, patient.identifier, patient.born),
        "changed_at": now(),
    }


def _serial(identifier: str) -> int | None:
    """The number of an identifier like the ones we suggest; None for any other."""
    found = re.fullmatch(r"([1-9][0-9]{0,11})-([0-9])", identifier)
    return int(found[1]) if found and luhn(found[1]) == int(found[2]) else None


def _contain(words: list[str]) -> tuple[str, list[str]]:
    """The condition that every one of ``words`` is somewhere in the row's, and its parameters."""
    return " AND ".join(["words LIKE ? ESCAPE '\\'"] * len(words)), [f"%{_like(word)}%" for word in words]


def _matching(words: list[str]) -> tuple[str, list[str]]:
    """The same through the search index: words that are long enough for it, or else the longest one."""
    long = [word for word in words if len(word) >= _TRIGRAM]
    others, others_params = _contain([word for word in words if len(word) < _TRIGRAM])
    if not long:
        look_up, params = _beginning(max(words, key=len))
    else:
        look_up = "SELECT rowid FROM patient_search WHERE patient_search MATCH ?"
        params = [" ".join(_quoted(word) for word in long)]
    return " AND ".join(filter(None, [f"number IN ({look_up})", others])), [*params, *others_params]


def _beginning(word: str) -> tuple[str, list[str]]:
    """Rows that hold a word of one or two letters: a part of three letters begins with it, or the row ends with it."""
    last = f"SELECT number FROM patients WHERE substr(words, -{len(word)}) = ?"
    return f"SELECT doc FROM patient_parts WHERE term >= ? AND term < ? UNION {last}", [word, word + _LAST, word]


def _meaning(words: list[str]) -> tuple[str, list[str]]:
    """The condition that each of ``words``, or what may be meant by it, is in the row's; empty where nothing else may
    be meant, or the words are too short for the search index."""
    read = [meant(word) or ((word,),) for word in words]
    groups = [ways for parts in read for ways in parts]
    if all(len(ways) == 1 for ways in groups):
        return "", []
    long = [ways for ways in groups if all(len(way) >= _TRIGRAM for way in ways)]
    if not long:
        return "", []
    match = " AND ".join("(" + " OR ".join(_quoted(way) for way in ways) + ")" for ways in long)
    terms, params = ["number IN (SELECT rowid FROM patient_search WHERE patient_search MATCH ?)"], [match]
    for ways in groups:
        if ways not in long:
            terms.append("(" + " OR ".join(["words LIKE ? ESCAPE '\\'"] * len(ways)) + ")")
            params.extend(f"%{_like(way)}%" for way in ways)
    return " AND ".join(terms), params


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _like(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
