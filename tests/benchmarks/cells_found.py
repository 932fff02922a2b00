"""How many white cells are found, per source, on the half of the fields that set no parameter.

    python tests/benchmarks/cells_found.py /work/shared/data [--half tune|held]

DATA holds ``neutrophil/boxes.csv`` and the fields it names. A field belongs to the half ``tune`` or
``held`` by the hash of its name. Prints one JSON line per source: fields, cells, found at IoU 0.5,
false boxes, recall and precision with 95 % Wilson intervals, median milliseconds.
"""

import argparse
import collections
import csv
import hashlib
import json
import statistics
import time
from pathlib import Path

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


def matched(found: list[Box], drawn: list[Box]) -> int:
    """Pairs of a found and a drawn box at IoU 0.5 or more, each used once, best overlap first."""
    pairs = sorted(((f.iou(d), i, j) for i, f in enumerate(found) for j, d in enumerate(drawn)), reverse=True)
    used_found: set[int] = set()
    used_drawn: set[int] = set()
    for overlap, i, j in pairs:
        if overlap >= IOU and i not in used_found and j not in used_drawn:
            used_found.add(i)
            used_drawn.add(j)
    return len(used_found)


def main() -> None:
    parser = argparse.ArgumentParser(description="White cells found, per source")
    parser.add_argument("data", type=Path)
    parser.add_argument("--half", choices=("tune", "held"), default="held")
    arguments = parser.parse_args()
    folder = arguments.data / "neutrophil"
    drawn: dict[tuple[str, str], list[Box]] = collections.defaultdict(list)
    with (folder / "boxes.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            boxes = drawn[row["source"], row["field"]]
            if row["label"] == "wbc":
                boxes.append(Box(*(round(float(row[key])) for key in "xywh")))
    sums: dict[str, dict[str, list[float]]] = {}
    for (source, field), boxes in sorted(drawn.items()):
        if half_of(field) != arguments.half:
            continue
        pixels = np.asarray(Image.open(folder / field).convert("RGB"))
        start = time.perf_counter()
        found = [cell.box for cell in find_cells(pixels)]
        spent = (time.perf_counter() - start) * 1000
        sums.setdefault(source, collections.defaultdict(list))
        for key, value in (
            ("cells", len(boxes)),
            ("found", len(found)),
            ("hits", matched(found, boxes)),
            ("ms", spent),
        ):
            sums[source][key].append(value)
    for source, values in sums.items():
        cells, found_boxes, hits = (int(sum(values[key])) for key in ("cells", "found", "hits"))
        line = {
            "source": source,
            "half": arguments.half,
            "fields": len(values["cells"]),
            "cells": cells,
            "hits": hits,
            "false": found_boxes - hits,
            "recall": round(hits / max(1, cells), 3),
            "recall_95": wilson(hits, cells),
            "precision": round(hits / max(1, found_boxes), 3),
            "precision_95": wilson(hits, found_boxes),
            "median_ms": round(statistics.median(values["ms"]), 1),
        }
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
