"""Measure the help with follow-up pictures: is the one thing it says right, how often does it say nothing?

    python tests/benchmarks/alignment.py DATA [--pictures 120] [--views 6] [--choosing]

Every picture plays the last visit. A live frame is made of it: another scale (0.6 to 1.6), shift (up to 30 % of the
shorter side), turn (up to 25 degrees), light (a stop up or down, a lamp's colour, darker to one side), a skin that lies
a little differently (a smooth warp), blur, noise, JPEG. The first view and every third after it are nearly where they
should be. What is said is right when it is true: the deviation it names is there, with its sign, beyond 0.8 of the
tolerance, or, for *matches*, none is beyond 1.2 of it. Pictures of two groups (people, lesions) show how often it is
fooled, real pairs of one group (one lesion or head, photographed more than once) how often it says something at all.

With --choosing the half of the groups is looked at on which the thresholds of ``regions/alignment.py`` and the
tolerances of ``workflow/follow.toml`` were chosen; without, the other half.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from quality_limits import Good as Plain
from quality_limits import exposed, listed, order

from clinoscope import modes, regions
from clinoscope.capture.files import open_picture
from clinoscope.domain.alignment import Alignment, Similarity
from clinoscope.domain.picture import Pixels
from clinoscope.domain.task import Task
from clinoscope.inference import bootstrap
from clinoscope.ui.exam.live import find_live_region
from clinoscope.workflow import follow
from clinoscope.workflow.follow import Hint, Last

TASKS = (
    "anemia/lip",
    "anemia/nail",
    "anemia/conjunctiva",
    "skin/lesion-photo",
    "skin/lesion-dermoscopy",
    "skin/rash",
    "scalp/disease",
    "scalp/hair-loss",
)
FRAME = 720
"""Longer side of a made frame, in pixels."""


@dataclass(frozen=True)
class Seen:
    """What was said of one made frame, and what the regions alone would say (``coarse``).

    ``misses`` are the errors of scale (share), shift (share of the short side) and turn (degrees); None when nothing
    was said.
    """

    group: str
    said: Hint
    right: bool
    coarse: Hint
    coarse_right: bool
    misses: tuple[float, float, float] | None
    milliseconds: float


def chosen(data: Path, task: str, choosing: bool, count: int) -> list[tuple[Path, str]]:
    """Pictures of one half of the groups, one or more of a group, in an order that names decide."""
    entries = [(path, group) for name, path, group in listed(data) if name == task]
    half = [entry for entry in entries if (int(order("half" + entry[1]), 16) % 2 == 0) == choosing]
    return sorted(half, key=lambda entry: order(entry[0].name))[:count]


def view(
    pixels: Pixels, centre: tuple[float, float], chance: np.random.Generator, close: bool
) -> tuple[Pixels, Similarity]:
    """A live frame made of a picture, and where the picture lies in it."""
    height, width = pixels.shape[:2]
    frame = (FRAME, round(FRAME * height / width)) if width >= height else (round(FRAME * width / height), FRAME)
    much = 0.2 if close else 1.0
    scale = 1.6 ** (chance.uniform(-1.0, 1.0) * much)
    turn = chance.uniform(-25, 25) * much
    shift = chance.uniform(-0.3, 0.3, 2) * much * min(frame)
    fit = follow.fitted((width, height), frame)
    here = fit.apply(*centre)
    place = Similarity.onto(here, (here[0] + shift[0], here[1] + shift[1]), scale, turn).after(fit)
    (x0, y0), (x1, y1), (x2, y2) = (place.apply(*corner) for corner in ((0, 0), (1, 0), (0, 1)))
    matrix = np.array([[x1 - x0, x2 - x0, x0], [y1 - y0, y2 - y0, y0]])
    made = cv2.warpAffine(
        pixels,
        matrix,
        frame,
        flags=cv2.INTER_AREA if place.scale < 1 else cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    return _other_light(_warped(np.asarray(made, np.uint8), chance), chance), place


def _warped(pixels: Pixels, chance: np.random.Generator) -> Pixels:
    """Smoothly pulled about, by 0.5 % of the longer side: skin does not lie twice the same."""
    height, width = pixels.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    pull = [
        cv2.resize(
            chance.normal(0, 0.005 * FRAME, (4, 4)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
        )
        for _ in "xy"
    ]
    return np.asarray(
        cv2.remap(pixels, x + pull[0], y + pull[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101), np.uint8
    )


def _other_light(pixels: Pixels, chance: np.random.Generator) -> Pixels:
    gain = 2.0 ** chance.uniform(-1, 1)
    red, blue = 1.3 ** chance.uniform(-1, 1), 1.3 ** chance.uniform(-1, 1)
    lit = exposed(Plain(pixels, None, True), gain * red, gain, gain * blue).astype(np.float32)
    height, width = pixels.shape[:2]
    y, x = np.mgrid[:height, :width]
    angle = chance.uniform(0, 2 * np.pi)
    side = (np.cos(angle) * (x / width - 0.5) + np.sin(angle) * (y / height - 0.5))[..., None]
    lit *= 1 + 0.5 * side
    lit = cv2.GaussianBlur(lit, (0, 0), chance.uniform(0.4, 1.6)) + chance.normal(0, 4, lit.shape)
    ok, file = cv2.imencode(".jpg", np.clip(lit, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 80])
    assert ok
    return np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR), np.uint8)


def is_right(last: Last, true: Alignment, frame: tuple[int, int], said: Hint) -> bool:
    """Whether what is said is true of where the picture lies."""
    off = follow.deviations(last, true, frame)
    if said is Hint.MATCHES:
        return all(abs(value) <= 1.2 for value in off.values())
    for (low, high), value in off.items():
        if said is low:
            return value < -0.8
        if said is high:
            return value > 0.8
    return False


def looked(last: Last, frame: Pixels) -> tuple[Alignment | None, Hint, float]:
    began = time.perf_counter()
    found = follow.find(last, frame)
    spent = (time.perf_counter() - began) * 1000
    return found, follow.hint(last, found, (frame.shape[1], frame.shape[0])), spent


def simulated(task: Task, pictures: list[tuple[Pixels, Last, str]], views: int) -> Iterator[Seen]:
    for number, (pixels, last, group) in enumerate(pictures):
        chance = np.random.default_rng(number)
        for place in range(views):
            frame, where = view(pixels, last.centre, chance, close=place % 3 == 0)
            size = (frame.shape[1], frame.shape[0])
            found, said, spent = looked(last, frame)
            misses = None
            if found is not None:
                here, there = found.place.apply(*last.centre), where.apply(*last.centre)
                misses = (
                    abs(found.place.scale / where.scale - 1),
                    float(np.hypot(here[0] - there[0], here[1] - there[1])) / min(size),
                    abs((found.place.turn - where.turn + 180) % 360 - 180),
                )
            true = Alignment(where, 1)
            coarse = follow.hint(last, follow.by_region(last, find_live_region(task, frame)), size)
            right, also = (is_right(last, true, size, what) for what in (said, coarse))
            yield Seen(group, said, right, coarse, also, misses, spent)


def interval(groups: list[str], hits: list[bool]) -> str:
    """A share with its 95 % interval, groups drawn with replacement."""
    if not hits:
        return "-"
    member, count = bootstrap.members(groups)
    sums = bootstrap.per_group(member, count, np.array([[float(hit), 1.0] for hit in hits]))
    drawn = bootstrap.draws(count, bootstrap.RESAMPLES, 0)
    found = bootstrap.figure(bootstrap.ratio(drawn @ sums[:, 0], drawn @ sums[:, 1]))
    return f"{found['value']:.1%} ({found['low']:.1%} to {found['high']:.1%})"


def measured(data: Path, task_id: str, options: argparse.Namespace) -> None:
    task = modes.task(task_id)
    pictures = []
    for path, group in chosen(data, task_id, options.choosing, options.pictures):
        pixels = open_picture(path).pixels
        region = regions.find(task.region, pixels)
        if region is not None:
            pictures.append((pixels, follow.remember(pixels, region), group))
    seen = list(simulated(task, pictures, options.views))
    spoken = [entry for entry in seen if entry.said is not Hint.UNKNOWN]
    misses = np.array([entry.misses for entry in spoken])
    count = len({group for *_, group in pictures})
    print(f"\n{task_id}: {len(pictures)} pictures, {count} groups, {len(seen)} frames")
    groups = [entry.group for entry in seen]
    print(f"  says something          {interval(groups, [entry.said is not Hint.UNKNOWN for entry in seen])}")
    print(f"  right when it does      {interval([entry.group for entry in spoken], [entry.right for entry in spoken])}")
    matches = [entry for entry in spoken if entry.said is Hint.MATCHES]
    print(
        f"  right when it matches   {interval([entry.group for entry in matches], [entry.right for entry in matches])}"
    )
    coarse = [entry for entry in seen if entry.coarse is not Hint.UNKNOWN]
    print(f"  regions alone: say      {interval(groups, [entry.coarse is not Hint.UNKNOWN for entry in seen])}")
    of, right = [entry.group for entry in coarse], [entry.coarse_right for entry in coarse]
    print(f"  regions alone: right    {interval(of, right)}")
    if len(misses):
        scale, shift, turn = np.percentile(misses, 95, axis=0)
        print(f"  misses, 95th percentile scale {scale:.1%}, shift {shift:.1%}, turn {turn:.1f} degrees")
    print(f"  milliseconds            {np.median([entry.milliseconds for entry in seen]):.0f}")
    foreign, own = pairs(pictures)
    print(f"  fooled by another group {interval(*foreign)} of {len(foreign[1])} pairs")
    print(f"  real pairs of one group {interval(*own)} of {len(own[1])} pairs get words", flush=True)


Told = tuple[list[str], list[bool]]
"""Of each pair the group of its first picture, and whether anything was said."""


def pairs(pictures: list[tuple[Pixels, Last, str]]) -> tuple[Told, Told]:
    """What is said of pairs of two groups, and of one."""
    foreign: Told = ([], [])
    own: Told = ([], [])
    by_group = defaultdict(list)
    for place, (_pixels, last, group) in enumerate(pictures):
        by_group[group].append(place)
        for step in (1, 7, 19):
            pixels, _last, other = pictures[(place + step) % len(pictures)]
            if other != group:
                foreign[0].append(group)
                foreign[1].append(follow.find(last, pixels) is not None)
    for group, places in by_group.items():
        for one, two in itertools.pairwise(places):
            own[0].append(group)
            own[1].append(follow.find(pictures[one][1], pictures[two][0]) is not None)
    return foreign, own


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--pictures", type=int, default=120, help="pictures of each task")
    parser.add_argument("--views", type=int, default=6, help="frames made of each picture")
    parser.add_argument("--task", nargs="*", default=TASKS)
    parser.add_argument("--choosing", action="store_true", help="the half of the groups that the limits were chosen on")
    options = parser.parse_args()
    for task in options.task:
        measured(options.data, task, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
