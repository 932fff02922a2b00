"""A follow-up picture: which earlier visits there are, and what to do to take the same view again."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clinoscope.domain.alignment import Alignment, Similarity
from clinoscope.domain.picture import Pixels
from clinoscope.domain.record import Exam, ExamState
from clinoscope.domain.region import Region
from clinoscope.domain.task import Task

if TYPE_CHECKING:
    from clinoscope.records import Vault
    from clinoscope.regions.alignment import Landmarks


class Hint(StrEnum):
    """The one thing to do: where what is looked at has to go in the picture, or how it has to turn."""

    CLOSER = "closer"
    AWAY = "away"
    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
    CLOCKWISE = "clockwise"
    ANTICLOCKWISE = "anticlockwise"
    MATCHES = "matches"
    UNKNOWN = "unknown"
    """It cannot be told."""


@dataclass(frozen=True, eq=False)
class Last:
    """An earlier picture to be taken again: its ``size`` (width, height), its ``region``, its details."""

    size: tuple[int, int]
    region: Region | None
    landmarks: Landmarks = field(repr=False)

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the region, or of the picture."""
        return self.region.box.centre if self.region else (self.size[0] / 2, self.size[1] / 2)


def follows(task: Task) -> bool:
    """Whether a later visit can show the same view again: not so for a blood smear."""
    return task.region not in _settings()["never"]


def earlier(vault: Vault, patient_id: str, task: Task, before: Exam | None = None) -> tuple[Exam, ...]:
    """The patient's signed exams of a task that have a picture, each in its last signed version, newest first.

    ``before`` leaves out that exam and all that came after it. Empty for a task that ``follows`` says no to.
    Raises VaultError.
    """
    if not follows(task):
        return ()
    found = []
    for exam in vault.exams.of_patient(patient_id):
        if exam.task != task.id or (before is not None and not _is_before(exam, before)):
            continue
        # While an amendment is a draft, what was signed before it still stands.
        signed = exam if exam.state is ExamState.SIGNED else vault.exams.signed(exam.id)
        if signed is not None and signed.picture is not None:
            found.append(signed)
    return tuple(found)


def remember(pixels: Pixels, region: Region | None) -> Last:
    """What to know of an earlier picture, RGB (height, width, 3), to find it again. About 40 ms for 12 megapixels."""
    from clinoscope.regions import alignment

    height, width = pixels.shape[:2]
    return Last((width, height), region, alignment.landmarks(pixels, region.box if region else None))


def find(last: Last, pixels: Pixels) -> Alignment | None:
    """Where the earlier picture lies in a frame, RGB (height, width, 3); None when it cannot be told."""
    from clinoscope.regions import alignment

    return alignment.align(last.landmarks, pixels)


def regions_tell(task: Task) -> bool:
    """Whether a task's finder finds the same region again surely enough to say large steps by it."""
    return task.region in _settings()["by_region"]


def by_region(last: Last, region: Region | None) -> Alignment | None:
    """Where the earlier picture would lie if its region is this one of a frame: good for large steps only."""
    from clinoscope.regions import alignment

    return alignment.by_regions(last.region, region)


def fitted(size: tuple[int, int], frame: tuple[int, int]) -> Similarity:
    """How a picture of ``size`` is laid into a ``frame`` (width, height): whole, as large as it goes, in its middle."""
    scale = min(frame[0] / size[0], frame[1] / size[1])
    middle = (size[0] / 2, size[1] / 2)
    return Similarity.onto(middle, (frame[0] / 2, frame[1] / 2), scale)


def hint(last: Last, found: Alignment | None, frame: tuple[int, int], matched: bool = False) -> Hint:
    """The one thing to do so that a frame (width, height) shows what the earlier picture shows, as large, as upright.

    It is the deviation that is largest against its tolerance. ``matched`` says that the frame before matched.
    """
    if found is None:
        return Hint.UNKNOWN
    off = deviations(last, found, frame)
    pair, value = max(off.items(), key=lambda entry: abs(entry[1]))
    if not found.sure and abs(value) <= _settings()["matches"]["coarse"]:
        return Hint.UNKNOWN
    if abs(value) <= (_settings()["matches"]["hold"] if matched else 1.0):
        return Hint.MATCHES
    return pair[0] if value < 0 else pair[1]


def deviations(last: Last, found: Alignment, frame: tuple[int, int]) -> dict[tuple[Hint, Hint], float]:
    """How far a frame (width, height) is off, in tolerances: for each pair of acts, the first one when negative."""
    limits = _settings()["matches"]
    wanted = fitted(last.size, frame)
    here, there = wanted.apply(*last.centre), found.place.apply(*last.centre)
    short = min(frame)
    return {
        (Hint.CLOSER, Hint.AWAY): math.log(found.place.scale / wanted.scale) / math.log(1 + limits["scale"]),
        (Hint.RIGHT, Hint.LEFT): (there[0] - here[0]) / short / limits["shift"],
        (Hint.DOWN, Hint.UP): (there[1] - here[1]) / short / limits["shift"],
        (Hint.CLOCKWISE, Hint.ANTICLOCKWISE): (found.place.turn - wanted.turn) / limits["turn"],
    }


def words(what: Hint, task: Task) -> str:
    """A hint as it is said for the region of a task: "Move closer"."""
    settings = _settings()
    said: dict[str, str] = settings["any"] | settings.get(task.region, {})
    return said[what]


def _is_before(exam: Exam, other: Exam) -> bool:
    return exam.id != other.id and exam.created_at < other.created_at


@functools.cache
def _settings() -> dict[str, Any]:
    import tomllib

    return tomllib.loads(Path(__file__).with_name("follow.toml").read_text(encoding="utf-8"))
