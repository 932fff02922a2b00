"""How bad a picture must be before it costs a model 10 points of accuracy.

    python tests/benchmarks/quality_cost.py DATA [--task skin/rash …] [--kind defocus …]

Every classify task: the shipped package reads pictures of the half of the groups that set no limit of the quality
checks, as they are and degraded step by step (``degrade.KINDS``). The strength at which its accuracy has fallen by 10
points from its own accuracy on the same pictures as they are is interpolated between two steps; its interval is that of
300 draws of whole groups. Labels are drawn evenly. The packages learned from all groups, but where a recipe draws
``at_most`` pictures of a label, those it did not draw come first; ``unseen`` counts them.

Measured tasks: the strength at which half of the measurements moved by more than their stated uncertainty, or failed.
Smear fields: the strength at which the F1 score of found white cells (IoU 0.5) fell by 10 points; lengths
are shares of a cell there, not of the field, so ``quality_limits.py`` takes no strength of fields from the file.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from degrade import KINDS, View, around, degraded
from numpy.typing import NDArray

from clinoscope import modes, regions
from clinoscope.capture.files import open_picture
from clinoscope.domain.region import Box, Region
from clinoscope.inference import classify, network, packages
from clinoscope.inference import read as read_region
from clinoscope.regions.cells import find_cells

if TYPE_CHECKING:
    from clinoscope.training.data import Row

LOSS = 0.10
RESAMPLES = 300
ENOUGH = 0.2
"""A fall from which on no further step is tried."""
PICTURES = 120
"""Pictures read at each step, at most."""
FIELDS = 24
"""Smear fields searched at each step."""
OUT = Path(__file__).with_name("quality_cost.json")

RECIPES = {
    "anemia/nail": "anemia-nail",
    "skin/lesion-photo": "skin-lesion-photo",
    "skin/lesion-dermoscopy": "skin-lesion-dermoscopy",
    "skin/rash": "skin-rash",
    "scalp/disease": "scalp-disease",
    "scalp/hair-loss": "scalp-hair-loss",
    "neutrophil/type": "neutrophil-type",
    "neutrophil/stage": "neutrophil-stage",
}
"""The recipe of each task that names labels."""

chosen_kinds = list(KINDS)
"""What is tried, from the command line."""

Scores = NDArray[np.float64]
"""One number per picture (or field): right or wrong, held or moved. Its mean is what falls."""


@dataclasses.dataclass(frozen=True, eq=False)
class Held:
    """Pictures that were not learned from; ``names`` fix what is drawn by chance."""

    views: list[View]
    names: list[str]
    groups: list[str]


def first_half(group: str) -> bool:
    """Whether a group belongs to the half that sets things (the limits)."""
    return int(hashlib.sha256(("half" + group).encode()).hexdigest(), 16) % 2 == 0


# --- where the loss is reached ---------------------------------------------------------------------------------------


def crossing(kind: str, falls: Sequence[float]) -> float | None:
    """The strength at which the fall reaches LOSS, between two steps; None when it does not."""
    before, fallen = KINDS[kind].none, 0.0
    for step, fall in zip(KINDS[kind].steps, falls, strict=False):
        if fall >= LOSS:
            return before + (LOSS - fallen) / (fall - fallen) * (step - before)
        before, fallen = step, fall
    return None


def cost(kind: str, held: Held, scored: Callable[[list[View]], Scores], clean: Scores) -> dict:
    """Step by step until the loss is beyond doubt; then the strength, with its interval."""
    steps, rows = KINDS[kind].steps, []
    draws = _draws(held.groups)
    for step in steps:
        rows.append(scored([degraded(v, kind, step, name) for v, name in zip(held.views, held.names, strict=True)]))
        falls = draws @ (clean - rows[-1])
        if np.percentile(falls, 2.5) > LOSS or (clean - rows[-1]).mean() > ENOUGH:
            break
    each = [crossing(kind, [float(draw @ (clean - row)) for row in rows]) for draw in draws]
    never = -np.inf if steps[-1] < steps[0] else np.inf
    ends = sorted(never if value is None else value for value in each)
    low, high = ends[int(0.025 * RESAMPLES)], ends[int(0.975 * RESAMPLES) - 1]
    falls = [float((clean - row).mean()) for row in rows]
    return {
        "strength": crossing(kind, falls),
        "interval": [None if np.isinf(end) else float(end) for end in (low, high)],
        "falls": dict(zip(map(str, steps), np.round(falls, 3).tolist(), strict=False)),
    }


def _draws(groups: Sequence[str]) -> Scores:
    """Weights (RESAMPLES, n), each row summing to 1, of whole groups drawn again and again."""
    _, member = np.unique(groups, return_inverse=True)
    count = member.max() + 1
    rng = np.random.default_rng(0)
    weights = rng.multinomial(count, np.full(count, 1 / count), RESAMPLES)[:, member].astype(float)
    return weights / np.maximum(weights.sum(axis=1, keepdims=True), 1)


# --- tasks that name labels ------------------------------------------------------------------------------------------


def of_labels(task_id: str, data: Path) -> dict:
    """The shipped package on pictures of the half of the groups that sets no limit."""
    from clinoscope.training.data import training_rows
    from clinoscope.training.gather import gather
    from clinoscope.training.recipe import load

    recipe = load(Path(__file__).parents[2] / "models" / "recipes" / f"{RECIPES[task_id]}.toml")
    drawn = {row.path for row in training_rows(recipe, data)}
    rows = list(training_rows(dataclasses.replace(recipe, at_most=0), data))
    rows.sort(key=lambda row: (row.path in drawn, hashlib.sha256(row.path.name.encode()).digest()))
    test = _evenly([row for row in rows if not first_half(row.group)])
    gathered = gather(recipe, test, modes.task(task_id).region)
    views = [around(subject.pixels, subject.region) for subject in gathered.subjects]
    held = Held(views, [row.path.name for row in gathered.rows], gathered.groups)
    package = packages.for_task(task_id)

    def shipped(views: list[View]) -> Scores:
        pairs = zip(views, gathered.labels, strict=True)
        return np.array([_likeliest(view, package) == label for view, label in pairs], float)

    report = {"shipped": curves(held, shipped)}
    report["shipped"]["unseen"] = sum(row.path not in drawn for row in gathered.rows)
    return report


def _evenly(rows: Sequence[Row]) -> list[Row]:
    """PICTURES of them, the labels as even as they can be, the first of each label first."""
    turn: Counter[str] = Counter()
    ranked = []
    for place, row in enumerate(rows):
        turn[row.label] += 1
        ranked.append((turn[row.label], place, row))
    return [row for _, _, row in sorted(ranked, key=lambda entry: entry[:2])[:PICTURES]]


def _likeliest(view: View, package: packages.Package) -> int:
    squares = [classify.prepare(view.pixels, view.region, box, package.input) for box in view.region.boxes]
    return int(np.mean([network.run(package, square).logits for square in squares], axis=0).argmax())


def curves(held: Held, scored: Callable[[list[View]], Scores]) -> dict:
    """Every kind of ``chosen_kinds``."""
    clean = scored(held.views)
    report = {"n": len(clean), "groups": len(set(held.groups)), "clean": round(float(clean.mean()), 3), "kinds": {}}
    for kind in chosen_kinds:
        report["kinds"][kind] = cost(kind, held, scored, clean)
    return report


# --- tasks that measure, and fields ----------------------------------------------------------------------------------


def of_measures(task_id: str, data: Path) -> dict:
    """The share of pictures whose measure stayed within its uncertainty; falls of more than half count as the loss."""
    views, names = [], []
    with (data / "anemia/images.csv").open(encoding="utf-8", newline="") as file:
        paths = [data / "anemia" / row["path"] for row in csv.DictReader(file) if row["source"] == "eyes_defy_india"]
    if task_id == "anemia/lip":
        paths = sorted((data / "anemia/faces_celebamask/images").glob("*.jpg"))
    task = modes.task(task_id)
    for path in paths:
        pixels = open_picture(path).pixels
        region = regions.find(task.region, pixels)
        view = None if region is None else around(pixels, region)
        if view is not None and read_region(task, view.pixels, view.region).measures:
            views.append(view)
            names.append(path.name)
    held = Held(views, names, names)
    before = [read_region(task, view.pixels, view.region).measures[0] for view in views]

    def stayed(views: list[View]) -> Scores:
        scores = []
        for view, was in zip(views, before, strict=True):
            now = read_region(task, view.pixels, view.region).measures
            scores.append(bool(now) and abs(now[0].value - was.value) <= was.uncertainty)
        # half of them moved is the loss that is looked for
        return np.array(scores, float) * LOSS / 0.5

    report = curves(held, stayed)
    report["clean"] = 1.0
    return {"measured": report}


def of_fields(data: Path) -> dict:
    """F1 of the white cells that are found in a field, from the halves of its hits, cells and boxes."""
    drawn: dict[str, list[Box]] = defaultdict(list)
    with (data / "neutrophil/boxes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["label"] == "wbc":
                drawn[row["field"]].append(Box(*(round(float(row[key])) for key in ("x", "y", "w", "h"))))
    chosen = sorted(
        (field for field in drawn if not first_half(field)), key=lambda f: hashlib.sha256(f.encode()).digest()
    )
    views, truth = [], []
    for field in chosen[:FIELDS]:
        pixels = open_picture(data / "neutrophil" / field).pixels
        height, width = pixels.shape[:2]
        whole = View(pixels, Region(Box(0, 0, width, height), "whole", parts=tuple(drawn[field])))
        views.append(whole)
        truth.append(drawn[field])
    held = Held(views, chosen[:FIELDS], chosen[:FIELDS])

    def found(views: list[View]) -> Scores:
        scores = []
        for view in views:
            boxes = [cell.box for cell in find_cells(view.pixels)]
            hits = sum(any(box.iou(part) >= 0.5 for box in boxes) for part in view.region.parts)
            scores.append(2 * hits / (len(boxes) + len(view.region.parts)))
        return np.array(scores)

    return {"found": curves(held, found)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--kind", nargs="*", choices=KINDS, default=list(KINDS))
    parser.add_argument("--task", nargs="*")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    chosen_kinds[:] = options.kind
    for task_id in options.task or [*RECIPES, "anemia/lip", "anemia/conjunctiva", "neutrophil/cells"]:
        if task_id in RECIPES:
            report = of_labels(task_id, options.data)
        else:
            report = of_fields(options.data) if task_id == "neutrophil/cells" else of_measures(task_id, options.data)
        kept = json.loads(options.out.read_text(encoding="utf-8")) if options.out.is_file() else {}
        for reader, told in report.items():
            before = kept.setdefault(task_id, {}).get(reader, {}).get("kinds", {})
            kept[task_id][reader] = {**told, "kinds": {**before, **told["kinds"]}}
        options.out.write_text(json.dumps(dict(sorted(kept.items())), indent=1) + "\n", encoding="utf-8")
        print(task_id, json.dumps(report), flush=True)


if __name__ == "__main__":
    main()
