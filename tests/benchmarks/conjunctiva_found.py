"""How well ``regions.conjunctiva`` finds the strip, against the boxes drawn for eyes_defy_india, and what it lets pass.

    python tests/benchmarks/conjunctiva_found.py DATA

DATA holds ``images.csv`` of the anemia pictures. The finder's two shares were chosen on the first, third, fifth and so
on of eyes_defy_india; only the others are counted. Printed as JSON, with 95 % intervals by bootstrap over pictures.
"""

import csv
import json
import sys
from collections import Counter
from pathlib import Path

import cv2
import numpy as np

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box
from clinoscope.regions import conjunctiva


def main(data: Path) -> None:
    """Measure and print."""
    with (data / "images.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    eyes = [row for row in rows if row["source"] == "eyes_defy_india"][1::2]
    overlaps, held = [], []
    for row in eyes:
        region = conjunctiva.find(_read(data / row["path"]))
        truth = Box(*(round(value) for value in json.loads(row["boxes"])["conjunctiva_xywh"][0]))
        overlaps.append(region.box.iou(truth) if region else 0.0)
        held.append(_held(region.box, truth) if region else 0.0)
    others = {
        source: dict(Counter(_how(data / row["path"]) for row in rows if row["source"] == source))
        for source in ("cp_anemic_conjunctiva", "yakimov_nail")
    }
    report = {
        "pictures": len(eyes),
        "median IoU": _interval(np.array(overlaps), np.median),
        "IoU >= 0.5": _interval(np.array(overlaps) >= 0.5, np.mean),
        "share of the drawn box held": _interval(np.array(held), np.mean),
        "how, elsewhere": others,
    }
    print(json.dumps(report, indent=1))


def _how(path: Path) -> str:
    region = conjunctiva.find(_read(path))
    return region.how if region else "none"


def _held(box: Box, truth: Box) -> float:
    w = min(box.right, truth.right) - max(box.x, truth.x)
    h = min(box.bottom, truth.bottom) - max(box.y, truth.y)
    return max(w, 0) * max(h, 0) / (truth.w * truth.h)


def _interval(values: np.ndarray, of) -> list[float]:
    rng = np.random.default_rng(0)
    draws = [of(values[rng.integers(len(values), size=len(values))]) for _ in range(1000)]
    return [round(float(value), 2) for value in (of(values), *np.percentile(draws, [2.5, 97.5]))]


def _read(path: Path) -> Pixels:
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
