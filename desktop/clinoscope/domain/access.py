"""Who may do what: roles, acts, and the account that ties a user to roles.

Which role may do which act is data of ``workflow``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from clinoscope.domain.user import User  # not from the record, which brings NumPy: this is on the way to the log-in


class Role(StrEnum):
    """What somebody is to the clinic; one person may be several."""

    ADMINISTRATOR = "administrator"
    CLINICIAN = "clinician"
    PATHOLOGIST = "pathologist"
    ASSISTANT = "assistant"
    AUDITOR = "auditor"


class Act(StrEnum):
    """What a use case asks leave for."""

    PATIENT_READ = "patient.read"
    PATIENT_WRITE = "patient.write"
    PATIENT_MERGE = "patient.merge"
    PATIENT_IMPORT = "patient.import"
    PATIENT_EXPORT = "patient.export"
    PATIENT_ERASE = "patient.erase"
    NUMBERS = "patient.numbers"
    EXAM_READ = "exam.read"
    EXAM_TAKE = "exam.take"
    EXAM_REVIEW = "exam.review"
    EXAM_SIGN = "exam.sign"
    LAB_WRITE = "lab.write"
    REPORT = "report.make"
    DATASET = "dataset.export"
    MODELS = "models.manage"
    ACCEPTANCE = "acceptance.run"
    USERS = "users.manage"
    AUDIT = "audit.read"
    CHECK = "vault.check"
    BACKUP = "vault.backup"
    KEYS = "vault.keys"
    PRIVACY = "privacy.manage"


@dataclass(frozen=True, kw_only=True)
class Account:
    """A user with roles. ``removed`` users cannot log in; what they signed stays theirs."""

    user: User
    roles: frozenset[Role]
    removed: bool = False
