"""How a task does on labelled pictures: every picture read as the window reads it, then the figures."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clinoscope.domain import spreadsheet
from clinoscope.domain.reading import Reading
from clinoscope.domain.task import Kind, Task
from clinoscope.workflow import models
from clinoscope.workflow.files import write_together
from clinoscope.workflow.labelled import (
    COPY,
    UNREADABLE,
    Labelled,
    LabelsError,
    Progress,
    check_writable,
    folder_of,
    read_labels,
    seen,
)

if TYPE_CHECKING:
    from clinoscope.inference.metrics import Readings


@dataclass(frozen=True)
class Evaluation:
    """What was measured, and how many pictures could not be opened."""

    metrics: dict[str, Any]
    unreadable: int


def evaluate(task: Task, labels: Path, out: Path, progress: Progress) -> Evaluation:
    """Read every picture and write ``metrics.json``, ``readings.csv`` and ``report.pdf`` to ``out``.

    A picture that fails its quality check counts as *cannot judge* (nothing answered), but its
    probabilities are still written: the figures of the model and of the checks stay apart. A copy of a picture does
    not count again. The files are written together at the end. Raises LabelsError, PackageError.
    """
    from clinoscope import reports
    from clinoscope.inference.metrics import measure
    from clinoscope.records.files import why_not

    if task.kind is not Kind.CLASSIFY:
        raise LabelsError(
            f"{task.id} gives no label, so there is nothing to compare with labels. “clinoscope accept” compares "
            "numbers."
        )
    rows = read_labels(labels, task)
    there = check_writable(out, "evaluation")

    rows_read, readings = [], []
    left_out: Counter[str] = Counter()
    for entry in seen(task, rows, folder_of(labels), progress, left_out):
        rows_read.append(entry.row)
        readings.append(entry.reading)
    if not rows_read:
        raise LabelsError(f"Not one picture of {labels} could be opened. Paths are relative to the CSV.")
    metrics = {
        "task": task.id,
        "model": str(models.ready(task.id)),
        "unreadable": left_out[UNREADABLE],
        "copies": left_out[COPY],
        **measure(gathered(task, rows_read, readings)),
    }
    today = datetime.now().astimezone().date().isoformat()
    files = {
        "metrics.json": (json.dumps(metrics, indent=2, allow_nan=False) + "\n").encode(),
        "readings.csv": readings_csv(task, rows_read, readings).encode(),
        "report.pdf": reports.evaluation_pdf(reports.EvaluationReport(task, models.ready(task.id), metrics, today)),
    }
    try:
        write_together(out, files)
    except OSError as error:
        raise LabelsError(f"The evaluation cannot be written to {out}. {why_not(error, there)}") from None
    return Evaluation(metrics, left_out[UNREADABLE])


def gathered(task: Task, rows: Sequence[Labelled], readings: Sequence[Reading]) -> Readings:
    """The readings of a task with labels as ``inference.metrics`` measures them.

    A label of the task that the package does not know has the probability 0.
    """
    import numpy as np

    from clinoscope.inference.metrics import Readings

    names = tuple(label.id for label in task.labels)
    return Readings(
        labels=names,
        truth=np.array([names.index(row.label) for row in rows], np.intp),
        probabilities=np.array([[reading.probabilities.get(name, 0.0) for name in names] for reading in readings]),
        groups=[row.group for row in rows],
        answered=np.array([reading.answer in names for reading in readings]),
        sets=np.array([[name in reading.labels for name in names] for reading in readings]),
    )


def readings_csv(task: Task, rows: Sequence[Labelled], readings: Sequence[Reading]) -> str:
    """A table of what was read: a row for each picture."""
    names = [label.id for label in task.labels]
    stream = io.StringIO(newline="")
    table = csv.writer(stream)
    table.writerow(["path", "label", "group", "answer", "top", *(f"p:{name}" for name in names)])
    for row, reading in zip(rows, readings, strict=True):
        shares = [f"{reading.probabilities.get(name, 0.0):.6f}" for name in names]
        cells = (row.path, row.label, row.group, reading.answer, reading.top, *shares)
        table.writerow([spreadsheet.safe(cell) for cell in cells])
    return stream.getvalue()
