"""Consents: each answer is a row that is never changed; the last one for a purpose counts."""

import hashlib
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from sqlite_utils import Database

from clinoscope.domain.consent import Consent, Consented, Purpose
from clinoscope.domain.errors import VaultError
from clinoscope.domain.user import User
from clinoscope.records import family
from clinoscope.records.operations import Operation, Topic
from clinoscope.records.store import Store

NO_PATIENT = "There is no such patient in this vault."
_FACTS = ("id", "patient", "purpose", "said", "day", "note", "user", "at")
_ROWS = "SELECT consents.*, users.name AS user_name FROM consents JOIN users ON users.id = consents.user"


class Consents:
    """``vault.consents``."""

    def __init__(self, store: Store, user: User) -> None:
        self._store, self._user = store, user

    def of_patient(self, patient_id: str) -> tuple[Consent, ...]:
        """Every answer of a person, whichever record it was noted in, the one noted last first."""
        with self._store.reading() as db:
            person = family.ids(db, patient_id)
            marks = ", ".join("?" * len(person))
            rows = list(db.query(f"{_ROWS} WHERE patient IN ({marks}) ORDER BY seq DESC", person))
        return tuple(_consent(row) for row in rows)

    def said(self, purpose: Purpose) -> dict[str, Consented]:
        """What counts for a purpose now, by patient; who was never asked is not in it.

        The last answer of a person counts for each of their records.
        """
        with self._store.reading() as db:
            rows = db.execute("SELECT patient, said FROM consents WHERE purpose = ? ORDER BY seq", [purpose.value])
            roots = family.roots(db)
            last = {roots.get(patient, patient): Consented(said) for patient, said in rows.fetchall()}
        return last | {patient: last[root] for patient, root in roots.items() if root in last}

    def note(self, patient_id: str, purpose: Purpose, said: Consented, day: date, note: str) -> Consent:
        """Keep an answer, as noted by the vault's user now. Raises VaultError."""
        row = {
            "id": uuid.uuid4().hex,
            "patient": patient_id,
            "purpose": purpose.value,
            "said": said.value,
            "day": day.isoformat(),
            "note": " ".join(note.split()),
            "user": self._user.id,
            "at": datetime.now(UTC).isoformat(timespec="microseconds"),
        }
        self._store.run(_note(row))
        return _consent({**row, "user_name": self._user.name})


def problems(db: Database) -> Iterator[str]:
    """A sentence for every answer that is not what the audit chain saw, and for each that is gone."""
    noted = "SELECT json_extract(details, '$.sha256') FROM events WHERE subject = ? AND act = 'consent.note'"
    for row in list(db.query("SELECT * FROM consents ORDER BY seq")):
        if (_digest(row),) not in db.execute(noted, [row["id"]]).fetchall():
            yield f"Consent {row['id'][:12]} is not what was noted."
    gone = (
        "SELECT subject FROM events WHERE act = 'consent.note' AND subject NOT IN (SELECT id FROM consents)"
        " AND subject NOT IN (SELECT subject FROM erased)"
    )
    for (subject,) in db.execute(gone).fetchall():
        yield f"The consent {subject[:12]} was removed."


def _note(row: dict[str, Any]) -> Operation[None]:
    def apply(db: Database) -> None:
        if not db.execute("SELECT 1 FROM patients WHERE id = ?", [row["patient"]]).fetchone():
            raise VaultError(NO_PATIENT)
        db.table("consents").insert(row)

    return Operation("consent.note", frozenset({Topic.CONSENTS}), apply, row["id"], {"sha256": _digest(row)})


def _digest(row: Mapping[str, Any]) -> str:
    return hashlib.sha256(msgspec.json.encode([row[name] for name in _FACTS])).hexdigest()


def _consent(row: Mapping[str, Any]) -> Consent:
    return Consent(
        id=row["id"],
        patient_id=row["patient"],
        purpose=Purpose(row["purpose"]),
        said=Consented(row["said"]),
        day=date.fromisoformat(row["day"]),
        note=row["note"],
        by=User(id=row["user"], name=row["user_name"]),
        at=datetime.fromisoformat(row["at"]),
    )
