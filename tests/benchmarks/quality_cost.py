"""How bad a picture must be before it costs a model 10 points of accuracy.

    python tests/benchmarks/quality_cost.py DATA --backbones DIR [--task skin/rash …] [--out quality_cost.json]

Every classify task: the shipped packages learned from all their pictures, so a fall of theirs on those says little. The
recipe's shipped variant is therefore trained again on half of the groups, and reads the other half, which it has never
seen: as they are, and degraded step by step (``degrade.KINDS``). The strength at which its accuracy has fallen by 10
points is interpolated between two steps; its interval is that of 300 draws of groups. ``shipped`` is the same for
the shipped package, on the same pictures, most of which it knows. Labels are drawn evenly.

Measured tasks: the strength at which half of the measurements moved by more than their stated uncertainty, or failed.
Smear fields: the strength at which the F1 score of found white cells (IoU 0.5) fell by 10 points.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import hashlib
import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

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

LOSS = 0.10
RESAMPLES = 300
PICTURES = 160
"""Held-out pictures read at each step, at most."""
LEARNED = 90
"""Pictures of each label and source that the half-trained network learns from, at most, and so many held out."""
VIEWS = 4
OUT = Path(__file__).with_name("quality_cost.json")

RECIPES = {
    "anemia/nail": ("anemia-nail", "MobileNetV2, head"),
    "skin/lesion-photo": ("skin-lesion-photo", "MobileNetV2, from block 6 on"),
    "skin/lesion-dermoscopy": ("skin-lesion-dermoscopy", "Lite0, from block 5 on"),
    "skin/rash": ("skin-rash", "Lite0, from block 5 on"),
    "scalp/disease": ("scalp-disease", "Lite0, from block 5 on"),
    "scalp/hair-loss": ("scalp-hair-loss", "Lite0, from block 5 on"),
    "neutrophil/type": ("neutrophil-type", "Lite0, from block 5 on"),
    "neutrophil/stage": ("neutrophil-stage", "Lite0, from block 5 on"),
}
"""The recipe of a task and its shipped variant (the arrow in the model card)."""

Scores = NDArray[np.float64]
"""One number per picture (or field): right or wrong, held or moved. Its mean is what falls."""


@dataclasses.dataclass(frozen=True, eq=False)
class Held:
    """Pictures that were not learned from; ``names`` fix what is drawn by chance."""

    views: list[View]
    names: list[str]
    groups: list[str]


def first_half(group: str) -> bool:
    """Whether a group belongs to the half that sets things (limits, the half-trained networks)."""
    return int(hashlib.sha256(("half" + group).encode()).hexdigest(), 16) % 2 == 0


# --- where the loss is reached ---------------------------------------------------------------------------------------


def crossing(steps: Sequence[float], falls: Sequence[float]) -> float | None:
    """The strength at which the fall reaches LOSS, between two steps; None when it does not."""
    before, fallen = None, 0.0
    for step, fall in zip(steps, falls, strict=False):
        if fall >= LOSS:
            if before is None:
                return step
            share = (LOSS - fallen) / (fall - fallen)
            return before + share * (step - before)
        before, fallen = step, fall
    return None


def cost(kind: str, held: Held, scored: Callable[[list[View]], Scores], clean: Scores) -> dict:
    """Step by step until the loss is beyond doubt; then the strength, with its interval."""
    steps, rows = KINDS[kind].steps, []
    draws = _draws(held.groups)
    for step in steps:
        rows.append(scored([degraded(v, kind, step, name) for v, name in zip(held.views, held.names, strict=True)]))
        falls = draws @ (clean - rows[-1])
        if np.percentile(falls, 2.5) > LOSS:
            break
    each = [crossing(steps, [float(draw @ (clean - row)) for row in rows]) for draw in draws]
    worse = KINDS[kind].steps[-1] < KINDS[kind].steps[0]
    never = -np.inf if worse else np.inf
    ends = sorted(never if value is None else value for value in each)
    low, high = ends[int(0.025 * RESAMPLES)], ends[int(0.975 * RESAMPLES) - 1]
    falls = [float((clean - row).mean()) for row in rows]
    return {
        "strength": crossing(steps, falls),
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


def of_labels(task_id: str, data: Path, backbones: Path) -> dict:
    """A network that learned from half of the groups, and the shipped package, on the other half."""
    from clinoscope.training import seen
    from clinoscope.training.assess import gather
    from clinoscope.training.data import training_rows
    from clinoscope.training.features import Subject
    from clinoscope.training.learner import Learner
    from clinoscope.training.recipe import load
    from clinoscope.training.train import _weights

    name, variant = RECIPES[task_id]
    recipe = load(Path(__file__).parents[2] / "models" / "recipes" / f"{name}.toml")
    way = next(each for each in recipe.ways if each.name == variant)
    recipe = dataclasses.replace(recipe, variants=(way,), at_most=2 * LEARNED, views=min(recipe.views, VIEWS))
    gathered = gather(recipe, training_rows(recipe, data), modes.task(task_id).region)
    first = np.array([first_half(group) for group in gathered.groups])
    eye = seen.eye(way, recipe.input.size, _weights(way, recipe, backbones), recipe.seed)
    learn, test = np.flatnonzero(first), _evenly(gathered.labels, np.flatnonzero(~first))
    views = [around(gathered.subjects[i].pixels, gathered.subjects[i].region) for i in test]
    held = Held(views, [gathered.rows[i].path.name for i in test], [gathered.groups[i] for i in test])
    labels = gathered.labels[test]
    with tempfile.TemporaryDirectory() as folder:
        subjects = [gathered.subjects[i] for i in learn]
        looked = seen.look(
            [eye], subjects, recipe.input, recipe.augment, recipe.views, recipe.seed, task_id, Path(folder)
        )
        learner = Learner(eye, recipe, subjects, looked[way.name], Path(folder))
        groups = [gathered.groups[i] for i in learn]
        fit = learner.fit(gathered.labels[learn], groups, np.arange(len(learn)))

        def half_trained(views: list[View]) -> Scores:
            looked = seen.see(eye, [Subject(view.pixels, view.region) for view in views], recipe.input)
            return (learner.read(fit, looked, len(views))[0].argmax(axis=1) == labels).astype(float)

        report = {"half-trained": curves(held, half_trained)}
    package = packages.for_task(task_id)

    def shipped(views: list[View]) -> Scores:
        return np.array([_likeliest(view, package) == label for view, label in zip(views, labels, strict=True)], float)

    report["shipped"] = curves(held, shipped)
    return report


def _evenly(labels: NDArray[np.intp], of: NDArray[np.intp]) -> NDArray[np.intp]:
    """PICTURES of them, the labels as even as they can be."""
    turn = np.zeros(len(of))
    for label in np.unique(labels[of]):
        turn[labels[of] == label] = np.arange((labels[of] == label).sum())
    return np.sort(of[np.argsort(turn, kind="stable")][:PICTURES])


def _likeliest(view: View, package: packages.Package) -> int:
    squares = [classify.prepare(view.pixels, view.region, box, package.input) for box in view.region.boxes]
    return int(np.mean([network.run(package, square).logits for square in squares], axis=0).argmax())


def curves(held: Held, scored: Callable[[list[View]], Scores]) -> dict:
    """Every kind."""
    clean = scored(held.views)
    report = {"n": len(clean), "groups": len(set(held.groups)), "clean": round(float(clean.mean()), 3), "kinds": {}}
    for kind in KINDS:
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
    chosen = sorted((field for field in drawn if not first_half(field)), key=lambda f: hashlib.sha256(f.encode()).digest())
    views, truth = [], []
    for field in chosen[:80]:
        pixels = open_picture(data / "neutrophil" / field).pixels
        height, width = pixels.shape[:2]
        whole = View(pixels, Region(Box(0, 0, width, height), "whole", parts=tuple(drawn[field])))
        views.append(whole)
        truth.append(drawn[field])
    held = Held(views, chosen[:80], chosen[:80])

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
    parser.add_argument("--backbones", type=Path, required=True)
    parser.add_argument("--task", nargs="*")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    for task_id in options.task or [*RECIPES, "anemia/lip", "anemia/conjunctiva", "neutrophil/cells"]:
        if task_id in RECIPES:
            report = of_labels(task_id, options.data, options.backbones)
        else:
            report = of_fields(options.data) if task_id == "neutrophil/cells" else of_measures(task_id, options.data)
        kept = json.loads(options.out.read_text(encoding="utf-8")) if options.out.is_file() else {}
        kept[task_id] = report
        options.out.write_text(json.dumps(dict(sorted(kept.items())), indent=1) + "\n", encoding="utf-8")
        print(task_id, json.dumps(report), flush=True)


if __name__ == "__main__":
    main()
