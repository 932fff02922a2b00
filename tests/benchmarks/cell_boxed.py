"""What the box around the one cell of a crop is worth to the packages that read it.

    python tests/benchmarks/cell_boxed.py DATA

Reads the cells of laboratories that trained neither ``neutrophil/type`` nor ``neutrophil/stage`` with the packages in
use: boxed as the program boxes them (``regions.cells.find``), by colour alone (``regions.cells.outlined``), and in the
first box on white glass (the step ``white_glass``), which neither package was trained for. Prints one JSON line per
task, source and way: pictures, accuracy and balanced accuracy with 95 % intervals by bootstrap over pictures, and for
the stage how often the answer is at most one label away; and the share refused.
"""

import argparse
import csv
import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from clinoscope import inference, modes
from clinoscope.domain.picture import Pixels
from clinoscope.domain.reading import CANNOT_JUDGE
from clinoscope.domain.region import Region
from clinoscope.inference import network, packages
from clinoscope.inference.calibration import conformal_sets, softmax
from clinoscope.inference.card import Package
from clinoscope.inference.classify import prepare
from clinoscope.inference.metrics import Readings, measure, share
from clinoscope.regions import cells

NEVER_TRAINED = {
    "neutrophil/type": ("lmu_munich_via_leukopy", "zheng_ds1_tecom", "choi_bone_marrow_seoul"),
    "neutrophil/stage": ("lmu_munich_via_leukopy", "choi_bone_marrow_seoul"),
}
COLUMN = {"neutrophil/type": "cell", "neutrophil/stage": "stage"}
WAYS: dict[str, tuple[Callable[[Pixels], Region | None], tuple[str, ...]]] = {
    "boxed as in a field": (cells.find, ()),
    "boxed by colour": (cells.outlined, ()),
    "boxed as in a field, on white glass": (cells.find, ("white_glass",)),
}


def pictures(data: Path, task: str, source: str, labels: tuple[str, ...]) -> Iterator[tuple[Pixels, int]]:
    """The pictures of one source with the index of their label."""
    with (data / "neutrophil" / "cells.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["source"] == source and row[COLUMN[task]] in labels:
                pixels = cv2.imread(str(data / "neutrophil" / row["path"]), cv2.IMREAD_COLOR)
                yield np.ascontiguousarray(pixels[..., ::-1]), labels.index(row[COLUMN[task]])


def read(package: Package, seen: list[tuple[Pixels, int]], way: str) -> dict[str, object]:
    """The figures of one way on the pictures of one source."""
    find, steps = WAYS[way]
    assert package.input is not None
    assert package.calibration is not None
    assert package.conformal is not None
    how = dataclasses.replace(package.input, steps=(*package.input.steps, *steps))
    logits, refused = [], []
    for pixels, _ in seen:
        region = find(pixels)
        assert region is not None
        logits.append(network.run(package, prepare(pixels, region, region.box, how)).logits)
        refused.append(inference.read(modes.task(package.task), pixels, region).answer == CANNOT_JUDGE)
    probabilities = softmax(np.stack(logits), package.calibration.temperature)
    sets = conformal_sets(probabilities, package.conformal.quantile)
    truth = np.array([label for _, label in seen], np.intp)
    alone = [str(number) for number in range(len(seen))]
    figures = measure(Readings(package.labels, truth, probabilities, alone, sets.sum(axis=1) == 1, sets))
    wanted = ("n", "accuracy", "balanced_accuracy", "conformal_coverage", "share_answered", "accuracy_when_answered")
    near = ("within_one",) if package.task == "neutrophil/stage" else ()
    return {name: figures[name] for name in (*wanted, *near)} | {"refused": share(np.array(refused), alone)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    for task, sources in NEVER_TRAINED.items():
        package = packages.for_task(task)
        for source in sources:
            seen = list(pictures(data, task, source, package.labels))
            for way in WAYS:
                told = {"task": task, "source": source, "way": way, **read(package, seen, way)}
                print(json.dumps(told, default=float), flush=True)


if __name__ == "__main__":
    main()
