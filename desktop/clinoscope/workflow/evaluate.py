"""How a task does on labelled pictures: every picture read as the window reads it, then the figures."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from clinoscope.domain.errors import KnownError, PictureError
from clinoscope.domain.reading import CANNOT_JUDGE, Reading
from clinoscope.domain.task import Kind, Task
from clinoscope.workflow.look import look


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
    Raises LabelsError, PackageError.
    """
    from clinoscope import inference, reports

    if task.kind is not Kind.CLASSIFY:
        raise LabelsError(f"{task.id} gives no label, so there is nothing to compare with labels.")
    rows = read_labels(labels, task)
    rows_read, readings = [], []
    for row, reading in _readings(task, rows, labels.parent, progress):
        rows_read.append(row)
        readings.append(reading)
    if not rows_read:
        raise LabelsError(f"Not one picture of {labels} could be opened. Paths are relative to the CSV.")
    metrics = {
        "task": task.id,
        "model": str(inference.model_of(task)),
        "unreadable": len(rows) - len(rows_read),
        **_metrics(task, rows_read, readings),
    }
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "metrics.json").write_text(json.dumps(metrics, indent=2, allow_nan=False) + "\n", encoding="utf-8")
        _write_readings(out / "readings.csv", task, rows_read, readings)
        report = reports.EvaluationReport(task, inference.model_of(task), metrics, date.today().isoformat())
        (out / "report.pdf").write_bytes(reports.evaluation_pdf(report))
    except OSError as error:
        raise LabelsError(f"The evaluation cannot be written to {out}: {error.strerror}.") from None
    return Evaluation(metrics, len(rows) - len(rows_read))


def read_labels(file: Path, task: Task) -> list[Labelled]:
    """The rows of the CSV. Raises LabelsError for a missing column or an unknown label, with its line."""
    known = {label.id for label in task.labels}
    try:
        with file.open(newline="", encoding="utf-8-sig") as stream:
            table = csv.DictReader(stream)
            if not {"path", "label"} <= set(table.fieldnames or ()):
                raise LabelsError(f"{file} needs the columns path and label.")
            rows = []
            for row in table:
                if row["label"] not in known:
                    raise LabelsError(
                        f"{file}, line {table.line_num}: {row['label']!r} is not a label of {task.id}. "
                        f"Its labels: {', '.join(sorted(known))}."
                    )
                rows.append(Labelled(row["path"], row["label"], row.get("group") or row["path"]))
    except (OSError, UnicodeDecodeError, csv.Error):
        raise LabelsError(f"{file} cannot be read as a CSV file in UTF-8.") from None
    if not rows:
        raise LabelsError(f"{file} names no picture.")
    return rows


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
        seen = look(task, picture, quality=False)
        reading = seen.reading
        if not seen.quality.ok and reading.answer != CANNOT_JUDGE:
            reading = Reading(
                task.id, CANNOT_JUDGE, reading.model, reading.labels, reading.probabilities, reason="quality check"
            )
        if number % 50 == 0 or number == len(rows):
            progress(f"{number} of {len(rows)} pictures read")
        yield row, reading


def _metrics(task: Task, rows: list[Labelled], readings: list[Reading]) -> dict[str, Any]:
    import numpy as np

    from clinoscope.inference.metrics import measure

    names = [label.id for label in task.labels]
    return measure(
        names=names,
        labels=[row.label for row in rows],
        groups=[row.group for row in rows],
        probabilities=np.array([[reading.probabilities.get(name, np.nan) for name in names] for reading in readings]),
        answers=[reading.answer for reading in readings],
        sets=[reading.labels for reading in readings],
    )


def _write_readings(file: Path, task: Task, rows: list[Labelled], readings: list[Reading]) -> None:
    names = [label.id for label in task.labels]
    with file.open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream)
        table.writerow(["path", "label", "group", "answer", "top", *(f"p:{name}" for name in names)])
        for row, reading in zip(rows, readings, strict=True):
            shares = [f"{reading.probabilities[name]:.6f}" if name in reading.probabilities else "" for name in names]
            table.writerow([row.path, row.label, row.group, reading.answer, reading.top, *shares])
