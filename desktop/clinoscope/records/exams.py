"""Exams: drafts, signing, amending, voiding. What is signed or voided is never changed, and nothing is deleted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from clinoscope.domain.errors import NotAllowed, VaultError
from clinoscope.domain.record import Exam, ExamState, Patient, PictureRef, Reviewed, User
from clinoscope.domain.smear import Smear
from clinoscope.records import smear_rows
from clinoscope.records.erasure import or_erased
from clinoscope.records.exam_rows import as_row, exam_of, storable
from clinoscope.records.family import FAMILY
from clinoscope.records.keys import Opened
from clinoscope.records.noted import now
from clinoscope.records.operations import Operation, Topic
from clinoscope.records.patients import kept_id, patient_of, row_of
from clinoscope.records.pictures import Pictures
from clinoscope.records.signing import canonical, digest, sealing, signed
from clinoscope.records.store import Store

UNKNOWN = "There is no such exam in this vault."
FIXED = "This exam is signed and cannot be changed: amend it to make a new version."
VOIDED = "This draft was discarded: begin a new exam, or amend the signed one."
LATER = "This version is no longer the newest one of the exam: open the exam again."

_KEPT = "state <> 'voided'"
"""What every list shows: a voided draft stays in the table and in the audit chain, and out of sight."""
_NEWEST = f"version = (SELECT max(version) FROM exams AS other WHERE other.id = exams.id AND other.{_KEPT})"
_EXAMS = frozenset({Topic.EXAMS})
_REVIEWED = (
    "SELECT id, signed_at, json_extract(reading, '$.model.sha256'), json_extract(reading, '$.answer'),"
    " json_extract(review, '$.agrees'), json_extract(taken, '$.phantom')"
    " FROM exams INDEXED BY exams_reviewed WHERE task = ? AND state = 'signed' AND smear IS NULL"
    " AND json_valid(reading) AND json_valid(review) AND json_valid(taken) ORDER BY signed_at, id, version"
)
"""Word for word the expressions of the index, or each row with all its JSON would be read."""


class Exams:
    """``vault.exams``."""

    def __init__(self, store: Store, pictures: Pictures, user: User, unlock: Callable[[str], Opened]) -> None:
        """``unlock`` gives the user's keys for a password, or raises WrongPassword."""
        self._store, self._pictures, self._user, self._unlock = store, pictures, user, unlock

    def of_patient(self, patient_id: str) -> tuple[Exam, ...]:
        """Each exam's newest version, the newest exam first, with those of all records merged with the patient's."""
        sql = f"SELECT * FROM exams WHERE patient IN ({FAMILY}) AND {_NEWEST} ORDER BY created_at DESC, id"
        return self._found(sql, [patient_id])

    def versions(self, exam_id: str) -> tuple[Exam, ...]:
        """Every version of an exam but the voided ones, the first one first; empty for an unknown exam."""
        return self._found(f"SELECT * FROM exams WHERE id = ? AND {_KEPT} ORDER BY version", [exam_id])

    def get(self, exam_id: str, version: int | None = None) -> Exam:
        """That version, or the newest. Raises VaultError."""
        versions = [exam for exam in self.versions(exam_id) if version in (None, exam.version)]
        if not versions:
            with self._store.reading() as db:
                raise VaultError(or_erased(db, exam_id, UNKNOWN))
        return versions[-1]

    def signed(self, exam_id: str) -> Exam | None:
        """What was signed last: still the earlier version while an amendment is a draft."""
        versions = [exam for exam in self.versions(exam_id) if exam.state is ExamState.SIGNED]
        return versions[-1] if versions else None

    def signed_of_task(self, task_id: str) -> tuple[Exam, ...]:
        """What was signed last of every exam of a task, the oldest exam first."""
        sql = (
            "SELECT * FROM exams WHERE task = ? AND state = 'signed' AND version = (SELECT max(version) FROM exams"
            " AS other WHERE other.id = exams.id AND other.state = 'signed') ORDER BY created_at, id"
        )
        return self._found(sql, [task_id])

    def reviewed(self, task_id: str) -> tuple[Reviewed, ...]:
        """Reading and review of every signed exam of a task in its last signed version, by the time of signing.

        Pictures that the project drew are left out, and smears, whose cells are reviewed one by one. 100,000
        exams take less than a second; see ``migrations.reviewed``.
        """
        with self._store.reading() as db:
            rows = db.execute(_REVIEWED, [task_id]).fetchall()
        # A later version is signed later: it takes the place of the one before, at its own time.
        last = {exam_id: place for place, (exam_id, *_) in enumerate(rows)}
        return tuple(
            Reviewed(model, answer, bool(agrees), datetime.fromisoformat(at))
            for place, (exam_id, at, model, answer, agrees, phantom) in enumerate(rows)
            if last[exam_id] == place and not phantom
        )

    def with_picture(self, patient_id: str, picture: PictureRef) -> tuple[Exam, ...]:
        """The exams of a patient, or of a record merged with theirs, that show the very same picture, the newest first.

        Voided ones are left out. Found by two indices, however many exams there are.
        """
        sql = (
            f"SELECT * FROM exams WHERE (pixels = ? OR picture = ?) AND +patient IN ({FAMILY}) AND {_NEWEST}"
            " ORDER BY created_at DESC, id"
        )
        found = self._found(sql, [picture.pixels, picture.sha256, patient_id])
        return tuple(exam for exam in found if exam.picture is not None and exam.picture.shows_the_same(picture))

    def last_begun(self, patients: Sequence[str]) -> dict[str, datetime]:
        """When the newest exam of each patient (id), or of a record merged into theirs, was begun.

        Voided ones are left out; who has none is not in it.
        """
        sql = (
            "WITH RECURSIVE family (kept, id) AS ("
            f"SELECT id, id FROM patients WHERE id IN ({', '.join('?' * len(patients))})"
            " UNION SELECT kept, patients.id FROM patients JOIN family ON patients.merged_into = family.id)"
            " SELECT kept, max(created_at) FROM family JOIN exams ON exams.patient = family.id"
            " WHERE state IN ('draft', 'signed') GROUP BY kept"
        )
        with self._store.reading() as db:
            return {patient: datetime.fromisoformat(at) for patient, at in db.execute(sql, list(patients)).fetchall()}

    def recent(self, limit: int) -> tuple[tuple[Exam, Patient], ...]:
        """The exams saved last, each in its newest version, with their patients."""
        return self._with_patients(f"SELECT * FROM exams WHERE {_NEWEST} ORDER BY saved_at DESC LIMIT ?", [limit])

    def drafts(self) -> tuple[tuple[Exam, Patient], ...]:
        """Everything begun and not signed, the one saved last first."""
        return self._with_patients("SELECT * FROM exams WHERE state = 'draft' ORDER BY saved_at DESC", [])

    def smears(self, limit: int) -> tuple[tuple[Exam, Patient], ...]:
        """The smears saved last, drafts among them, each in its newest version, with their patients."""
        found = f"SELECT * FROM exams WHERE smear IS NOT NULL AND {_NEWEST} ORDER BY saved_at DESC LIMIT ?"
        return self._with_patients(found, [limit])

    def save_draft(self, exam: Exam) -> None:
        """Store a draft as it is now, as often as wanted. The first save begins the exam.

        Raises NotAllowed for a signed or voided exam, VaultError when its patient or picture is not stored.
        """
        if exam.state is not ExamState.DRAFT or exam.signature is not None:
            raise NotAllowed(FIXED)
        self._store.run(_save(exam, as_row(exam), "exam.save"))

    def sign(self, exam: Exam, password: str) -> Exam:
        """Sign a draft as the vault's user; the password is asked for again.

        Raises WrongPassword; NotAllowed when the picture, reading or review is missing or the exam
        is signed already; VaultError when the stored picture is not intact.
        """
        _must_be_draft(exam)
        if exam.smear is not None:
            raise NotAllowed("A smear is signed on its own page, where every cell is reviewed.")
        picture = _complete(exam)
        self._pictures.get(picture.sha256)
        return self._sign(exam, self._unlock(password))

    def sign_smear(self, exam: Exam, password: str, hindrances: Callable[[Smear], Sequence[str]]) -> Exam:
        """Sign a draft that is a smear: the exam, and by its hash the list of all fields, cells and decisions.

        ``hindrances`` gives a sentence for every rule that is not met by the smear as it is stored; it is asked in
        the very transaction that signs. Raises as ``sign``, and NotAllowed with the first sentence.
        """
        if exam.smear is None:
            raise ValueError("this exam is not a smear")
        _must_be_draft(exam)
        _complete(exam)
        for sha256 in smear_rows.pictures(self._store, exam.id, exam.version):
            self._pictures.get(sha256)
        keys = self._unlock(password)
        with self._store.reading() as db:
            seal = smear_rows.sealed(db, exam.id, exam.version)
        sheet = replace(exam.smear, cells=seal.cells, sha256=digest(seal.text))

        def check_and_keep(db: Database) -> None:
            now = smear_rows.sealed(db, exam.id, exam.version)
            if now.text != seal.text:
                raise NotAllowed("The smear was changed while it was being signed: look at it again, then sign.")
            for sentence in hindrances(now.smear):
                raise NotAllowed(sentence)
            smear_rows.keep_seal(db, exam.id, exam.version, seal.text)

        return self._sign(replace(exam, smear=sheet), keys, check_and_keep)

    def _sign(self, exam: Exam, keys: Opened, first: Callable[[Database], None] | None = None) -> Exam:
        done = signed(storable(exam), self._user, keys)
        text = canonical(done)
        row = as_row(done) | {"signed_text": text.decode()}
        self._store.run(_save(done, row, "exam.sign", {"sha256": digest(text)}, first, sealing(keys)))
        return done

    def amend(self, exam: Exam, reason: str) -> Exam:
        """The next version of a signed exam, a draft with the same content; the old one is kept.

        Raises NotAllowed without a reason, or when the exam is not its newest, signed version.
        """
        reason = reason.strip()
        if not reason:
            raise NotAllowed("An amendment needs a reason: say why the signed exam is replaced.")
        newest = self.get(exam.id)
        if newest.state is ExamState.DRAFT:
            raise NotAllowed("This exam has a draft already: sign or discard it first.")
        if newest.version != exam.version:
            raise NotAllowed(LATER)
        sheet = replace(newest.smear, cells=0, sha256="") if newest.smear else None
        draft = replace(
            newest,
            version=self._last_version(exam.id) + 1,
            state=ExamState.DRAFT,
            amendment=reason,
            signature=None,
            smear=sheet,
        )
        self._store.run(_amend(draft, newest.version))
        return draft

    def discard_draft(self, exam: Exam) -> None:
        """Void a draft: its row stays with who and when in the audit chain, and no list shows it any more.

        The versions before it stay as they are; the next amendment takes the next number. Raises
        NotAllowed, VaultError.
        """
        self._store.run(_void(exam))

    def _last_version(self, exam_id: str) -> int:
        """The highest number in use, a voided draft's among them."""
        (row,) = self._store.rows("SELECT max(version) AS last FROM exams WHERE id = ?", [exam_id])
        return int(row["last"])

    def _found(self, sql: str, params: list[Any]) -> tuple[Exam, ...]:
        return tuple(exam_of(row) for row in self._store.rows(sql, params))

    def _with_patients(self, sql: str, params: list[Any]) -> tuple[tuple[Exam, Patient], ...]:
        with self._store.reading() as db:
            exams = [exam_of(row) for row in db.query(sql, params)]
            return tuple((exam, patient_of(row_of(db, kept_id(db, exam.patient_id)))) for exam in exams)


def _must_be_draft(exam: Exam) -> None:
    if exam.state is not ExamState.DRAFT:
        raise NotAllowed(FIXED)


def _complete(exam: Exam) -> PictureRef:
    missing = [name for name in ("picture", "reading", "review") if getattr(exam, name) is None]
    if missing or exam.picture is None:
        raise NotAllowed(f"This exam cannot be signed yet: it has no {' and no '.join(missing)}.")
    return exam.picture


def _save(
    exam: Exam,
    row: dict[str, Any],
    act: str,
    details: Mapping[str, Any] | None = None,
    first: Callable[[Database], None] | None = None,
    seal: Callable[[str], tuple[str, str]] | None = None,
) -> Operation[None]:
    def apply(db: Database) -> None:
        if first:
            first(db)
        _check_known(db, exam)
        newest = _newest(db, exam)
        if newest is None and exam.version != 1:
            raise VaultError(UNKNOWN)
        if newest is None:
            db.table("exams").insert(row)
            return
        _check_draft(newest, exam)
        if newest["patient"] != exam.patient_id:
            raise NotAllowed("An exam cannot move to another patient: discard it and begin a new one.")
        db.table("exams").update(_key(exam), row)

    return Operation(act, _EXAMS, apply, exam.id, {"version": exam.version, **(details or {})}, seal)


def _amend(draft: Exam, before: int) -> Operation[None]:
    def apply(db: Database) -> None:
        db.table("exams").insert(as_row(draft))
        if draft.smear is not None:
            smear_rows.copy(db, draft.id, before, draft.version)

    return Operation("exam.amend", _EXAMS, apply, draft.id, {"version": draft.version})


def _void(exam: Exam) -> Operation[None]:
    def apply(db: Database) -> None:
        newest = _newest(db, exam)
        if newest is None:
            raise VaultError(UNKNOWN)
        _check_draft(newest, exam)
        changes = {"state": ExamState.VOIDED.value, "saved_at": now()}
        db.table("exams").update(_key(exam), changes)

    return Operation("exam.void", _EXAMS, apply, exam.id, {"version": exam.version})


def _check_known(db: Database, exam: Exam) -> None:
    if not db.execute("SELECT 1 FROM patients WHERE id = ?", [exam.patient_id]).fetchone():
        raise VaultError("The exam's patient is not in the vault: add the patient first.")
    sha256 = exam.picture.sha256 if exam.picture else None
    if sha256 and not db.execute("SELECT 1 FROM pictures WHERE sha256 = ?", [sha256]).fetchone():
        raise VaultError("The exam's picture is not in the vault: take or open it again.")


def _check_draft(newest: Mapping[str, Any], exam: Exam) -> None:
    if newest["version"] != exam.version:
        raise NotAllowed(LATER)
    if newest["state"] != ExamState.DRAFT:
        raise NotAllowed(FIXED)


def _newest(db: Database, exam: Exam) -> Mapping[str, Any] | None:
    """The exam's newest version that is not voided. Raises NotAllowed when ``exam`` itself is voided."""
    if db.execute(f"SELECT 1 FROM exams WHERE id = ? AND version = ? AND NOT {_KEPT}", _key(exam)).fetchone():
        raise NotAllowed(VOIDED)
    sql = f"SELECT version, state, patient FROM exams WHERE id = ? AND {_KEPT} ORDER BY version DESC LIMIT 1"
    return next(iter(db.query(sql, [exam.id])), None)


def _key(exam: Exam) -> tuple[str, int]:
    return exam.id, exam.version
