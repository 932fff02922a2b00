"""A clinic's own training set: the signed exams of a task as labelled pictures that name nobody.

What leaves, and what does not, is decided in ``docs/decisions/0026-export-of-training-sets.md``.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from clinoscope import modes
from clinoscope.domain import spreadsheet
from clinoscope.domain.access import Act
from clinoscope.domain.consent import Consented
from clinoscope.domain.errors import KnownError, NotAllowed, PictureError, VaultError
from clinoscope.domain.picture import Pixels
from clinoscope.domain.reading import CANNOT_JUDGE, UNSURE
from clinoscope.domain.record import Exam
from clinoscope.domain.region import Box
from clinoscope.domain.task import Task
from clinoscope.workflow import consent, dataset_notes, exams, files, labs
from clinoscope.workflow.export_pictures import CUTS, MICROSCOPE, boxes_json, cut, shows_a_face
from clinoscope.workflow.permissions import require
from clinoscope.workflow.smear import export_cells

if TYPE_CHECKING:
    from clinoscope.records import Vault

LIST = "labels.csv"
NOTES = "README.txt"
PICTURES = "pictures"
COLUMNS = ("path", "label", "group", "boxes", "camera", "hb_g_dl", "hb_days", "model", "answer", "by_hand")
HB_DAYS = 7
ANEMIC, NOT_ANEMIC = "anemic", "not_anemic"

Progress = Callable[[int, int], object]
"""Called with how many exams are done, and of how many. What it raises ends the export; nothing is left."""


class LabelBy(StrEnum):
    """Where the label of a picture comes from."""

    REVIEW = "review"
    HB = "hb"


class LeftOut(StrEnum):
    """Why a signed exam gives no picture, in words for people."""

    CANNOT_JUDGE = "the clinician could not judge the picture"
    UNSURE = "the clinician was unsure"
    NO_HB = "no haemoglobin near enough to the picture"
    NO_LIMIT = "age or sex is not known, so that no limit of haemoglobin holds"
    NO_REGION = "no region was found or drawn"
    FACE = "a face can be seen in it"
    AGAIN = "the same picture is in another exam"
    LOST = "the picture is missing from the vault or damaged"
    REFUSED = "the patient refused the use for training"
    NOT_ASKED = "the patient was not asked about the use for training"
    LOST_FIELD = "a field of a smear is missing from the vault or damaged, so its cells are not in the set"
    NO_CELL = "no cell of the smear is in a class that is a label of the task"


@dataclass(frozen=True)
class Exported:
    """What was written to ``folder``; ``left_out`` counts the signed exams, and fields of smears, that gave no
    picture, by reason."""

    folder: Path
    task: str
    label_by: LabelBy
    pictures: int
    patients: int
    labels: Mapping[str, int]
    left_out: Mapping[str, int]
    phantoms: int
    hb_days: int
    by_consent: bool = True
    """Only pictures of patients who agreed to it; False where the clinic has another legal ground."""


@dataclass
class _Set:
    """The export while it grows. ``key`` hides who is who; it is made for this export and kept nowhere."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    rows: list[dict[str, str]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    groups: set[str] = field(default_factory=set)
    seen: set[tuple[str, int]] = field(default_factory=set)
    phantoms: int = 0
    agreed: Mapping[str, Consented] | None = None
    """What patients said to it, by id; None where another legal ground holds."""

    def hidden(self, what: str, name: str) -> str:
        """16 hex digits in place of a name, the same for the same name in this export and no other."""
        return hmac.digest(self.key, f"{what} {name}".encode(), "sha256").hex()[:16]


class _Skip(Exception):
    """This exam gives no picture."""


def exportable(task: Task) -> tuple[LabelBy, ...]:
    """Where the labels of a task's pictures may come from; empty when it has none."""
    by_review = (LabelBy.REVIEW,) if task.labels else ()
    return (*by_review, LabelBy.HB) if task.mode == "anemia" else by_review


def export(
    vault: Vault,
    task_id: str,
    out: Path,
    *,
    label_by: LabelBy = LabelBy.REVIEW,
    hb_days: int = HB_DAYS,
    whole: bool = False,
    progress: Progress | None = None,
) -> Exported:
    """Write the signed exams of a task to ``out``, a folder that is new or empty, as a training set.

    Only what was signed last of each exam counts, of patients who agreed to the use for training (docs/own-data.md).
    ``hb_days`` is how far a haemoglobin may be from the picture;
    ``whole`` lets more than the region leave, where that may be. The act is noted in the vault's chain before
    the folder gets its name. Raises NotAllowed, KnownError when there is nothing to export or it cannot be
    written; then nothing is left under ``out``.
    """
    require(vault, Act.DATASET)
    task, out = modes.task(task_id), Path(out).resolve()
    _check_allowed(task, label_by, whole)
    _check_free(vault, out)
    part = out.with_name(f".{out.name}.unfinished")
    try:
        shutil.rmtree(part, ignore_errors=True)  # left by an export that was killed
        part.mkdir(parents=True, mode=0o700)
        (part / PICTURES).mkdir()
        made = _fill(vault, task, part, label_by, hb_days, whole, progress or _untold)
        done = _finished(made, task, out, label_by, hb_days)
        _write_list(part, made)
        _write(part / NOTES, dataset_notes.readme(done, datetime.now(UTC)).encode())
        _note(vault, done, part)
        _put_in_place(part, out)
    except OSError as error:
        raise KnownError(f"The training set cannot be written to {out}. {files.left(error, part)}") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return done


def _untold(_done: int, _of: int) -> None:
    """Nobody wants to know."""


def _check_allowed(task: Task, label_by: LabelBy, whole: bool) -> None:
    if not exportable(task):
        raise NotAllowed(f"{task.name} gives a picture no label, so there is nothing to train on: choose another task.")
    if label_by not in exportable(task):
        raise NotAllowed(
            f"{task.name} has no labels of its own: let the haemoglobin be the label."
            if label_by is LabelBy.REVIEW
            else "Haemoglobin can be the label for the anemia tasks only: choose one of them."
        )
    if whole and not CUTS[task.region].whole:
        raise NotAllowed("A whole picture of this task would show who it is: export the region alone, without --whole.")


def _check_free(vault: Vault, out: Path) -> None:
    if out.is_relative_to(vault.folder.resolve()):
        raise KnownError("A training set does not belong into the vault: choose a folder elsewhere.")
    try:
        taken = out.exists() and (not out.is_dir() or any(out.iterdir()))
    except OSError as error:
        raise KnownError(f"The folder {out} cannot be looked into: {error.strerror}. Choose another one.") from None
    if taken:
        raise KnownError(f"{out} is not an empty folder: choose a new one.")


def _fill(
    vault: Vault, task: Task, part: Path, label_by: LabelBy, hb_days: int, whole: bool, progress: Progress
) -> _Set:
    """One PNG per exam or cell, in the order of the exams' hidden names: not even file times tell who came first."""
    made = _Set(agreed=consent.for_training(vault))
    signed = list(vault.exams.signed_of_task(task.id))
    for other in export_cells.also_from(task):  # of which a field that was only counted has no cell anybody named
        signed += [exam for exam in vault.exams.signed_of_task(other) if exam.smear is not None]
    found = sorted(signed, key=lambda exam: made.hidden("picture", exam.id))
    for done, exam in enumerate(found):
        progress(done, len(found))
        try:
            if exam.smear is not None:
                _add_cells(vault, task, exam, part, made)
                continue
            _check_agreed(exam, made, phantom=bool(exam.picture and exam.picture.phantom))
            label, hb = _labelled(vault, exam, label_by, hb_days)
            name, boxes = _picture(vault, task, exam, part, whole, made)
        except _Skip as reason:
            made.left_out[str(reason)] += 1
            continue
        row = {
            "path": name,
            "label": label,
            "boxes": boxes,
            "camera": _camera(exam),
            "hb_g_dl": f"{hb[0]:.2f}" if hb else "",
            "hb_days": str(hb[1]) if hb else "",
            "model": str(exam.reading.model) if exam.reading else "",
            "answer": exam.reading.answer if exam.reading else "",
        }
        _add(vault, exam, row, made)
        made.phantoms += bool(exam.picture and exam.picture.phantom)
    _number_cameras(made)
    progress(len(found), len(found))
    return made


def _add(vault: Vault, exam: Exam, row: dict[str, str], made: _Set) -> None:
    # Of two records that were merged the pictures are one person's, and must not part between training and test.
    group = made.hidden("patient", vault.patients.get(exam.patient_id).id)
    made.rows.append({**row, "group": group})
    made.labels[row["label"]] += 1
    made.groups.add(group)


def _add_cells(vault: Vault, task: Task, exam: Exam, part: Path, made: _Set) -> None:
    """The cells of a signed smear, each with the class that a reader put it in."""
    smear = vault.smears.of(exam)
    phantom = all(entry.picture.phantom for entry in smear.fields)
    _check_agreed(exam, made, phantom=phantom)
    shown = export_cells.by_field(task, exam, smear)
    if not shown:
        raise _Skip(LeftOut.NO_CELL)
    before, lost = len(made.rows), 0
    for entry, labelled in shown:
        try:
            cells = export_cells.of_field(vault, task, entry, labelled)
        except (VaultError, PictureError):
            lost += 1
            continue
        for cell in cells:
            if (cell.sha256, 0) in made.seen:
                continue  # of a field that was added to another smear, too
            made.seen.add((cell.sha256, 0))
            name = f"{PICTURES}/{made.hidden('picture', f'{exam.id} {cell.number}')}.png"
            _write_png(part / name, cell.pixels)
            row = {"path": name, "label": cell.label, "boxes": cell.boxes, "camera": cell.device}
            read = {"model": cell.model, "answer": cell.answer, "by_hand": "1" if cell.by_hand else ""}
            _add(vault, exam, row | read, made)
            made.phantoms += phantom
    if lost:
        made.left_out[LeftOut.LOST_FIELD] += lost
    elif len(made.rows) == before:
        raise _Skip(LeftOut.AGAIN)


def _number_cameras(made: _Set) -> None:
    """Numbers in the place of the cameras' names, anew in every export."""
    names = {row["camera"] for row in made.rows} - {""}
    ordered = sorted(names, key=lambda name: made.hidden("camera", name))
    numbers = {name: f"camera-{place}" for place, name in enumerate(ordered, start=1)}
    for row in made.rows:
        row["camera"] = numbers.get(row["camera"], "")


def _check_agreed(exam: Exam, made: _Set, *, phantom: bool) -> None:
    """A phantom is of nobody, who need not be asked."""
    if made.agreed is None or phantom:
        return
    said = made.agreed.get(exam.patient_id, Consented.NOT_ASKED)
    if said is not Consented.GIVEN:
        raise _Skip(LeftOut.REFUSED if said is Consented.REFUSED else LeftOut.NOT_ASKED)


def _labelled(vault: Vault, exam: Exam, label_by: LabelBy, hb_days: int) -> tuple[str, tuple[float, int] | None]:
    """The label, and the haemoglobin in g/dL with how many days after the picture it was drawn."""
    said = exam.review.answer if exam.review else CANNOT_JUDGE
    if said == CANNOT_JUDGE:
        raise _Skip(LeftOut.CANNOT_JUDGE)
    near = labs.nearest(labs.of_patient(vault, exam.patient_id), exam, labs.HAEMOGLOBIN, hb_days)
    hb = (near[0].value, near[1]) if near else None
    if label_by is LabelBy.REVIEW:
        if said == UNSURE:
            raise _Skip(LeftOut.UNSURE)
        return said, hb
    if near is None:
        raise _Skip(LeftOut.NO_HB)
    drawn = near[0].drawn_at.astimezone().date()
    limit = labs.anemia_limit(vault.patients.get(exam.patient_id), drawn)
    if limit is None:
        raise _Skip(LeftOut.NO_LIMIT)
    return (ANEMIC if near[0].value < limit else NOT_ANEMIC), hb


def _picture(vault: Vault, task: Task, exam: Exam, part: Path, whole: bool, made: _Set) -> tuple[str, str]:
    """Write what may leave of an exam's picture; its path under the export, and its regions as JSON."""
    if exam.picture is None or (exam.region is None and not whole):
        raise _Skip(LeftOut.NO_REGION)
    if (exam.picture.sha256, exam.picture.page) in made.seen:
        raise _Skip(LeftOut.AGAIN)
    try:
        picture = exams.working_copy(vault, exam)
    except (VaultError, PictureError):
        raise _Skip(LeftOut.LOST) from None
    everything = Box(0, 0, picture.width, picture.height)
    kept = everything if whole or exam.region is None else cut(task.region, exam.region, everything)
    pixels = picture.pixels[kept.y : kept.bottom, kept.x : kept.right]
    if task.region not in MICROSCOPE and shows_a_face(pixels):
        raise _Skip(LeftOut.FACE)
    made.seen.add((exam.picture.sha256, exam.picture.page))
    name = f"{PICTURES}/{made.hidden('picture', exam.id)}.png"
    _write_png(part / name, pixels)
    return name, boxes_json(exam.region, kept)


def _camera(exam: Exam) -> str:
    return exam.picture.device if exam.picture else ""


def _finished(made: _Set, task: Task, out: Path, label_by: LabelBy, hb_days: int) -> Exported:
    if not made.rows:
        raise KnownError(f"There is nothing to export of {task.name}: {_nothing(made.left_out)}")
    return Exported(
        folder=out,
        task=task.id,
        label_by=label_by,
        pictures=len(made.rows),
        patients=len(made.groups),
        labels=dict(sorted(made.labels.items())),
        left_out=dict(sorted(made.left_out.items())),
        phantoms=made.phantoms,
        hb_days=hb_days,
        by_consent=made.agreed is not None,
    )


def _nothing(left_out: Mapping[str, int]) -> str:
    if not left_out:
        return "no exam of it is signed. Review and sign exams first."
    return "; ".join(f"{count} left out because {why}" for why, count in sorted(left_out.items())) + "."


def _write_list(part: Path, made: _Set) -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in sorted(made.rows, key=lambda row: row["path"]):
        writer.writerow({name: spreadsheet.safe(cell) for name, cell in row.items()})
    _write(part / LIST, text.getvalue().encode())


def _note(vault: Vault, done: Exported, part: Path) -> None:
    """Into the audit chain: what left, how much of it, and the hash of its list, by which a copy is known again."""
    from clinoscope.records.operations import note

    details = {
        "task": done.task,
        "label": done.label_by.value,
        "pictures": done.pictures,
        "patients": done.patients,
        "by_consent": done.by_consent,
    }
    vault.run(note("dataset.export", hashlib.sha256((part / LIST).read_bytes()).hexdigest(), details))


def _write_png(path: Path, pixels: Pixels) -> None:
    from clinoscope.capture.strip import png_of

    _write(path, png_of(pixels))


def _write(path: Path, data: bytes) -> None:
    from clinoscope.records.files import write_whole

    write_whole(path, data, within=path.parent)


def _put_in_place(part: Path, out: Path) -> None:
    from clinoscope.records.backup import put_in_place

    put_in_place(part, out)
