"""Rows that the audit chain vouches for: the event that wrote one holds the SHA-256 of its facts.

A change past the program shows by it. The order of a table's facts is part of the hash: vaults out there hold it.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlite_utils import Database

from clinoscope.records import family
from clinoscope.records.operations import Operation, Topic


def now() -> str:
    """The moment as every table has it: ISO, UTC, microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def digest(row: Mapping[str, Any], facts: tuple[str, ...]) -> str:
    """The SHA-256 (hex) of some columns of a row, as JSON, in that order."""
    return hashlib.sha256(msgspec.json.encode([row[name] for name in facts])).hexdigest()


def adding(
    act: str, topic: Topic, table: str, row: Mapping[str, Any], facts: tuple[str, ...], **details: Any
) -> Operation[None]:
    """The operation that adds a row about a patient, and is about the row. Its run raises VaultError for an unknown
    patient."""

    def apply(db: Database) -> None:
        family.check(db, row["patient"])
        db.table(table).insert(row)

    return Operation(act, frozenset({topic}), apply, row["id"], {**details, "sha256": digest(row, facts)})


def is_said(db: Database, act: str, subject: str, what: Mapping[str, Any]) -> bool:
    """Whether an event of that act about the subject holds these details, others beside them or not."""
    events = db.execute(
        "SELECT details FROM events WHERE subject = ? AND act = ?"
        " AND iif(json_valid(details), json_type(details), '') = 'object'",
        [subject, act],
    )
    return any(what.items() <= msgspec.json.decode(details).items() for (details,) in events.fetchall())


def changed(db: Database, act: str, table: str, facts: tuple[str, ...]) -> Iterator[str]:
    """The ids of the rows of a table, as they were written one after the other, that are not what that act wrote."""
    for row in list(db.query(f"SELECT * FROM {table} ORDER BY seq")):
        if not is_said(db, act, row["id"], {"sha256": digest(row, facts)}):
            yield row["id"]


def gone(db: Database, act: str, table: str) -> Iterator[str]:
    """The ids of the rows that the act wrote and that are not there any more, but for those that were erased."""
    sql = (
        f"SELECT subject FROM events WHERE act = ? AND subject NOT IN (SELECT id FROM {table})"
        " AND subject NOT IN (SELECT subject FROM erased)"
    )
    for (subject,) in db.execute(sql, [act]).fetchall():
        yield subject
