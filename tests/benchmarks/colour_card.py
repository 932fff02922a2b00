"""The printed colour card: how often it is found, how far its gains are off, and what it brings to the lips' numbers.

    python tests/benchmarks/colour_card.py found [DATA]
    python tests/benchmarks/colour_card.py lamps DATA
    python tests/benchmarks/colour_card.py classes DATA TASK SOURCE

DATA holds ``lip_masks.csv`` with its faces (CelebAMask-HQ: measuring only), for ``classes`` an ``images.csv``. The card
is drawn as the program prints it and held into each picture in linear light, before the lamp and the camera of
``lip_repeatability.py``. As JSON:

- ``found``: by size, tilt, blur and exposure, one changed at a time and turned any way: the share that is found, the
  share that is used, the error of its gains (colour: the larger of red/green and blue/green; brightness), and the
  worst of them. ``without`` counts cards seen where there is none (every face of DATA, every phantom but one).
- ``lamps``: the standard deviation of each measure over LIGHTS lamps of one face: without a card, with the plain white
  sheet, and with the printed card. No face served to choose anything of the card. Intervals are 95 %, bootstrapped over
  faces.
- ``classes``: what a classifier answers to PICTURES of a source under other lamps, and to the same with the lamp taken
  out again as a card does it (its gains 1 % off): the share whose likeliest label is that of the picture itself, and
  how far that label's probability moves. It says that a correction does no harm, not that an answer is right.
"""

import csv
import json
import sys
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).resolve().parent
PHANTOMS = HERE.parents[1] / "resources" / "phantoms"
sys.path[:0] = [str(HERE), str(PHANTOMS)]

import lip_repeatability as lips_bench  # noqa: E402
from drawing import card as drawn  # noqa: E402

from clinoscope import modes  # noqa: E402
from clinoscope.capture import files  # noqa: E402
from clinoscope.domain.colour_card import WHITE  # noqa: E402
from clinoscope.domain.correction import Correction, Reference  # noqa: E402
from clinoscope.inference import lips as measuring  # noqa: E402
from clinoscope.inference import packages  # noqa: E402
from clinoscope.regions import colour_card, lips  # noqa: E402
from clinoscope.regions.light import corrected, encoded, linear  # noqa: E402
from clinoscope.workflow import look  # noqa: E402

LIGHTS = 10
TRIES = 40
PICTURES = 60
USUAL = {"side": 140.0, "tilt": 15.0, "blur": 0.7, "stops": 0.0}
VARIED = {
    "side": (40, 50, 60, 70, 80, 100, 140, 200, 300),
    "tilt": (0, 15, 30, 45, 55, 65),
    "blur": (0.5, 1, 1.5, 2, 3, 4),
    "stops": (-2.5, -2, -1.5, -1, -0.5, 0, 0.5, 1),
}
_CARD = drawn.printed(12)


def main(part: str, data: Path | None) -> None:
    """Measure and print."""
    report = found(data) if part == "found" else lamps(data) if part == "lamps" else classes(data, *sys.argv[3:5])
    print(json.dumps(report, indent=1))


# --- found ---


def found(data: Path | None) -> dict:
    """Rates and errors on a wall of mixed colours under mixed lamps."""
    report: dict = {}
    for name, values in VARIED.items():
        report[name] = {str(value): _tried({**USUAL, name: float(value)}) for value in values}
    report["without"] = _false(data)
    return report


def _tried(how: dict) -> dict:
    seen, used, colours, brightness = 0, 0, [], []
    for number in range(TRIES):
        rng = np.random.default_rng(number)
        lamp = np.exp(rng.uniform(-0.35, 0.35, 3) * (1, 0, 1)).astype(np.float32)
        pixels = _photographed(_held(_wall(rng), how, rng), lamp * np.float32(0.85 * 2 ** how["stops"]), how, rng)
        card = colour_card.find(pixels)
        seen += card is not None
        if card is None or card.problem:
            continue
        used += 1
        true = 1 / (lamp * 0.85 * 2 ** how["stops"])
        off = np.array(card.gains) / true
        colours.append(max(abs(off[0] / off[1] - 1), abs(off[2] / off[1] - 1)))
        brightness.append(abs(off[1] - 1))
    return {
        "found": seen / TRIES,
        "used": used / TRIES,
        "colour off, median and 95 %": _spread(colours),
        "brightness off, median and 95 %": _spread(brightness),
    }


def _spread(values: list) -> list:
    return [round(float(np.percentile(values, part)), 4) for part in (50, 95)] if values else []


def _wall(rng: np.random.Generator) -> np.ndarray:
    """Something to hold a card before: patches of many colours, softly shaded, in linear light."""
    patches = cv2.resize(rng.uniform(0.03, 0.6, (9, 12, 3)).astype(np.float32), (960, 720))
    return cv2.GaussianBlur(patches, (0, 0), 8)


def _held(scene: np.ndarray, how: dict, rng: np.random.Generator) -> np.ndarray:
    height, width = scene.shape[:2]
    room = 0.75 * how["side"]
    centre = rng.uniform(room, width - room), rng.uniform(room, height - room)
    flat = drawn.square((0.0, 0.0), how["side"], 0.0)
    # turned, then tilted about a line of any direction, seen from twelve cards away
    spin, axis, tilt = rng.uniform(0, 2 * np.pi), rng.uniform(0, 2 * np.pi), np.radians(how["tilt"])
    points = _about(spin) @ flat.T
    along, across = _about(-axis) @ points
    depth = 12 * how["side"]
    far = depth / (depth + across * np.sin(tilt))
    corners = (_about(axis) @ np.stack([along * far, across * np.cos(tilt) * far])).T + centre
    return drawn.held(scene, corners, _CARD)


def _about(angle: float) -> np.ndarray:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _photographed(scene: np.ndarray, gains: np.ndarray, how: dict, rng: np.random.Generator) -> np.ndarray:
    light = cv2.GaussianBlur(scene * gains, (0, 0), how["blur"])
    noisy = encoded(np.clip(light, 0, 1)).astype(np.float32) + rng.normal(0, 2, scene.shape)
    _, data = cv2.imencode(
        ".jpg", np.clip(np.rint(noisy), 0, 255).astype(np.uint8)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 88]
    )
    return cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def _false(data: Path | None) -> dict:
    paths = [path for path in PHANTOMS.glob("*.png") if path.stem != "face_card"]
    if data is not None:
        paths += [data / row["image"] for row in _rows(data)]
    return {"pictures": len(paths), "cards": sum(colour_card.find(_read(path)) is not None for path in paths)}


# --- lamps ---


def lamps(data: Path | None) -> dict:
    """Standard deviations within a face."""
    if data is None:
        sys.exit("lamps needs DATA")
    rows = _rows(data)
    package = packages.for_task(measuring.TASK)
    values: dict = {way: defaultdict(lambda: defaultdict(list)) for way in ("no card", "white sheet", "printed card")}
    told: dict = {way: [0, 0] for way in values}
    seen = [0, 0]
    for number, row in enumerate(rows):
        face = _read(data / row["image"])
        region = lips.find(face)
        if region is None:
            continue
        scenes = {
            "no card": face,
            "white sheet": lips_bench._with_card(face, region),
            "printed card": _with_printed(face, region),
        }
        for light in range(LIGHTS):
            for way, scene in scenes.items():
                shown = lips_bench.relit(scene, np.random.default_rng(1000 * number + light))
                against = False
                if way == "printed card":
                    card = colour_card.find(shown)
                    seen[0] += card is not None and not card.problem
                    seen[1] += 1
                    if card is not None and not card.problem:
                        against = True
                        shown = corrected(shown, _correction(card))
                reading = measuring.measure(shown, region, package, (), against)
                told[way][0] += bool(reading.measures)
                told[way][1] += 1
                for measure in reading.measures:
                    values[way][measure.name.split(",")[0] if "card" in measure.name else measure.name][number].append(
                        measure.value
                    )
    report: dict = {"faces": len(rows), "lamps": LIGHTS, "card used": seen[0] / max(seen[1], 1)}
    for way, of_measure in values.items():
        report[way] = {"measured": round(told[way][0] / told[way][1], 3)}
        for name, of_face in of_measure.items():
            report[way][name] = _within([np.array(found) for found in of_face.values() if len(found) >= 5])
    return report


def _within(faces: list) -> dict:
    """Root mean variance within a face, with its interval, and the spread between faces."""
    variances = np.array([rows.var(ddof=1) for rows in faces])
    draws = np.random.default_rng(0).integers(len(faces), size=(2000, len(faces)))
    spread = np.sqrt(variances[draws].mean(axis=1))
    return {
        "within": round(float(np.sqrt(variances.mean())), 2),
        "95 %": [round(float(np.percentile(spread, part)), 2) for part in (2.5, 97.5)],
        "between": round(float(np.std([rows.mean() for rows in faces])), 2),
    }


# --- classes ---


def classes(data: Path | None, task_id: str, source: str) -> dict:
    """How a classifier's answers move with the lamp, and with the lamp taken out."""
    if data is None:
        sys.exit("classes needs DATA, TASK and SOURCE")
    task = modes.task(task_id)
    with (data / "images.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["source"] == source]
    picked = np.random.default_rng(0).permutation(len(rows))[:PICTURES]
    told: dict = {"under the lamp": [], "corrected": []}
    for number in picked:
        picture = files.open_picture(data / rows[number]["path"])
        region = look.find_region(task, picture.pixels)
        if region is None:
            continue
        first = look.read(task, picture.pixels, region)
        same: dict = {way: [] for way in told}
        for light in range(3):
            seed = int(1000 * number + light)
            shown = lips_bench.relit(picture.pixels, np.random.default_rng(seed))
            for way, pixels in (("under the lamp", shown), ("corrected", _taken_out(shown, seed))):
                reading = look.read(task, pixels, region)
                moved = abs(reading.probabilities[first.top] - first.probabilities[first.top])
                same[way].append((reading.top == first.top, moved))
        for way, of_picture in same.items():
            told[way].append(np.mean(of_picture, axis=0))
    report: dict = {"task": task_id, "pictures": len(told["corrected"]), "lamps": 3}
    for way, means in told.items():
        draws = np.random.default_rng(0).integers(len(means), size=(2000, len(means)))
        every = np.array(means)
        report[way] = {
            name: np.round(
                [every[:, at].mean(), *np.percentile(every[draws, at].mean(axis=1), (2.5, 97.5))], 3
            ).tolist()
            for at, name in enumerate(("same label, 95 %", "probability moved, 95 %"))
        }
    return report


def _taken_out(shown: np.ndarray, seed: int) -> np.ndarray:
    """The first draws of ``lip_repeatability.relit`` are its gains: the inverse of them, as a card would tell it."""
    rng = np.random.default_rng(seed)
    lamp = 2 ** rng.uniform(-0.9, 0.1) * np.exp(rng.uniform(-0.22, 0.22, 3) * (1, 0, 1))
    gains = (1 / lamp) * np.random.default_rng(seed + 1).normal(1, 0.01, 3)
    return corrected(shown, Correction(reference=Reference.CARD, gains=tuple(gains.tolist()), score=1, method="bench"))


def _correction(card: colour_card.SeenCard) -> Correction:
    return Correction(reference=Reference.CARD, gains=card.gains, score=card.score, method="bench")


def _with_printed(face: np.ndarray, region: object) -> np.ndarray:
    """The printed card where ``lip_repeatability`` holds its sheet, as bright as paper is beside this skin."""
    box = region.box
    skin = np.percentile(linear(face[box.y : box.bottom, box.x : box.right])[..., 1], 80)
    paper = min(0.75, 2.2 * float(skin) + 0.1)
    side = 0.8 * box.w
    centre = min(box.right + 0.75 * side, face.shape[1] - 0.62 * side), box.centre[1]
    light = linear(face)
    return encoded(drawn.held(light, drawn.square(centre, side, 8.0), _CARD * np.float32(paper / WHITE)))


def _rows(data: Path) -> list:
    with (data / "lip_masks.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _read(path: Path) -> np.ndarray:
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 else None)
