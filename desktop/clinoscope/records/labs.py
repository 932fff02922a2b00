"""Lab values: added and voided, never changed, never removed."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlite_utils import Database

from clinoscope.domain.errors import NotAllowed, VaultError
from clinoscope.domain.labs import LabValue, LabVoid
from clinoscope.domain.record import User
from clinoscope.records import noted
from clinoscope.records.family import FAMILY
from clinoscope.records.operations import Operation, Topic
from clinoscope.records.store import Store

UNKNOWN = "There is no such lab value in this vault."
VOIDED = "This lab value was voided already: open the patient again."
NO_REASON = "Voiding a lab value needs a reason: say what is wrong with it."
NO_PATIENT = "The lab value's patient is not in the vault: add the patient first."

_FACTS = (
    *("id", "patient", "kind", "value", "unit", "given", "given_unit"),
    *("drawn_at", "day_only", "added_by", "added_at"),
)
_VOID = ("id", "voided_by", "voided_at", "void_reason")
_LABS = frozenset({Topic.LABS})
_ROWS = (
    "SELECT labs.*, adder.name AS adder_name, voider.name AS voider_name FROM labs"
    " JOIN users AS adder ON adder.id = labs.added_by LEFT JOIN users AS voider ON voider.id = labs.voided_by"
)


class Labs:
    """``vault.labs``."""

    def __init__(self, store: Store, user: User) -> None:
        self._store, self._user = store, user

    def of_patient(self, patient_id: str, *, voided: bool = False) -> tuple[LabValue, ...]:
        """A patient's values with those of all records merged with it, the one drawn last first; those that were voided
        only when asked for."""
        kept = "" if voided else " AND voided_at IS NULL"
        sql = f"{_ROWS} WHERE patient IN ({FAMILY}){kept} ORDER BY drawn_at DESC, added_at DESC"
        return tuple(lab_of(row) for row in self._store.rows(sql, [patient_id]))

    def get(self, lab_id: str) -> LabValue:
        """The value of that id, voided or not. Raises VaultError."""
        rows = self._store.rows(f"{_ROWS} WHERE labs.id = ?", [lab_id])
        if not rows:
            raise VaultError(UNKNOWN)
        return lab_of(rows[0])

    def add(self, lab: LabValue) -> LabValue:
        """Store a new value as the vault's user, now. Raises VaultError, ValueError for a number that is not one."""
        row = _row(lab, self._user)
        self._store.run(_add(row))
        return self.get(lab.id)

    def void(self, lab_id: str, reason: str) -> LabValue:
        """Set a value aside as the vault's user, now. Raises NotAllowed without a reason or twice, VaultError."""
        reason = " ".join(reason.split())
        if not reason:
            raise NotAllowed(NO_REASON)
        row = {"id": lab_id, "voided_by": self._user.id, "voided_at": noted.now(), "void_reason": reason}
        self._store.run(_void(row))
        return self.get(lab_id)


def lab_of(row: Mapping[str, Any]) -> LabValue:
    """The lab value that a row of the table, joined with the names of its users, holds."""
    void = None
    if row["voided_at"] is not None:
        by = User(id=row["voided_by"], name=row["voider_name"])
        void = LabVoid(by=by, at=datetime.fromisoformat(row["voided_at"]), reason=row["void_reason"])
    return LabValue(
        id=row["id"],
        patient_id=row["patient"],
        kind=row["kind"],
        value=row["value"],
        unit=row["unit"],
        given=row["given"],
        given_unit=row["given_unit"],
        drawn_at=datetime.fromisoformat(row["drawn_at"]),
        day_only=bool(row["day_only"]),
        added_by=User(id=row["added_by"], name=row["adder_name"]),
        added_at=datetime.fromisoformat(row["added_at"]),
        void=void,
    )


def facts_digest(row: Mapping[str, Any]) -> str:
    """The SHA-256 (hex) of what was added, as the audit chain notes it: a later change to the row shows."""
    return noted.digest(row, _FACTS)


def void_digest(row: Mapping[str, Any]) -> str:
    """The SHA-256 (hex) of how a value was voided, as the audit chain notes it."""
    return noted.digest(row, _VOID)


def _row(lab: LabValue, user: User) -> dict[str, Any]:
    if not all(math.isfinite(number) and number > 0 for number in (lab.value, lab.given)):
        raise ValueError("a lab value holds a number that is not above zero")
    return {
        "id": lab.id,
        "patient": lab.patient_id,
        "kind": lab.kind,
        "value": float(lab.value),
        "unit": lab.unit,
        "given": float(lab.given),
        "given_unit": lab.given_unit,
        "drawn_at": lab.drawn_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "day_only": int(lab.day_only),
        "added_by": user.id,
        "added_at": noted.now(),
    }


def _add(row: dict[str, Any]) -> Operation[None]:
    def apply(db: Database) -> None:
        if not db.execute("SELECT 1 FROM patients WHERE id = ?", [row["patient"]]).fetchone():
            raise VaultError(NO_PATIENT)
        db.table("labs").insert(row)

    return Operation("lab.add", _LABS, apply, row["id"], {"sha256": facts_digest(row)})


def _void(row: dict[str, Any]) -> Operation[None]:
    def apply(db: Database) -> None:
        found = db.execute("SELECT voided_at FROM labs WHERE id = ?", [row["id"]]).fetchone()
        if found is None:
            raise VaultError(UNKNOWN)
        if found[0] is not None:
            raise NotAllowed(VOIDED)
        db.table("labs").update(row["id"], {name: row[name] for name in _VOID if name != "id"})

    return Operation("lab.void", _LABS, apply, row["id"], {"sha256": void_digest(row)})
