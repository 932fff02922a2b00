"""Is everything in the vault still as it was written?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from sqlite_utils import Database

from clinoscope.domain.access import Role
from clinoscope.domain.errors import VaultError
from clinoscope.domain.record import Exam, ExamState
from clinoscope.records import audit, consents, erasure, keeps, smear_rows, users
from clinoscope.records.exams import exam_of
from clinoscope.records.labs import facts_digest, void_digest
from clinoscope.records.pictures import Pictures
from clinoscope.records.signing import digest, is_seal, is_valid
from clinoscope.records.store import Store


@dataclass(frozen=True)
class VerifyReport:
    """What was looked at (events, exam versions, pictures, lab values) and one sentence per problem."""

    ok: bool
    problems: tuple[str, ...]
    events: int
    exams: int
    pictures: int
    labs: int
    erased: tuple[str, ...] = ()
    """One sentence for each patient who was erased, when and why: what is gone with them is not missing."""


def verify(store: Store, pictures: Pictures) -> VerifyReport:
    """Check the database's pages, the audit chain, every signature, lab value and picture.

    Damage is reported, not raised. Reads every picture, so it takes as long as the disk needs.
    """
    found: list[str] = []
    counts = {"events": 0, "exams": 0, "pictures": 0, "labs": 0}
    hashes: list[str] = []
    erased: tuple[str, ...] = ()
    try:
        with store.settled() as db:
            found.extend(_database(db))
            counts = {name: db.table(name).count for name in counts}
            found.extend(audit.problems(db))
            found.extend(_unlogged(db))
            found.extend(_removed(db))
            found.extend(_seals(db))
            found.extend(_roles(db))
            found.extend(_exams(db))
            found.extend(_labs(db))
            found.extend(smear_rows.problems(db))
            found.extend(consents.problems(db))
            found.extend(keeps.problems(db))
            found.extend(erasure.problems(db))
            erased = tuple(erasure.words(one) for one in erasure.all_of(db))
            hashes = [row["sha256"] for row in db.query("SELECT sha256 FROM pictures ORDER BY stored_at")]
    except VaultError as error:
        found.append(str(error))
    for sha256 in hashes:
        try:
            pictures.get(sha256)
        except VaultError as error:
            found.append(f"Picture {sha256[:12]}: {error}")
    return VerifyReport(ok=not found, problems=tuple(found), **counts, erased=erased)


def _database(db: Database) -> Iterator[str]:
    """SQLCipher's own check of every page, SQLite's of what is on them."""
    if db.execute("PRAGMA cipher_integrity_check").fetchone():
        yield "The database file was altered or is damaged: restore the newest backup."
    if db.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
        yield "The database is inconsistent: restore the newest backup."
    if db.execute("PRAGMA foreign_key_check").fetchone():
        yield "The database names something that is not in it: restore the newest backup."


_NEEDS_EVENT = {
    "patient": "SELECT id AS subject, 'patient.add' AS act FROM patients",
    "picture": "SELECT sha256 AS subject, 'picture.put' AS act FROM pictures",
    "exam": "SELECT id AS subject,"
    " CASE state WHEN 'draft' THEN 'exam.%' WHEN 'voided' THEN 'exam.void' ELSE 'exam.sign' END"
    " AS act FROM exams",
    "user": "SELECT id AS subject, 'user.add' AS act FROM users",
    "lab value": "SELECT id AS subject, 'lab.add' AS act FROM labs",
    "voided lab value": "SELECT id AS subject, 'lab.void' AS act FROM labs WHERE voided_at IS NOT NULL",
}


def _unlogged(db: Database) -> Iterator[str]:
    """Rows without their event: the end of the log was cut off, or something wrote past it."""
    for what, rows in _NEEDS_EVENT.items():
        sql = (
            f"SELECT DISTINCT subject FROM ({rows}) AS kept WHERE NOT EXISTS "
            "(SELECT 1 FROM events WHERE events.subject = kept.subject AND events.act LIKE kept.act)"
        )
        for row in db.query(sql):
            yield f"The audit log does not know of {what} {row['subject'][:12]}."


_VERSION = "SELECT 1 FROM exams WHERE id = subject AND version = json_extract(details, '$.version')"
_NEEDS_ROW = {
    "patient": ("patient.add", "SELECT 1 FROM patients WHERE id = subject"),
    "picture": ("picture.put", "SELECT 1 FROM pictures WHERE sha256 = subject"),
    "exam": ("exam.save", _VERSION),
    "amended exam": ("exam.amend", _VERSION),
    "signed exam": ("exam.sign", f"{_VERSION} AND state = 'signed'"),
    "voided exam": ("exam.void", f"{_VERSION} AND state = 'voided'"),
    "user": ("user.add", "SELECT 1 FROM users WHERE id = subject"),
    "removal of user": ("user.remove", "SELECT 1 FROM users WHERE id = subject AND removed_at IS NOT NULL"),
    "lab value": ("lab.add", "SELECT 1 FROM labs WHERE id = subject"),
    "voided lab value": ("lab.void", "SELECT 1 FROM labs WHERE id = subject AND voided_at IS NOT NULL"),
}


def _removed(db: Database) -> Iterator[str]:
    """Events whose row is gone, or no longer what they made it: nothing of these is removed but by an erasure."""
    for what, (act, row) in _NEEDS_ROW.items():
        gone = f"act = ? AND NOT EXISTS ({row}) AND subject NOT IN (SELECT subject FROM erased)"
        for event in db.query(f"SELECT DISTINCT subject FROM events WHERE {gone}", [act]):
            yield f"The {what} {event['subject'][:12]} was removed."


def _seals(db: Database) -> Iterator[str]:
    """Every seal is its signer's, on the event it stands at; from the first seal on, every signing has one."""
    sql = (
        "SELECT events.seq, events.hash, events.user, seals.public_key, seals.value FROM seals"
        " JOIN events ON events.seq = seals.seq ORDER BY seals.seq"
    )
    for row in db.query(sql):
        sound = is_seal(row["hash"], row["public_key"], row["value"]) and _owns(db, row["user"], row["public_key"])
        if not sound:
            yield f"The seal on event {row['seq']} of the audit log is not the one that was put there."
    sql = (
        "SELECT seq FROM events WHERE act = 'exam.sign' AND seq > (SELECT min(seq) FROM seals)"
        " AND seq NOT IN (SELECT seq FROM seals)"
    )
    for row in db.query(sql):
        yield f"The seal on event {row['seq']} of the audit log is missing."


_BEFORE_ROLES = users.roles_text((Role.ADMINISTRATOR, Role.CLINICIAN))


def _roles(db: Database) -> Iterator[str]:
    """Every user has the roles that the audit chain saw being given last."""
    sql = (
        "SELECT json_extract(details, '$.roles') AS roles FROM events WHERE subject = ?"
        " AND act IN ('user.add', 'user.roles') ORDER BY seq DESC LIMIT 1"
    )
    for row in db.query("SELECT id, roles FROM users"):
        given = db.execute(sql, [row["id"]]).fetchone()
        if given is not None and row["roles"] != (given[0] or _BEFORE_ROLES):
            yield f"The roles of user {row['id'][:12]} were changed past the program."


def _exams(db: Database) -> Iterator[str]:
    sql = "SELECT * FROM exams WHERE state = 'signed' OR signature IS NOT NULL OR signed_text IS NOT NULL"
    for row in db.query(f"{sql} ORDER BY id, version"):
        if not _is_as_signed(db, row):
            yield f"Exam {row['id'][:12]}, version {row['version']}, is not what was signed."


def _labs(db: Database) -> Iterator[str]:
    """Every value, and every voiding, is what the audit chain saw being written."""
    for row in db.query("SELECT * FROM labs ORDER BY id"):
        noted = {"lab.add": facts_digest(row)}
        if row["voided_at"] is not None:
            noted["lab.void"] = void_digest(row)
        if not all(_noted(db, row["id"], act, {"sha256": sha256}) for act, sha256 in noted.items()):
            yield f"Lab value {row['id'][:12]} is not what was written."


def _is_as_signed(db: Database, row: Mapping[str, Any]) -> bool:
    """The signature fits the signed text, key and signer, the row says what the text says, and the
    audit chain saw it being signed."""
    try:
        exam = exam_of(row)
        text = row["signed_text"].encode()
        said = msgspec.json.decode(text, type=Exam)
    except (msgspec.DecodeError, ValueError, AttributeError):
        return False
    signature = exam.signature
    if signature is None or exam.state is not ExamState.SIGNED:
        return False
    bare = replace(exam, signature=replace(signature, value=""))
    return (
        said == bare
        and row["picture"] == (exam.picture.sha256 if exam.picture else None)
        and is_valid(text, signature.public_key, signature.value)
        and _owns(db, signature.user.id, signature.public_key)
        and _was_logged(db, exam, digest(text))
    )


def _owns(db: Database, user: str, public_key: str) -> bool:
    return bool(db.execute("SELECT 1 FROM user_keys WHERE user = ? AND public_key = ?", [user, public_key]).fetchone())


def _was_logged(db: Database, exam: Exam, sha256: str) -> bool:
    return _noted(db, exam.id, "exam.sign", {"version": exam.version, "sha256": sha256})


def _noted(db: Database, subject: str, act: str, details: Mapping[str, Any]) -> bool:
    rows = db.query("SELECT details FROM events WHERE subject = ? AND act = ?", [subject, act])
    return any(msgspec.json.decode(row["details"]) == details for row in rows)
