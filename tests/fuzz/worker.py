"""The child that ``fuzzing`` starts and watches: a crash of native code ends this process and not the test.

``worker.py TARGET SEED COUNT SCRATCH`` tries COUNT files and prints a JSON line for each thing that is wrong. What is
being tried lies in ``SCRATCH/current`` meanwhile, for whoever finds the process dead.
"""

import json
import random
import resource
import shutil
import signal
import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from mutate import mutated
from targets import TARGETS

from clinoscope.domain.errors import KnownError

LIMIT = 2.0
"""Seconds of processor time that one file may take."""
DEAD = 20
"""Seconds after which the system ends a process that hangs, however busy the machine is."""
MEMORY = 6 << 30
"""Bytes of address space: libraries take two of them before anything is read."""


def main() -> None:
    name, seed, count, scratch = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    target = TARGETS[name]
    seeds = target.seeds(scratch / "seeds")
    target.take(seeds[0], _fresh(scratch)) if name.startswith("picture") else None  # libraries are loaded now
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for number in range(seed, seed + count):
        draw = random.Random(number)
        data = mutated(draw.choice(seeds), draw, seeds)
        home = _fresh(scratch)
        (scratch / "current").write_bytes(data)
        signal.alarm(DEAD)
        begun, wrong = time.process_time(), ""
        try:
            target.take(data, home)
        except KnownError:
            pass
        except Exception:  # noqa: BLE001 - told
            wrong = traceback.format_exc()
        took = time.process_time() - begun
        signal.alarm(0)
        if took > LIMIT:
            wrong += f"took {took:.1f} s"
        if outside := _outside(scratch, home):
            wrong += f"wrote {[path.name for path in outside]}"
            for path in outside:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        if wrong:
            print(json.dumps({"target": name, "seed": number, "wrong": wrong}), flush=True)
    print(json.dumps({"done": count}), flush=True)


def _fresh(scratch: Path) -> Path:
    home = scratch / "home"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    return home


def _outside(scratch: Path, home: Path) -> list[Path]:
    """What lies where nothing may."""
    known = {"inside", "stick", "stick.zip", "labels.csv"}
    strange = [path for path in scratch.iterdir() if path.name not in ("home", "seeds", "current")]
    return strange + [path for path in home.iterdir() if path.name not in known]


if __name__ == "__main__":
    main()
