"""Every point of failure of every write path: ``python tests/benchmarks/faults.py [--each N] [ACT …]``.

Without ``--each`` every call of every act fails once in every way (some hours); ``--each 200`` draws 200 points of each
act and way, 200 kills among them. Prints one JSON line per act; the exit status is 0 only when everything held.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "records")]

from faults.disk import ACTS, MODES, Disk, check, compiled, prepared  # noqa: E402
from material import material  # noqa: E402


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("acts", nargs="*", metavar="ACT", help=", ".join(ACTS))
    parser.add_argument("--each", type=int, default=0, help="points of each act and way; 0 for all")
    parser.add_argument("--modes", nargs="*", choices=MODES[1:], default=list(MODES[1:]))
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options = parser.parse_args()
    draw, failed = random.Random(options.seed), 0
    with tempfile.TemporaryDirectory(prefix="clinoscope-faults-") as scratch:
        folder = Path(scratch)
        home, disk = prepared(folder / "home", *material()), Disk(compiled(folder))
        for act in options.acts or ACTS:
            failed += _act(disk, home, folder, act, options.modes, options.each, draw)
        disk.end()
    print(json.dumps({"seed": options.seed, "failed": failed}))
    return 1 if failed else 0


def _act(disk: Disk, home: Path, folder: Path, act: str, modes: list[str], each: int, draw: random.Random) -> int:
    begun, failed, done = time.monotonic(), 0, dict.fromkeys(modes, 0)
    work = Path(shutil.copytree(home, folder / "work"))
    points = disk.points(act, work)
    shutil.rmtree(work)
    for mode in modes:
        # More kills than there are calls: each point is then drawn more than once, at another moment of the machine.
        wanted = [draw.randrange(points[mode]) for _ in range(each)] if each else range(points[mode])
        for nth in wanted:
            shutil.copytree(home, work)
            run = disk.run(act, work, mode, nth)
            try:
                check(work, act, run)
            except Exception as error:  # noqa: BLE001 - told, and counted
                failed += 1
                print(json.dumps({"act": act, "mode": mode, "call": nth, "error": repr(error)[:500]}), flush=True)
            shutil.rmtree(work)
            done[mode] += 1
    told = {"act": act, "points": points, "done": done, "failed": failed, "seconds": round(time.monotonic() - begun)}
    print(json.dumps(told), flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
