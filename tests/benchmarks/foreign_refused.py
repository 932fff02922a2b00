"""How many pictures of another kind each task refuses, at capture and at the reading.

    python tests/benchmarks/foreign_refused.py DATA [--pictures 40] [--task anemia/nail …]

Every task is shown the pictures of all other sets, and its own. Printed: the share that its finder and quality checks
refuse (no region, or a check that fails), the share refused once the rule of the task's model has its say as well
(``workflow.look.check``), and the share refused by then or answered *cannot judge* at the reading. The rules learned
from pictures of most of these sets; what to expect of a kind that nobody thought of stands in each model card ("kind
never seen"). Own pictures are those of ``quality_limits.py``, all groups; of eyelids those with the eye in sight.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from quality_limits import interval, listed, order

from clinoscope import modes, quality
from clinoscope.capture.files import open_picture
from clinoscope.domain.picture import Pixels
from clinoscope.domain.reading import CANNOT_JUDGE
from clinoscope.workflow import look

SETS = {
    "anemia/lip": "faces",
    "anemia/nail": "hands with nails",
    "anemia/conjunctiva": "eyelids",
    "skin/lesion-photo": "spots, camera",
    "skin/lesion-dermoscopy": "spots, dermatoscope",
    "skin/rash": "rashes and bare skin",
    "scalp/disease": "scalps",
    "scalp/hair-loss": "heads from above",
    "neutrophil/type": "single blood cells",
    "neutrophil/cells": "smear fields",
}
SAME = {
    ("neutrophil/stage", "neutrophil/type"),
    ("skin/rash", "skin/lesion-photo"),
    ("skin/lesion-photo", "skin/rash"),
    ("scalp/disease", "scalp/hair-loss"),
    ("scalp/hair-loss", "scalp/disease"),
    ("neutrophil/cells", "neutrophil/type"),
    ("neutrophil/type", "neutrophil/cells"),
    ("neutrophil/stage", "neutrophil/cells"),
}
"""Sets that a task may well take for its own: neither own nor foreign."""
CUT_OUT = "cp_anemic_conjunctiva"
"""Strips of eyelids cut out of their pictures: without the white of the eye there is nothing to measure against."""


def wall() -> Pixels:
    """A bare grey wall, a little brighter on one side, with a sensor's noise."""
    shade = np.linspace(120, 160, 1280)[None, :, None]
    noise = np.random.default_rng(0).normal(0, 2, (720, 1280, 3))
    return np.clip(shade + noise, 0, 255).astype(np.uint8)


def told(task_id: str, pictures: list[Pixels]) -> tuple[int, int, int]:
    """How many are refused at capture without and with the model's rule, and how many by the end of the reading."""
    task = modes.task(task_id)
    without = with_rule = in_the_end = 0
    for pixels in pictures:
        region = look.find_region(task, pixels)
        refused = region is None or not quality.check(pixels, region, task.quality, task.region).ok
        without += refused
        refused = refused or not look.check(task, pixels, region).ok
        with_rule += refused
        in_the_end += refused or look.read(task, pixels, region).answer == CANNOT_JUDGE
    return without, with_rule, in_the_end


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--pictures", type=int, default=40)
    parser.add_argument("--task", nargs="*")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    paths: dict[str, list[Path]] = defaultdict(list)
    for task_id, path, _group in listed(options.data):
        if CUT_OUT not in path.parts:
            paths[task_id].append(path)
    pictures = {
        task_id: [
            open_picture(path).pixels
            for path in sorted(paths[task_id], key=lambda p: order(p.name))[: options.pictures]
        ]
        for task_id in SETS
    }
    heads = ("task", "own, refused at capture", "in the end", "foreign, refused by the checks", "with the model's rule")
    heads += ("in the end", "passes most")
    print(f"| {' | '.join(heads)} |")
    print("|---" * len(heads) + "|")
    for task_id in options.task or modes.shipped_ids():
        own_set = "neutrophil/type" if task_id == "neutrophil/stage" else task_id
        own = told(task_id, pictures[own_set])
        rows = {}
        for other in SETS:
            if other != own_set and (task_id, other) not in SAME:
                rows[SETS[other]] = (*told(task_id, pictures[other]), len(pictures[other]))
        rows["a bare wall"] = (*told(task_id, [wall()]), 1)
        total = sum(row[-1] for row in rows.values())
        shares = [interval(sum(row[number] for row in rows.values()), total) for number in range(3)]
        mine = [interval(own[number], len(pictures[own_set])) for number in (1, 2)]
        cells = (task_id, *mine, *shares, _most(rows))
        print(f"| {' | '.join(cells)} |", flush=True)


def _most(rows: Mapping[str, tuple[int, ...]]) -> str:
    """Which kind is refused least in the end, and how much of it passes; each row ends with both counts."""
    worst = min(rows, key=lambda name: rows[name][-2] / rows[name][-1])
    passed = 1 - rows[worst][-2] / rows[worst][-1]
    return f"{worst} ({passed:.0%})" if passed else "none"


if __name__ == "__main__":
    main()
