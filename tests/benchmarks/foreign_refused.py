"""How many pictures of another kind each task refuses at capture.

    python tests/benchmarks/foreign_refused.py DATA [--pictures 40] [--task anemia/nail …]

Every task is shown the pictures of all other sets, and its own. Printed: the share that its finder and quality checks
refuse (no region, or a check that fails), and the share refused once the rule of the task's model has its say as well
(``workflow.look.check``). The rules learned from pictures of most of these sets; what to expect of a kind that nobody
thought of stands in each model card ("kind never seen"). Own pictures are those of ``quality_limits.py``, all groups.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np
from quality_limits import interval, listed, order

from clinoscope import modes, quality
from clinoscope.capture.files import open_picture
from clinoscope.domain.picture import Pixels
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


def wall() -> Pixels:
    """A bare grey wall, a little brighter on one side, with a sensor's noise."""
    shade = np.linspace(120, 160, 1280)[None, :, None]
    noise = np.random.default_rng(0).normal(0, 2, (720, 1280, 3))
    return np.clip(shade + noise, 0, 255).astype(np.uint8)


def told(task_id: str, pictures: list[Pixels]) -> tuple[int, int]:
    """How many are refused without and with the model's rule."""
    task = modes.task(task_id)
    without = with_rule = 0
    for pixels in pictures:
        region = look.find_region(task, pixels)
        refused = region is None or not quality.check(pixels, region, task.quality, task.region).ok
        without += refused
        with_rule += refused or not look.check(task, pixels, region).ok
    return without, with_rule


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--pictures", type=int, default=40)
    parser.add_argument("--task", nargs="*")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    paths: dict[str, list[Path]] = defaultdict(list)
    for task_id, path, _group in listed(options.data):
        paths[task_id].append(path)
    pictures = {
        task_id: [
            open_picture(path).pixels
            for path in sorted(paths[task_id], key=lambda p: order(p.name))[: options.pictures]
        ]
        for task_id in SETS
    }
    print("| task | own, wrongly refused | foreign, refused by the checks | with the model's rule | passes most |")
    print("|---|---|---|---|---|")
    for task_id in options.task or modes.shipped_ids():
        own_set = "neutrophil/type" if task_id == "neutrophil/stage" else task_id
        own = told(task_id, pictures[own_set])[1]
        rows = {}
        for other in SETS:
            if other != own_set and (task_id, other) not in SAME:
                rows[SETS[other]] = (*told(task_id, pictures[other]), len(pictures[other]))
        rows["a bare wall"] = (*told(task_id, [wall()]), 1)
        total = sum(row[2] for row in rows.values())
        before, after = sum(row[0] for row in rows.values()), sum(row[1] for row in rows.values())
        worst = min(rows, key=lambda name: rows[name][1] / rows[name][2])
        passed = f"{worst} ({1 - rows[worst][1] / rows[worst][2]:.0%})" if rows[worst][1] < rows[worst][2] else "none"
        wrong = interval(own, len(pictures[own_set]))
        print(f"| {task_id} | {wrong} | {interval(before, total)} | {interval(after, total)} | {passed} |", flush=True)


if __name__ == "__main__":
    main()
