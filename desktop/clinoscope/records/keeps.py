"""Patients who are kept although their time is over: each note is a row that is never changed, the last one counts."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from clinoscope.domain.user import User
from clinoscope.records import family, noted
from clinoscope.records.operations import Topic
from clinoscope.records.store import Store

_ACT = "patient.keep"
_FACTS = ("id", "patient", "keep", "reason", "user", "at")
_LAST = """
SELECT id, born,
    coalesce((SELECT max(created_at) FROM exams WHERE patient = patients.id), '') AS exam,
    coalesce((SELECT max(drawn_at) FROM labs WHERE patient = patients.id), '') AS lab, changed_at
FROM patients
"""


@dataclass(frozen=True)
class Seen:
    """When a patient was there last: the last exam or lab value, else the last change to what is known of them."""

    patient: str
    born: date | None
    last: date


class Keeps:
    """``vault.keeps``."""

    def __init__(self, store: Store, user: User) -> None:
        self._store, self._user = store, user

    def seen(self) -> tuple[Seen, ...]:
        """When each person was there last, by the record that counts."""
        with self._store.reading() as db:
            roots = family.roots(db)
            each = {row["id"]: _seen(row) for row in db.query(_LAST)}
        for patient, root in roots.items():
            each[root] = replace(each[root], last=max(each[root].last, each[patient].last))
        return tuple(seen for patient, seen in each.items() if patient not in roots)

    def reasons(self) -> dict[str, str]:
        """Why people are to be kept, by the record that counts; only those who are. Their last note counts, whichever
        record it was made about."""
        with self._store.reading() as db:
            roots = family.roots(db)
            rows = db.execute("SELECT patient, reason FROM keeps ORDER BY seq").fetchall()
        last = {roots.get(patient, patient): reason for patient, reason in rows}
        return {patient: reason for patient, reason in last.items() if reason}

    def note(self, patient_id: str, reason: str) -> None:
        """Keep a patient for that reason from now on; "" takes it back. Raises VaultError."""
        row = {
            "id": uuid.uuid4().hex,
            "patient": patient_id,
            "keep": int(bool(reason)),
            "reason": reason,
            "user": self._user.id,
            "at": noted.now(),
        }
        self._store.run(noted.adding(_ACT, Topic.PATIENTS, "keeps", row, _FACTS, keep=bool(reason)))


def problems(db: Database) -> Iterator[str]:
    """A sentence for every note that is not what the audit chain saw, and for each that is gone."""
    for note in noted.changed(db, _ACT, "keeps", _FACTS):
        yield f"Why a patient is kept ({note[:12]}) is not what was noted."
    for note in noted.gone(db, _ACT, "keeps"):
        yield f"Why a patient is kept ({note[:12]}) was removed."


def _seen(row: Mapping[str, Any]) -> Seen:
    last = max(row["exam"], row["lab"]) or row["changed_at"]
    born = date.fromisoformat(row["born"]) if row["born"] else None
    return Seen(row["id"], born, datetime.fromisoformat(last).astimezone().date())
