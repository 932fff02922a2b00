"""How many white cells are found, per source.

    python tests/benchmarks/cells_found.py DATA [--half tune|held]
    python tests/benchmarks/cells_found.py --finds OUT/finds.json [--half tune|held|both]

The first form runs the installed finder over the fields of ``neutrophil/boxes.csv``. Its network was trained on these
very fields: the figures say that the installation works and how long it takes, not how well unseen fields are read.
The second form is the honest one: it reads what ``clinoscope.training.cell_finder`` found on fields that each network
had not seen, by folds (grouped by slide where slides are known) and with the whole source left out.

A field belongs to the half ``tune`` or ``held`` by the hash of its name.
Prints one JSON line per source: fields, cells, found at IoU 0.5, false boxes, recall and precision with 95 % Wilson
intervals and with intervals by bootstrap over groups.
"""

import argparse
import collections
import csv
import hashlib
import json
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from clinoscope.domain.region import Box
from clinoscope.regions.cells import find_cells

IOU = 0.5


def half_of(field: str) -> str:
    """The half a field belongs to, from the hash of its name alone."""
    return "held" if hashlib.sha256(field.encode()).digest()[0] % 2 else "tune"


def wilson(hits: int, of: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    if of == 0:
        return 0.0, 1.0
    z, share = 1.96, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * (share * (1 - share) / of + z * z / (4 * of * of)) ** 0.5 / (1 + z * z / of)
    return round(middle - half, 3), round(middle + half, 3)


def matched(found: list[Box], drawn: list[Box], least: float = IOU) -> int:
    """Pairs of a found and a drawn box at this IoU or more, each used once, best overlap first."""
    pairs = sorted(((f.iou(d), i, j) for i, f in enumerate(found) for j, d in enumerate(drawn)), reverse=True)
    used_found: set[int] = set()
    used_drawn: set[int] = set()
    for overlap, i, j in pairs:
        if overlap >= least and i not in used_found and j not in used_drawn:
            used_found.add(i)
            used_drawn.add(j)
    return len(used_found)


def bootstrap(hits: Sequence[int], of: Sequence[int], groups: Sequence[str]) -> tuple[float, float]:
    """95 % interval of sum(hits) / sum(of), drawing whole groups with replacement, 2000 times."""
    names = sorted(set(groups))
    totals = np.zeros((2, len(names)))
    for hit, one, group in zip(hits, of, groups, strict=True):
        totals[:, names.index(group)] += hit, one
    drawn = np.random.default_rng(7).integers(len(names), size=(2000, len(names)))
    shares = totals[0][drawn].sum(axis=1) / np.maximum(1, totals[1][drawn].sum(axis=1))
    low, high = np.percentile(shares, [2.5, 97.5])
    return round(float(low), 3), round(float(high), 3)


def line(source: str, half: str, fields: list[dict[str, Any]], **more: Any) -> str:
    """One JSON line of figures; a field has the ``drawn`` and ``found`` boxes and its ``group``."""
    cells, found = ([len(one[key]) for one in fields] for key in ("drawn", "found"))
    hits = [matched(one["found"], one["drawn"]) for one in fields]
    located = sum(matched(one["found"], one["drawn"], 0.3) for one in fields)
    groups = [one["group"] for one in fields]
    return json.dumps(
        {
            "source": source,
            "half": half,
            **more,
            "fields": len(fields),
            "cells": sum(cells),
            "hits": sum(hits),
            "false": sum(found) - sum(hits),
            "recall": round(sum(hits) / max(1, sum(cells)), 3),
            "recall_95": wilson(sum(hits), sum(cells)),
            "recall_groups_95": bootstrap(hits, cells, groups),
            "recall_at_iou_0.3": round(located / max(1, sum(cells)), 3),
            "precision": round(sum(hits) / max(1, sum(found)), 3),
            "precision_95": wilson(sum(hits), sum(found)),
            "precision_groups_95": bootstrap(hits, found, groups),
        }
    )


def unseen(path: Path, half: str) -> None:
    """Figures of the finds on fields that the network had not seen."""
    of: dict[tuple[str, str], list[dict[str, Any]]] = collections.defaultdict(list)
    for one in json.loads(path.read_text(encoding="utf-8")):
        if half in ("both", half_of(one["field"])):
            found = [Box(*box[:4]) for box in one["found"]]
            drawn = [Box(*(round(side) for side in box)) for box in one["drawn"]]
            of[one["split"], one["source"]].append({"drawn": drawn, "found": found, "group": one["group"]})
    for (split, source), fields in sorted(of.items()):
        print(line(source, half, fields, split=split), flush=True)


def installed(data: Path, half: str) -> None:
    """Figures of the installed finder, and its time; its network has seen these fields."""
    folder = data / "neutrophil"
    drawn: dict[tuple[str, str], list[Box]] = collections.defaultdict(list)
    with (folder / "boxes.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            boxes = drawn[row["source"], row["field"]]
            if row["label"] == "wbc":
                boxes.append(Box(*(round(float(row[key])) for key in "xywh")))
    of: dict[str, list[dict[str, Any]]] = collections.defaultdict(list)
    for (source, field), boxes in sorted(drawn.items()):
        if half not in ("both", half_of(field)):
            continue
        pixels = np.asarray(Image.open(folder / field).convert("RGB"))
        start = time.perf_counter()
        found = [cell.box for cell in find_cells(pixels)]
        spent = (time.perf_counter() - start) * 1000
        of[source].append({"drawn": boxes, "found": found, "group": field, "ms": spent})
    for source, fields in of.items():
        median = round(statistics.median(one["ms"] for one in fields), 1)
        print(line(source, half, fields, split="seen in training", median_ms=median), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="White cells found, per source")
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--finds", type=Path)
    parser.add_argument("--half", choices=("tune", "held", "both"), default="held")
    arguments = parser.parse_args()
    if arguments.finds:
        unseen(arguments.finds, arguments.half)
    elif arguments.data:
        installed(arguments.data, arguments.half)
    else:
        parser.error("name the data folder, or --finds")


if __name__ == "__main__":
    main()
