"""Erasing a patient: the rows in one transaction with a signed event, then the picture files and the free pages.

What stays is the tombstone in ``erasures`` and, in ``erased``, the ids and picture hashes of what went: random or of
nothing that is left, they name nobody, and by them ``verify`` knows what is missing from what was erased. Their hash
stands in the event. A kill after the transaction leaves files that nothing names; the next opening removes them.
"""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import msgspec
from sqlite_utils import Database

from clinoscope.domain.counts import of_records
from clinoscope.domain.erasure import Erasure, Extent, Reason
from clinoscope.domain.errors import NotAllowed
from clinoscope.records import erased_list, family
from clinoscope.records.errors import translated
from clinoscope.records.files import sync_folder
from clinoscope.records.many import trigger_off
from clinoscope.records.noted import now
from clinoscope.records.operations import Operation, Topic
from clinoscope.records.pictures import Pictures
from clinoscope.records.repair import ASIDE
from clinoscope.records.schema import UPGRADES
from clinoscope.records.store import Store

ACT, FINISHED = "patient.erase", "patient.erased"
NOT_FINISHED = (
    "The patient erased on {day} may still be in unused parts of the vault's files: free some space, then log in again."
)
WHY = {
    Reason.REQUEST: "the person asked for it",
    Reason.RETENTION: "the time of keeping is over",
    Reason.MISTAKE: "added by mistake",
    Reason.ORDER: "an authority or a court ordered it",
}
_TABLES = ("smear_decisions", "smear_seals", "smear_cells", "smear_fields", "smear_pictures")
_NAMED = (
    "SELECT 1 FROM exams WHERE picture = :sha256 AND id NOT IN (SELECT subject FROM wanted) UNION ALL"
    " SELECT 1 FROM smear_fields WHERE picture = :sha256 AND exam NOT IN (SELECT subject FROM wanted) UNION ALL"
    " SELECT 1 FROM settings WHERE value LIKE '%' || :sha256 || '%'"
)
_SAVES = "('exam.save', 'smear.field')"
_RETAKEN = f"""
SELECT put.subject FROM events AS saved JOIN events AS put ON put.user = saved.user AND put.act = 'picture.put'
AND put.seq < saved.seq AND put.seq > coalesce((SELECT before.seq FROM events AS before
    WHERE before.user = saved.user AND before.seq < saved.seq AND before.act IN {_SAVES}
    ORDER BY before.seq DESC LIMIT 1), 0)
WHERE saved.subject = ? AND saved.act IN {_SAVES}
"""
"""A picture that was taken again is named by no row any more; the chain knows what was saved right after it."""


def extent(db: Database, patient: str) -> Extent:
    """What an erasure would take. Raises VaultError for an unknown patient."""
    listed, shared = _listed(db, patient)
    kinds = [kind for kind, _ in listed]
    exams = _json([key for kind, key in listed if kind == "exam"])
    signed = "SELECT count(DISTINCT id) FROM exams WHERE id IN (SELECT value FROM json_each(?)) AND state = 'signed'"
    return Extent(
        exams=kinds.count("exam"),
        signed=int(db.execute(signed, [exams]).fetchone()[0]),
        pictures=kinds.count("picture"),
        shared=shared,
        labs=kinds.count("lab"),
    )


def erase(
    db: Database,
    patient: str,
    reason: Reason,
    user: str,
    seal: Callable[[str], tuple[str, str]],
    *,
    again: bool = False,
) -> Operation[None]:
    """The operation that erases a patient as they are in ``db`` now. Raises VaultError for an unknown patient."""
    listed, _ = _listed(db, patient)
    counts = {f"{kind}s": sum(1 for found, _ in listed if found == kind) for kind in ("exam", "picture", "lab")}
    digest = _digest([subject for _, subject in listed])
    row = {
        "patient": patient,
        "at": now(),
        "user": user,
        "reason": reason.value,
        "again": int(again),
        "open": 1,
        **counts,
    }

    def apply(db: Database) -> None:
        if _listed(db, patient)[0] != listed:
            raise NotAllowed("The patient's record was changed while it was being erased: look at it again.")
        db.table("erasures").insert(row)
        db.table("erased").insert_all(
            {"subject": subject, "patient": patient, "kind": kind} for kind, subject in listed
        )
        _remove(db, patient)
        db.execute("UPDATE erasures SET open = 0 WHERE patient = ?", [patient])

    details = {"reason": reason.value, **counts, "again": again, "sha256": digest}
    return Operation(ACT, frozenset(Topic), apply, patient, details, seal)


def finish(store: Store, pictures: Pictures, erasure: Erasure) -> None:
    """Remove the picture files, the older copies of the database and the free pages; then note it.

    May be done as often as wanted. Raises VaultError; the erasure then waits for the next opening.
    """
    rows = store.rows(
        "SELECT subject FROM erased WHERE patient = ? AND kind = 'picture'"
        " AND subject NOT IN (SELECT sha256 FROM pictures)",
        [erasure.patient_id],
    )
    folder = store.path.parent
    with translated():
        for path in (pictures.path(row["subject"]) for row in rows):
            path.unlink(missing_ok=True)
            path.with_name(path.name + ".new").unlink(missing_ok=True)
            for aside in (folder / ASIDE).glob(f"{path.name}*"):
                aside.unlink(missing_ok=True)
            if path.parent.exists():
                sync_folder(path.parent)
        if (folder / UPGRADES).exists():  # each of these holds every patient of its time
            shutil.rmtree(folder / UPGRADES)
    store.vacuum()
    store.run(_finish(erasure.patient_id))


def is_back(db: Database, key: str, note: erased_list.Note) -> bool:
    """Whether an older backup brought back a patient whom a true note says was erased."""
    there = db.execute("SELECT 1 FROM patients WHERE id = ?", [note.patient]).fetchone()
    return there is not None and erased_list.is_true(note, key)


def noted(db: Database, key: str) -> tuple[erased_list.Note, ...]:
    """A note of every patient that was erased, those merged into another one among them."""
    rows = db.execute(
        "SELECT subject, at FROM erased JOIN erasures ON erasures.patient = erased.patient WHERE kind = 'patient'"
    ).fetchall()
    return tuple(erased_list.noted(subject, at, key) for subject, at in rows)


def all_of(db: Database) -> tuple[Erasure, ...]:
    """Every erasure, the first one first."""
    rows = db.query("SELECT erasures.*, users.name FROM erasures JOIN users ON users.id = erasures.user ORDER BY at")
    return tuple(
        Erasure(
            patient_id=row["patient"],
            at=datetime.fromisoformat(row["at"]),
            by=row["name"],
            reason=Reason(row["reason"]),
            exams=row["exams"],
            pictures=row["pictures"],
            labs=row["labs"],
            again=bool(row["again"]),
            finished=row["finished_at"] is not None,
        )
        for row in rows
    )


def erased_on(db: Database, subject: str) -> str:
    """The day (ISO) on which the patient, exam or lab value of that id was erased; "" when it was not."""
    sql = "SELECT max(at) AS at FROM erased JOIN erasures ON erasures.patient = erased.patient WHERE subject = ?"
    return str(db.execute(sql, [subject]).fetchone()[0] or "")[:10]


def or_erased(db: Database, subject: str, unknown: str) -> str:
    """``unknown``, or the sentence that what has this id was erased."""
    day = erased_on(db, subject)
    return f"This was erased on {day} and is not in the vault any more." if day else unknown


def words(erasure: Erasure) -> str:
    """One sentence for the report of ``verify``: what was erased, and nobody's name."""
    what = of_records(erasure.exams, erasure.pictures, erasure.labs)
    more = ", again after an older backup" if erasure.again else ""
    return f"Erased on {erasure.at:%Y-%m-%d}: a patient with {what} ({WHY[erasure.reason]}{more})."


def problems(db: Database) -> Iterator[str]:
    """A sentence for every erasure that is not what the audit chain saw, is not sealed, or is not finished."""
    events = {
        row["subject"]: row
        for row in db.query(
            "SELECT events.*, seals.seq IS NOT NULL AS sealed FROM events LEFT JOIN seals ON seals.seq = events.seq"
            " WHERE act = ?",
            [ACT],
        )
    }
    for row in list(db.query("SELECT * FROM erasures ORDER BY at")):
        event = events.pop(row["patient"], None)
        if event is None or row["open"] or not event["sealed"] or not _as_noted(db, row, event):
            yield f"The erasure of patient {row['patient'][:12]} is not what the audit log saw."
        elif row["finished_at"] is None:
            yield NOT_FINISHED.format(day=row["at"][:10])
    for subject in events:
        yield f"The erasure of patient {subject[:12]} was removed."
    back = (
        "SELECT subject FROM erased WHERE subject IN (SELECT id FROM patients UNION ALL SELECT id FROM exams"
        " UNION ALL SELECT id FROM labs UNION ALL SELECT id FROM consents UNION ALL SELECT id FROM keeps)"
    )
    for (subject,) in db.execute(back).fetchall():
        yield f"{subject[:12]} was erased and is there again."


def _as_noted(db: Database, row: dict[str, Any], event: dict[str, Any]) -> bool:
    subjects = [subject for (subject,) in db.execute("SELECT subject FROM erased WHERE patient = ?", [row["patient"]])]
    details = msgspec.json.decode(event["details"])
    same = all(details[name] == row[name] for name in ("reason", "exams", "pictures", "labs", "again"))
    return same and event["user"] == row["user"] and details["sha256"] == _digest(subjects)


def _listed(db: Database, patient: str) -> tuple[list[tuple[str, str]], int]:
    """(kind, id) of all that goes of a person, in order, merged records among them; and how many pictures stay because
    another patient's exam has them."""
    family.check(db, patient)
    person = family.ids(db, patient)
    found = {("patient", one) for one in person}
    of_person = "patient IN (SELECT value FROM json_each(?))"
    for kind, table in (("exam", "exams"), ("lab", "labs"), ("consent", "consents"), ("keep", "keeps")):
        found |= {(kind, key) for (key,) in db.execute(f"SELECT id FROM {table} WHERE {of_person}", [_json(person)])}
    pictures: set[str] = set()
    exams = sorted(key for kind, key in found if kind == "exam")
    for exam in exams:
        for sql in (
            "SELECT picture FROM exams WHERE id = ? AND picture IS NOT NULL",
            "SELECT picture FROM smear_fields WHERE exam = ?",
            _RETAKEN,
        ):
            pictures |= {sha256 for (sha256,) in db.execute(sql, [exam])}
    known = {sha256 for sha256 in pictures if _is_kept(db, sha256)}
    shared = {sha256 for sha256 in known if _is_named(db, sha256, exams)}
    found |= {("picture", sha256) for sha256 in known - shared}
    return sorted(found), len(shared)


def _is_kept(db: Database, sha256: str) -> bool:
    return bool(db.execute("SELECT 1 FROM pictures WHERE sha256 = ?", [sha256]).fetchone())


def _is_named(db: Database, sha256: str, but: list[str]) -> bool:
    """Whether anything but these exams names the picture: another exam, a smear, the laboratory's own panel."""
    wanted = f"WITH wanted (subject) AS (SELECT value FROM json_each(:but)) {_NAMED} LIMIT 1"
    return bool(db.execute(wanted, {"but": _json(but), "sha256": sha256}).fetchone())


def _remove(db: Database, patient: str) -> None:
    """Every row that ``erased`` lists, those that name others first; then the words people were searched by.

    Words that a patient's name once held stay in the search index until it is made anew.
    """
    listed = "SELECT subject FROM erased WHERE patient = ? AND kind = ?"
    for table in _TABLES:
        db.execute(f"DELETE FROM {table} WHERE exam IN ({listed})", [patient, "exam"])
    _forget_merges(db, patient)
    for table, kind, column in (
        ("exams", "exam", "id"),
        ("labs", "lab", "id"),
        ("consents", "consent", "id"),
        ("keeps", "keep", "id"),
        ("pictures", "picture", "sha256"),
        ("patients", "patient", "id"),
    ):
        db.execute(f"DELETE FROM {table} WHERE {column} IN ({listed})", [patient, kind])
    db.execute("INSERT INTO patient_search (patient_search) VALUES ('rebuild')")


def _forget_merges(db: Database, patient: str) -> None:
    """Merges hold what a patient was called before; the trigger that keeps them is away for just that long."""
    listed = "SELECT subject FROM erased WHERE patient = ? AND kind = 'patient'"
    with trigger_off(db, "patient_merges_kept"):
        db.execute(f"DELETE FROM patient_merges WHERE merged IN ({listed}) OR kept IN ({listed})", [patient, patient])


def _json(value: list[str]) -> str:
    return msgspec.json.encode(value).decode()


def _finish(patient: str) -> Operation[None]:
    def apply(db: Database) -> None:
        db.execute("UPDATE erasures SET finished_at = ? WHERE patient = ?", [now(), patient])

    return Operation(FINISHED, frozenset(), apply, patient)


def _digest(subjects: list[str]) -> str:
    return hashlib.sha256(msgspec.json.encode(sorted(subjects))).hexdigest()
