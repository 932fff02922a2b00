"""Foreign bytes in every parser for as long as wanted: ``python tests/benchmarks/fuzz.py --seconds N [TARGET …]``.

Each target gets its share of the time, from a seed that is drawn unless it is given. Prints a JSON line for each thing
that is wrong, with the target and the seed that show it again, and one for each target; the exit status is 0 only when
nothing was wrong.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "fuzz")]

from fuzzing import tried  # noqa: E402
from targets import TARGETS  # noqa: E402


def main() -> int:
    """Run what was asked for."""
    real = [name for name in TARGETS if name != "broken on purpose"]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(real))
    parser.add_argument("--seconds", type=float, default=600, help="in all")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 40))
    options = parser.parse_args()
    wanted, wrong = options.targets or real, 0
    for name in wanted:
        begun, seed, files = time.monotonic(), options.seed, 0
        batch = 40 if TARGETS[name].heavy else 400
        while time.monotonic() - begun < options.seconds / len(wanted):
            for found in tried(name, seed, batch):
                wrong += 1
                print(json.dumps(found), flush=True)
            seed, files = seed + batch, files + batch
        print(json.dumps({"target": name, "files": files, "from_seed": options.seed}), flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
