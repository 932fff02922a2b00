"""Is everything in the vault still as it was written?"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sqlite_utils import Database

from clinoscope.domain.access import Role
from clinoscope.domain.errors import VaultError
from clinoscope.records import audit, consents, erasure, keeps, merges, smear_rows, users
from clinoscope.records.as_signed import as_sealed, as_signed
from clinoscope.records.beside import Beside
from clinoscope.records.labs import facts_digest, void_digest
from clinoscope.records.noted import is_said
from clinoscope.records.pictures import Pictures
from clinoscope.records.store import Store, damage


@dataclass(frozen=True)
class VerifyReport:
    """What was looked at (events, exams in all their versions, pictures, lab values) and one sentence per problem."""

    ok: bool
    problems: tuple[str, ...]
    events: int
    exams: int
    pictures: int
    labs: int
    erased: tuple[str, ...] = ()
    """One sentence for each patient who was erased, when and why: what is gone with them is not missing."""


def verify(store: Store, pictures: Pictures, *, files: bool = True) -> VerifyReport:
    """Check the database's pages, the audit chain, every signature, lab value and picture.

    Damage is reported, not raised. Reads every picture file, so it takes as long as the disk needs; without ``files``
    it reads none.
    """
    found: list[str] = []
    counts = {"events": 0, "exams": 0, "pictures": 0, "labs": 0}
    hashes: list[str] = []
    erased: tuple[str, ...] = ()
    try:
        with store.settled() as db, ThreadPoolExecutor(1) as thread:
            counts = {name: db.table(name).count for name in counts}
            counts["exams"] = db.execute("SELECT count(DISTINCT id) FROM exams").fetchone()[0]  # a row is a version
            hashes = [sha256 for (sha256,) in db.execute("SELECT sha256 FROM pictures ORDER BY stored_at")]
            pages = thread.submit(_pages, store)
            try:
                found.extend(_records(db))
                erased = tuple(erasure.words(one) for one in erasure.all_of(db))
            finally:
                found[:0] = pages.result()
    except VaultError as error:
        found.append(str(error))
    for sha256 in hashes if files else ():
        try:
            pictures.get(sha256)
        except VaultError as error:
            found.append(f"Picture {sha256[:12]}: {error}")
    return VerifyReport(ok=not found, problems=tuple(dict.fromkeys(found)), **counts, erased=erased)


def _pages(store: Store) -> list[str]:
    """What is wrong with the database as a file, looked for beside the rest: SQLite does it without Python."""
    found: list[str] = []
    try:
        with store.settled() as db:
            found.extend(_database(db))
    except VaultError as error:
        found.append(str(error))
    return found


def _records(db: Database) -> Iterator[str]:
    """What the rows and the audit chain say of each other."""
    with Beside() as beside:
        yield from audit.problems(db)
        yield from _unlogged(db)
        yield from _removed(db)
        yield from _seals(db, beside)
        yield from _roles(db)
        yield from _exams(db, beside)
        yield from _labs(db)
        yield from merges.problems(db)
        yield from smear_rows.problems(db)
        yield from consents.problems(db)
        yield from keeps.problems(db)
        yield from erasure.problems(db)


def _database(db: Database) -> Iterator[str]:
    yield from damage(db)
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


_SAID = "iif(json_valid(details), json_extract(details, '$.version'), 0)"
_VERSION = f"SELECT 1 FROM exams WHERE id = subject AND version = {_SAID}"
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


def _seals(db: Database, beside: Beside) -> Iterator[str]:
    """Every seal is its signer's, on the event it stands at; from the first seal on, every signing has one."""
    owners = _owners(db)
    sql = (
        "SELECT events.seq, events.hash, events.user, seals.public_key, seals.value FROM seals"
        " JOIN events ON events.seq = seals.seq ORDER BY seals.seq"
    )
    for seal in beside.each(as_sealed, db.execute(sql)):
        if not seal.sound or (seal.user, seal.public_key) not in owners:
            yield f"The seal on event {seal.seq} of the audit log is not the one that was put there."
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
        "SELECT iif(json_valid(details), json_extract(details, '$.roles'), details) AS roles FROM events"
        " WHERE subject = ? AND act IN ('user.add', 'user.roles') ORDER BY seq DESC LIMIT 1"
    )
    for row in db.query("SELECT id, roles FROM users"):
        given = db.execute(sql, [row["id"]]).fetchone()
        if given is not None and row["roles"] != (given[0] or _BEFORE_ROLES):
            yield f"The roles of user {row['id'][:12]} were changed past the program."


def _exams(db: Database, beside: Beside) -> Iterator[str]:
    """Every signed exam is what was signed, by a key of the signer, and the audit chain saw it being signed."""
    owners = _owners(db)
    sql = (
        "SELECT exams.*, (SELECT json_group_array(details) FROM events WHERE subject = exams.id AND act = 'exam.sign')"
        " AS noted FROM exams WHERE state = 'signed' OR signature IS NOT NULL OR signed_text IS NOT NULL"
    )
    # In the order in which they lie in the file: by id, each page of it would be read again and again.
    exams = beside.each(as_signed, db.query(sql))
    wrong = [(exam.id, exam.version) for exam in exams if not exam.sound or (exam.user, exam.public_key) not in owners]
    for exam_id, version in sorted(wrong):
        yield f"Exam {exam_id[:12]}, version {version}, is not what was signed."


def _owners(db: Database) -> set[tuple[str, str]]:
    """Which user each signing key belongs to."""
    return set(db.execute("SELECT user, public_key FROM user_keys").fetchall())


def _labs(db: Database) -> Iterator[str]:
    """Every value, and every voiding, is what the audit chain saw being written."""
    for row in db.query("SELECT * FROM labs ORDER BY id"):
        said = {"lab.add": facts_digest(row)}
        if row["voided_at"] is not None:
            said["lab.void"] = void_digest(row)
        if not all(is_said(db, act, row["id"], {"sha256": sha256}) for act, sha256 in said.items()):
            yield f"Lab value {row['id'][:12]} is not what was written."
