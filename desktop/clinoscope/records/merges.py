"""Two records of one person made one, and apart again.

Exams, lab values and smears stay with the patient under whom they were made: merging only lets one patient point at
another, the *kept* one. Whoever asks for a patient gets the kept one, and whoever asks for what a patient has gets what
all of the *family* has: the kept one with all that point at it, over one or more steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import msgspec
from sqlite_utils import Database

from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.record import Merge, Patient, User
from clinoscope.records import noted
from clinoscope.records.family import FAMILY
from clinoscope.records.operations import Operation, Topic
from clinoscope.records.patients import kept_id, patient_of, put, row_of
from clinoscope.records.store import Store

SAME = "These are one record already: choose another one."
MERGED = "This record was merged into another one already: open it again."
NOT_MERGED = "These records are apart already: open the patient again."
NO_REASON = "Merging needs a reason: say how you know that both are the same person."

_FACTS = ("name", "sex", "born", "note")
"""What may be taken from either; the number stays with its record."""
_ROW = ("merged", "kept", "before", "after", "reason", "by", "at")
_TOPICS = frozenset({Topic.PATIENTS, Topic.EXAMS, Topic.LABS, Topic.SMEARS})
_MERGES = (
    "SELECT patient_merges.*, users.name AS by_name FROM patient_merges"
    " JOIN users ON users.id = patient_merges.by WHERE undone_at IS NULL"
)


class Merges:
    """``vault.merges``."""

    def __init__(self, store: Store, user: User) -> None:
        self._store, self._user = store, user

    def of(self, patient_id: str) -> tuple[Merge, ...]:
        """What was merged into a patient, over one or more steps, the last one first."""
        with self._store.reading() as db:
            rows = db.query(f"{_MERGES} AND merged IN ({FAMILY}) ORDER BY number DESC", [patient_id])
            return tuple(_merge(db, row) for row in rows)

    def merge(self, merged_id: str, kept: Patient, reason: str) -> Patient:
        """Let a patient point at ``kept``, who is from now on called and described as given; the kept one.

        Raises NotAllowed without a reason, for one and the same record and for one that points elsewhere; VaultError.
        """
        reason = " ".join(reason.split())
        if not reason:
            raise NotAllowed(NO_REASON)
        with self._store.reading() as db:
            row = _new_row(db, merged_id, kept, reason, self._user)
        self._store.run(_merging(row, kept))
        return kept

    def undo(self, merged_id: str) -> Patient:
        """Let the patient stand alone again, as before; the patient.

        The kept one gets back what the merge changed about it, as far as nobody has changed that since. What was added
        to the kept one meanwhile stays there. Raises NotAllowed, VaultError.
        """
        found = self._store.rows("SELECT * FROM patient_merges WHERE merged = ? AND undone_at IS NULL", [merged_id])
        if not found:
            raise NotAllowed(NOT_MERGED)
        self._store.run(_undoing(found[0], self._user))
        with self._store.reading() as db:
            return _patient(db, merged_id)


def problems(db: Database) -> Iterator[str]:
    """A sentence for each merge that is not what the audit chain saw, and each record that points past it."""
    for row in db.query("SELECT * FROM patient_merges ORDER BY number"):
        said = {"patient.merge": {"into": row["kept"], "sha256": noted.digest(row, _ROW)}}
        if row["undone_at"] is not None:
            said["patient.separate"] = {"from": row["kept"], "sha256": noted.digest(row, _ROW)}
        for act, details in said.items():
            if not noted.is_said(db, act, row["merged"], details):
                yield f"The merging of patient {row['merged'][:12]} is not what was written."
    sql = (
        "SELECT id FROM patients WHERE merged_into IS NOT (SELECT kept FROM patient_merges"
        " WHERE merged = patients.id AND undone_at IS NULL)"
    )
    for row in db.query(sql):
        yield f"Patient {row['id'][:12]} was merged or separated past the program."


def _merge(db: Database, row: Mapping[str, Any]) -> Merge:
    return Merge(
        patient=_patient(db, row["merged"]),
        into=row["kept"],
        reason=row["reason"],
        by=User(id=row["by"], name=row["by_name"]),
        at=datetime.fromisoformat(row["at"]),
    )


def _new_row(db: Database, merged_id: str, kept: Patient, reason: str, user: User) -> dict[str, Any]:
    was, becomes = asdict(_patient(db, kept.id)), asdict(kept)
    changed = [name for name in _FACTS if was[name] != becomes[name]]
    return {
        "merged": merged_id,
        "kept": kept.id,
        "before": _json({name: was[name] for name in changed}),
        "after": _json({name: becomes[name] for name in changed}),
        "reason": reason,
        "by": user.id,
        "at": noted.now(),
    }


def _merging(row: dict[str, Any], kept: Patient) -> Operation[None]:
    fields = sorted(msgspec.json.decode(row["after"]))

    def apply(db: Database) -> None:
        if kept_id(db, row["merged"]) == kept_id(db, row["kept"]):
            raise NotAllowed(SAME)
        for patient in (row["merged"], row["kept"]):
            if kept_id(db, patient) != patient:
                raise NotAllowed(MERGED)
        if _patient(db, row["kept"]).identifier != kept.identifier:
            raise NotAllowed("The number stays with its record: keep the other one to keep its number.")
        db.table("patient_merges").insert(row)
        db.execute("UPDATE patients SET merged_into = ?, words = '' WHERE id = ?", [row["kept"], row["merged"]])
        put(db, kept)

    details = {"into": row["kept"], "sha256": noted.digest(row, _ROW)} | ({"fields": fields} if fields else {})
    return Operation("patient.merge", _TOPICS, apply, row["merged"], details)


def _undoing(row: dict[str, Any], user: User) -> Operation[None]:
    before, after = msgspec.json.decode(row["before"]), msgspec.json.decode(row["after"])

    def apply(db: Database) -> None:
        undone = db.execute(
            "UPDATE patient_merges SET undone_by = ?, undone_at = ? WHERE number = ? AND undone_at IS NULL",
            [user.id, noted.now(), row["number"]],
        )
        if undone.rowcount != 1:
            raise NotAllowed(NOT_MERGED)
        db.execute("UPDATE patients SET merged_into = NULL WHERE id = ?", [row["merged"]])
        kept = row_of(db, row["kept"])
        back = {name: before[name] for name in before if (kept[name] or None) == (after[name] or None)}
        put(db, patient_of(kept | back))
        put(db, _patient(db, row["merged"]))

    details = {"from": row["kept"], "sha256": noted.digest(row, _ROW)}
    return Operation("patient.separate", _TOPICS, apply, row["merged"], details)


def _patient(db: Database, patient_id: str) -> Patient:
    """The record of that id itself, wherever it points. Raises VaultError."""
    return patient_of(row_of(db, patient_id))


def _json(facts: Mapping[str, Any]) -> str:
    return msgspec.json.encode(facts, order="deterministic").decode()
