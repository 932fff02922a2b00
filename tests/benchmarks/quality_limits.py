"""Choose the limits of the quality checks from pictures, and say what they refuse.

    python tests/benchmarks/quality_limits.py DATA [--pictures 300] [--task skin/rash …] [--limits chosen|shipped]

Pictures of every task are degraded step by step: blurred, darkened, over-exposed, covered with glare, lit in colour,
shaken. With ``chosen`` the limits are first chosen on half of the groups (patients, photographs); the table printed is
always of the other half, no group of which was seen. ``shipped`` takes them from ``modes/*.toml``.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope import modes, quality, regions
from clinoscope.capture.files import open_picture
from clinoscope.domain.picture import Pixels
from clinoscope.domain.quality import Check, QualityLimits
from clinoscope.domain.region import Region
from clinoscope.quality import motion, patch

SHARE = 0.5
"""Per cent of good pictures that each check may refuse on the half it is chosen on: five checks stay well below 5 %."""

EVERYTHING = QualityLimits(focus=0, dark=0, bright=1, glare=1, colour=100, size=0, subject=0)
# Other clinics' cameras are not in the data, and one site's pictures are more alike than those of all: however narrow
# its values, no limit is stricter than this (short of two stops under, a tenth burnt, a twentieth glare) ...
STRICTEST = {Check.FOCUS: 0.30, Check.DARK: 0.45, Check.BRIGHT: 0.10, Check.GLARE: 0.05}
# ... and none so lenient, because of white backgrounds in web pictures, that the check says nothing.
MOST_LENIENT = {Check.BRIGHT: 0.40, Check.GLARE: 0.40}

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
        good.append(Good(pixels, regions.find(kind, pixels), int(order("half" + group), 16) % 2 == 0))
    return good


# --- degrading them --------------------------------------------------------------------------------------------------


def blurred(good: Good, pixels_at_check: float) -> Pixels:
    """A Gaussian blur, its deviation in pixels of the size at which the check looks."""
    height, width = good.pixels.shape[:2]
    sides = [min(box.w, box.h) for box in patch.boxes_of(good.region, width, height)]
    sigma = pixels_at_check * max(1.0, float(np.median(sides)) / patch.SHORT_SIDE)
    return np.asarray(cv2.GaussianBlur(good.pixels, (0, 0), sigma), dtype=np.uint8)


def exposed(good: Good, *gains: float) -> Pixels:
    """Light times ``gains`` (one, or red, green, blue), in linear sRGB."""
    encoded = np.arange(256) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    tables = []
    for gain in gains if len(gains) == 3 else gains * 3:
        light = np.clip(linear * gain, 0, 1)
        tables.append(np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055))
    table = np.rint(np.stack(tables, axis=-1) * 255).astype(np.uint8)[None]
    return np.asarray(cv2.LUT(good.pixels, table), dtype=np.uint8)


def glaring(good: Good, share: float) -> Pixels:
    """A soft white spot over ``share`` of the region."""
    pixels = good.pixels.copy()
    height, width = pixels.shape[:2]
    for box in patch.boxes_of(good.region, width, height):
        radius = np.sqrt(share * box.w * box.h / np.pi)
        y, x = np.mgrid[:height, :width]
        away = np.hypot(x - box.centre[0], y - box.centre[1])
        light = np.clip((1.1 * radius - away) / (0.2 * radius + 1), 0, 1)[..., None]
        pixels = np.rint(pixels * (1 - light) + 255 * light).astype(np.uint8)
    return pixels


STEPS: dict[Check, dict[str, Callable[[Good], Pixels]]] = {
    Check.FOCUS: {f"blur {size} px": lambda good, size=size: blurred(good, size) for size in (1, 1.5, 2, 3)},
    Check.DARK: {f"-{stops} stops": lambda good, stops=stops: exposed(good, 0.5**stops) for stops in (1, 2, 3, 4)},
    Check.BRIGHT: {f"+{stops} stops": lambda good, stops=stops: exposed(good, 2.0**stops) for stops in (0.5, 1, 2, 3)},
    Check.GLARE: {
        f"spot {share:.0%}": lambda good, share=share: glaring(good, share) for share in (0.05, 0.1, 0.2, 0.4)
    },
    Check.COLOUR: {
        name: lambda good, gains=gains: exposed(good, *gains)
        for name, gains in {
            "lamp": (1.25, 1, 0.75),
            "strong lamp": (1.5, 1, 0.5),
            "blue sky": (0.65, 1, 1.6),
            "green tube": (0.85, 1.15, 0.85),
        }.items()
    },
}
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


def choose(measured: list[dict[Check, float]], shakes: NDArray[np.float64], limits: QualityLimits) -> QualityLimits:
    """Limits that refuse about one in a hundred of these, rounded to the lenient side; colour stays as it is."""

    def of(check: Check) -> list[float]:
        return [entry[check] for entry in measured if check in entry]

    low = {check: float(np.percentile(of(check), SHARE)) for check in (Check.FOCUS, Check.DARK, Check.SIZE)}
    new = replace(
        limits,
        focus=min(np.floor(low[Check.FOCUS] * 100) / 100, STRICTEST[Check.FOCUS]),
        dark=min(np.floor(low[Check.DARK] * 100) / 100, STRICTEST[Check.DARK]),
        size=min(limits.size, int(0.9 * low[Check.SIZE])) if limits.size is not None else None,
    )
    for check in MOST_LENIENT:
        if getattr(limits, check.value) is not None:
            high = np.ceil(np.percentile(of(check), 100 - SHARE) * 100) / 100
            new = replace(new, **{check.value: min(max(high, STRICTEST[check]), MOST_LENIENT[check])})
    if limits.motion is not None:
        # Between what a hand does (0.2 % of the view from frame to frame) and what smears a still (1 %).
        still, moving = np.percentile(shakes[:, 0], 95), np.percentile(shakes[:, 2], 50)
        new = replace(new, motion=np.ceil(50 * (still + moving)) / 100)
    return new


def refused(entry: dict[Check, float], limits: QualityLimits, check: Check) -> bool:
    limit = getattr(limits, check.value)
    if limit is None or check not in entry:
        return False
    least = check in (Check.FOCUS, Check.DARK, Check.SIZE, Check.SUBJECT)
    return entry[check] < limit if least else entry[check] > limit


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
        measured = [values(good.pixels, good.region) for good in half[0]]
        shakes = np.array([[shaken(good, shift) for shift in SHIFTS] for good in half[0][:60]])
        limits = choose(measured, shakes, limits)
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
    print("\n| check | refused at each step |\n|---|---|")
    for check, steps in STEPS.items():
        if not _is_on(limits, check):
            continue
        cells = []
        for name, degrade in steps.items():
            hits = sum(refused(values(degrade(good), good.region), limits, check) for good in pictures)
            cells.append(f"{name} {hits / len(pictures):.0%}")
        print(f"| {check.value} | {' · '.join(cells)} |")
    if limits.motion is not None:
        shakes = np.array([[shaken(good, shift) for shift in SHIFTS] for good in pictures[:60]])
        shares = (shakes > limits.motion).mean(axis=0)
        cells = [f"{shift:.1%} {share:.0%}" for shift, share in zip(SHIFTS, shares, strict=True)]
        print(f"| motion | {' · '.join(cells)} of the view per frame |")
    sys.stdout.flush()


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
