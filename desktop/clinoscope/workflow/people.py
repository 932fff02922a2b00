"""Finding, opening and changing patients."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from clinoscope.domain.access import Act
from clinoscope.domain.record import Exam, ExamState, Merge, Patient
from clinoscope.workflow import numbers
from clinoscope.workflow.permissions import may, require

if TYPE_CHECKING:
    from clinoscope.records import Vault


def search(vault: Vault, text: str, limit: int = 50) -> tuple[Patient, ...]:
    """Patients whose name, number or birth date holds every typed word. Raises NotAllowed."""
    require(vault, Act.PATIENT_READ)
    return vault.patients.search(text, limit)


def look_at(vault: Vault, patient_id: str) -> None:
    """Note that somebody opened a patient. Raises NotAllowed, VaultError for an unknown one."""
    from clinoscope.records.operations import note

    require(vault, Act.PATIENT_READ)
    vault.run(note("patient.view", vault.patients.get(patient_id).id))


def change(vault: Vault, patient: Patient) -> Patient:
    """Store what is known about a patient now. Raises NotAllowed, also for a new number that the clinic refuses;
    VaultError."""
    require(vault, Act.PATIENT_WRITE)
    if patient.identifier != vault.patients.as_recorded(patient.id).identifier:
        numbers.check(vault, patient.identifier)
    return vault.patients.change(patient)


def merge(vault: Vault, merged_id: str, kept: Patient, reason: str) -> Patient:
    """Let a record lead to another one of the same person, who is from now on described as given; the kept one.

    Its number must be the one it has. Raises NotAllowed, also without a reason; VaultError.
    """
    require(vault, Act.PATIENT_MERGE)
    return vault.merges.merge(merged_id, kept, reason)


def separate(vault: Vault, merged_id: str) -> Patient:
    """Let a record that was merged stand alone again, as before; its patient. Raises NotAllowed, VaultError."""
    require(vault, Act.PATIENT_MERGE)
    return vault.merges.undo(merged_id)


def merges_of(vault: Vault, patient_id: str) -> tuple[Merge, ...]:
    """What was merged into a patient, the last one first. Raises NotAllowed."""
    require(vault, Act.PATIENT_READ)
    return vault.merges.of(patient_id)


def exams_of(vault: Vault, patient_id: str) -> tuple[Exam, ...]:
    """A patient's exams, the newest first: those signed for who may open them, drafts for who may go on with them."""
    require(vault, Act.PATIENT_READ)
    signed, begun = may(vault, Act.EXAM_READ), may(vault, Act.EXAM_TAKE)
    found = vault.exams.of_patient(patient_id)
    return tuple(exam for exam in found if (begun if exam.state is ExamState.DRAFT else signed))


def last_seen(vault: Vault, patients: tuple[str, ...]) -> dict[str, datetime]:
    """When each patient's newest exam was begun, of those (ids) who have one. Raises NotAllowed."""
    require(vault, Act.PATIENT_READ)
    return vault.exams.last_begun(patients)


def drafts(vault: Vault) -> tuple[tuple[Exam, Patient], ...]:
    """Exams to go on with, the one saved last first; none for who may not."""
    return vault.exams.drafts() if may(vault, Act.EXAM_TAKE) else ()


def signed_lately(vault: Vault, limit: int) -> tuple[tuple[Exam, Patient], ...]:
    """The exams signed last with their patients; none for who may not open them."""
    if not may(vault, Act.EXAM_READ):
        return ()
    return tuple(pair for pair in vault.exams.recent(limit) if pair[0].state is ExamState.SIGNED)


def smears(vault: Vault, limit: int) -> tuple[tuple[Exam, Patient], ...]:
    """The smears saved last, with their patients: drafts for who may go on with them, signed ones for who may open
    them."""
    wanted = set()
    if may(vault, Act.EXAM_TAKE, "neutrophil"):
        wanted.add(ExamState.DRAFT)
    if may(vault, Act.EXAM_READ):
        wanted.add(ExamState.SIGNED)
    return tuple(pair for pair in vault.exams.smears(limit) if pair[0].state in wanted)
