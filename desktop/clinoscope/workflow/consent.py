"""What patients agreed to: noted by whoever adds patients, asked for before an exam and a training set.

A consent is never a wall: in an emergency care goes on (docs/decisions/0063).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from clinoscope.domain.access import Act
from clinoscope.domain.consent import Consent, Consented, Purpose
from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.record import Patient
from clinoscope.workflow.permissions import require

if TYPE_CHECKING:
    from clinoscope.records import Vault

OTHER_GROUND = "consent.other_ground"
"""The vault's setting: pictures are used for training on another legal ground than consent."""
_LONGEST = 300


@dataclass(frozen=True)
class Standing:
    """What counts for a patient now; None while nothing was noted. ``earlier`` is all that was noted before,
    the newest first."""

    clinical: Consent | None = None
    training: Consent | None = None
    earlier: tuple[Consent, ...] = ()

    def of(self, purpose: Purpose) -> Consent | None:
        """What counts for one purpose."""
        return self.clinical if purpose is Purpose.CLINICAL else self.training

    def said(self, purpose: Purpose) -> Consented:
        """The answer that counts for one purpose."""
        found = self.of(purpose)
        return found.said if found else Consented.NOT_ASKED


def standing(vault: Vault, patient_id: str) -> Standing:
    """What a patient agreed to. Raises NotAllowed, VaultError."""
    require(vault, Act.PATIENT_READ)
    found = vault.consents.of_patient(patient_id)
    last = {purpose: next((one for one in found if one.purpose is purpose), None) for purpose in Purpose}
    return Standing(
        last[Purpose.CLINICAL], last[Purpose.TRAINING], tuple(one for one in found if one not in last.values())
    )


def note(vault: Vault, patient: Patient, purpose: Purpose, said: Consented, day: date, words: str = "") -> Consent:
    """Note what a patient said on ``day``; it takes the place of what was noted before, and both stay.

    Raises NotAllowed for a day that cannot be, VaultError.
    """
    require(vault, Act.PATIENT_WRITE)
    if day > datetime.now(UTC).astimezone().date():
        raise NotAllowed("This day is still to come: type the day on which the patient said so.")
    if patient.born and day < patient.born:
        raise NotAllowed("This day is before the patient was born: check it.")
    return vault.consents.note(patient.id, purpose, said, day, words.strip()[:_LONGEST])


def before_exam(found: Standing) -> str:
    """What is to be known before an exam is begun; "" when the patient agreed to it."""
    said = found.said(Purpose.CLINICAL)
    if said is Consented.GIVEN:
        return ""
    if said is Consented.REFUSED:
        return "The patient refused the exam. Go on only in an emergency, or when they agree now: then note that."
    return "Consent to the exam is not noted yet. Ask, and note it; an emergency does not wait."


def note_emergency(vault: Vault, patient_id: str) -> None:
    """Note that an exam is begun although the patient refused it. Raises NotAllowed."""
    from clinoscope.records.operations import note as noted

    require(vault, Act.EXAM_TAKE)
    vault.run(noted("consent.passed", patient_id))


def other_ground(vault: Vault) -> bool:
    """Whether training sets are made on another legal ground than each patient's consent."""
    return bool(vault.settings.get(OTHER_GROUND, False))


def set_other_ground(vault: Vault, on: bool) -> None:
    """Choose that. The change and who made it stand in the log. Raises NotAllowed."""
    require(vault, Act.PRIVACY)
    vault.settings.set(OTHER_GROUND, on, {"to": "another legal ground" if on else "each patient's consent"})


def for_training(vault: Vault) -> dict[str, Consented] | None:
    """What each patient who was asked said to the use for training; None where another legal ground holds."""
    return None if other_ground(vault) else vault.consents.said(Purpose.TRAINING)
