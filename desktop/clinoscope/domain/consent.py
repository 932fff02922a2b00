"""What a patient agreed to: the exam itself, and the use of pictures for training."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from clinoscope.domain.user import User


class Purpose(StrEnum):
    """What is asked for."""

    CLINICAL = "clinical"
    TRAINING = "training"


class Consented(StrEnum):
    """What the patient said; *not asked* takes a wrong note back."""

    GIVEN = "given"
    REFUSED = "refused"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, kw_only=True)
class Consent:
    """One answer for one purpose. Never edited: the next one replaces it, and both stay.

    ``day`` is when the patient said so; ``note`` such as the number of a paper form. ``at`` (UTC) is when ``by``
    noted it.
    """

    id: str
    patient_id: str
    purpose: Purpose
    said: Consented
    day: date
    note: str
    by: User
    at: datetime
