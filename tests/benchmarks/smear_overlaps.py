"""Are overlapping fields recognised, and is every cell counted once?

    python tests/benchmarks/smear_overlaps.py scans [--scans N]
    python tests/benchmarks/smear_overlaps.py fields DATA [--each N]

``scans``: drawn stretches of smear with known cells, cut into fields along a winding path as a hand would move the
stage, each field under another lamp, cast, focus and noise; found by the whole chain. Prints, per scan and in all, how
many pictures of a cell there were beyond the first (doubles), how many of them were recognised, how many different
cells were merged, and how many cells are counted wrongly in the end.

``fields``: pairs of crops of the data's fields, relit in the same way, that overlap by a known shift, and pairs that do
not (two halves of one field; fields of different slides or pictures). Fields whose thresholds were set on them (the
first 24 of each source) are left out. Prints the share recognised by share of overlap, and false matches, with Wilson's
95 % intervals.
"""

import argparse
import csv
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box
from clinoscope.inference.metrics import wilson
from clinoscope.regions import cell_kinds, registration
from clinoscope.regions.cells import find_cells
from clinoscope.regions.track import Seen, Track, encoded, same_cells

sys.path.insert(0, str(Path(__file__).parents[2] / "resources" / "phantoms"))

SET_ON = 24
"""Fields of each source that the thresholds were set on."""
FIELD = (1000, 700)


def relit(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Another lamp, cast, focus and noise."""
    height, width = pixels.shape[:2]
    across, down = np.linspace(-1, 1, width)[None, :, None], np.linspace(-1, 1, height)[:, None, None]
    light = 1 + 0.12 * (across * rng.normal() + down * rng.normal())
    shown = pixels.astype(np.float32) * light * rng.uniform(0.9, 1.1, 3) + rng.normal(0, 5, pixels.shape)
    return np.asarray(np.clip(cv2.GaussianBlur(shown, (0, 0), rng.uniform(0.5, 2.0)), 0, 255), np.uint8)


def share(hits: int, of: int) -> dict[str, float]:
    found = wilson(hits, of) if of else {"low": 0.0, "high": 1.0}
    return {
        "hits": hits,
        "of": of,
        "share": round(hits / max(1, of), 4),
        **{key: round(float(found[key] or 0.0), 4) for key in ("low", "high")},
    }


def one_scan(seed: int) -> Counter[str]:
    from drawing import smear

    rng = np.random.default_rng(seed)
    pixels, truth = smear.scan(1700, 2600, 45, seed)
    width, height = FIELD
    smalls: dict[int, bytes] = {}
    track = Track(lambda number: smalls[number])
    spots, of_field, drawn_of, stands = {}, {}, {}, {}
    number, told = 0, Counter[str]()
    path = [
        (x, y)
        for row, y in enumerate(range(0, 1001, 500))
        for x in (range(0, 1601, 400) if row % 2 == 0 else range(1600, -1, -400))
    ]
    for field, (x, y) in enumerate(path, start=1):
        x = int(np.clip(x + rng.integers(-60, 61), 0, 2600 - width))
        y = int(np.clip(y + rng.integers(-40, 41), 0, 1700 - height))
        seen = relit(pixels[y : y + height, x : x + width], rng)
        smalls[field] = encoded(seen)
        spot = track.place(field, smalls[field], width, height)
        spots[field] = spot
        found = [cell.box for cell in find_cells(seen)]
        cells = list(zip(found, cell_kinds.kinds(seen, found), strict=True))
        near = {other.number: other for other in track.overlapping(spot)}
        earlier = [one for other in near for one in of_field[other] if one.number not in stands]
        pairs = same_cells(spot, cells, earlier, near)
        mine = []
        for box, kind in cells:
            number += 1
            mine.append(Seen(number, field, box, kind))
            drawn_of[number] = at(Box(box.x + x, box.y + y, box.w, box.h), truth)
        of_field[field] = mine
        for pair in pairs:
            one, other = mine[pair.new].number, pair.number
            right = drawn_of[one] is not None and drawn_of[one] == drawn_of[other]
            told["merged, rightly" if right else "merged, wrongly"] += 1
            stands[other if pair.replaces else one] = one if pair.replaces else other
        told["fields placed on the track"] += spot.track == 1
        told["fields"] += 1
    pictures = Counter(index for index in drawn_of.values() if index is not None)
    told["doubles"] = sum(count - 1 for count in pictures.values())
    standing = Counter(drawn_of[one.number] for ones in of_field.values() for one in ones if one.number not in stands)
    told["cells drawn"] = len(truth)
    told["cells missed"] = sum(standing[index] == 0 for index in range(len(truth)))
    told["cells counted more than once"] = sum(standing[index] > 1 for index in range(len(truth)))
    told["finds that are no drawn cell"] = standing[None]
    return told


def at(box: Box, truth: Any) -> int | None:
    """The drawn cell that a box lies on, by the largest overlap; None for none."""
    overlaps = [box.clipped(10_000, 10_000).iou(Box(*white.box)) for white in truth]
    best = int(np.argmax(overlaps))
    return best if overlaps[best] > 0.1 else None


def scans(count: int) -> None:
    every: Counter[str] = Counter()
    for seed in range(100, 100 + count):
        told = one_scan(seed)
        every += told
        print(json.dumps({"scan": seed, **told}), flush=True)
    right, wrong = every["merged, rightly"], every["merged, wrongly"]
    print(
        json.dumps(
            {
                "all": dict(every),
                "doubles recognised": share(right, every["doubles"]),
                "false merges": share(wrong, right + wrong),
            }
        )
    )


def fields(data: Path, each: int) -> None:
    rng = np.random.default_rng(11)
    for source in ("chula_esid", "bccd", "raabin", "draaslan"):
        paths = sorted((data / "neutrophil" / source / "fields").glob("*"))[SET_ON : SET_ON + each]
        group = groups(data)
        found: dict[str, list[bool]] = defaultdict(list)
        errors, views = [], []
        for path in paths:
            pixels = np.asarray(Image.open(path).convert("RGB"))
            height, width = pixels.shape[:2]
            cw, ch = int(0.62 * width), int(0.62 * height)
            for _ in range(4):
                (x0, y0), (x1, y1) = (
                    (int(rng.integers(0, width - cw)), int(rng.integers(0, height - ch))) for _ in range(2)
                )
                dx, dy = x1 - x0, y1 - y0
                one, other = (view(relit(pixels[y : y + ch, x : x + cw], rng)) for x, y in ((x0, y0), (x1, y1)))
                match = registration.matched(one, other)
                part = (1 - abs(dx) / cw) * (1 - abs(dy) / ch)
                near = match is not None and max(abs(match.x - dx), abs(match.y - dy)) <= max(6, 0.015 * cw)
                found["under 0.4" if part < 0.4 else "0.4 to 0.7" if part < 0.7 else "over 0.7"].append(
                    bool(match and match.sure and near)
                )
                found["sure and wrong"].append(bool(match and match.sure and not near))
                if match and match.sure:
                    errors.append(max(abs(match.x - dx), abs(match.y - dy)))
            half = width // 2 - 4
            match = registration.matched(view(relit(pixels[:, :half], rng)), view(relit(pixels[:, -half:], rng)))
            found["halves of a field"].append(bool(match and match.sure))
            views.append((group.get(path.name, path.name), view(relit(pixels, rng))))
        for index, (mine, one) in enumerate(views):
            for theirs, other in views[:index][-8:]:
                if mine != theirs and (match := registration.matched(other, one)):
                    found["fields of different slides or pictures"].append(match.sure)
        told = {name: share(sum(hits), len(hits)) for name, hits in found.items()}
        print(json.dumps({"source": source, "error_px_95": float(np.percentile(errors, 95)), **told}), flush=True)


def groups(data: Path) -> dict[str, str]:
    """The slide of a chula field, from its name; neighbours on a slide do overlap in that source."""
    with (data / "neutrophil" / "boxes.csv").open(encoding="utf-8") as lines:
        names = {Path(row["field"]).name for row in csv.DictReader(lines) if row["source"] == "chula_esid"}
    return {name: name.partition("_")[0] for name in names}


def view(pixels: Pixels) -> registration.View:
    return registration.view(registration.small_copy(pixels), pixels.shape[1])


def main() -> None:
    parser = argparse.ArgumentParser(description="Overlapping fields recognised, cells counted once")
    parser.add_argument("what", choices=("scans", "fields"))
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--scans", type=int, default=6)
    parser.add_argument("--each", type=int, default=40)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    if options.what == "scans":
        scans(options.scans)
    elif options.data:
        fields(options.data, options.each)
    else:
        parser.error("name the data folder")


if __name__ == "__main__":
    main()
