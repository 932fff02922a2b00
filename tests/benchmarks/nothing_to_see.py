"""How often a picture is said to show nothing, or to have no colour: real ones wrongly, empty and grey ones rightly.

    python tests/benchmarks/nothing_to_see.py DATA [--pictures 300]         # without --pictures all of them

The first table is of real pictures, a row a task: how many are told wrongly, and the least that any of them has of what
is measured (``quality.blank``), against the limits of the task. The second is of pictures that show nothing, drawn with
a sensor's noise and packed as JPEG. The third is of the real pictures with their colour taken out: how many are told,
and of the first 40 what the task's model would have said of them, which is why they are told.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np
from quality_limits import listed, order

from clinoscope import modes
from clinoscope.capture.files import open_picture
from clinoscope.domain.errors import PackageError
from clinoscope.domain.picture import Pixels
from clinoscope.domain.reading import CANNOT_JUDGE
from clinoscope.domain.region import Box
from clinoscope.quality import blank, patch
from clinoscope.workflow import look

READ = 40


def grey(pixels: Pixels) -> Pixels:
    """Without its colour, packed as JPEG."""
    return packed(np.repeat(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2))


def shrunk(pixels: Pixels) -> Pixels:
    """As ``quality.checks`` hands a picture on."""
    return patch.take(pixels, Box(0, 0, pixels.shape[1], pixels.shape[0]), 96)


def packed(pixels: Pixels) -> Pixels:
    """Once through JPEG of quality 85."""
    _, data = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 85])
    return np.asarray(cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB))


def empty() -> dict[str, Pixels]:
    """Pictures that show nothing, 640 x 480 and 1920 x 1080."""
    random, made = np.random.default_rng(0), {}
    for height, width in ((480, 640), (1080, 1920)):
        y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
        shades = {
            "black": 0 * x,
            "lens cap": 6 + 0 * x,
            "lens cap, light at a corner": 6 + 30 * np.clip(1 - np.hypot(x - 1, y - 1), 0, 1),
            "white": 255 + 0 * x,
            "bare wall, lamp at one side": 150 + 60 * x,
            "bare wall, dark corners": 200 - 30 * (x * x + y * y),
            "finger over the lens": 60 * (2 - x * x - y * y),
        }
        for name, shade in shades.items():
            for noise in (2, 10, 25):
                seen = shade[..., None] + random.normal(0, noise, (height, width, 3))
                made[f"{name}, noise {noise}, {height}p"] = packed(np.clip(seen, 0, 255).astype(np.uint8))
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--pictures", type=int)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    paths: dict[str, list[Path]] = defaultdict(list)
    for task_id, path, _group in listed(options.data):
        paths[task_id].append(path)
    print("| task | pictures | said to show nothing | least detail | said to have no colour | least chroma |")
    print("|---|---|---|---|---|---|")
    greyed = []
    for task_id, found in paths.items():
        limits = modes.task(task_id).quality
        assert limits.blank is not None
        assert limits.grey is not None
        chosen = sorted(found, key=lambda path: order(path.name))[: options.pictures]
        details, chromas, told = [], [], 0
        for path in chosen:
            pixels = open_picture(path).pixels
            small = shrunk(pixels)
            details.append(blank.detail(small))
            chromas.append(blank.chroma(small))
            told += blank.chroma(shrunk(grey(pixels))) < limits.grey
        greyed.append((task_id, told, len(chosen), _read(task_id, chosen[:READ])))
        wrongly = sum(value < limits.blank for value in details), sum(value < limits.grey for value in chromas)
        cells = (task_id, len(chosen), wrongly[0], f"{min(details):.1f}", wrongly[1], f"{min(chromas):.1f}")
        print(f"| {' | '.join(map(str, cells))} |", flush=True)
    print("\n| shows nothing | detail |\n|---|---|")
    for name, pixels in empty().items():
        print(f"| {name} | {blank.detail(shrunk(pixels)):.1f} |")
    print(f"\n| task | without colour: told | of {READ}: cannot judge, in colour and without | another answer |")
    print("|---|---|---|---|")
    for task_id, told, count, said in greyed:
        print(f"| {task_id} | {told} of {count} | {said} |")


def _read(task_id: str, chosen: list[Path]) -> str:
    """What the model says of pictures in colour and without."""
    task, own, without, other = modes.task(task_id), 0, 0, 0
    for path in chosen:
        pixels = open_picture(path).pixels
        region = look.find_region(task, pixels)
        if region is None:
            continue
        try:
            first, second = look.read(task, pixels, region), look.read(task, grey(pixels), region)
        except PackageError:
            return "not trained | "
        own += first.answer == CANNOT_JUDGE
        without += second.answer == CANNOT_JUDGE
        other += CANNOT_JUDGE not in (first.answer, second.answer) and first.top != second.top
    return f"{own}, {without} | {other}"


if __name__ == "__main__":
    main()
