"""What the rules that tell kinds apart say of a task's own pictures made worse.

    python tests/benchmarks/unclear_or_foreign.py DATA [--pictures 12] [--task skin/rash …]

Each of a task's own pictures that passes is made worse as ``degrade.KINDS`` does, in its four middle steps. Printed for
every kind: how many of those fail a check, how many of these the model's rule would call another kind, and how many are
called that at capture (``workflow.look.check``); then the same of those that fail no check. Called another kind
beside a failed check was, before decision 0078, what the check did not count as unclear.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from pathlib import Path

import cv2
from degrade import KINDS, View, around, degraded
from foreign_refused import CUT_OUT
from quality_limits import listed, order

from clinoscope import modes, quality
from clinoscope.capture.files import open_picture
from clinoscope.domain.quality import Check
from clinoscope.domain.task import Kind, Task
from clinoscope.workflow import look

STEPS = slice(2, 6)


def counted(task: Task, view: View) -> Counter[str]:
    """One picture made worse: under ``fails`` or ``passes``, that and what the rule says, and what is told."""
    problems = quality.check(view.pixels, view.region, task.quality, task.region).problems
    told = look.check(task, view.pixels, view.region).problems
    how = "fails" if problems else "passes"
    found = Counter({how: 1})
    found[f"{how}, foreign by the rule"] += look.is_foreign(task, view.pixels, view.region)
    found[f"{how}, told so"] += any(one.check is Check.SUBJECT and one not in problems for one in told)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--pictures", type=int, default=12)
    parser.add_argument("--task", nargs="*")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    paths: dict[str, set[Path]] = defaultdict(set)
    for task_id, path, _group in listed(options.data):
        if CUT_OUT not in path.parts:
            paths[task_id].add(path)
    heads = [f"{how}{what}" for how in ("fails", "passes") for what in ("", ", foreign by the rule", ", told so")]
    print(f"| task | made worse by | {' | '.join(heads)} |")
    print("|---" * (len(heads) + 2) + "|")
    for task_id in options.task or modes.shipped_ids():
        task = modes.task(task_id)
        if task.kind is not Kind.CLASSIFY:  # the others have no rule that learned from whole pictures
            continue
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for path in sorted(paths[task_id], key=lambda path: order(path.name))[: options.pictures]:
            pixels = open_picture(path).pixels
            region = look.find_region(task, pixels)
            if region is None or not look.check(task, pixels, region).ok:
                continue
            for kind in KINDS:
                for strength in KINDS[kind].steps[STEPS]:
                    found[kind] += counted(task, degraded(around(pixels, region), kind, strength, path.name))
        for kind, counts in found.items():
            print(f"| {task_id} | {kind} | {' | '.join(str(counts[head]) for head in heads)} |", flush=True)


if __name__ == "__main__":
    main()
