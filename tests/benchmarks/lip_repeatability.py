"""How well the lip measurement repeats: the same face under other exposures and lamps, with and without a white card.

    python tests/benchmarks/lip_repeatability.py DATA

DATA holds ``lip_masks.csv`` with its faces and hand-drawn lip masks (CelebAMask-HQ: measuring only). Every
face is re-lit LIGHTS times, by a random exposure (-0.9 to +0.1 stops), white balance (red and blue gains up to 25 %
off), tone curve, noise and JPEG, the same lights with and without a painted card. Printed as JSON:

- ``find``: share of faces whose lip box holds 99 % of the mask; the outline's overlap with the mask, also on close-ups
  cut out of every other face (the rest served to choose three weights of the search).
- ``within`` / ``between``: standard deviation of each measure over the lights of a face, and over faces.
- ``covered``: how often a value lies within 1.96 stated uncertainties of its face's mean (95 % is right), on every
  other face; the ``sd_…`` numbers of the package come from the rest (``propose``).
"""

import csv
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

import cv2
import numpy as np

from clinoscope.domain.region import Region
from clinoscope.inference import lips as measuring
from clinoscope.inference import packages
from clinoscope.regions import lips
from clinoscope.regions.light import linear

LIGHTS = 10
TONE = 0.03
"""Half width of the tone curve's bend: its slope changes by up to 19 %, as between settings of one camera."""

MARGINS = (0.25, 0.5, 0.9)


_PARAMETERS = {
    measuring.PALLOR: "sd_pallor",
    "Erythema, lips minus skin": "sd_erythema_apart",
    "Redness a*, lips minus skin": "sd_redness_apart",
    "Erythema of the lips": "sd_erythema",
    "Redness a* of the lips": "sd_redness",
}


def main(data: Path) -> None:
    """Measure and print."""
    with (data / "lip_masks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    faces = [
        (_read(data / row["image"]), cv2.imread(str(data / row["lip_mask"]), cv2.IMREAD_GRAYSCALE)) for row in rows
    ]
    report = {"find": {"faces": found_on_faces(faces), "close-ups": found_on_close_ups(faces[1::2])}}
    for kind in ("card", "no_card"):
        report[kind] = repeated([pixels for pixels, _ in faces], kind == "card")
    print(json.dumps(report, indent=1))


def found_on_faces(faces: list) -> dict:
    """How the landmarks do where a whole face shows."""
    held, overlaps = [], []
    for pixels, mask in faces:
        region = lips.find(pixels)
        held.append(_held(region, mask) >= 0.99)
        overlaps.append(_overlap(region, mask))
    return {"n": len(faces), "box holds 99 %": _share(held), "median overlap": float(np.median(overlaps))}


def found_on_close_ups(faces: list) -> dict:
    """How the stand-in face does on pictures cut out around the mouth; None counts as not answered."""
    rng, rows = np.random.default_rng(3), []
    for pixels, mask in faces:
        for margin in MARGINS:
            part, inside = _cut(pixels, mask, margin, rng)
            region = lips.close_up(part)
            rows.append((region is not None, _overlap(region, inside), _held(region, inside)))
    answered = [row for row in rows if row[0]]
    return {
        "n": len(rows),
        "answered": _share([row[0] for row in rows]),
        "overlap >= 0.5 when answered": _share([row[1] >= 0.5 for row in answered]),
        "overlap >= 0.6 when answered": _share([row[1] >= 0.6 for row in answered]),
        "box holds 95 % when answered": _share([row[2] >= 0.95 for row in answered]),
        "median overlap when answered": float(np.median([row[1] for row in answered])),
    }


def repeated(faces: list, card: bool) -> dict:
    """Within and between faces, and whether the stated uncertainties hold."""
    package = packages.for_task(measuring.TASK)
    values: dict = defaultdict(lambda: defaultdict(list))
    refused, used = Counter(), []
    for number, face in enumerate(faces):
        region = lips.find(face)
        scene = _with_card(face, region) if card else face
        for light in range(LIGHTS):
            shown = relit(scene, np.random.default_rng(1000 * number + light))
            reading = measuring.measure(shown, region, package)
            refused[reading.reason or "measured"] += 1
            if not reading.measures:
                continue
            used.append(any("against" in measure.name for measure in reading.measures))
            if used[-1] is not card:
                continue
            for measure in reading.measures:
                name = measure.name.split(",")[0] if "card" in measure.name else measure.name
                values[name][number].append((measure.value, measure.uncertainty))
    report = {"answers": dict(refused), "card used when measured": _share(used), "measures": {}}
    for name, of_face in values.items():
        many = {number: np.array(rows) for number, rows in of_face.items() if len(rows) >= 5}
        first = [rows for number, rows in many.items() if number % 2 == 0]
        second = [rows for number, rows in many.items() if number % 2 == 1]
        within = np.sqrt(np.mean([rows[:, 0].var(ddof=1) for rows in second]))
        # the draws of patches are part of every uncertainty already: what the lamp adds is what is left of the spread
        fixed = package.parameters[_PARAMETERS[name] + ("_card" if card else "_no_card")] ** 2
        of_lamp = np.mean([rows[:, 0].var(ddof=1) - (rows[:, 1] ** 2 - fixed).mean() for rows in first])
        covered = np.concatenate([np.abs(rows[:, 0] - rows[:, 0].mean()) <= 1.96 * rows[:, 1] for rows in second])
        report["measures"][name] = {
            "propose": round(float(np.sqrt(max(of_lamp, 0.0))), 2),
            "within": round(float(within), 2),
            "between": round(float(np.std([rows[:, 0].mean() for rows in many.values()])), 2),
            "stated": round(float(np.median(np.concatenate([rows[:, 1] for rows in second]))), 2),
            "covered": round(float(covered.mean()), 3),
        }
    return report


def relit(scene: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The scene under another lamp through another camera."""
    light = linear(scene)
    gains = 2 ** rng.uniform(-0.9, 0.1) * np.exp(rng.uniform(-0.22, 0.22, 3) * (1, 0, 1))
    light = np.clip(light * gains.astype(np.float32), 0, 1)
    encoded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    curve = encoded + rng.uniform(-TONE, TONE) * np.sin(2 * np.pi * encoded)
    noisy = curve * 255 + rng.normal(0, rng.uniform(0.5, 3), scene.shape)
    _, data = cv2.imencode(".jpg", np.clip(noisy, 0, 255).astype(np.uint8)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 88])
    return cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def _with_card(face: np.ndarray, region: Region) -> np.ndarray:
    """A white card, as bright as paper beside this skin would be, turned a little, under the mouth's side."""
    box, shown = region.box, face.copy()
    skin = np.percentile(linear(face[box.y : box.bottom, box.x : box.right])[..., 1], 80)
    paper = min(0.75, 2.2 * float(skin) + 0.1)
    value = int(255 * (1.055 * paper ** (1 / 2.4) - 0.055))
    side = 0.9 * box.w
    centre = (min(box.right + 0.75 * side, face.shape[1] - 0.62 * side), box.centre[1])
    corners = cv2.boxPoints((centre, (0.7 * side, side), 8.0)).round().astype(np.int32)
    cv2.fillConvexPoly(shown, corners, (value,) * 3, cv2.LINE_AA)
    return shown


def _cut(pixels: np.ndarray, mask: np.ndarray, margin: float, rng: np.random.Generator) -> tuple:
    height, width = mask.shape
    ys, xs = np.nonzero(mask)
    w = (xs.max() - xs.min()) * (1 + 2 * margin)
    h = max(0.72 * w, (ys.max() - ys.min()) * (1 + 0.6 * margin))
    cx = (xs.max() + xs.min()) / 2 + rng.uniform(-0.08, 0.08) * w
    cy = (ys.max() + ys.min()) / 2 + rng.uniform(-0.08, 0.08) * h
    left, right = max(0, int(cx - w / 2)), min(width, int(cx + w / 2))
    top, bottom = max(0, int(cy - h / 2)), min(height, int(cy + h / 2))
    return pixels[top:bottom, left:right].copy(), mask[top:bottom, left:right]


def _read(path: Path) -> np.ndarray:
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)


def _held(region: Region | None, mask: np.ndarray) -> float:
    if region is None:
        return 0.0
    box, (ys, xs) = region.box, np.nonzero(mask)
    return float(((xs >= box.x) & (xs < box.right) & (ys >= box.y) & (ys < box.bottom)).mean())


def _overlap(region: Region | None, mask: np.ndarray) -> float:
    if region is None:
        return 0.0
    drawn = np.zeros(mask.shape, np.uint8)
    cv2.fillPoly(drawn, [np.array(region.outlines[0])], 1)
    return float(((drawn > 0) & (mask > 0)).sum() / ((drawn > 0) | (mask > 0)).sum())


def _share(flags: list) -> float:
    return round(float(np.mean(flags)), 3)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
