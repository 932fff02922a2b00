"""How often cells of another size are told where the objective changed, and where it did not.

    python tests/benchmarks/smear_sizes.py DATA [--each 30] [--others] [--factors 1.75 1.6]

Cells are found in fields of four laboratories. Smears of 25 fields are drawn from one laboratory's: how many have a
remark although nothing changed. Then three fields follow that were made smaller or larger, as another objective shows
them (larger ones are cut to the size of the field): in how many smears at least one of the three is told.
``--others`` takes fields that lie between those on which the limit was set.
"""

import argparse
import csv
import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from clinoscope.capture.files import open_picture
from clinoscope.domain.picture import Pixels
from clinoscope.domain.smear import CellKind
from clinoscope.regions.cell_kinds import kinds
from clinoscope.regions.cells import find_cells
from clinoscope.workflow.smear import sizes

SCALES = (0.4, 0.5, 0.63, 1.6, 2.0)
SMEARS, LONG, FOLLOW = 400, 25, 3


def scaled(pixels: Pixels, scale: float) -> Pixels:
    """The field under an objective that magnifies ``scale`` times as much."""
    height, width = pixels.shape[:2]
    if scale < 1:
        return np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    h, w = round(height / scale), round(width / scale)
    middle = pixels[(height - h) // 2 : (height + h) // 2, (width - w) // 2 : (width + w) // 2]
    return np.asarray(cv2.resize(middle, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def sides(pixels: Pixels) -> list[int]:
    boxes = [cell.box for cell in find_cells(pixels)]
    seen = (CellKind.WHOLE, CellKind.TOUCHING)
    return [max(box.w, box.h) for box, kind in zip(boxes, kinds(pixels, boxes), strict=True) if kind in seen]


def told(fields: Sequence[list[int]]) -> list[int]:
    return [one.field for one in sizes._odd(enumerate(fields)) if fields[one.field]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--each", type=int, default=30)
    parser.add_argument("--others", action="store_true")
    parser.add_argument("--factors", type=float, nargs="+", default=[sizes.FACTOR])
    options = parser.parse_args()
    cv2.setNumThreads(1)
    names: dict[str, dict[str, None]] = defaultdict(dict)
    with (options.data / "neutrophil" / "boxes.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            names[row["source"]][row["field"]] = None
    scales = " | ".join(f"x {one}" for one in SCALES)
    print(f"| laboratory | fields | factor | smears with a remark, nothing changed | {scales} |")
    for source, fields in names.items():
        step = max(1, len(fields) // options.each)
        chosen = list(fields)[step // 2 if options.others else 0 :: step][: options.each]
        pictures = [open_picture(options.data / "neutrophil" / name).pixels for name in chosen]
        own = [found for found in map(sides, pictures) if found]
        other = [[found for one in pictures[:10] if (found := sides(scaled(one, scale)))] for scale in SCALES]
        for sizes.FACTOR in options.factors:
            rng = random.Random(0)
            wrong = sum(bool(told(rng.choices(own, k=LONG))) for _ in range(SMEARS))
            hits = []
            for changed in other:
                draws = ((rng.choices(own, k=LONG), rng.choices(changed, k=FOLLOW)) for _ in range(SMEARS))
                hits.append(sum(any(one >= LONG for one in told([*before, *after])) for before, after in draws))
            shares = " | ".join(f"{100 * hit / SMEARS:.0f} %" for hit in hits)
            row = f"| {source} | {len(own)} | {sizes.FACTOR} | {100 * wrong / SMEARS:.1f} % | {shares} |"
            print(row, flush=True)


if __name__ == "__main__":
    main()
