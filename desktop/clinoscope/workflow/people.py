"""Finding, opening and changing patients."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from clinoscope.domain.access import Act
from clinoscope.domain.record import Exam, ExamState, Patient
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
    vault.patients.get(patient_id)
    vault.run(note("patient.view", patient_id))


def change(vault: Vault, patient: Patient) -> Patient:
    """Store what is known about a patient now. Raises NotAllowed, VaultError."""
    require(vault, Act.PATIENT_WRITE)
    return vault.patients.change(patient)


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
