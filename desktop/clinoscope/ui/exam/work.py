"""What the exam page does on workers: plain functions that call ``workflow``. No widgets here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clinoscope import modes
from clinoscope.domain.errors import PackageError
from clinoscope.domain.picture import Origin, Picture
from clinoscope.domain.reading import ModelRef, Reading
from clinoscope.domain.record import Exam, ExamState, Patient
from clinoscope.domain.region import Box, Region
from clinoscope.domain.task import Task
from clinoscope.ui.exam import words
from clinoscope.ui.exam.raster import Raster, heat_image, heat_scale, raster_of

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from clinoscope.records import Vault
    from clinoscope.workflow.capture import CameraInfo, CameraSettings
    from clinoscope.workflow.consent import Standing
    from clinoscope.workflow.models import PackageInfo

LAST_SOURCE = "exam.source."
CAMERA_SET = "camera."
AUTO = "exam.auto."
_LOOKED_AT = 20
"""So many exams may be smears, which begin elsewhere, before no task is called the last one."""


@dataclass(frozen=True)
class Opened:
    """A picture and what Qt paints of it; ``automatic`` is the region as it was found.

    ``picture`` has the pixels of the working copy, which are checked and read, and ``raster`` shows them; ``original``
    shows the picture as it was taken, None where nothing was corrected. ``remark`` is what there is to know about its
    light, and whether the patient has an exam with the very same picture.
    """

    exam: Exam
    picture: Picture
    raster: Raster
    automatic: Region | None
    original: Raster | None = None
    remark: str = ""


@dataclass(frozen=True)
class Sources:
    """What can be looked through now, the address used last in this mode ("" for none), how the cameras were set the
    last time, by name, whether there is what Micro-Manager's cameras need, and whether photos are taken by themselves
    in this mode."""

    cameras: tuple[CameraInfo, ...]
    last: str
    settings: Mapping[str, CameraSettings] = field(default_factory=dict)
    micromanager: bool = False
    auto: bool = False


@dataclass(frozen=True)
class Begun:
    """Who a new exam is about, the task of the exam saved last, and what is to be known about the patient's consent."""

    patient: Patient
    last_task: Task | None
    consent: Standing


def begin(vault: Vault, patient_id: str) -> Begun:
    """What the first screen of a new exam needs. Raises NotAllowed, VaultError."""
    from clinoscope.workflow import consent, exams

    exams.may_begin(vault)
    last = next((exam.task for exam, _ in vault.exams.recent(_LOOKED_AT) if exam.smear is None), "")
    known = modes.task(last) if last in modes.task_ids() else None
    return Begun(vault.patients.get(patient_id), known, consent.standing(vault, patient_id))


def pass_refusal(vault: Vault, patient_id: str) -> None:
    """Note that an exam is begun that the patient had refused. Raises NotAllowed."""
    from clinoscope.workflow import consent

    consent.note_emergency(vault, patient_id)


def take(vault: Vault, patient: Patient, task_id: str, exam: Exam | None, source: Callable[[], Picture]) -> Opened:
    """Take a picture and keep it, find the region, check it. A draft that has a picture gets another one.

    Raises PictureError, CameraError, VaultError; then nothing is changed.
    """
    from clinoscope.workflow import colour, exams, look

    task = modes.task(task_id)
    taken = source()
    light = colour.of_picture(task, taken, vault)
    if exam is None:
        draft = exams.take(vault, patient, task_id, taken, light.correction)
    else:
        draft = exams.retake(vault, exam, taken, light.correction)
    picture = colour.working(taken, light.correction)
    region = look.find_region(task, picture.pixels)
    draft = exams.set_region(vault, draft, region, look.check(task, picture.pixels, region, picture.phantom))
    return _opened(draft, taken, picture, region, " ".join(filter(None, (light.remark, _same(vault, draft, exam)))))


def _same(vault: Vault, exam: Exam, before: Exam | None = None) -> str:
    """Whether the picture of an exam, which held ``before``, is one that the patient had already, in a sentence.

    Not of a phantom: there is one of each, and whoever tries the program uses it again and again.
    """
    from clinoscope.workflow import exams

    if exam.picture is not None and exam.picture.phantom:
        return ""
    was = before.picture if before is not None else None
    again = was is not None and exam.picture is not None and exam.picture.shows_the_same(was)
    return words.same_picture(exams.with_same_picture(vault, exam), again)


def says_something(exam: Exam) -> bool:
    """Whether a clinician has said something about the picture of a draft, an answer or a comment."""
    return (exam.review or exam.held) is not None or bool(exam.comment)


@dataclass(frozen=True)
class Waiting:
    """A picture that is taken and not kept, with what is painted of it."""

    picture: Picture
    raster: Raster


def waiting(source: Callable[[], Picture]) -> Waiting:
    """Take a picture and keep it nowhere yet. Raises PictureError, CameraError."""
    picture = source()
    return Waiting(picture, raster_of(picture.pixels))


def _opened(exam: Exam, taken: Picture, working: Picture, automatic: Region | None, remark: str = "") -> Opened:
    original = None if working is taken else raster_of(taken.pixels)
    return Opened(exam, working, raster_of(working.pixels), automatic, original, remark)


@dataclass(frozen=True)
class Reopened:
    """A kept exam and who it is about."""

    opened: Opened
    patient: Patient


def reopen(vault: Vault, exam: Exam) -> Reopened:
    """The picture of a kept exam; for a draft also the region as the finder sees it. Raises VaultError."""
    from clinoscope.workflow import colour, exams, look

    exams.look_at(vault, exam)
    taken = exams.picture_of(vault, exam)
    picture = colour.working(taken, exam.picture.correction if exam.picture else None)
    automatic = exam.region
    if exam.state is ExamState.DRAFT:
        automatic = look.find_region(modes.task(exam.task), picture.pixels)
    return Reopened(_opened(exam, taken, picture, automatic, _same(vault, exam)), vault.patients.get(exam.patient_id))


class Regions:
    """Saves the changed regions of a picture, one after the other. The same region keeps its reading, and the one that
    was read last gets it back with all that was said of it, however the changes are taken back."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._read: Exam | None = None

    def keep(self, vault: Vault, exam: Exam, region: Region | None) -> Exam:
        """Save ``region`` with its own quality check. Raises NotAllowed, VaultError."""
        from clinoscope.workflow import exams, look

        if region == exam.region and exam.quality is not None:
            return exam
        if exam.reading is not None:
            self._read = exam
        if self._read is not None and region == self._read.region:
            return exams.put_back(vault, exam, self._read)
        picture = self._picture
        quality = look.check(modes.task(exam.task), picture.pixels, region, picture.phantom)
        return exams.set_region(vault, exam, region, quality)


def read(vault: Vault, exam: Exam, picture: Picture) -> Exam:
    """Make and keep the reading, unless there is one. The quality check does not stand in the way: who comes here
    with a picture that failed it chose to."""
    from clinoscope.workflow import acceptance, exams, look, models

    if exam.reading is not None:
        return exam
    task = modes.task(exam.task)
    validated = acceptance.validated(vault, models.ready(task.id))
    earlier = exams.earlier(vault, exam.patient_id, exam.task, before=exam)
    correction = exam.picture.correction if exam.picture else None
    reading = look.read(task, picture.pixels, exam.region, earlier, picture.phantom, correction, validated)
    return exams.set_reading(vault, exam, reading)


@dataclass(frozen=True)
class Beside:
    """What stands beside a reading: the patient's earlier ones, and every version of the exam."""

    earlier: tuple[Reading, ...]
    versions: tuple[Exam, ...]


def beside(vault: Vault, exam: Exam) -> Beside:
    from clinoscope.workflow import exams

    found = exams.earlier(vault, exam.patient_id, exam.task, before=exam)
    return Beside(found, tuple(vault.exams.versions(exam.id)))


def review(vault: Vault, exam: Exam, answer: str, comment: str) -> Exam:
    """Keep the clinician's word, unless it is kept already; ``answer`` is "" while there is only a comment."""
    from clinoscope.workflow import exams

    kept = exam.review.answer if exam.review is not None else ""
    if (kept, exams.spoken(exam)) == (answer, comment.strip()):
        return exam
    return exams.review(vault, exam, answer, comment) if answer else exams.comment(vault, exam, comment)


@dataclass(frozen=True)
class HeatMap:
    """A heatmap ready to paint over ``box``, its colours from least to most, and what they mean in a sentence."""

    box: Box
    image: QImage
    scale: QImage
    meaning: str


def explain(exam: Exam, picture: Picture) -> HeatMap | None:
    """The heatmap of the likeliest label; None where the package shows none."""
    from clinoscope.workflow import look

    if exam.region is None or exam.reading is None:
        return None
    task = modes.task(exam.task)
    made = look.explain(task, picture.pixels, exam.region, exam.reading)
    if made is None:
        return None
    meaning = words.heat_meaning(task.label_name(exam.reading.top))
    return HeatMap(made[0], heat_image(made[1]), heat_scale(), meaning)


@dataclass(frozen=True)
class Trust:
    """How far a reading can be trusted: ``meaning`` of the figures of its package, its ``standing`` at this site
    (``failed`` when it did not pass the clinic's own test), and why there is no heatmap ("" where there is one)."""

    meaning: str
    standing: str
    failed: bool
    no_heatmap: str


def trust(vault: Vault, exam: Exam) -> Trust:
    """All that stands beside the answer of an exam's reading. Raises PackageError, VaultError."""
    from clinoscope.workflow import acceptance, look, models

    assert exam.reading is not None
    model = exam.reading.model
    stands = acceptance.standing(vault, model)
    return Trust(
        meaning=models.about(exam.task, exam.reading, told=acceptance.CAUTION in stands.sentence),
        standing=stands.sentence,
        failed=stands.state is acceptance.State.FAILED,
        no_heatmap=look.why_no_heatmap(models.find(model)),
    )


@dataclass(frozen=True)
class About:
    """What the package that made a reading says of itself (None when it is not known any more), where it stands at
    this site, and which one is in use for the task now (None when there is none)."""

    package: PackageInfo | None
    standing: str
    in_use: ModelRef | None


def about(vault: Vault, exam: Exam) -> About:
    """What there is to know of the model of an exam's reading. Raises VaultError."""
    from clinoscope.workflow import acceptance, models

    assert exam.reading is not None
    model = exam.reading.model
    try:
        in_use = models.of_task(exam.task).ref
    except PackageError:
        in_use = None
    return About(models.find(model), acceptance.standing(vault, model).sentence, in_use)


def sources(vault: Vault, mode: str) -> Sources:
    from clinoscope.workflow.capture import from_json, list_cameras, vendor_installed

    cameras = list_cameras()
    settings = {camera.name: from_json(vault.settings.get(CAMERA_SET + camera.name)) for camera in cameras}
    last, auto = (vault.settings.get(key + mode, none) for key, none in ((LAST_SOURCE, ""), (AUTO, False)))
    return Sources(tuple(cameras), str(last), settings, vendor_installed("mm"), auto is True)


def keep_camera(vault: Vault, name: str, settings: CameraSettings) -> None:
    """Remember how a camera is set, for every mode and the next time it is plugged in."""
    from clinoscope.workflow.capture import to_json

    vault.settings.set(CAMERA_SET + name, to_json(settings))


def pasted(image: QImage) -> Picture:
    """A picture from the clipboard, kept as lossless PNG. Raises PictureError."""
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice

    from clinoscope.workflow.capture import open_picture

    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # PySide's stubs want bytes here, its code a str
    return open_picture(bytes(data.data()), Origin.CLIPBOARD)
