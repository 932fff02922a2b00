"""Choose the limits of the quality checks from pictures, and say what they refuse.

    python tests/benchmarks/quality_limits.py DATA [--pictures 300] [--task skin/rash …] [--limits chosen|shipped]

With ``chosen`` the limits are first chosen on half of the groups (patients, photographs); what is printed is always of
the other half, no group of which was seen. ``shipped`` takes them from ``modes/*.toml``. Printed are the good pictures
that are refused, and for every kind of degradation (``degrade.KINDS``) the strength at which it costs the task's model
10 points, from ``quality_cost.json`` (``quality_cost.py`` writes it), with the share of pictures refused there.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from degrade import KINDS, View, around, degraded, words
from numpy.typing import NDArray
from quality_cost import OUT, first_half

from clinoscope import modes, quality, regions
from clinoscope.capture.files import open_picture
from clinoscope.domain.picture import Pixels
from clinoscope.domain.quality import Check, QualityLimits
from clinoscope.domain.region import Region
from clinoscope.quality import motion, patch

SHARE = 0.3
"""Per cent of good pictures that each check may refuse on the half it is chosen on: eight checks stay below 5 %."""

EVERYTHING = QualityLimits(focus=0, dark=0, bright=1, glare=1, haze=1, grain=255, colour=100, size=0, subject=0)
# Other clinics' cameras are not in the data, and one site's pictures are more alike than those of all: however narrow
# its values, no limit is stricter than this unless costly pictures would pass (short of two stops under, a twentieth
# burnt, a hundredth glare) ...
STRICTEST = {
    Check.FOCUS: 0.25,
    Check.DARK: 0.45,
    Check.BRIGHT: 0.10,
    Check.GLARE: 0.02,
    Check.HAZE: 0.20,
    Check.GRAIN: 2.0,
}
# ... and none so lenient that the check says nothing. Haze and grain are not checked where they would have to be, or
# where they would find less than half of what costs 10 points.
MOST_LENIENT = {Check.BRIGHT: 0.40, Check.GLARE: 0.40}
HOPELESS = {Check.HAZE: 0.6, Check.GRAIN: 6.0}
NEEDED = 0.97
"""A limit that refuses less than this share where the degradation costs 10 points is made stricter ..."""
STRICTER = (1.2, 0.6, SHARE)
"""... but refuses no more than so many per cent of the good pictures it is chosen on: the first at which all checks
together refuse no more than TOGETHER per cent of them."""
TOGETHER = 2.0

AT_LEAST = (Check.FOCUS, Check.DARK, Check.SIZE, Check.SUBJECT)
"""What must not be too little; the others must not be too much."""

MEANT = {
    "defocus": Check.FOCUS,
    "movement": Check.FOCUS,
    "smeared lens": Check.HAZE,
    "too dark": Check.DARK,
    "too bright": Check.BRIGHT,
    "grain": Check.GRAIN,
    "glare": Check.GLARE,
    "warm light": Check.COLOUR,
    "cold light": Check.COLOUR,
    "green light": Check.COLOUR,
    "too far": Check.SIZE,
}
"""The check that each kind of degradation is meant to fail; compression has none."""

SKIN_TASKS = {
    "lesion_photo": "skin/lesion-photo",
    "lesion_dermoscopy": "skin/lesion-dermoscopy",
    "rash_photo": "skin/rash",
}
SCALP_SOURCES = {"clinic_topdown": "scalp/hair-loss", "dermnet_com": "scalp/disease"}


@dataclass(frozen=True)
class Good:
    """One picture as it is, with its region; ``first`` says in which half its group is."""

    pixels: Pixels
    region: Region | None
    first: bool
    name: str


# --- the pictures ----------------------------------------------------------------------------------------------------


def listed(data: Path) -> Iterator[tuple[str, Path, str]]:
    """Task, path and group of every picture."""

    def rows(name: str) -> Iterator[dict[str, str]]:
        with (data / name).open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)

    for row in rows("anemia/images.csv"):
        yield (
            f"anemia/{'nail' if row['site'] == 'nail' else 'conjunctiva'}",
            data / "anemia" / row["path"],
            row["group"],
        )
    for row in rows("anemia/lip_masks.csv"):
        yield "anemia/lip", data / "anemia" / row["image"], row["image"]
    for row in rows("skin/images.csv"):
        yield SKIN_TASKS[row["task"]], data / "skin" / row["path"], row["group"]
    for row in rows("scalp/images.csv"):
        if row["source"] in SCALP_SOURCES:
            yield SCALP_SOURCES[row["source"]], data / "scalp" / row["path"], row["group"]
    for row in rows("neutrophil/cells.csv"):
        yield "neutrophil/type", data / "neutrophil" / row["path"], row["group"]
        if row["stage"]:
            yield "neutrophil/stage", data / "neutrophil" / row["path"], row["group"]
    for field in sorted({row["field"] for row in rows("neutrophil/boxes.csv")}):
        yield "neutrophil/cells", data / "neutrophil" / field, field


def order(text: str) -> str:
    """A fixed shuffling, the same on every machine."""
    return hashlib.sha256(text.encode()).hexdigest()


def load(entries: list[tuple[Path, str]], kind: str, count: int) -> list[Good]:
    chosen = sorted(entries, key=lambda entry: order(str(entry[0].name)))[:count]
    good = []
    for path, group in chosen:
        pixels = open_picture(path).pixels
        good.append(Good(pixels, regions.find(kind, pixels), first_half(group), path.name))
    return good


# --- movement, which takes two frames -----------------------------------------------------------------------------


SHIFTS = (0.002, 0.005, 0.01, 0.02)


def shaken(good: Good, shift: float) -> float:
    """What the motion check says when the view moves by ``shift`` of its width, with sensor noise of 2 levels."""
    height, width = good.pixels.shape[:2]
    side = min(height, width)
    large = cv2.resize(good.pixels[:side, :side], (1080, 1080), interpolation=cv2.INTER_CUBIC)
    step = round(shift * 1080)
    noise = np.random.default_rng(0)
    views = []
    for start in (0, step):
        view = large[start // 2 : start // 2 + 1000, start : start + 1000]
        small = patch.shrink(np.ascontiguousarray(view), patch.SHORT_SIDE, patch.SHORT_SIDE).astype(np.float32)
        noisy = np.clip(small + noise.normal(0, 2, small.shape), 0, 255).astype(np.uint8)
        views.append(motion.thumbnail(noisy))
    return motion.change(*views)


# --- measuring -------------------------------------------------------------------------------------------------------


def values(pixels: Pixels, region: Region | None) -> dict[Check, float]:
    """Every check's value."""
    return {finding.check: finding.value for finding in quality.check(pixels, region, EVERYTHING).findings}


def choose(pictures: list[Good], limits: QualityLimits, cost: dict) -> QualityLimits:
    """Limits that each refuse hardly any of these; stricter where that lets costly pictures pass.

    Size, motion and subject are no matter of degradation; colour stays as it is.
    """
    measured = [values(good.pixels, good.region) for good in pictures]
    views = [(around(good.pixels, good.region), good.name) for good in pictures if good.region is not None][:80]
    costly: dict[Check, list[float]] = {check: [] for check in STRICTEST}
    for kind, meant in MEANT.items():
        strength = cost.get(kind, {}).get("strength")
        if strength is not None and meant in costly and getattr(limits, meant.value) is not None:
            worse = [degraded(view, kind, strength, name) for view, name in views]
            costly[meant] += [values(each.pixels, each.region)[meant] for each in worse]
    low = float(np.percentile([entry[Check.SIZE] for entry in measured if Check.SIZE in entry], SHARE))
    limits = replace(limits, size=min(limits.size, int(0.9 * low)) if limits.size is not None else None)
    for stricter in STRICTER:
        new = limits
        for check in STRICTEST:
            if getattr(limits, check.value) is not None:
                good = np.array([entry[check] for entry in measured])
                new = replace(new, **{check.value: limit_of(check, good, costly[check], stricter)})
        wrong = [any(refused(entry, new, check) for check in STRICTEST) for entry in measured]
        if 100 * np.mean(wrong) <= TOGETHER:
            break
    if limits.motion is not None:
        shakes = np.array([[shaken(good, shift) for shift in SHIFTS] for good in pictures[:60]])
        # Between what a hand does (0.2 % of the view from frame to frame) and what smears a still (1 %).
        still, moving = np.percentile(shakes[:, 0], 95), np.percentile(shakes[:, 2], 50)
        new = replace(new, motion=float(np.ceil(50 * (still + moving)) / 100))
    return new


def limit_of(check: Check, good: NDArray[np.float64], costly: list[float], stricter: float) -> float | None:
    """The limit of one check between its values on good pictures and on costly ones; None for one of no use."""
    least = check in AT_LEAST
    lenient, strict = (float(np.percentile(good, share if least else 100 - share)) for share in (SHARE, stricter))
    base = limit = _sensible(check, lenient)
    if costly:
        wanted = float(np.percentile(costly, 100 * NEEDED if least else 100 * (1 - NEEDED)))
        if wanted > base if least else wanted < base:
            limit = _rounded(check, sorted((base, wanted, strict))[1])
    if check in HOPELESS and (limit > HOPELESS[check] or np.mean(np.array(costly or [0]) > limit) < 0.5):
        return None
    return limit


def _sensible(check: Check, value: float) -> float:
    """Rounded, no stricter and no more lenient than is sensible without need."""
    if check in AT_LEAST:
        return min(_rounded(check, value), STRICTEST[check])
    return min(max(_rounded(check, value), STRICTEST[check]), MOST_LENIENT.get(check, np.inf))


def _rounded(check: Check, value: float) -> float:
    """To the lenient side."""
    return float((np.floor if check in AT_LEAST else np.ceil)(value * 100) / 100)


def refused(entry: dict[Check, float], limits: QualityLimits, check: Check) -> bool:
    limit = getattr(limits, check.value)
    if limit is None or check not in entry:
        return False
    return entry[check] < limit if check in AT_LEAST else entry[check] > limit


def interval(hits: int, of: int) -> str:
    """Share with its 95 % Wilson interval, in per cent."""
    if of == 0:
        return "none"
    share, z = hits / of, 1.96
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * np.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return f"{share:.1%} ({max(0, middle - half):.1%}–{min(1, middle + half):.1%})"


def study(task_id: str, entries: list[tuple[Path, str]], count: int, shipped: bool) -> None:
    task = modes.task(task_id)
    pictures = load(entries, task.region, count)
    half = [good for good in pictures if good.first], [good for good in pictures if not good.first]
    limits = task.quality
    if not shipped and task_id != "anemia/lip":
        limits = choose(half[0], replace(limits, haze=1.0, grain=255.0, glare=1.0), costs(task_id))
    # The faces' licence allows measuring only: nothing is chosen on them, so all of them are measured.
    report(task_id, limits, pictures if task_id == "anemia/lip" else half[1])


def report(task_id: str, limits: QualityLimits, pictures: list[Good]) -> None:
    found = sum(good.region is not None for good in pictures)
    print(f"\n### {task_id}\n\n{len(pictures)} pictures, region found in {found}. Limits: ", end="")
    print(", ".join(f"{check.value} {getattr(limits, check.value):g}" for check in Check if _is_on(limits, check)))
    measured = [values(good.pixels, good.region) for good in pictures]
    on = [check for check in Check if _is_on(limits, check)]
    wrong = sum(any(refused(entry, limits, check) for check in on) for entry in measured)
    print(f"\nGood pictures refused: **{interval(wrong, len(measured))}**: ", end="")
    print(", ".join(f"{check.value} {sum(refused(entry, limits, check) for entry in measured)}" for check in on))
    print("\n| made worse | costs 10 points at (95 % interval) | refused there | by its own check |\n|---|---|---|---|")
    cost = costs(task_id)
    views = [(around(good.pixels, good.region), good.name) for good in pictures if good.region is not None]
    for kind in KINDS:
        if kind in cost:
            print(line(kind, cost[kind], views, limits))
    if limits.motion is not None:
        shakes = np.array([[shaken(good, shift) for shift in SHIFTS] for good in pictures[:60]])
        shares = (shakes > limits.motion).mean(axis=0)
        cells = [f"{shift:.1%} {share:.0%}" for shift, share in zip(SHIFTS, shares, strict=True)]
        print(f"\nRefused as moving: {' · '.join(cells)} of the view from frame to frame.")
    sys.stdout.flush()


def line(kind: str, cost: dict, views: list[tuple[View, str]], limits: QualityLimits) -> str:
    """One row of the table: where a degradation begins to cost, and what is refused there."""
    strength, (low, high) = cost["strength"], cost["interval"]
    if strength is None:
        return f"| {kind} | never, up to {words(kind, KINDS[kind].steps[-1])} | – | – |"
    between = " to ".join("never" if end is None else words(kind, end).split()[0] for end in (low, high))
    entries = [values(worse.pixels, worse.region) for worse in (degraded(v, kind, strength, n) for v, n in views)]
    on = [check for check in Check if _is_on(limits, check)]
    hits = sum(any(refused(entry, limits, check) for check in on) for entry in entries)
    meant = MEANT.get(kind)
    own = "none" if meant not in on else f"{sum(refused(entry, limits, meant) for entry in entries) / len(entries):.0%}"
    return f"| {kind} | {words(kind, strength)} ({between}) | {interval(hits, len(entries))} | {own} |"


def costs(task_id: str) -> dict:
    """Where each kind of degradation begins to cost the task 10 points, as ``quality_cost.py`` found it.

    None for fields: their strengths are shares of a cell, and what is checked here is the field.
    """
    if task_id == "neutrophil/cells":
        return {}
    return next(iter(json.loads(OUT.read_text(encoding="utf-8")).get(task_id, {}).values()), {}).get("kinds", {})


def _is_on(limits: QualityLimits, check: Check) -> bool:
    return getattr(limits, check.value) is not None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--pictures", type=int, default=300)
    parser.add_argument("--task", nargs="*")
    parser.add_argument("--limits", choices=("chosen", "shipped"), default="chosen")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    entries: dict[str, list[tuple[Path, str]]] = {}
    for task_id, path, group in listed(options.data):
        entries.setdefault(task_id, []).append((path, group))
    for task_id in modes.task_ids():
        if task_id in entries and (not options.task or task_id in options.task):
            study(task_id, entries[task_id], options.pictures, options.limits == "shipped")


if __name__ == "__main__":
    main()
