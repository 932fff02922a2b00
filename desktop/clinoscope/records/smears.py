"""Smears: fields, cells and decisions of an exam that is a draft. One decision writes one row."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlite_utils import Database

from clinoscope.domain.errors import NotAllowed, VaultError
from clinoscope.domain.reading import ModelRef
from clinoscope.domain.record import Exam, PictureRef
from clinoscope.domain.smear import TWICE, Field, FieldState, SeenCell, Smear, Why
from clinoscope.domain.user import User
from clinoscope.records import smear_rows
from clinoscope.records.noted import now
from clinoscope.records.operations import Operation, Topic
from clinoscope.records.signing import plain
from clinoscope.records.smear_rows import Noted
from clinoscope.records.store import Store

FIXED = "This smear is signed or was discarded: amend the signed one to make a new version."
NO_CELL = "There is no such cell in this smear: open it again."
NO_FIELD = "There is no such field in this smear: open it again."
NOT_READ = "Field {} is not read yet, or was set aside: a cell can be added to it once it counts."
FOUND = "Cell {} was found by the program: sort it into not counted."

_SMEARS = frozenset({Topic.SMEARS})


@dataclass(frozen=True)
class Placed:
    """A found cell on its way in: what was seen, its small picture, and the earlier cell that it is.

    ``same_as`` is an earlier cell's number where that one stands for this, too. With ``replaces`` it is the
    other way round: this one shows the earlier cell better and stands for it from now on.
    """

    seen: SeenCell
    crop: bytes
    same_as: int | None = None
    replaces: bool = False


class Smears:
    """``vault.smears``."""

    def __init__(self, store: Store, user: User) -> None:
        self._store, self._user = store, user

    def of(self, exam: Exam) -> Smear:
        """All fields and cells of an exam's version, with both readers' decisions. Raises VaultError."""
        with self._store.reading() as db:
            return smear_rows.smear_of(db, exam.id, exam.version)

    def decisions(self, exam: Exam) -> tuple[Noted, ...]:
        """Every decision that was made on a version, the first one first. Raises VaultError."""
        with self._store.reading() as db:
            return smear_rows.decisions(db, exam.id, exam.version)

    def crops(self, exam: Exam, numbers: Sequence[int]) -> dict[int, bytes]:
        """The small pictures (JPEG) of some cells. Raises VaultError."""
        return self._pictures(exam, "cell", numbers)

    def small_fields(self, exam: Exam, numbers: Sequence[int]) -> dict[int, bytes]:
        """The small grey copies (JPEG) of some fields, of those that were read. Raises VaultError."""
        return self._pictures(exam, "field", numbers)

    def add_field(self, exam: Exam, picture: PictureRef) -> Field:
        """The next field of a draft, its picture being stored already; it waits to be read.

        Raises NotAllowed for a picture that the smear has, or when the smear is no draft; VaultError.
        """
        return self._store.run(_add_field(exam, picture))

    def set_read(
        self,
        exam: Exam,
        field: Field,
        cells: Sequence[Placed],
        small: bytes,
        models: tuple[ModelRef, ...],
        *,
        aside: bool = False,
    ) -> Smear:
        """Keep what was found in a field, all of it or nothing; its cells get the next numbers.

        Reading a field again changes nothing. ``field`` has its track and place, ``small`` is its small copy.
        ``aside``: it looks like no field and does not count until somebody takes it in again.
        Where a new cell stands for an earlier one, what was decided on that one is decided on the new one.
        Returns the field and its cells as they are now, and the earlier cells that stand behind one of them.
        Raises NotAllowed when the smear is no draft, VaultError.
        """
        return self._store.run(_set_read(exam, field, cells, small, models, aside=aside))

    def set_aside(self, exam: Exam, numbers: Sequence[int], why: Why) -> tuple[Field, ...]:
        """Leave fields and their cells out, all of them or none; UNTOLD takes them in again.

        Returns them as they are now. Raises NotAllowed when the smear is no draft, VaultError.
        """
        return self._store.run(_set_aside(exam, tuple(numbers), why))

    def add_cell(self, exam: Exam, field: int, cell: Placed, models: tuple[ModelRef, ...]) -> Smear:
        """Keep a cell that a person added to a field by hand; it gets the next number.

        ``models`` read it: the field names those that it did not know yet behind its own. Returns what changed, as
        ``set_read`` does. Raises NotAllowed when the field does not count or the smear is no draft, VaultError.
        """
        return self._store.run(_add_cell(exam, field, cell, models))

    def set_gone(self, exam: Exam, number: int, *, gone: bool) -> Smear:
        """Take a cell away that was added by hand, or put it back; the cells of its field as they are now.

        Raises NotAllowed for a cell that the program found or when the smear is no draft, VaultError.
        """
        return self._store.run(_set_gone(exam, number, gone=gone))

    def decide(self, exam: Exam, labels: Mapping[int, str], reader: int) -> datetime:
        """Note what the vault's user says that cells are, now; "" takes a decision back. Returns the time.

        One row for each cell, nothing else is written. Raises NotAllowed when the smear is no draft, VaultError.
        """
        return self._store.run(_decide(exam, dict(labels), reader, self._user))

    def _pictures(self, exam: Exam, what: str, numbers: Sequence[int]) -> dict[int, bytes]:
        places = ",".join("?" * len(numbers))
        sql = f"SELECT number, data FROM smear_pictures WHERE exam = ? AND what = ? AND number IN ({places})"
        with self._store.reading() as db:
            return dict(db.execute(sql, [exam.id, what, *numbers]).fetchall())


def _add_field(exam: Exam, picture: PictureRef) -> Operation[Field]:
    def apply(db: Database) -> Field:
        _touch(db, exam)
        key = [exam.id, exam.version]
        if not db.execute("SELECT 1 FROM pictures WHERE sha256 = ?", [picture.sha256]).fetchone():
            raise VaultError("The field's picture is not in the vault: take or open it again.")
        if db.execute(
            "SELECT 1 FROM smear_fields WHERE exam = ? AND version = ? AND picture = ?", [*key, picture.sha256]
        ).fetchone():
            raise NotAllowed(TWICE)
        field = Field(number=_next(db, "smear_fields", exam), picture=picture)
        db.table("smear_fields").insert(_field_row(exam, field))
        return field

    return Operation("smear.field", _SMEARS, apply, exam.id, {"version": exam.version, "picture": picture.sha256})


def _set_read(
    exam: Exam, field: Field, cells: Sequence[Placed], small: bytes, models: tuple[ModelRef, ...], *, aside: bool
) -> Operation[Smear]:
    seen = [_json(placed.seen) for placed in cells]

    def apply(db: Database) -> Smear:
        _touch(db, exam)
        before = _field(db, exam, field.number)
        if before.state is FieldState.READ:
            return smear_rows.part_of(db, exam.id, exam.version, {field.number})
        place = {"track": field.track, "x": field.x, "y": field.y, "models": _json(models)}
        counts = before.state is FieldState.ADDED and not aside
        state = FieldState.READ if counts else FieldState.ASIDE
        why = Why.NO_FIELD if aside else before.why
        stands = {"state": state.value, "why": why.value}
        db.table("smear_fields").update((exam.id, exam.version, field.number), {**place, **stands})
        _keep(db, exam, "field", field.number, small)
        changed = {field.number}
        first = _next(db, "smear_cells", exam)
        for number, (placed, text) in enumerate(zip(cells, seen, strict=True), start=first):
            changed |= _insert_cell(db, exam, field.number, number, placed, text)
        return smear_rows.part_of(db, exam.id, exam.version, changed)

    kept = {"version": exam.version, "field": field.number, "cells": len(cells), "sha256": _digest(seen)}
    details = {**kept, "aside": True} if aside else kept
    return Operation("smear.read", _SMEARS, apply, exam.id, details)


def _insert_cell(db: Database, exam: Exam, field: int, number: int, placed: Placed, seen: str) -> set[int]:
    """Keep a cell with its small picture; the field of the earlier one that it stands for from now on, if any."""
    stands = placed.same_as is not None and not placed.replaces
    db.table("smear_cells").insert(
        {
            "exam": exam.id,
            "version": exam.version,
            "number": number,
            "field": field,
            "same_as": placed.same_as if stands else None,
            "seen": seen,
        }
    )
    _keep(db, exam, "cell", number, placed.crop)
    if placed.same_as is None or not placed.replaces:
        return set()
    return {_stand_for(db, exam, placed.same_as, number)}


def _add_cell(exam: Exam, field: int, cell: Placed, models: tuple[ModelRef, ...]) -> Operation[Smear]:
    seen = _json(cell.seen)

    def apply(db: Database) -> Smear:
        _touch(db, exam)
        before = _field(db, exam, field)
        if before.state is not FieldState.READ:
            raise NotAllowed(NOT_READ.format(field))
        number = _next(db, "smear_cells", exam)
        changed = {field} | _insert_cell(db, exam, field, number, cell, seen)
        known = tuple(dict.fromkeys((*before.models, *models)))
        if known != before.models:
            db.table("smear_fields").update((exam.id, exam.version, field), {"models": _json(known)})
        return smear_rows.part_of(db, exam.id, exam.version, changed)

    details = {"version": exam.version, "field": field, "sha256": _digest([seen])}
    return Operation("smear.cell", _SMEARS, apply, exam.id, details)


def _set_gone(exam: Exam, number: int, *, gone: bool) -> Operation[Smear]:
    def apply(db: Database) -> Smear:
        _touch(db, exam)
        key = (exam.id, exam.version, number)
        row = db.execute("SELECT field, seen FROM smear_cells WHERE exam = ? AND version = ? AND number = ?", key)
        field, seen = row.fetchone() or (None, "")
        if field is None:
            raise VaultError(NO_CELL)
        if smear_rows.seen_of(seen).drawn_by is None:
            raise NotAllowed(FOUND.format(number))
        db.table("smear_cells").update(key, {"gone": int(gone)})
        return smear_rows.part_of(db, exam.id, exam.version, {field})

    details = {"version": exam.version, "cell": number, "gone": gone}
    return Operation("smear.gone", _SMEARS, apply, exam.id, details)


def _stand_for(db: Database, exam: Exam, earlier: int, now: int) -> int:
    """Let a new cell stand for an earlier one and all that it stood for; the earlier one's field."""
    key = [exam.id, exam.version]
    db.execute(
        "UPDATE smear_cells SET same_as = ? WHERE exam = ? AND version = ? AND (number = ? OR same_as = ?)",
        [now, *key, earlier, earlier],
    )
    db.execute(
        "INSERT INTO smear_decisions (exam, version, cell, reader, label, user, at)"
        " SELECT exam, version, ?, reader, label, user, at FROM smear_decisions"
        " WHERE exam = ? AND version = ? AND cell = ? ORDER BY seq",
        [now, *key, earlier],
    )
    (field,) = db.execute(
        "SELECT field FROM smear_cells WHERE exam = ? AND version = ? AND number = ?", [*key, earlier]
    ).fetchone()
    return int(field)


def _set_aside(exam: Exam, numbers: tuple[int, ...], why: Why) -> Operation[tuple[Field, ...]]:
    aside = why is not Why.UNTOLD

    def apply(db: Database) -> tuple[Field, ...]:
        _touch(db, exam)
        changed = []
        for before in _fields(db, exam, numbers):
            back = FieldState.ADDED if before.track is None else FieldState.READ
            changed.append(replace(before, state=FieldState.ASIDE if aside else back, why=why))
        db.conn.executemany(
            "UPDATE smear_fields SET state = ?, why = ? WHERE exam = ? AND version = ? AND number = ?",
            [(entry.state.value, why.value, exam.id, exam.version, entry.number) for entry in changed],
        )
        return tuple(changed)

    details = {"version": exam.version, "fields": list(numbers), "aside": aside, "why": why.value}
    return Operation("smear.aside", _SMEARS, apply, exam.id, details)


def _decide(exam: Exam, labels: dict[int, str], reader: int, user: User) -> Operation[datetime]:
    at = datetime.now(UTC)
    text = at.isoformat(timespec="microseconds")

    def apply(db: Database) -> datetime:
        _touch(db, exam)
        known = db.execute(
            "SELECT number FROM smear_cells WHERE exam = ? AND version = ?", [exam.id, exam.version]
        ).fetchall()
        if not labels.keys() <= {number for (number,) in known}:
            raise VaultError(NO_CELL)
        db.conn.executemany(
            "INSERT INTO smear_decisions (exam, version, cell, reader, label, user, at) VALUES (?,?,?,?,?,?,?)",
            [(exam.id, exam.version, cell, reader, label, user.id, text) for cell, label in labels.items()],
        )
        return at

    noted = [[cell, reader, label] for cell, label in sorted(labels.items())]
    details = {"version": exam.version, "cells": len(labels), "sha256": _digest(noted)}
    return Operation("smear.decide", _SMEARS, apply, exam.id, details)


def _touch(db: Database, exam: Exam) -> None:
    """Note when the draft was last worked on. Raises NotAllowed when it is none (any more)."""
    sql = "UPDATE exams SET saved_at = ? WHERE id = ? AND version = ? AND state = 'draft' AND smear IS NOT NULL"
    if db.execute(sql, [now(), exam.id, exam.version]).rowcount != 1:
        raise NotAllowed(FIXED)


def _next(db: Database, table: str, exam: Exam) -> int:
    """The next number, never one that was in use in any version: the small pictures are shared by all versions."""
    (last,) = db.execute(f"SELECT max(number) FROM {table} WHERE exam = ?", [exam.id]).fetchone()
    return int(last or 0) + 1


def _field(db: Database, exam: Exam, number: int) -> Field:
    return _fields(db, exam, (number,))[0]


def _fields(db: Database, exam: Exam, numbers: Sequence[int]) -> tuple[Field, ...]:
    """Some fields by number. Raises VaultError when one of them is not there."""
    places = ",".join("?" * len(numbers))
    sql = f"SELECT * FROM smear_fields WHERE exam = ? AND version = ? AND number IN ({places}) ORDER BY number"
    found = tuple(smear_rows.field_of(row) for row in db.query(sql, [exam.id, exam.version, *numbers]))
    if len(found) < len(set(numbers)):
        raise VaultError(NO_FIELD)
    return found


def _keep(db: Database, exam: Exam, what: str, number: int, data: bytes) -> None:
    db.table("smear_pictures").upsert(
        {"exam": exam.id, "what": what, "number": number, "data": data}, pk=("exam", "what", "number")
    )


def _field_row(exam: Exam, field: Field) -> dict[str, Any]:
    return {
        "exam": exam.id,
        "version": exam.version,
        "number": field.number,
        "picture": field.picture.sha256,
        "taken": _json(field.picture),
        "state": field.state.value,
        "track": field.track,
        "x": field.x,
        "y": field.y,
        "models": _json(field.models),
        "why": field.why.value,
    }


def _json(value: Any) -> str:
    return msgspec.json.encode(value, enc_hook=plain).decode()


def _digest(value: Any) -> str:
    return hashlib.sha256(msgspec.json.encode(value)).hexdigest()
