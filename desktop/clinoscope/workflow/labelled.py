"""Labelled pictures: from a CSV or a folder, each read as the window would read it."""

from __future__ import annotations

import csv
import math
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PureWindowsPath

from clinoscope.domain import spreadsheet
from clinoscope.domain.errors import KnownError, PictureError
from clinoscope.domain.picture import SUFFIXES, Picture
from clinoscope.domain.reading import CANNOT_JUDGE, Reading
from clinoscope.domain.region import Box, Region
from clinoscope.domain.task import Kind, Task
from clinoscope.workflow import colour
from clinoscope.workflow.look import look, read

LIST = "labels.csv"
"""The list in a folder that ``export-dataset`` wrote."""
_COLUMNS = frozenset({"path", "label", "group", "camera", "value", "unit"})

UNREADABLE = "could not be opened"
COPY = "the same as another"
LEARNED = "the model was fitted to them"

Progress = Callable[[int, int, str], None]
"""Called with how many pictures are done, of how many, and a sentence about the last one or ""."""


class LabelsError(KnownError):
    """The CSV of labels, or the folder of pictures, cannot be used."""


@dataclass(frozen=True)
class Labelled:
    """One picture. Without a ``group`` each picture is its own group; ``value`` is a number known from
    elsewhere in ``unit`` (a lab's haemoglobin), ``label`` "" where only the number is known."""

    path: str
    label: str
    group: str
    camera: str = ""
    value: float | None = None
    unit: str = ""


@dataclass(frozen=True, eq=False)
class Seen:
    """A labelled picture with its reading; ``region`` is None where none was found."""

    row: Labelled
    picture: Picture
    region: Region | None
    reading: Reading


def read_labels(source: Path, task: Task) -> list[Labelled]:
    """The rows of a CSV, of the ``labels.csv`` of a folder, or what a folder of folders named after the labels holds.

    A CSV has commas or, as many an office program writes it, semicolons or tabs; columns path and label
    (of a task that measures: path and value), and group, camera, value and unit as wanted. In a folder
    each label's folder holds pictures, or a folder of pictures for each group.
    Raises LabelsError for a missing column or an unknown label, with its line.
    """
    listed = source / LIST if (source / LIST).is_file() else source
    rows = _read_folder(source, task) if listed.is_dir() else _read_csv(listed, task)
    if not rows:
        raise LabelsError(f"{source} names no picture. Give a line for each, or a folder of pictures for each label.")
    return rows


def folder_of(source: Path) -> Path:
    """What the paths of the rows are relative to."""
    return source if source.is_dir() else source.parent


def check_writable(out: Path, what: str) -> Path:
    """The folder of ``out`` that is there already. Raises LabelsError before the long work rather than after it."""
    nearest = next(folder for folder in (out, *out.absolute().parents) if folder.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        raise LabelsError(f"The {what} cannot be written to {out}. Choose a folder of yours.")
    return nearest


def seen(
    task: Task,
    rows: list[Labelled],
    folder: Path,
    progress: Progress,
    left_out: Counter[str],
    learned: frozenset[str] = frozenset(),
) -> Iterator[Seen]:
    """Read what ``opened`` gives. Raises LabelsError, PackageError, and whatever ``progress`` raises."""
    for row, picture in opened(rows, folder, progress, left_out, learned):
        yield _seen(task, row, picture)


def opened(
    rows: list[Labelled],
    folder: Path,
    progress: Progress,
    left_out: Counter[str],
    learned: frozenset[str] = frozenset(),
) -> Iterator[tuple[Labelled, Picture]]:
    """Every picture that can be opened, once, whatever its copies are called: copies make figures look surer.

    ``learned`` are the SHA-256 of pictures that the model was fitted to. Those, the copies and what cannot be opened
    are counted in ``left_out``, as UNREADABLE, COPY and LEARNED. ``progress`` hears of a picture when the next one is
    asked for. Raises LabelsError for a picture that stands there twice with two labels or values: one of them is wrong.
    """
    from clinoscope.capture.files import open_picture

    known: dict[str, Labelled] = {}
    for number, row in enumerate(rows, start=1):
        try:
            picture = open_picture(_place(folder, row.path))
        except PictureError as error:
            left_out[UNREADABLE] += 1
            progress(number, len(rows), f"{row.path}: {error}")
            continue
        same = known.setdefault(picture.sha256, row)
        if (same.label, same.value) != (row.label, row.value):
            raise LabelsError(
                f"{same.path} and {row.path} are the same picture, once as {_said(same)} and once as {_said(row)}. "
                "Correct the list and start again."
            )
        if picture.sha256 in learned:
            left_out[LEARNED] += 1
        elif same is not row:
            left_out[COPY] += 1
        else:
            yield row, picture
        progress(number, len(rows), "")


def _seen(task: Task, row: Labelled, picture: Picture) -> Seen:
    """What the window would answer where the package is validated, with the probabilities it would not show: a test
    that decides on that measures what would follow from it.

    A picture that fails its quality check is answered *cannot judge*. Where no region is found the whole
    picture is read for its probabilities, if the task has labels; the answer stays *cannot judge*.
    """
    found = look(task, picture, quality=False, validated=True)
    reading = found.reading
    if found.region is None and task.kind is Kind.CLASSIFY:
        whole = Region(Box(0, 0, picture.width, picture.height), how="whole", score=0.0)
        shown = colour.working(picture, found.light.correction)
        reading = read(task, shown.pixels, whole, phantom=picture.phantom, validated=True)
    if found.region is None or not found.quality.ok:
        reason = found.reading.reason or "A quality check failed."
        reading = replace(reading, answer=CANNOT_JUDGE, reason=reason)
    return Seen(row, picture, found.region, reading)


def _said(row: Labelled) -> str:
    return row.label if row.value is None else f"{row.label} {row.value:g} {row.unit}".strip()


def _place(folder: Path, path: str) -> Path:
    """Where a row's picture lies. A list that was written on Windows has backslashes."""
    windows = PureWindowsPath(path)
    return folder / path if windows.anchor else folder.joinpath(*windows.parts)


# --- the rows ---


def _read_csv(file: Path, task: Task) -> list[Labelled]:
    try:
        names, table = spreadsheet.by_name(file.read_bytes(), _COLUMNS)
    except OSError as error:
        raise LabelsError(f"{file.name} cannot be read: {error.strerror}. Check where it lies.") from None
    except (ValueError, csv.Error):
        raise LabelsError(f"{file.name} cannot be read as a CSV file. Save it as “CSV UTF-8”.") from None
    needed = "value" if task.kind is Kind.MEASURE else "label"
    if not {"path", needed} <= set(names):
        raise LabelsError(f"{file.name} needs the columns path and {needed}.")
    return [_row(row, task, f"{file.name}, line {number}") for number, row in table]


def _row(row: dict[str, str], task: Task, where: str) -> Labelled:
    """One row; ``where`` begins the sentence about what is wrong with it."""
    path, label = row.get("path", ""), row.get("label", "")
    if not path:
        raise LabelsError(f"{where}: the path is missing.")
    if task.kind is Kind.CLASSIFY:
        label = _label(label, task, where)
    value = _number(row.get("value", ""), where)
    if task.kind is Kind.MEASURE and value is None:
        raise LabelsError(f"{where}: the value is missing.")
    unit = row.get("unit", "")
    if value is not None and not unit:
        raise LabelsError(f"{where}: the value has no unit. Add a column unit, such as g/dL.")
    return Labelled(path, label, row.get("group") or path, row.get("camera", ""), value, unit)


def _label(written: str, task: Task, where: str) -> str:
    label = task.label_id(written)
    if label is None:
        names = ", ".join(sorted(entry.id for entry in task.labels))
        said = f"{written!r} is not a label of {task.id}" if written else "the label is missing"
        raise LabelsError(f"{where}: {said}. Its labels: {names}.")
    return label


def _number(text: str, where: str) -> float | None:
    """A number with a point or a comma; None where there is none."""
    if not text:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise LabelsError(f"{where}: {text!r} is not a number.")
    return value


def _read_folder(folder: Path, task: Task) -> list[Labelled]:
    """``folder/label/picture`` or ``folder/label/group/picture``; hidden files and other kinds are passed over."""
    if task.kind is not Kind.CLASSIFY:
        raise LabelsError(f"{task.id} gives numbers, so it needs a CSV with the columns path, value and unit.")
    rows = []
    try:
        for inside in sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith(".")):
            label = _label(inside.name, task, str(inside))
            for file in sorted(inside.rglob("*")):
                if file.suffix.lower() not in SUFFIXES or file.name.startswith("."):
                    continue
                below = file.relative_to(inside).parts
                path = file.relative_to(folder).as_posix()
                # The same person may have a folder under two labels: the name alone is the group.
                rows.append(Labelled(path, label, below[0] if len(below) > 1 else path))
    except OSError as error:
        raise LabelsError(f"The folder {folder.name} cannot be read: {error.strerror}. Check where it lies.") from None
    return rows
