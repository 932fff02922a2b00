"""From a picture to a reading: quality check, region, reading, one step or all of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.correction import Correction
from clinoscope.domain.errors import PackageError
from clinoscope.domain.picture import Picture, Pixels
from clinoscope.domain.quality import Quality
from clinoscope.domain.reading import CANNOT_JUDGE, Reading
from clinoscope.domain.region import Box, Region
from clinoscope.domain.task import Kind, Task
from clinoscope.inference.card import PackageInfo
from clinoscope.workflow import colour, models

UNCHECKED = "No heatmap: the maps of this model were not checked."
FAILED = "No heatmap: the maps of this model failed their checks."
UNKNOWN = "No heatmap: the model that made this reading is not known on this computer any more."


@dataclass(frozen=True)
class Look:
    """All that was seen in one picture. ``milliseconds`` has ``load`` (decoding the picture and,
    the first time, the model package), ``colour``, ``quality``, ``region``, ``inference`` and ``total``."""

    quality: Quality
    region: Region | None
    reading: Reading
    light: colour.Light = field(default_factory=colour.Light)
    milliseconds: dict[str, float] = field(default_factory=dict)


def find_region(task: Task, pixels: Pixels) -> Region | None:
    """The region a task reads, found automatically; None when nothing fits."""
    from clinoscope import regions

    return regions.find(task.region, pixels)


def check(task: Task, pixels: Pixels, region: Region | None, phantom: bool = False) -> Quality:
    """The quality checks of a still against the task's limits.

    A finder can be sure of the wrong thing, so the rule of the task's model has a say in whether the subject is one;
    not for a picture that fails another check (``quality.clear``), and not for a ``phantom``, which never looks like
    what a model learned from. Where it refuses and strong compression shows, that is told, and not another kind.
    """
    from clinoscope import quality

    found = quality.check(pixels, region, task.quality, task.region)
    if region is None or phantom or not quality.clear(found) or not is_foreign(task, pixels, region):
        return found
    spoilt = quality.compressed(pixels, region, task.quality, task.region)
    return Quality((*found.findings, spoilt)) if spoilt else quality.foreign(found, task.region)


def is_foreign(task: Task, pixels: Pixels, region: Region) -> bool:
    """Whether a region is plainly of another kind than the task's; False where no model is there to tell."""
    from clinoscope import inference

    try:
        return inference.foreign(task, pixels, region)
    except PackageError:
        return False  # told when it is to be read


def read(
    task: Task,
    pixels: Pixels,
    region: Region | None,
    earlier: Sequence[Reading] = (),
    phantom: bool = False,
    correction: Correction | None = None,
    validated: bool = False,
) -> Reading:
    """The reading of a region; *cannot judge* when there is none. ``phantom``, ``validated``: see ``inference.read``.

    ``pixels`` are those of the working copy, ``correction`` what made it. Raises PackageError.
    """
    from clinoscope import inference

    if region is None:
        return _nothing_found(task)
    against_paper = colour.measured_against_paper(correction)
    return inference.read(task, pixels, region, earlier, phantom, against_paper, validated)


def why_no_heatmap(package: PackageInfo | None) -> str:
    """Why the heatmaps of a package are not shown, in a sentence; "" when its maps passed their checks.

    ``package`` is None when the one that made a reading is not known any more.
    """
    if package is None:
        return UNKNOWN
    if package.explanation is None:
        return UNCHECKED
    return "" if package.explanation.shown else FAILED


def explain(task: Task, pixels: Pixels, region: Region, reading: Reading) -> tuple[Box, NDArray[np.uint8]] | None:
    """What spoke for the likeliest label: the box it covers and a grey picture of it, (h, w), 0..255.

    Made by the very package that made the reading. None for a task that names no labels, and for a
    package whose maps did not pass their checks. Raises PackageError when the package is not here any more.
    """
    if task.kind is not Kind.CLASSIFY or not reading.top:
        return None
    from clinoscope.inference import classify, packages

    package = packages.exact(task.id, reading.model.sha256)
    if why_no_heatmap(package):
        return None
    heat = classify.explain(pixels, region, package, reading.top)
    margin = package.input.margin if package.input else 0.0
    seen = region.box.padded(margin).squared().clipped(pixels.shape[1], pixels.shape[0])
    return seen, np.round(255 * heat[seen.y : seen.bottom, seen.x : seen.right]).astype(np.uint8)


def look(
    task: Task,
    picture: Picture,
    *,
    region: Region | None = None,
    quality: bool = True,
    earlier: Sequence[Reading] = (),
    validated: bool = False,
) -> Look:
    """Check, find and read one picture. ``validated``: see ``inference.read``.

    ``region`` skips the finder; ``quality=False`` reads even a picture that failed its checks.
    The printed colour card corrects a working copy when it is in the picture.
    A picture that fails is answered *cannot judge*, with what to change as the reason.
    Raises PackageError.
    """
    clock = _Clock()
    models.ready(task.id)
    clock.lap("load")
    light = colour.of_picture(task, picture)
    shown = colour.working(picture, light.correction)
    clock.lap("colour")
    found = region or find_region(task, shown.pixels)
    clock.lap("region")
    checked = check(task, shown.pixels, found, picture.phantom)
    clock.lap("quality")
    if quality and not checked.ok:
        reading = refused(task, checked)
    else:
        reading = read(task, shown.pixels, found, earlier, picture.phantom, light.correction, validated)
    clock.lap("inference")
    return Look(checked, found, reading, light, clock.milliseconds())


def refused(task: Task, quality: Quality) -> Reading:
    """The answer to a picture that failed its checks: *cannot judge* and what to change."""
    advice = " ".join(finding.advice for finding in quality.problems)
    return Reading(task.id, CANNOT_JUDGE, models.ready(task.id), reason=advice)


def _nothing_found(task: Task) -> Reading:
    sentence = "Nothing to read was found in the picture. Draw the region by hand or take another picture."
    return Reading(task.id, CANNOT_JUDGE, models.ready(task.id), reason=sentence)


class _Clock:
    """Milliseconds between calls of ``lap``."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self._laps[name] = round((now - self._last) * 1000, 2)
        self._last = now

    def milliseconds(self) -> dict[str, float]:
        return {**self._laps, "total": round((self._last - self._start) * 1000, 2)}
