"""The rows of a smear: fields, cells, decisions; what of them is signed; how an amendment takes them over."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlite_utils import Database

from clinoscope.domain.reading import ModelRef
from clinoscope.domain.record import PictureRef
from clinoscope.domain.smear import Cell, Decision, Field, FieldState, SeenCell, Smear, Why
from clinoscope.domain.user import User
from clinoscope.records.store import Store

FIRST, SECOND = 1, 2
"""The two readers, as a decision's row names them."""

_FIELDS = "number, picture, taken, state, track, x, y, models, why"
_seen = msgspec.json.Decoder(SeenCell)
_taken = msgspec.json.Decoder(PictureRef)
_models = msgspec.json.Decoder(tuple[ModelRef, ...])


class Noted(NamedTuple):
    """One decision as it was made; ``label`` is "" where it was taken back."""

    cell: int
    reader: int
    label: str
    by: User
    at: datetime


class Seal(NamedTuple):
    """A smear and the bytes of it that are signed."""

    smear: Smear
    cells: int
    text: bytes


def smear_of(db: Database, exam: str, version: int) -> Smear:
    """The smear of an exam's version; an empty one where nothing was added yet."""
    return _joined(db, exam, version, decisions(db, exam, version))


def part_of(db: Database, exam: str, version: int, fields: Iterable[int]) -> Smear:
    """Some fields of a smear with their cells: what one reading changed, however many cells there are."""
    chosen = f"({','.join(str(int(number)) for number in fields)})"
    cells = f" AND cell IN (SELECT number FROM smear_cells WHERE exam = ? AND version = ? AND field IN {chosen})"
    made = decisions(db, exam, version, cells, [exam, version])
    return _joined(db, exam, version, made, f" AND field IN {chosen}", f" AND number IN {chosen}")


def decisions(db: Database, exam: str, version: int, where: str = "", more: Iterable[object] = ()) -> tuple[Noted, ...]:
    """Every decision that was made, the first one first. ``where`` narrows the rows, ``more`` are its values."""
    names = dict(db.execute("SELECT id, name FROM users").fetchall())
    rows = db.execute(
        f"SELECT cell, reader, label, user, at FROM smear_decisions WHERE exam = ? AND version = ?{where} ORDER BY seq",
        [exam, version, *more],
    )
    users = {key: User(id=key, name=name) for key, name in names.items()}
    return tuple(
        Noted(cell, reader, label, users[user], datetime.fromisoformat(at)) for cell, reader, label, user, at in rows
    )


def sealed(db: Database, exam: str, version: int) -> Seal:
    """The smear with the bytes that are signed: sorted JSON of all fields, cells and decisions."""
    made = decisions(db, exam, version)
    smear = _joined(db, exam, version, made)
    told = {"fields": smear.fields, "cells": smear.cells, "decisions": [note._asdict() for note in made]}
    return Seal(smear, len(smear.cells), msgspec.json.encode(told, order="deterministic"))


def keep_seal(db: Database, exam: str, version: int, text: bytes) -> None:
    """Store the signed bytes beside the rows, so that a later program can check them."""
    db.table("smear_seals").insert({"exam": exam, "version": version, "text": text.decode()})


def copy(db: Database, exam: str, before: int, after: int) -> None:
    """Give an amendment the fields, cells and decisions of the version before."""
    for table, columns in (
        ("smear_fields", _FIELDS),
        ("smear_cells", "number, field, same_as, seen, gone"),
        ("smear_decisions", "cell, reader, label, user, at"),
    ):
        order = "seq" if table == "smear_decisions" else "number"
        db.execute(
            f"INSERT INTO {table} (exam, version, {columns})"
            f" SELECT exam, ?, {columns} FROM {table} WHERE exam = ? AND version = ? ORDER BY {order}",
            [after, exam, before],
        )


def pictures(store: Store, exam: str, version: int) -> tuple[str, ...]:
    """The SHA-256 of every field's picture, in order."""
    sql = "SELECT picture FROM smear_fields WHERE exam = ? AND version = ? ORDER BY number"
    return tuple(row["picture"] for row in store.rows(sql, [exam, version]))


def problems(db: Database) -> Iterator[str]:
    """A sentence for each signed smear whose rows are no longer what was signed."""
    rows = db.query("SELECT id, version, smear FROM exams WHERE state = 'signed' AND smear IS NOT NULL")
    for row in list(rows):
        exam, version = row["id"], row["version"]
        if not _as_signed(db, exam, version, msgspec.json.decode(row["smear"]).get("sha256", "")):
            yield f"The cells of exam {exam[:12]}, version {version}, are not what was signed."


def _as_signed(db: Database, exam: str, version: int, sha256: str) -> bool:
    kept = db.execute("SELECT text FROM smear_seals WHERE exam = ? AND version = ?", [exam, version]).fetchone()
    if kept is None or hashlib.sha256(kept[0].encode()).hexdigest() != sha256:
        return False
    try:
        told = msgspec.json.decode(kept[0])
        now = sealed(db, exam, version)
        # Compared as objects: a later program may know more of a cell than was signed.
        same = (
            msgspec.convert(told["fields"], tuple[Field, ...]) == now.smear.fields
            and msgspec.convert(told["cells"], tuple[Cell, ...]) == now.smear.cells
            and [Noted(**note) for note in msgspec.convert(told["decisions"], list[dict[str, Any]])]
            == [Noted(**note) for note in _plain(decisions(db, exam, version))]
        )
    except (msgspec.DecodeError, msgspec.ValidationError, KeyError, TypeError):
        return False
    return same and _crops_whole(db, exam, now.smear)


def _plain(made: Iterable[Noted]) -> list[dict[str, Any]]:
    return [msgspec.json.decode(msgspec.json.encode(note._asdict())) for note in made]


def _crops_whole(db: Database, exam: str, smear: Smear) -> bool:
    """The small pictures that people decided by are those that were cut out then."""
    kept = dict(db.execute("SELECT number, data FROM smear_pictures WHERE exam = ? AND what = 'cell'", [exam]))
    return all(
        not cell.seen.crop or hashlib.sha256(kept.get(cell.number, b"")).hexdigest() == cell.seen.crop
        for cell in smear.cells
    )


def _joined(
    db: Database, exam: str, version: int, made: Iterable[Noted], of_fields: str = "", of_numbers: str = ""
) -> Smear:
    last: dict[tuple[int, int], Decision | None] = {}
    for note in made:
        last[note.cell, note.reader] = Decision(label=note.label, by=note.by, at=note.at) if note.label else None
    cells = db.execute(
        "SELECT number, field, same_as, seen, gone FROM smear_cells"
        f" WHERE exam = ? AND version = ?{of_fields} ORDER BY number",
        [exam, version],
    )
    fields = db.query(
        f"SELECT {_FIELDS} FROM smear_fields WHERE exam = ? AND version = ?{of_numbers} ORDER BY number",
        [exam, version],
    )
    return Smear(
        tuple(field_of(row) for row in fields),
        tuple(
            Cell(
                number=number,
                field=field,
                seen=_seen.decode(seen),
                same_as=same_as,
                first=last.get((number, FIRST)),
                second=last.get((number, SECOND)),
                gone=bool(gone),
            )
            for number, field, same_as, seen, gone in cells
        ),
    )


def seen_of(text: str) -> SeenCell:
    """What was seen of a cell, as its row holds it."""
    return _seen.decode(text)


def field_of(row: Mapping[str, Any]) -> Field:
    """The field that a row of the table holds."""
    return Field(
        number=row["number"],
        picture=_taken.decode(row["taken"]),
        state=FieldState(row["state"]),
        track=row["track"],
        x=row["x"],
        y=row["y"],
        models=_models.decode(row["models"]),
        why=Why(row["why"]),
    )
