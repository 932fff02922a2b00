"""The results of a folder: one list of cells without doubles, its differential, and the report."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clinoscope import __version__, modes
from clinoscope.domain import spreadsheet
from clinoscope.domain.counts import many
from clinoscope.domain.differential import Differential, Line, Span
from clinoscope.domain.reading import ModelRef
from clinoscope.domain.region import Box
from clinoscope.domain.smear import Cell, CellKind, SeenCell
from clinoscope.domain.smear_sheet import SmearSheet
from clinoscope.modes.smear_wording import left_shift_waits_for
from clinoscope.modes.wording import likeliest
from clinoscope.regions.track import Seen, Spot, Track, same_cells
from clinoscope.workflow.smear import differential as differentials
from clinoscope.workflow.smear import report as reporting
from clinoscope.workflow.smear import tables
from clinoscope.workflow.smear.batch import Loader, Record, Task
from clinoscope.workflow.smear.reading import STAGE, TYPE

CELLS_FILE, SUMMARY_FILE, REPORT_FILE = "cells.csv", "summary.json", "report.pdf"

_GALLERY_OF_CLASS = 6
_LOOK_BACK = 60
"""Fields back that one is looked for: half a millisecond each, by one process, where thousands are read by all."""


@dataclass(frozen=True)
class Summary:
    """What a folder came to. ``problems`` are (field, sentence) of pictures that could not be read, ``twice`` the
    names of those that are byte for byte another one; ``doubles`` cells were seen again in a neighbouring field.
    ``strange`` are the fields that do not look like fields of a smear; they are counted all the same."""

    fields: int
    cells: int
    doubles: int
    differential: Differential
    target: int
    problems: tuple[tuple[str, str], ...] = ()
    twice: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    models: tuple[ModelRef, ...] = ()


@dataclass
class _Running:
    """What is summed up on the way through the fields."""

    labels: Counter[str] = field(default_factory=Counter)
    fields: int = 0
    cells: int = 0
    cautious: int = 0
    doubles: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    models: dict[ModelRef, None] = field(default_factory=dict)
    phantom: bool = False
    gallery: dict[str, list[tuple[Cell, bytes]]] = field(default_factory=dict)


def write(folder: Path, out: Path, tasks: Sequence[Task], load: Loader, target: int) -> Summary:
    """Put the fields' records together and write the three files. Raises OSError.

    Fields are taken in the order of ``tasks``; a double is looked for in the last ``_LOOK_BACK`` and in all that lie at
    the same place. The list of cells is written as it comes, so that the memory needed does not grow with the folder.
    """
    part = out / f".{CELLS_FILE}.new"
    running = _Running()
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_columns())
        for name, cell, dropped in _whole(tasks, load, running):
            if dropped is None:
                writer.writerow([spreadsheet.safe(column) for column in _row(name, cell)])
        file.flush()
        os.fsync(file.fileno())
    part.replace(out / CELLS_FILE)
    standards = differentials.Standards()
    # What is there is all there is, but nobody wrote why: a folder waits as a sheet without a reason does.
    least = differentials.enough(SmearSheet(target=target))
    found = differentials.of_counts(running.labels, standards, unreviewed=running.cells, least=least)
    summary = Summary(
        running.fields,
        running.cells,
        running.doubles,
        found,
        target,
        tuple(running.problems),
        tuple(running.twice),
        tuple(running.strange),
        tuple(running.models),
    )
    _put(out / SUMMARY_FILE, (json.dumps(as_json(summary), ensure_ascii=False, indent=1) + "\n").encode())
    _put(out / REPORT_FILE, _pdf(folder, summary, running))
    return summary


def _whole(tasks: Sequence[Task], load: Loader, running: _Running) -> Iterator[tuple[str, SeenCell, int | None]]:
    """Every cell of every field, once it is known whether a later field shows it better; the third is the number of
    the cell that stands for it, None where it stands for itself."""
    joined = _Joined(load)
    seen: set[str] = set()
    for task in tasks:
        record = load(task)
        if record is None or record.problem:
            running.problems.append((task.name, record.problem if record else "It was not read."))
            continue
        if record.sha256 in seen:
            running.twice.append(task.name)
            continue
        seen.add(record.sha256)
        running.fields += 1
        running.models.update(dict.fromkeys(record.models))
        running.phantom |= record.phantom
        if record.strange:
            running.strange.append(task.name)
        joined.add(task, record)
    for task, number, seen_cell, stands in joined.cells():
        if stands is None:
            running.cells += 1
            running.cautious += seen_cell.cautious
            running.labels[seen_cell.suggested] += 1
            _for_gallery(running, joined, task, number, seen_cell)
        else:
            running.doubles += 1
        yield task.name, seen_cell, stands


class _Joined:
    """Places fields against each other and pairs their cells. Keeps of each field its place and its cells' boxes."""

    def __init__(self, load: Loader) -> None:
        self._load = load
        self._tasks: dict[int, Task] = {}
        self._spots: dict[int, Spot] = {}
        self._stands: dict[int, int] = {}
        self._of_field: dict[int, list[Seen]] = {}
        self._next = 1
        self._track = Track(self._small, look_back=_LOOK_BACK)

    def add(self, task: Task, record: Record) -> None:
        number = len(self._tasks) + 1
        self._tasks[number] = task
        spot = self._track.place(number, record.small, record.width, record.height)
        near = {other.number: other for other in self._track.overlapping(spot)}
        earlier = [one for other in near for one in self._of_field[other] if one.number not in self._stands]
        new = [(cell.box, cell.kind) for cell in record.cells]
        pairs = same_cells(spot, new, earlier, near)
        numbers = range(self._next, self._next + len(new))
        self._next += len(new)
        self._spots[number] = spot
        self._of_field[number] = [Seen(one, number, box, kind) for one, (box, kind) in zip(numbers, new, strict=True)]
        for pair in pairs:
            mine = numbers[pair.new]
            old, stands = (pair.number, mine) if pair.replaces else (mine, pair.number)
            self._stands[old] = stands

    def cells(self) -> Iterator[tuple[Task, int, SeenCell, int | None]]:
        """All cells in the order of the fields, with their numbers and the one that stands for each."""
        for number, task in self._tasks.items():
            record = self._load(task)
            assert record is not None, "it was loaded before, and nobody removes it"
            for one, cell in zip(self._of_field[number], record.cells, strict=True):
                yield task, one.number, cell, self._stands.get(one.number)

    def crop(self, task: Task, box: Box) -> bytes:
        """The small picture of the cell at that box."""
        record = self._load(task)
        assert record is not None, "it was loaded before, and nobody removes it"
        return next(crop for cell, crop in zip(record.cells, record.crops, strict=True) if cell.box == box)

    def _small(self, number: int) -> bytes:
        record = self._load(self._tasks[number])
        assert record is not None, "it was loaded before, and nobody removes it"
        return record.small


def _for_gallery(running: _Running, joined: _Joined, task: Task, number: int, cell: SeenCell) -> None:
    """Keep the cells of each class that are doubted least."""
    if cell.kind is not CellKind.WHOLE:
        return
    kept = running.gallery.setdefault(cell.suggested, [])
    if len(kept) < _GALLERY_OF_CLASS or cell.doubt < kept[-1][0].seen.doubt:
        kept.append((Cell(number=number, field=0, seen=cell), joined.crop(task, cell.box)))
        kept.sort(key=lambda entry: (entry[0].seen.doubt, entry[0].number))
        del kept[_GALLERY_OF_CLASS:]


def _columns() -> list[str]:
    types = [f"type_{label.id}" for label in modes.task(TYPE).labels]
    stages = [f"stage_{label.id}" for label in modes.task(STAGE).labels]
    return ["field", "x", "y", "w", "h", "type", "stage", "class", "seen", "doubt", "flags", "score", *types, *stages]


def _row(name: str, cell: SeenCell) -> list[str | int | float]:
    box = cell.box
    flags = " ".join(flag.id for flag in cell.flags if flag.raised)
    types = [cell.type.get(label.id, "") for label in modes.task(TYPE).labels]
    stages = [cell.stage.get(label.id, "") for label in modes.task(STAGE).labels]
    what = [likeliest(cell.type), likeliest(cell.stage), cell.suggested, cell.kind.value]
    return [name, box.x, box.y, box.w, box.h, *what, cell.doubt, flags, cell.score, *types, *stages]


def as_json(summary: Summary) -> dict[str, Any]:
    """The summary as the file and the command line give it."""
    found = summary.differential
    return {
        "program": __version__,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "fields": summary.fields,
        "cells": summary.cells,
        "seen_twice": summary.doubles,
        "white_cells": found.total,
        "target": summary.target,
        "target_reached": found.total >= summary.target,
        "reviewed": False,
        "differential": [_line(line) for line in found.lines],
        "groups": [_line(line) for line in found.groups],
        "left_shift_index": _span(found.shift),
        "young_neutrophils": _span(found.young),
        "left_shift_waits_for": left_shift_waits_for(found),
        "unidentified": found.unidentified,
        "not_counted": found.not_counted,
        "flags": [remark.id for remark in found.remarks],
        "not_read": [{"field": name, "problem": problem} for name, problem in summary.problems],
        "same_file_as_another": list(summary.twice),
        "look_like_no_field": list(summary.strange),
        "models": [{"name": str(model), "sha256": model.sha256} for model in summary.models],
    }


def _line(line: Line) -> dict[str, Any]:
    told: dict[str, Any] = {"id": line.id, "name": line.name, "count": line.count}
    if line.percent is not None:
        told["percent"] = _span(line.percent)
    if line.per_100 is not None:
        told["per_100_white_cells"] = _span(line.per_100)
    return told


def _span(span: Span | None) -> dict[str, float | None] | None:
    """JSON has no infinity: an interval without an upper end says null."""
    if span is None:
        return None
    return {
        name: None if value == float("inf") else round(value, 4)
        for name, value in (("value", span.value), ("low", span.low), ("high", span.high))
    }


def _pdf(folder: Path, summary: Summary, running: _Running) -> bytes:
    from clinoscope import reports

    classes = tables.classes()
    kept = [entry for cells in running.gallery.values() for entry in cells]
    notices = [reporting.NOBODY]
    if running.phantom:
        notices.append("Phantom: drawn by Clinoscope to show how it works. Not a patient.")
    doubles, problems = summary.doubles, len(summary.problems)
    reviews = [
        f"Seen again in a neighbouring field and counted once: {doubles} {'cell' if doubles == 1 else 'cells'}.",
        f"Read without a problem: all but {problems} of the pictures; {SUMMARY_FILE} names them."
        if problems
        else "All pictures could be read.",
    ]
    if summary.strange:
        count = len(summary.strange)
        looks = many(count, "picture does not look like a field", "pictures do not look like fields")
        reviews.append(f"{looks} of a stained smear, and may hold no blood: {SUMMARY_FILE} names them.")
    return reports.smear_pdf(
        reports.SmearReport(
            who=(f"Folder {folder.resolve().name}", f"{summary.fields} fields, no patient"),
            about=("Blood smear: differential", "Read as a folder, not reviewed"),
            head=f"Smear report · {datetime.now().astimezone():%Y-%m-%d}",
            differential=summary.differential,
            fields=summary.fields,
            target=summary.target,
            shortfall="there are no more in this folder.",
            reviews=reviews,
            gallery=reporting.gallery([cell for cell, _ in kept], {cell.number: crop for cell, crop in kept}, classes),
            gallery_note="Chosen by the program: of each class those it doubts least.",
            models=[*reporting.model_lines(summary.models, summary.cells, running.cautious), *reporting.LIMITS],
            range_notes=reporting.range_notes(summary.differential),
            notices=notices,
            foot=(f"Clinoscope {__version__}",),
        )
    )


def _put(path: Path, content: bytes) -> None:
    """Write a file whole: beside its place, then renamed."""
    part = path.with_name(f".{path.name}.new")
    part.write_bytes(content)
    part.replace(path)
