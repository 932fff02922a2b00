"""How a task does on labelled pictures: every picture read as the window reads it, then the figures."""

from __future__ import annotations

import csv
import io
import itertools
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from clinoscope.domain.errors import KnownError, PictureError
from clinoscope.domain.picture import Picture
from clinoscope.domain.reading import CANNOT_JUDGE, Reading
from clinoscope.domain.region import Box, Region
from clinoscope.domain.task import Kind, Task
from clinoscope.workflow import models
from clinoscope.workflow.files import write_together
from clinoscope.workflow.look import look, read


class LabelsError(KnownError):
    """The CSV of labels cannot be used."""


@dataclass(frozen=True)
class Labelled:
    """One row of the CSV. Without a ``group`` column each picture is its own group."""

    path: str
    label: str
    group: str


@dataclass(frozen=True)
class Evaluation:
    """What was measured, and how many pictures could not be opened."""

    metrics: dict[str, Any]
    unreadable: int


def evaluate(task: Task, labels: Path, out: Path, progress: Callable[[str], None]) -> Evaluation:
    """Read every picture and write ``metrics.json``, ``readings.csv`` and ``report.pdf`` to ``out``.

    A picture that fails its quality check counts as *cannot judge* (nothing answered), but its
    probabilities are still written: the figures of the model and of the checks stay apart.
    The files are written together at the end. Raises LabelsError, PackageError.
    """
    from clinoscope import reports

    if task.kind is not Kind.CLASSIFY:
        raise LabelsError(f"{task.id} gives no label, so there is nothing to compare with labels.")
    rows = read_labels(labels, task)
    _check_writable(out)
    rows_read, readings = [], []
    for row, reading in _readings(task, rows, labels.parent, progress):
        rows_read.append(row)
        readings.append(reading)
    if not rows_read:
        raise LabelsError(f"Not one picture of {labels} could be opened. Paths are relative to the CSV.")
    metrics = {
        "task": task.id,
        "model": str(models.ready(task.id)),
        "unreadable": len(rows) - len(rows_read),
        **_metrics(task, rows_read, readings),
    }
    today = datetime.now().astimezone().date().isoformat()
    files = {
        "metrics.json": (json.dumps(metrics, indent=2, allow_nan=False) + "\n").encode(),
        "readings.csv": _readings_csv(task, rows_read, readings).encode(),
        "report.pdf": reports.evaluation_pdf(reports.EvaluationReport(task, models.ready(task.id), metrics, today)),
    }
    try:
        write_together(out, files)
    except OSError as error:
        raise LabelsError(f"The evaluation cannot be written to {out}: {error.strerror}.") from None
    return Evaluation(metrics, len(rows) - len(rows_read))


def read_labels(file: Path, task: Task) -> list[Labelled]:
    """The rows of the CSV, with commas or, as many an office program writes it, semicolons or tabs.

    Raises LabelsError for a missing column or an unknown label, with its line.
    """
    known = {label.id for label in task.labels}
    try:
        with file.open(newline="", encoding="utf-8-sig") as stream:
            names, table = _table(stream)
            if not {"path", "label"} <= set(names):
                raise LabelsError(f"{file} needs the columns path and label.")
            rows = []
            for line in table:
                if not line:
                    continue
                row = dict(zip(names, (cell.strip() for cell in line), strict=False))
                path, label = row.get("path", ""), row.get("label", "")
                if not path:
                    raise LabelsError(f"{file}, line {table.line_num}: the path is missing.")
                if label not in known:
                    raise LabelsError(
                        f"{file}, line {table.line_num}: {label!r} is not a label of {task.id}. "
                        f"Its labels: {', '.join(sorted(known))}."
                    )
                rows.append(Labelled(path, label, row.get("group") or path))
    except OSError as error:
        raise LabelsError(f"{file} cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, csv.Error):
        raise LabelsError(f"{file} cannot be read as a CSV file in UTF-8.") from None
    if not rows:
        raise LabelsError(f"{file} names no picture.")
    return rows


def _table(stream: TextIO) -> tuple[list[str], Any]:
    """The names of the columns, and a reader of the rows below them. Raises csv.Error."""
    header = stream.readline()
    delimiter = max(",;\t", key=header.count)
    names = next(csv.reader([header], delimiter=delimiter), [])
    table = csv.reader(itertools.chain([header], stream), delimiter=delimiter)
    next(table, None)
    return [name.strip() for name in names], table


def _check_writable(out: Path) -> None:
    """Raises LabelsError before the long work rather than after it."""
    nearest = next(folder for folder in (out, *out.absolute().parents) if folder.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        raise LabelsError(f"The evaluation cannot be written to {out}. Choose a folder of yours.")


def _readings(
    task: Task, rows: list[Labelled], folder: Path, progress: Callable[[str], None]
) -> Iterator[tuple[Labelled, Reading]]:
    from clinoscope.capture.files import open_picture

    for number, row in enumerate(rows, start=1):
        try:
            picture = open_picture(folder / row.path)
        except PictureError as error:
            progress(f"{row.path}: {error}")
            continue
        yield row, _reading(task, picture)
        if number % 50 == 0 or number == len(rows):
            progress(f"{number} of {len(rows)} pictures read")


def _reading(task: Task, picture: Picture) -> Reading:
    """What the window would answer, with the probabilities it would not show.

    Where no region is found the whole picture is read for them; the answer stays *cannot judge*.
    """
    seen = look(task, picture, quality=False)
    reading = seen.reading
    if seen.region is None:
        whole = Region(Box(0, 0, picture.width, picture.height), how="whole", score=0.0)
        reading = read(task, picture.pixels, whole)
    if seen.region is not None and seen.quality.ok:
        return reading
    return replace(reading, answer=CANNOT_JUDGE, reason=seen.reading.reason or "A quality check failed.")


def _metrics(task: Task, rows: list[Labelled], readings: list[Reading]) -> dict[str, Any]:
    import numpy as np

    from clinoscope.inference.metrics import Readings, measure

    names = tuple(label.id for label in task.labels)
    measured = Readings(
        labels=names,
        truth=np.array([names.index(row.label) for row in rows], np.intp),
        probabilities=np.array([[reading.probabilities[name] for name in names] for reading in readings]),
        groups=[row.group for row in rows],
        answered=np.array([reading.answer in names for reading in readings]),
        sets=np.array([[name in reading.labels for name in names] for reading in readings]),
    )
    return measure(measured)


def _readings_csv(task: Task, rows: list[Labelled], readings: list[Reading]) -> str:
    names = [label.id for label in task.labels]
    stream = io.StringIO(newline="")
    table = csv.writer(stream)
    table.writerow(["path", "label", "group", "answer", "top", *(f"p:{name}" for name in names)])
    for row, reading in zip(rows, readings, strict=True):
        shares = [f"{reading.probabilities[name]:.6f}" for name in names]
        table.writerow([row.path, row.label, row.group, reading.answer, reading.top, *shares])
    return stream.getvalue()
