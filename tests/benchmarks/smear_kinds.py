"""How steep the rims of ordinary nuclei are, and those of blurred ones: what the limit for smudged cells stands on.

    python tests/benchmarks/smear_kinds.py DATA [--cells N]

Typed single cells of all sources, cut out as `regions.cells.find` sees them; the cells of PBC once more, blurred by 6,
10 and 15 % of their size. Prints one JSON line per source: percentiles of the steepness and the share below the limit.
There are no labelled smudges in the data: how many of them the rule finds cannot be measured. The limit was set on
these very cells.
"""

import argparse
import csv
import json
import random
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from clinoscope.regions.cell_kinds import BLURRED_RIM, rim_steepness
from clinoscope.regions.cells import find


def main() -> None:
    parser = argparse.ArgumentParser(description="Steepness of nuclear rims, per source")
    parser.add_argument("data", type=Path)
    parser.add_argument("--cells", type=int, default=900)
    options = parser.parse_args()
    with (options.data / "neutrophil" / "cells.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    found: dict[str, list[float]] = defaultdict(list)
    for row in random.Random(3).sample(rows, options.cells):
        pixels = np.asarray(Image.open(options.data / "neutrophil" / row["path"]).convert("RGB"))
        region = find(pixels)
        if region is None:
            continue
        box = region.box
        cell = pixels[box.y : box.bottom, box.x : box.right]
        blurs = (0.06, 0.10, 0.15) if row["source"] == "pbc_barcelona" else ()
        seen = {row["source"]: cell}
        for blur in blurs:
            shown = cv2.GaussianBlur(cell, (0, 0), blur * max(cell.shape[:2]))
            seen[f"pbc_barcelona, blurred by {100 * blur:.0f} %"] = np.asarray(shown, np.uint8)
        for name, shown in seen.items():
            rim = rim_steepness(shown)
            if rim is not None:
                found[name].append(rim)
    for name, rims in sorted(found.items()):
        percentiles = {str(p): round(float(np.percentile(rims, p)), 3) for p in (1, 5, 50, 95)}
        below = round(float(np.mean(np.array(rims) < BLURRED_RIM)), 4)
        print(json.dumps({"of": name, "cells": len(rims), "percentiles": percentiles, "below_limit": below}))


if __name__ == "__main__":
    main()
