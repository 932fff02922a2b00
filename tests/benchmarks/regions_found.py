"""What the finders do that no drawn box tells, and how long they take.

    python tests/benchmarks/regions_found.py none DATA      nails and white cells on pictures that show none
    python tests/benchmarks/regions_found.py steady DATA [KIND]    the same region after a shift, a shrink, another lamp
    python tests/benchmarks/regions_found.py speed          a still of 12 megapixels, one core, decode not counted

DATA is the folder that holds ``anemia``, ``neutrophil``, ``scalp`` and ``skin``. ``none``: at most 60 pictures a
source, evenly spaced; the limits of ``regions.nails`` were chosen looking at them. ``steady``: 40 pictures a kind; the
region of each changed picture, put back, against that of the picture as it is: IoU of the boxes. Printed as JSON, 95 %
intervals by Wilson or by bootstrap over pictures.
"""

import csv
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from cells_found import wilson
from lip_repeatability import relit

from clinoscope import regions
from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box, Region
from clinoscope.paths import RESOURCES
from clinoscope.regions import cells, nails

MOST = 60
NONE = (
    # name, list, column, value, column of the path
    ("faces", "anemia/lip_masks.csv", "", "", "image"),
    ("eyes", "anemia/images.csv", "source", "eyes_defy_india", "path"),
    ("cut-out eyelids", "anemia/images.csv", "source", "cp_anemic_conjunctiva", "path"),
    ("spots, camera", "skin/images.csv", "source", "pad_ufes_20", "path"),
    ("spots, dermatoscope", "skin/images.csv", "source", "ham10000", "path"),
    ("bellies", "skin/images.csv", "source", "abd_skin", "path"),
    ("scalps", "scalp/images.csv", "source", "dermnet_com", "path"),
    ("heads from above", "scalp/images.csv", "source", "clinic_topdown", "path"),
    ("scalp microscope", "scalp/images.csv", "source", "scalp_microscope", "path"),
    ("hands", "anemia/images.csv", "source", "yakimov_nail", "path"),
)
STEADY = (
    # kind, list, column, value
    ("lips", "anemia/lip_masks.csv", "", ""),
    ("nails", "anemia/images.csv", "source", "yakimov_nail"),
    ("conjunctiva", "anemia/images.csv", "source", "eyes_defy_india"),
    ("lesion", "skin/images.csv", "source", "pad_ufes_20"),
    ("lesion", "skin/images.csv", "source", "ham10000"),
    ("skin", "skin/images.csv", "source", "msld"),
    ("scalp", "scalp/images.csv", "source", "dermnet_com"),
    ("vertex", "scalp/images.csv", "source", "clinic_topdown"),
    ("cell", "neutrophil/cells.csv", "source", "pbc_barcelona"),
)
PHANTOMS = {
    "lips": ("face.png", "lips.png"),
    "nails": ("nails.png",),
    "conjunctiva": ("eyelid.png",),
    "lesion": ("lesion.png", "dermoscopy.png"),
    "skin": ("rash.png",),
    "scalp": ("scalp.png",),
    "vertex": ("vertex.png",),
    "field": ("smear.png",),
    "cell": ("cell.png",),
}
SIZE = (4000, 3000)


def main(what: str, data: Path | None, only: str) -> None:
    """Measure and print."""
    if what == "speed":
        print(json.dumps(speed(), indent=1))
        return
    assert data is not None
    print(json.dumps(none(data) if what == "none" else steady(data, only), indent=1))


def none(data: Path) -> dict:
    """How often something is found where nothing is; of hands, where there is."""
    report: dict = {"nails": {}, "white cells": {}}
    for name, file, column, value, key in NONE:
        found: dict[str, list[bool]] = {"nails": [], "white cells": []}
        for pixels in pictures(data / file, column, value, key, 400 if name == "hands" else MOST):
            found["nails"].append(nails.find(pixels) is not None)
            if name != "hands":
                found["white cells"].append(bool(cells.find_cells(pixels)))
        for kind, flags in found.items():
            report[kind][name] = f"{sum(flags)} of {len(flags)}", wilson(sum(flags), len(flags))
    walls = [wall(colour, noise) for colour in (128, 200, 240, (210, 160, 140), (150, 120, 90)) for noise in (0, 3, 10)]
    report["nails"]["bare walls"] = f"{sum(nails.find(one) is not None for one in walls)} of {len(walls)}"
    return report


def wall(colour: int | tuple[int, int, int], noise: float) -> Pixels:
    """A drawn wall of one colour with a camera's noise."""
    even = np.zeros((600, 800, 3)) + np.array(colour)
    return np.clip(even + np.random.default_rng(0).normal(0, noise, even.shape), 0, 255).astype(np.uint8)


def steady(data: Path, only: str) -> dict:
    """IoU of the region before and after each change, and how often nothing stands out in the first place."""
    report = {}
    for kind, file, column, value in STEADY:
        if only not in ("", kind):
            continue
        key = "image" if file.endswith("masks.csv") else "path"
        overlaps: dict[str, list[float]] = {name: [] for name in CHANGES}
        alone = 0
        for number, pixels in enumerate(pictures(data / file, column, value, key, 40)):
            before = regions.find(kind, pixels)
            alone += before is None or before.how == "whole"
            if before is None:
                continue
            for name, change in CHANGES.items():
                shown, back = change(pixels, np.random.default_rng(number))
                after = regions.find(kind, shown)
                overlaps[name].append(before.box.iou(back(after)) if after is not None else 0.0)
        report[f"{kind}, {value or 'faces'}"] = {
            "nothing or whole": alone,
            **{name: summary(values) for name, values in overlaps.items()},
        }
    return report


def summary(values: list[float]) -> dict:
    """Median with interval, tenth percentile, share at 0.7 and more."""
    drawn = np.random.default_rng(0).integers(len(values), size=(1000, len(values)))
    low, high = np.percentile(np.median(np.array(values)[drawn], axis=1), [2.5, 97.5])
    return {
        "n": len(values),
        "median": round(float(np.median(values)), 2),
        "median_95": (round(float(low), 2), round(float(high), 2)),
        "tenth percentile": round(float(np.percentile(values, 10)), 2),
        "0.7 and more": round(float(np.mean(np.array(values) >= 0.7)), 2),
    }


Back = Callable[[Region], Box]


def shifted(pixels: Pixels, rng: np.random.Generator) -> tuple[Pixels, Back]:
    """Up to 6 % cut off each side: another framing."""
    height, width = pixels.shape[:2]
    left, top = (int(share * side) for share, side in zip(rng.uniform(0, 0.06, 2), (width, height), strict=True))
    right, bottom = (int(share * side) for share, side in zip(rng.uniform(0, 0.06, 2), (width, height), strict=True))
    part = np.ascontiguousarray(pixels[top : height - bottom, left : width - right])
    return part, lambda region: Box(region.box.x + left, region.box.y + top, region.box.w, region.box.h)


def halved(pixels: Pixels, _rng: np.random.Generator) -> tuple[Pixels, Back]:
    """Half the resolution."""
    size = max(1, pixels.shape[1] // 2), max(1, pixels.shape[0] // 2)
    x, y = pixels.shape[1] / size[0], pixels.shape[0] / size[1]
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return small, lambda region: Box(*(round(v * k) for v, k in zip(_sides(region.box), (x, y, x, y), strict=True)))


def other_lamp(pixels: Pixels, rng: np.random.Generator) -> tuple[Pixels, Back]:
    """Another exposure, lamp, tone curve, noise and JPEG (``lip_repeatability.relit``)."""
    return relit(pixels, rng), lambda region: region.box


CHANGES = {"shifted": shifted, "half the size": halved, "another lamp": other_lamp}


def speed() -> dict:
    """Milliseconds of one core: the middle of nine runs on each phantom, enlarged."""
    cv2.setNumThreads(1)
    report = {}
    for kind, names in PHANTOMS.items():
        for name in names:
            pixels = cv2.cvtColor(cv2.imread(str(RESOURCES / "phantoms" / name)), cv2.COLOR_BGR2RGB)
            still = np.asarray(cv2.resize(pixels, SIZE, interpolation=cv2.INTER_CUBIC), np.uint8)
            regions.find(kind, still)
            times = [timed(kind, still) for _ in range(9)]
            report[f"{kind}, {name}"] = {
                "processor": round(float(np.median([one[0] for one in times]))),
                "clock": round(float(np.median([one[1] for one in times]))),
            }
    return report


def timed(kind: str, still: Pixels) -> tuple[float, float]:
    """Processor and wall milliseconds of one find."""
    worked, begun = time.process_time(), time.perf_counter()
    regions.find(kind, still)
    return (time.process_time() - worked) * 1000, (time.perf_counter() - begun) * 1000


def pictures(file: Path, column: str, value: str, key: str, most: int) -> Iterator[Pixels]:
    """At most so many pictures of a list, evenly spaced."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        paths = [row[key] for row in csv.DictReader(stream) if not column or row[column] == value]
    for path in paths[:: max(1, len(paths) // most)][:most]:
        yield np.ascontiguousarray(cv2.imread(str(file.parent / path))[..., ::-1])


def _sides(box: Box) -> tuple[int, int, int, int]:
    return box.x, box.y, box.w, box.h


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 else None, sys.argv[3] if len(sys.argv) > 3 else "")
