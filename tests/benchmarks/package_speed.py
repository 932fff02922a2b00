"""Time every package that ships: one picture through its network, and loading it.

    python tests/benchmarks/package_speed.py [MODELS]

Processor time of one thread. Loading is reading and checking every file, and opening the network. Ends with 1 when a
package takes longer than it may.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

from clinoscope.inference import packages
from clinoscope.inference.card import Package
from clinoscope.paths import MODELS
from clinoscope.regions import networks
from clinoscope.training import quantise

PICTURE_MILLISECONDS = 15.0
LOAD_MILLISECONDS = 100.0
LOADS = 5


def load_milliseconds(folder: Path) -> float:
    """Median over a few loads; the first also reads the disk and is not counted."""
    times = []
    for _ in range(LOADS + 1):
        start = time.thread_time()
        package: Package = packages.load(folder)
        networks.opened(package.content[packages.MODEL_FILE])
        times.append(1000 * (time.thread_time() - start))
    return statistics.median(times[1:])


def main(models: Path) -> int:
    """Print a line for every package with a network; 1 when one is too slow, else 0."""
    slow = False
    for folder in packages.folders(models):
        package = packages.load(folder)
        if packages.MODEL_FILE not in package.content:
            continue
        picture, load = quantise.milliseconds(package), load_milliseconds(folder)
        slow |= picture > PICTURE_MILLISECONDS or load > LOAD_MILLISECONDS
        print(f"{package.task:26s} picture {picture:5.1f} ms (15)   load {load:5.1f} ms (100)")
    return int(slow)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else MODELS))
