"""What is said of pictures that were saved with strong compression, and of those that were not.

    python tests/benchmarks/compression_told.py DATA [--pictures 50] [--good 600] [--task skin/rash …]

Every task with a rule of its model: its own pictures as they are and saved anew as JPEG of several qualities, and the
pictures of other sets (``foreign_refused.SETS``). On one half of the groups the limit of ``quality.blocks`` is chosen:
at most 0.3 % of its own pictures as they are are told the compression, and at most 1 % of the other sets' pictures that
the rule refuses, so that these are still told to be of another kind; a fifth above both, at least LEAST. Printed is the
other half, with the limit that ships where there is one: the good pictures whose squares show, those of them that are
told so (the rule refuses them, too), for each quality how many of those that pass every other check the rule refuses
and how many of these are told the compression. 95 % intervals after Wilson; pictures of one group are alike.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np
from foreign_refused import CUT_OUT, SAME, SETS
from quality_cost import first_half
from quality_limits import interval, listed, order

from clinoscope import modes, quality
from clinoscope.capture.files import open_picture
from clinoscope.domain.picture import Pixels
from clinoscope.domain.quality import QualityLimits
from clinoscope.domain.region import Region
from clinoscope.domain.task import Task
from clinoscope.quality.checks import of_blocks
from clinoscope.workflow import look

QUALITIES = (10, 15, 20, 25, 40, 60, 75)
LEAST = 1.3
"""Grey levels: about what JPEG of quality 50 leaves, worse than a camera saves by itself."""
ABOVE = 1.2
OTHERS = 12
"""Pictures of each other set."""

Shown = tuple[Path, bool]
"""A picture, and whether its group is of the half that chooses."""


def saved(pixels: Pixels, q: int) -> Pixels:
    """Through JPEG of that quality."""
    _, data = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, q])
    return np.ascontiguousarray(cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB))


def step(task: Task, pixels: Pixels, region: Region) -> float:
    """How plainly the squares show."""
    found = of_blocks(pixels, region, QualityLimits(blocks=0.0), task.region)
    assert found is not None
    return found.value


def refused(task: Task, pixels: Pixels, region: Region) -> tuple[bool, bool]:
    """Whether a picture passes every other check, and whether the rule refuses it then."""
    passes = quality.check(pixels, region, task.quality, task.region).ok
    return passes, passes and look.is_foreign(task, pixels, region)


def study(task: Task, own: list[Shown], others: list[Shown], spoilt: int) -> tuple[float, list[tuple[float, bool]]]:
    """One task; ``spoilt`` of its pictures are saved anew. Returns the limit, and of every good picture of the half
    that chooses nothing its step, and whether the rule refuses it where that is above LEAST."""
    good: list[tuple[bool, float, bool]] = []
    worse: dict[int, list[tuple[float, bool, bool]]] = defaultdict(list)
    for path, first in own:
        pixels = open_picture(path).pixels
        region = look.find_region(task, pixels)
        if region is None:
            continue
        value = step(task, pixels, region)
        good.append((first, value, value > LEAST and refused(task, pixels, region)[1]))
        if not first and len(worse[QUALITIES[0]]) < spoilt and refused(task, pixels, region) == (True, False):
            for q in QUALITIES:
                again = saved(pixels, q)
                worse[q].append((step(task, again, region), *refused(task, again, region)))
    foreign: list[tuple[bool, float]] = []
    for path, first in others:
        pixels = open_picture(path).pixels
        region = look.find_region(task, pixels)
        if region is not None and refused(task, pixels, region)[1]:
            foreign.append((first, step(task, pixels, region)))
    mine = np.percentile([value if by_rule else 0.0 for first, value, by_rule in good if first], 99.7)
    theirs = np.percentile([value for first, value in foreign if first] or [0.0], 99)
    chosen = float(np.ceil(10 * max(LEAST, ABOVE * mine, ABOVE * theirs)) / 10)
    limit = chosen if task.quality.blocks is None else task.quality.blocks
    rest = [(value, by_rule) for first, value, by_rule in good if not first]
    also = [value for first, value in foreign if not first]
    print(f"\n### {task.id}\n\nLimit {limit:g} (chosen {chosen:g}; own {mine:.2f}, other kinds {theirs:.2f}). ", end="")
    print(f"Good pictures: squares show {said(rest, limit)}. ", end="")
    print(f"Of other kinds, refused by the rule, told so: {interval(sum(v > limit for v in also), len(also))}.\n")
    heads = ("saved at", "squares show", "refused by the rule, where all checks pass", "of these told the compression")
    print(f"| {' | '.join(heads)} |")
    print("|---|---|---|---|")
    for q in QUALITIES:
        row = worse[q]
        by_rule = [value for value, _, refuses in row if refuses]
        shows = interval(sum(value > limit for value, _, _ in row), len(row))
        rule = interval(len(by_rule), sum(passes for _, passes, _ in row))
        print(f"| {q} | {shows} | {rule} | {interval(sum(value > limit for value in by_rule), len(by_rule))} |")
    sys.stdout.flush()
    return limit, rest


def said(good: list[tuple[float, bool]], limit: float) -> str:
    """The share of good pictures whose squares show, and of those that the rule refuses, too, and that are told so."""
    plain = [by_rule for value, by_rule in good if value > limit]
    return f"{interval(len(plain), len(good))}, told so {interval(sum(plain), len(good))}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--pictures", type=int, default=50)
    parser.add_argument("--good", type=int, default=600)
    parser.add_argument("--task", nargs="*")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    shown: dict[str, dict[Path, bool]] = defaultdict(dict)
    for task_id, path, group in listed(options.data):
        if CUT_OUT not in path.parts:
            shown[task_id][path] = first_half(group)
    ordered = {name: sorted(each.items(), key=lambda entry: order(entry[0].name)) for name, each in shown.items()}
    by_mode: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for task_id in options.task or modes.shipped_ids():
        alike = "neutrophil/type" if task_id == "neutrophil/stage" else task_id
        kinds = [name for name in SETS if name != alike and (task_id, name) not in SAME]
        others = [entry for name in kinds for entry in ordered[name][:OTHERS]]
        limit, rest = study(modes.task(task_id), ordered[task_id][: options.good], others, options.pictures)
        by_mode[task_id.partition("/")[0]] += [(value / limit, by_rule) for value, by_rule in rest]
    print("\n### Good pictures, by mode\n")
    for mode, rest in by_mode.items():
        print(f"{mode}: {len(rest)} pictures, squares show {said(rest, 1.0)}")


if __name__ == "__main__":
    main()
