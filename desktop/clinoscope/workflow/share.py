"""A picture of an exam as a file for people outside: it carries the picture and nothing beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clinoscope import modes
from clinoscope.domain.access import Act
from clinoscope.domain.record import Exam
from clinoscope.workflow import exams
from clinoscope.workflow.permissions import require

if TYPE_CHECKING:
    from clinoscope.records import Vault


@dataclass(frozen=True)
class SharedPicture:
    """``name`` is that of a file and names no patient."""

    name: str
    data: bytes


def picture_file(vault: Vault, exam: Exam, whole: bool | None = None) -> SharedPicture:
    """The picture of an exam as it was taken, without place, camera, names and thumbnails.

    ``whole`` False leaves only the region with a margin, the rest grey; None asks the task's file, as reports do.
    The stored picture is not touched. Raises VaultError, NotAllowed for an exam without a picture, PictureError.
    """
    require(vault, Act.REPORT)
    from clinoscope.capture import strip
    from clinoscope.records.operations import note
    from clinoscope.regions import around

    vault.run(note("picture.share", exam.id, {"version": exam.version}))
    picture = exams.picture_of(vault, exam)
    if shows_whole(exam, whole):
        made = strip.stripped(picture)
    else:
        made = strip.Stripped(strip.png_of(around.hidden(picture.pixels, exam.region)), ".png")
    return SharedPicture(f"picture-{exam.id[:8]}-v{exam.version}{made.suffix}", made.data)


def shows_whole(exam: Exam, whole: bool | None) -> bool:
    """Whether all of an exam's picture may be seen: what somebody asked for, else what the task's file says."""
    return not modes.task(exam.task).hide_around if whole is None else whole
