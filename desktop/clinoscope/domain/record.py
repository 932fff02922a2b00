"""Patients, users, and exams with their reviews and signatures."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from clinoscope.domain.correction import Correction
from clinoscope.domain.picture import Clock, Origin
from clinoscope.domain.quality import Quality
from clinoscope.domain.reading import Reading
from clinoscope.domain.region import Region
from clinoscope.domain.smear_sheet import SmearSheet
from clinoscope.domain.user import User as User  # where everybody looks for it


class Sex(StrEnum):
    """As the clinic recorded it."""

    FEMALE = "F"
    MALE = "M"
    OTHER = "X"
    UNKNOWN = ""


@dataclass(frozen=True, kw_only=True)
class Patient:
    """Who an exam is about. ``id`` never changes; ``identifier`` is the clinic's number."""

    id: str
    identifier: str
    name: str
    sex: Sex = Sex.UNKNOWN
    born: date | None = None
    note: str = ""

    def age(self, on: date) -> int | None:
        """Whole years on a day; None when the birth date is not known."""
        if self.born is None:
            return None
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))


@dataclass(frozen=True, kw_only=True)
class Merge:
    """A record of a person that was merged into another one: the ``patient`` as recorded, who did it, when and why."""

    patient: Patient
    into: str
    reason: str
    by: User
    at: datetime


class ExamState(StrEnum):
    """A draft can change or be voided; what is signed stays."""

    DRAFT = "draft"
    SIGNED = "signed"
    VOIDED = "voided"


@dataclass(frozen=True, kw_only=True)
class PictureRef:
    """A picture in the picture store: what the row knows without decoding it. ``page`` is the one of a file of several
    that was taken.

    ``clock`` says where ``taken_at`` comes from, unknown in exams from before it was kept.
    ``pixels`` is the SHA-256 of what it shows (``Picture.digest_of_pixels``), "" in exams from before it was kept.
    ``correction`` is what was done to the working copy that was checked and read; None for nothing, and in every
    exam signed before there were corrections. The stored picture is never touched.
    """

    sha256: str
    media_type: str
    width: int
    height: int
    origin: Origin
    device: str
    taken_at: datetime
    phantom: bool
    page: int = 0
    correction: Correction | None = None
    pixels: str = ""
    clock: Clock = Clock.UNKNOWN

    @property
    def marks(self) -> frozenset[str]:
        """What it is known again by: the file and the page in it, and the pixels where they are known."""
        return frozenset(filter(None, (self.pixels, f"{self.sha256} {self.page}")))

    def shows_the_same(self, other: "PictureRef") -> bool:
        """Whether both are the very same picture: they have a mark in common."""
        return not self.marks.isdisjoint(other.marks)


@dataclass(frozen=True, kw_only=True)
class Review:
    """What the clinician says about a reading. ``answer`` is a label or *cannot judge*;
    for a measuring or counting task it repeats the reading's answer when they agree."""

    answer: str
    agrees: bool
    comment: str = ""


class Reviewed(NamedTuple):
    """What a model answered in a signed exam and whether the clinician agreed: light, for many thousands.

    ``model`` is the SHA-256 of the package file, ``answer`` the reading's, ``at`` the time of signing (UTC).
    """

    model: str
    answer: str
    agrees: bool
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Signature:
    """Who signed, when (UTC), and the Ed25519 signature over the exam's canonical bytes."""

    user: User
    at: datetime
    public_key: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Exam:
    """One visit, one mode. Signed versions are never edited: amending adds the next version.

    (``id``, ``version``) is unique; ``program`` is the version of Clinoscope that read the
    picture. ``amendment`` says why this version replaces the one before; "" for the first.
    ``comment`` is what was typed beside a reading that nobody answered yet; with an answer it is the review's.
    ``held`` is what was said before the region was changed, until it is known whether it still stands.
    ``smear`` is the sheet of a smear, whose fields and cells have tables of their own: ``picture`` is
    then its first field. None for every other exam.
    """

    id: str
    version: int
    patient_id: str
    task: str
    state: ExamState
    created_at: datetime
    program: str
    picture: PictureRef | None = None
    quality: Quality | None = None
    region: Region | None = None
    reading: Reading | None = None
    review: Review | None = None
    amendment: str = ""
    comment: str = ""
    held: Review | None = None
    signature: Signature | None = None
    smear: SmearSheet | None = None
