"""Tries mutated files on a parser in child processes, and says what went wrong, with the seed that shows it again."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


def tried(target: str, seed: int, count: int) -> list[dict[str, object]]:
    """What is wrong after ``count`` files from ``seed`` on; after a crash it goes on behind the file that crashed."""
    found: list[dict[str, object]] = []
    end = seed + count
    while seed < end:
        with tempfile.TemporaryDirectory(prefix="clinoscope-fuzz-") as made:
            command = [sys.executable, str(HERE / "worker.py"), target, str(seed), str(end - seed), made]
            done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | _QUIET)
            lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
            found += [line for line in lines if "wrong" in line]
            if done.returncode == 0:
                return found
            if not (Path(made) / "current").exists():
                raise RuntimeError(f"the child did not begin: {done.stderr[-2000:]}")
            seed = _seed_of(target, seed, end, (Path(made) / "current").read_bytes(), Path(made))
        why = f"the process ended with {done.returncode}"
        found.append({"target": target, "seed": seed, "wrong": why, "said": done.stderr[-500:]})
        seed += 1
    return found


_QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3"}


def _seed_of(target: str, first: int, end: int, data: bytes, scratch: Path) -> int:
    """Which seed made the file that the process died of."""
    import random

    sys.path.insert(0, str(HERE))
    from mutate import mutated
    from targets import TARGETS

    seeds = TARGETS[target].seeds(scratch / "seeds")
    for number in range(first, end):
        draw = random.Random(number)
        if mutated(draw.choice(seeds), draw, seeds) == data:
            return number
    raise RuntimeError("the file that crashed was made by no seed")
