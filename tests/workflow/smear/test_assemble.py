"""How records become one list: formulas, neighbours, and numbers that JSON has no word for."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from clinoscope.domain.differential import Span
from clinoscope.domain.reading import ModelRef
from clinoscope.domain.region import Box
from clinoscope.domain.smear import CellKind, SeenCell
from clinoscope.workflow.smear import assemble
from clinoscope.workflow.smear.batch import Record, Task


def small(seed: int) -> bytes:
    """A field's small copy that overlaps with none of another seed."""
    grain = np.random.default_rng(seed).integers(0, 255, (24, 32), np.uint8)
    done, data = cv2.imencode(".jpg", cv2.resize(grain, (320, 240), interpolation=cv2.INTER_CUBIC))
    assert done
    return bytes(data)


def cell(x: int, label: str = "band") -> SeenCell:
    box = Box(x, 100, 80, 80)
    return SeenCell(box=box, score=0.9, kind=CellKind.WHOLE, suggested=label, doubt=0.1, type={"neutrophil": 1.0})


def record(seed: int, *cells: SeenCell) -> Record:
    models = (ModelRef("m", "1", "ab" * 32),)
    return Record(str(seed), "key", f"bytes {seed}", 960, 720, cells, (small(0),) * len(cells), small(seed), models)


def written(tmp_path: Path, records: dict[str, Record]) -> tuple[assemble.Summary, list[dict[str, str]]]:
    tasks = [Task(name, found.stamp) for name, found in records.items()]
    by_stamp = {found.stamp: found for found in records.values()}
    summary = assemble.write(tmp_path, tmp_path, tasks, lambda task: by_stamp[task.stamp], 100)
    with (tmp_path / "cells.csv").open(encoding="utf-8", newline="") as file:
        return summary, list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("name", "kept"),
    [("=HYPERLINK(1).png", "'=HYPERLINK(1).png"), ("+1.png", "'+1.png"), ("-1.png", "'-1.png"), ("@a.png", "'@a.png")],
)
def test_no_name_of_a_file_becomes_a_formula(tmp_path: Path, name: str, kept: str) -> None:
    _, rows = written(tmp_path, {name: record(1, cell(100))})
    assert rows[0]["field"] == kept


def test_cells_at_the_same_place_of_different_fields_are_different_cells(tmp_path: Path) -> None:
    summary, rows = written(tmp_path, {"1.png": record(1, cell(100)), "2.png": record(2, cell(100))})
    assert (summary.cells, summary.doubles, len(rows)) == (2, 0, 2)


def test_a_field_that_is_the_one_before_adds_nothing(tmp_path: Path) -> None:
    again = replace(record(1, cell(102)), stamp="other", sha256="other bytes")
    summary, rows = written(tmp_path, {"1.png": record(1, cell(100), cell(500)), "2.png": again})
    assert (summary.cells, summary.doubles, [row["x"] for row in rows]) == (2, 1, ["100", "500"])


def test_the_left_shift_of_a_folder_waits_until_enough_is_counted(tmp_path: Path) -> None:
    def told(*cells: SeenCell) -> dict[str, Any]:
        written(tmp_path, {"1.png": record(1, *cells)})
        return dict(json.loads((tmp_path / "summary.json").read_text(encoding="utf-8")))

    few = told(*(cell(place, "segmented") for place in range(99)))
    assert (few["left_shift_index"], few["young_neutrophils"]) == (None, None)
    assert few["left_shift_waits_for"] == "100 white cells"
    enough = told(*(cell(place, "band" if place < 20 else "segmented") for place in range(100)))
    assert (enough["left_shift_index"]["value"], enough["left_shift_waits_for"]) == (0.25, "")


def test_json_has_no_infinity() -> None:
    assert assemble._span(Span(2.0, 0.1, float("inf"))) == {"value": 2.0, "low": 0.1, "high": None}


def test_a_folder_of_nothing_but_bad_pictures_still_has_its_files(tmp_path: Path) -> None:
    bad = replace(record(1), problem="The picture is cut off.")
    summary, rows = written(tmp_path, {"1.png": bad})
    assert (summary.fields, summary.cells, rows) == (0, 0, [])
    assert summary.problems == (("1.png", "The picture is cut off."),)
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
