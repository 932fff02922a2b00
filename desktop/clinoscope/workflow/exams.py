"""An exam from the first picture to the signature. Every step is saved before it is shown.

The window calls these from worker threads; the vault takes care of one write at a time.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from clinoscope import __version__, modes
from clinoscope.domain.access import Act
from clinoscope.domain.correction import Correction
from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.picture import Picture
from clinoscope.domain.quality import Quality
from clinoscope.domain.reading import CANNOT_JUDGE, ModelRef, Reading
from clinoscope.domain.record import Exam, ExamState, Patient, PictureRef, Review
from clinoscope.domain.region import Region
from clinoscope.workflow import colour, models, numbers
from clinoscope.workflow.permissions import require

if TYPE_CHECKING:
    from clinoscope.records import Vault


def new_patient(vault: Vault, in_spite_of: Sequence[str] = (), **fields: object) -> Patient:
    """Add a patient. ``fields`` are those of Patient but ``id``; ``in_spite_of`` the ids of those who were shown as
    likely the same. Raises NotAllowed, also for a number that the clinic refuses; VaultError."""
    require(vault, Act.PATIENT_WRITE)
    patient = Patient(id=uuid.uuid4().hex, **fields)  # type: ignore[arg-type]  # the dataclass checks the names
    numbers.check(vault, patient.identifier)
    vault.patients.add(patient, in_spite_of)
    return patient


def may_begin(vault: Vault) -> None:
    """Raises NotAllowed for who takes no exams in any mode."""
    require(vault, Act.EXAM_TAKE)


def take(vault: Vault, patient: Patient, task_id: str, picture: Picture, correction: Correction | None = None) -> Exam:
    """Begin an exam with a picture: the picture is stored first, then the draft that names it.

    ``correction`` is what makes the working copy that is read; the picture is stored as it is.
    """
    exam = Exam(
        id=uuid.uuid4().hex,
        version=1,
        patient_id=patient.id,
        task=modes.task(task_id).id,
        state=ExamState.DRAFT,
        created_at=datetime.now(UTC),
        program=__version__,
    )
    return retake(vault, exam, picture, correction)


def retake(vault: Vault, exam: Exam, picture: Picture, correction: Correction | None = None) -> Exam:
    """Put another picture into a draft; what was found and read in the one before goes with it."""
    require(vault, Act.EXAM_TAKE, mode_of(exam))
    _must_be_draft(exam)
    sha256 = vault.pictures.put(picture.data)
    reference = PictureRef(
        sha256=sha256,
        media_type=picture.media_type,
        width=picture.width,
        height=picture.height,
        origin=picture.origin,
        device=picture.device,
        taken_at=picture.taken_at,
        phantom=picture.phantom,
        page=picture.page,
        correction=correction,
        pixels=picture.digest_of_pixels(),
        clock=picture.clock,
    )
    draft = replace(
        exam, picture=reference, quality=None, region=None, reading=None, review=None, held=None, comment=""
    )
    vault.exams.save_draft(draft)
    return draft


def with_same_picture(vault: Vault, exam: Exam) -> tuple[Exam, ...]:
    """The patient's other exams that show the very same picture, the newest first. Raises NotAllowed."""
    require(vault, Act.EXAM_TAKE if exam.state is ExamState.DRAFT else Act.EXAM_READ, mode_of(exam))
    if exam.picture is None:
        return ()
    found = vault.exams.with_picture(exam.patient_id, exam.picture)
    return tuple(other for other in found if other.id != exam.id)


def set_region(vault: Vault, exam: Exam, region: Region | None, quality: Quality) -> Exam:
    """Keep the region and the quality check of it; a reading of another region is dropped, what was typed stays.

    An answer is held until there is a reading of the new region.
    """
    require(vault, Act.EXAM_TAKE, mode_of(exam))
    _must_be_draft(exam)
    held = exam.review or exam.held
    draft = replace(exam, region=region, quality=quality, reading=None, review=None, held=held, comment=spoken(exam))
    vault.exams.save_draft(draft)
    return draft


def put_back(vault: Vault, exam: Exam, before: Exam) -> Exam:
    """The region of ``before``, an earlier state of the same draft, with its reading and what was said of that."""
    require(vault, Act.EXAM_TAKE, mode_of(exam))
    _must_be_draft(exam)
    review = replace(before.review, comment=spoken(exam)) if before.review is not None else None
    draft = replace(
        exam,
        region=before.region,
        quality=before.quality,
        reading=before.reading,
        review=review,
        held=before.held,
        comment="" if review is not None else spoken(exam),
    )
    vault.exams.save_draft(draft)
    return draft


def set_reading(vault: Vault, exam: Exam, reading: Reading) -> Exam:
    """Keep the reading, made by this version of the program. An answer that was held becomes the review where it
    still stands, and is held on where it is to be given again."""
    require(vault, Act.EXAM_TAKE, mode_of(exam))
    _must_be_draft(exam)
    said, typed = exam.review or exam.held, spoken(exam)
    draft = replace(exam, reading=reading, review=None, held=said, comment=typed, program=__version__)
    if said is not None and _stands(said, reading):
        review = replace(said, agrees=said.answer == reading.answer, comment=typed)
        draft = replace(draft, review=review, held=None, comment="")
    vault.exams.save_draft(draft)
    return draft


def review(vault: Vault, exam: Exam, answer: str, comment: str = "") -> Exam:
    """Keep what the clinician says. ``answer`` is a label of the task, *cannot judge*, or the
    reading's own answer. Raises NotAllowed for any other word."""
    require(vault, Act.EXAM_REVIEW, mode_of(exam))
    _must_be_draft(exam)
    if exam.reading is None:
        raise NotAllowed("There is no reading to review yet. Take a picture first.")
    allowed = {label.id for label in modes.task(exam.task).labels} | {CANNOT_JUDGE, exam.reading.answer}
    if answer not in allowed:
        raise NotAllowed(f"“{answer}” is not an answer of this task.")
    said = Review(answer=answer, agrees=answer == exam.reading.answer, comment=comment.strip())
    draft = replace(exam, review=said, held=None, comment="")
    vault.exams.save_draft(draft)
    return draft


def comment(vault: Vault, exam: Exam, text: str) -> Exam:
    """Keep what was typed before there is an answer; the answer takes it along. Raises NotAllowed."""
    require(vault, Act.EXAM_REVIEW, mode_of(exam))
    _must_be_draft(exam)
    draft = replace(exam, review=None, comment=text.strip())
    vault.exams.save_draft(draft)
    return draft


def _stands(said: Review, reading: Reading) -> bool:
    """Whether an answer stands beside the reading of another region.

    A label that somebody gave in the reading's place is about the patient, whatever is read. To agree with a label
    means it as long as the same one is read. Numbers, *unsure* and *cannot judge* hang on the region: those again.
    """
    named = said.answer in {label.id for label in modes.task(reading.task).labels}
    return named and (not said.agrees or said.answer == reading.answer)


def spoken(exam: Exam) -> str:
    """What the clinician typed, with an answer or without one yet."""
    return exam.review.comment if exam.review is not None else exam.comment


def sign(vault: Vault, exam: Exam, password: str) -> Exam:
    """Sign a reviewed draft. Raises WrongPassword, NotAllowed (no picture, reading or review)."""
    require(vault, Act.EXAM_SIGN, mode_of(exam))
    return vault.exams.sign(exam, password)


def amend(vault: Vault, exam: Exam, reason: str) -> Exam:
    """The next version of a signed exam, as a draft; the signed one stays. Raises NotAllowed."""
    require(vault, Act.EXAM_SIGN, mode_of(exam))
    return vault.exams.amend(exam, reason)


def discard(vault: Vault, exam: Exam) -> None:
    """Void a draft: it stays in the vault, out of sight. Raises NotAllowed for a signed exam."""
    require(vault, Act.EXAM_TAKE, mode_of(exam))
    _must_be_draft(exam)
    vault.exams.discard_draft(exam)


def picture_of(vault: Vault, exam: Exam) -> Picture:
    """The picture of an exam, decoded and checked against its hash. Raises VaultError."""
    from clinoscope.capture.files import open_picture

    if exam.picture is None:
        raise NotAllowed("This exam has no picture yet. Take one first.")
    reference = exam.picture
    data = vault.pictures.get(reference.sha256)
    picture = open_picture(data, reference.origin, reference.device, reference.page)
    return replace(picture, taken_at=reference.taken_at, clock=reference.clock, phantom=reference.phantom)


def working_copy(vault: Vault, exam: Exam) -> Picture:
    """The picture of an exam as it is checked and read: with its correction, when it has one. Raises VaultError."""
    return colour.working(picture_of(vault, exam), exam.picture.correction if exam.picture else None)


def earlier(vault: Vault, patient_id: str, task_id: str, before: Exam | None = None) -> tuple[Reading, ...]:
    """The patient's signed readings of one task, oldest first; ``before`` leaves out that exam
    and all that came after it."""
    return tuple(
        exam.reading
        for exam in reversed(vault.exams.of_patient(patient_id))
        if exam.task == task_id
        and exam.state is ExamState.SIGNED
        and exam.reading is not None
        and (before is None or (exam.id != before.id and exam.created_at < before.created_at))
    )


def look_at(vault: Vault, exam: Exam) -> None:
    """Note that somebody opened an exam. Raises NotAllowed: for a draft unless they may go on with it."""
    from clinoscope.records.operations import note

    if exam.state is ExamState.DRAFT:
        require(vault, Act.EXAM_TAKE, mode_of(exam))
    else:
        require(vault, Act.EXAM_READ)
    vault.run(note("exam.view", exam.id, {"version": exam.version}))


def prove(vault: Vault, exam_id: str, folder: Path, version: int | None = None) -> Exam:
    """Write the proof of an exam, of its last signed version, to a new folder. Raises NotAllowed, VaultError."""
    require(vault, Act.REPORT)
    exam = vault.exams.get(exam_id, version) if version else vault.exams.signed(exam_id) or vault.exams.get(exam_id)
    vault.prove(exam.id, exam.version, folder)
    return exam


def note_report(vault: Vault, exam_id: str, version: int, how: str) -> None:
    """Note that a report left the vault: ``how`` is ``save`` or ``print``."""
    from clinoscope.records.operations import note

    vault.run(note(f"report.{how}", exam_id, {"version": version}))


def mode_of(exam: Exam) -> str:
    """The mode of an exam's task."""
    return modes.task(exam.task).mode


def report(vault: Vault, exam: Exam, whole: bool | None = None) -> bytes:
    """The PDF report of an exam; a draft is marked as one. Raises NotAllowed, VaultError.

    ``whole`` says whether the picture is shown outside its region; None asks the task's file. The record is the same.
    """
    require(vault, Act.REPORT)
    from clinoscope import reports
    from clinoscope.workflow import share

    if exam.smear is not None:
        from clinoscope.workflow.smear.report import of_exam

        return of_exam(vault, exam)
    # The number of what was signed last: a voided amendment keeps its number, a draft replaces nothing yet.
    signed = vault.exams.signed(exam.id)
    last = max(exam.version, signed.version if signed else 0)
    patient = vault.patients.get(exam.patient_id)
    merged = patient.id != exam.patient_id
    return reports.exam_pdf(
        reports.ExamReport(
            exam=exam,
            patient=patient,
            made_under=vault.patients.as_recorded(exam.patient_id).identifier if merged else "",
            picture=picture_of(vault, exam),
            earlier=earlier(vault, exam.patient_id, exam.task, before=exam),
            package=models.about(exam.task, exam.reading) if exam.reading else "",
            standing=_standing(vault, exam.reading.model) if exam.reading else "",
            versions=last,
            whole=share.shows_whole(exam, whole),
        )
    )


def _standing(vault: Vault, model: ModelRef) -> str:
    """Where the model stands here on the day the page is made, said as such: what was signed holds no standing."""
    from clinoscope.workflow import acceptance

    sentence = acceptance.standing(vault, model).sentence
    today = datetime.now(UTC).astimezone().date().isoformat()
    return f"As of {today}, {sentence[:1].lower()}{sentence[1:]}"


def _must_be_draft(exam: Exam) -> None:
    if exam.state is not ExamState.DRAFT:
        raise NotAllowed("A signed exam cannot be changed. Amend it: that adds a new version and keeps this one.")
