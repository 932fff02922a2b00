"""The audit chain: one event per write, each holding the SHA-256 of the one before.

Changing, removing or inserting an event breaks every hash after it. Cutting events off the end is
found by ``verify``, because what they wrote is still there without an event of its own.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlite_utils import Database

from clinoscope.records.family import WITH
from clinoscope.records.many import insert_many
from clinoscope.records.noted import now
from clinoscope.records.operations import Operation

FIRST = "0" * 64
"""What the first event holds in place of a hash before it."""


@dataclass(frozen=True)
class Event:
    """One write: when (UTC), by whom (user id), what, about what; never a patient's name."""

    seq: int
    at: datetime
    user: str
    act: str
    subject: str
    details: Mapping[str, Any]
    previous: str
    hash: str


def append(db: Database, operation: Operation[Any], user: str) -> None:
    """Add the event of an operation, inside the operation's own transaction."""
    row = next_row(newest(db), operation.act, operation.subject, operation.details, user)
    db.table("events").insert(row)
    if operation.seal is not None:
        public_key, value = operation.seal(row["hash"])
        db.table("seals").insert({"seq": row["seq"], "public_key": public_key, "value": value})


def append_all(db: Database, operations: Iterable[Operation[Any]], user: str) -> None:
    """Add the events of many operations without seals, inside the transaction of another one: fast, for an import."""
    before, rows = newest(db), []
    for operation in operations:
        rows.append(next_row(before, operation.act, operation.subject, operation.details, user))
        before = rows[-1]["seq"], rows[-1]["hash"]
    insert_many(db, "events", rows)


def newest(db: Database) -> tuple[int, str]:
    """Number and hash of the newest event; those that stand before the first while there is none."""
    return db.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone() or (0, FIRST)


def next_row(before: tuple[int, str], act: str, subject: str, details: Mapping[str, Any], user: str) -> dict[str, Any]:
    """The row of the event that follows the one of that number and hash, now."""
    row = {
        "seq": before[0] + 1,
        "at": now(),
        "user": user,
        "act": act,
        "subject": subject,
        "details": msgspec.json.encode(details, order="deterministic").decode(),
        "previous": before[1],
    }
    return {**row, "hash": _hash(row)}


def latest(db: Database, limit: int) -> tuple[Event, ...]:
    """The newest events first."""
    return tuple(_event(row) for row in db.query("SELECT * FROM events ORDER BY seq DESC LIMIT ?", [limit]))


@dataclass(frozen=True)
class Wanted:
    """Which events to read: of a user (id), of these acts, about a patient (id); all where nothing is said."""

    user: str = ""
    acts: tuple[str, ...] = ()
    patient: str = ""


def page(db: Database, wanted: Wanted, before: int | None, limit: int) -> tuple[tuple[Event, str], ...]:
    """Events older than ``before``, the newest first, each with the id of the patient it is about ("" for none)."""
    end = before if before is not None else last(db) + 1
    # A + keeps SQLite from going along another index than that of the subjects.
    terms, params = ["+events.seq < ?" if wanted.patient else "events.seq < ?"], list[Any]([end])
    if wanted.patient:
        terms.append(f"events.subject IN ({_OF_PATIENT})")
        params.extend([wanted.patient] * _OF_PATIENT.count("?"))
        if wanted.acts:
            terms.append(f"events.act IN ({', '.join('?' * len(wanted.acts))})")
            params.extend(wanted.acts)
        if wanted.user:
            terms.append("+events.user = ?")
            params.append(wanted.user)
    elif wanted.acts or wanted.user:
        newest_of, of_each = _newest_of(wanted, wanted.acts or _acts(db), end, limit)
        terms.append(f"events.seq IN ({newest_of})")
        params.extend(of_each)
    sql = f"SELECT events.*, {_PATIENT} AS patient FROM events WHERE {' AND '.join(terms)} ORDER BY seq DESC LIMIT ?"
    return tuple((_event(row), row["patient"] or "") for row in db.query(sql, [*params, limit]))


def _newest_of(wanted: Wanted, acts: Iterable[str], end: int, limit: int) -> tuple[str, list[Any]]:
    """The numbers of the newest events of each act, along an index: to sort all of them takes as long as there are."""
    parts, params = list[str](), list[Any]()
    for act in acts:
        user = "user = ? AND " if wanted.user else ""
        parts.append(
            f"SELECT seq FROM (SELECT seq FROM events WHERE {user}act = ? AND seq < ? ORDER BY seq DESC LIMIT ?)"
        )
        params.extend([*([wanted.user] if wanted.user else []), act, end, limit])
    return " UNION ALL ".join(parts), params


def _acts(db: Database) -> list[str]:
    """Every act that there is, each found along the index after the one before."""
    found, next_one = list[str](), db.execute("SELECT min(act) FROM events").fetchone()[0]
    while next_one is not None:
        found.append(next_one)
        next_one = db.execute("SELECT min(act) FROM events WHERE act > ?", [next_one]).fetchone()[0]
    return found


def last(db: Database) -> int:
    """The number of the newest event."""
    return int(db.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0])


def any_after(db: Database, seq: int, quiet: tuple[str, ...]) -> bool:
    """Whether there is an event after that one whose act is not one of ``quiet``."""
    sql = f"SELECT 1 FROM events WHERE seq > ? AND act NOT IN ({', '.join('?' * len(quiet))}) LIMIT 1"
    return bool(db.execute(sql, [seq, *quiet]).fetchone())


_OF_PATIENT = (
    f"{WITH} SELECT id FROM family UNION SELECT id FROM exams WHERE patient IN (SELECT id FROM family)"
    " UNION SELECT id FROM labs WHERE patient IN (SELECT id FROM family)"
    " UNION SELECT id FROM consents WHERE patient IN (SELECT id FROM family)"
    " UNION SELECT id FROM keeps WHERE patient IN (SELECT id FROM family)"
    " UNION SELECT picture FROM exams WHERE patient IN (SELECT id FROM family) AND picture IS NOT NULL"
)
_PATIENT = (
    "coalesce((SELECT id FROM patients WHERE id = events.subject), (SELECT patient FROM exams WHERE id ="
    " events.subject LIMIT 1), (SELECT patient FROM labs WHERE id = events.subject),"
    " (SELECT patient FROM exams WHERE picture = events.subject LIMIT 1),"
    " (SELECT patient FROM consents WHERE id = events.subject), (SELECT patient FROM keeps WHERE id = events.subject))"
)


def problems(db: Database) -> tuple[str, ...]:
    """A sentence for the first break of the chain; nothing when it is whole. 100,000 and more events a second."""
    previous, encode, sha256 = FIRST, msgspec.json.Encoder().encode, hashlib.sha256
    rows = db.execute("SELECT seq, at, user, act, subject, details, previous, hash FROM events ORDER BY seq")
    for seq, row in enumerate(rows, start=1):
        if row[0] != seq:
            return (f"Event {seq} of the audit log is missing.",)
        if row[6] != previous or row[7] != sha256(encode(row[:7])).hexdigest():
            return (f"Event {seq} of the audit log was changed after it was written.",)
        previous = row[7]
    return ()


def _hash(row: Mapping[str, Any]) -> str:
    fields = [row[name] for name in ("seq", "at", "user", "act", "subject", "details", "previous")]
    return hashlib.sha256(msgspec.json.encode(fields)).hexdigest()


def _event(row: Mapping[str, Any]) -> Event:
    return Event(
        seq=row["seq"],
        at=datetime.fromisoformat(row["at"]),
        user=row["user"],
        act=row["act"],
        subject=row["subject"],
        details=msgspec.json.decode(row["details"]),
        previous=row["previous"],
        hash=row["hash"],
    )
