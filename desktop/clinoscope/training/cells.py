"""The package of ``neutrophil/cells``: no network of its own, but how well cells are found, and which
packages read them.

    python -m clinoscope.training.cells DATA MODELS
"""

from __future__ import annotations

import csv
import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clinoscope.domain.region import Box
from clinoscope.inference import packages
from clinoscope.inference.card import FORMAT
from clinoscope.inference.cells import STAGE_TASK, TASK, TYPE_TASK
from clinoscope.inference.metrics import share
from clinoscope.training import toml
from clinoscope.training.features import decode
from clinoscope.training.model_card import show, table

IOU = 0.5
LEAST_SCORE = 0.25
"""The finder's own limit: of its scores none was left out again."""
COMMAND = "python -m clinoscope.training.cells ../shared/data models"

_CARD = """# neutrophil-cells 1.0.0

Research use only; not a diagnosis.

Finds white cells by their stain (`clinoscope.regions.cells`) and reads each with {uses}.

## How well cells are found

Boxes at an intersection over union of 0.5 or more, on the half of the fields that set no parameter; intervals are
95 %, by bootstrap over fields. Platelets and red cells do not count.

{found}

How well type and stage are read stands in the cards of those packages. Their figures are of single-cell pictures;
another laboratory's fields do worse, so every cell is to be reviewed.

## Known failures

- Cells that touch can be taken for one; lobes far apart for two.
- Smudge cells, and cells cut by the edge, are found but their type means little.
- Large or clumped platelets and stain deposits can be taken for a white cell.

## Make it again

```
{command}
```
"""

Field = tuple[str, list[Box]]
"""The path of a field, relative to the data folder, and the white cells marked in it."""


def measure_finder(data_dir: Path) -> dict[str, dict[str, Any]]:
    """Recall and precision at IoU 0.5 by source, on the half of the fields that set no parameter.

    Intervals are by bootstrap over fields. The halves are those of ``tests/benchmarks/cells_found.py``.
    """
    from clinoscope.regions.cells import find_cells

    found: dict[str, dict[str, Any]] = {}
    for source, fields in _fields(data_dir).items():
        hits, marked, right, boxed = [], [], [], []
        for path, drawn in fields:
            pixels = decode(data_dir / "neutrophil" / path)
            seen = [cell.box for cell in find_cells(pixels) if cell.score >= LEAST_SCORE]
            pairs = matched(seen, drawn)
            hits += [index in {pair[1] for pair in pairs} for index in range(len(drawn))]
            right += [index in {pair[0] for pair in pairs} for index in range(len(seen))]
            marked += [path] * len(drawn)
            boxed += [path] * len(seen)
        found[source] = {
            "fields": len(fields),
            "cells": len(marked),
            "recall": share(hits, marked) if marked else None,
            "precision": share(right, boxed) if boxed else None,
        }
    return found


def matched(found: list[Box], drawn: list[Box]) -> list[tuple[int, int]]:
    """Index pairs of found and drawn boxes at IoU 0.5 or more, each used once, best overlap first."""
    overlaps = [(one.iou(other), i, j) for i, one in enumerate(found) for j, other in enumerate(drawn)]
    pairs: list[tuple[int, int]] = []
    for overlap, i, j in sorted(overlaps, reverse=True):
        if overlap >= IOU and all(i != pair[0] and j != pair[1] for pair in pairs):
            pairs.append((i, j))
    return pairs


def write(data_dir: Path, models: Path) -> Path:
    """Write the package under ``models``; the type and stage packages must lie there. Raises PackageError."""
    folder = models / TASK
    folder.mkdir(parents=True, exist_ok=True)
    uses = [packages.load(models / task) for task in (TYPE_TASK, STAGE_TASK)]
    figures = measure_finder(data_dir)
    card = _card(figures, [f"{package.ref}" for package in uses])
    (folder / "MODEL_CARD.md").write_text(card, encoding="utf-8")
    document = {
        "format": FORMAT,
        "name": "neutrophil-cells",
        "version": "1.0.0",
        "task": TASK,
        "kind": "count",
        "intended_use": "Finds the white cells of a smear field for someone who reviews every cell. Research use only.",
        "trained_on": "Nothing of its own: cells are found by stain; the packages it uses read type and stage.",
        "command": COMMAND,
        "signature": "",
        "parameters": {"least_score": LEAST_SCORE},
        "uses": [
            {"task": package.task, "name": package.name, "version": package.version, "sha256": package.sha256}
            for package in uses
        ],
        "files": {"MODEL_CARD.md": hashlib.sha256(card.encode()).hexdigest()},
    }
    (folder / packages.PACKAGE_FILE).write_bytes(packages.sealed(toml.dumps(document)))
    return folder


def _fields(data_dir: Path) -> dict[str, list[Field]]:
    fields: dict[tuple[str, str], list[Box]] = {}
    with (data_dir / "neutrophil" / "boxes.csv").open(encoding="utf-8", newline="") as stream:
        for line in csv.DictReader(stream):
            boxes = fields.setdefault((line["source"], line["field"]), [])
            if line["label"] == "wbc":
                boxes.append(Box(*(round(float(line[side])) for side in ("x", "y", "w", "h"))))
    by_source: dict[str, list[Field]] = {}
    for (source, field), boxes in sorted(fields.items()):
        if hashlib.sha256(field.encode()).digest()[0] % 2:
            by_source.setdefault(source, []).append((field, boxes))
    return by_source


def _card(figures: Mapping[str, Mapping[str, Any]], uses: list[str]) -> str:
    rows = [
        (source, str(entry["fields"]), str(entry["cells"]), show(entry["recall"]), show(entry["precision"]))
        for source, entry in figures.items()
    ]
    found = table(("source", "fields", "white cells", "recall", "precision"), rows)
    return _CARD.format(uses=" and ".join(uses), found=found, command=COMMAND)


if __name__ == "__main__":
    print(write(Path(sys.argv[1]), Path(sys.argv[2])))
