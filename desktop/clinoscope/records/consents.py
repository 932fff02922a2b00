"""Consents: each answer is a row that is never changed; the last one for a purpose counts."""

import uuid
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from clinoscope.domain.consent import Consent, Consented, Purpose
from clinoscope.domain.user import User
from clinoscope.records import family, noted
from clinoscope.records.operations import Topic
from clinoscope.records.store import Store

_ACT = "consent.note"
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
            "at": noted.now(),
        }
        self._store.run(noted.adding(_ACT, Topic.CONSENTS, "consents", row, _FACTS))
        return _consent({**row, "user_name": self._user.name})


def problems(db: Database) -> Iterator[str]:
    """A sentence for every answer that is not what the audit chain saw, and for each that is gone."""
    for consent in noted.changed(db, _ACT, "consents", _FACTS):
        yield f"Consent {consent[:12]} is not what was noted."
    for consent in noted.gone(db, _ACT, "consents"):
        yield f"The consent {consent[:12]} was removed."


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
