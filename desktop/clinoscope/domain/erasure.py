"""Erasing a patient: why it may be done, what goes, what stays in its place."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Reason(StrEnum):
    """Why a patient is erased. A word of a list and not free text: nobody can write a name into it."""

    REQUEST = "request"
    RETENTION = "retention"
    MISTAKE = "mistake"
    ORDER = "order"


@dataclass(frozen=True, kw_only=True)
class Extent:
    """How much there is of a patient: exams in all their versions count once; ``shared`` pictures are in another
    patient's exam, too, and stay."""

    exams: int
    signed: int
    pictures: int
    shared: int
    labs: int


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """What stands where a patient was. ``finished`` once the picture files and the free pages are gone, too.

    ``again``: done anew after an older backup had brought the patient back.
    """

    patient_id: str
    at: datetime
    by: str
    reason: Reason
    exams: int
    pictures: int
    labs: int
    again: bool = False
    finished: bool = False
