"""How well the eyelid measurement repeats, and how well it follows haemoglobin.

    python tests/benchmarks/eyelid_measured.py DATA

DATA holds ``images.csv``. Every eye of ``eyes_defy_india`` is shown LIGHTS times as ``lip_repeatability`` relights
faces (exposure, red and blue gains, tone curve, noise, JPEG), cut 0 to 4 % closer on each side, and the strip is found
anew each time. Printed as JSON:

- ``repeats``: ``within`` / ``between``: standard deviation over the lights of one eye, and over eyes; ``covered``: how
  often a value lies within 1.96 stated uncertainties of its eye's mean (95 % is right). Within and covered are from
  every other eye; the ``sd_…`` numbers of the package come from the rest (``propose``).
- ``haemoglobin``: on the pictures as they are, the AUC of the index for "anemic" and its correlation with haemoglobin,
  with 95 % intervals by bootstrap over people or photograph clusters. The cut-outs of ``cp_anemic_conjunctiva`` have no
  white of the eye, so the program refuses them; there the lid alone is looked at.
- ``answers``: how often each kind of picture was measured or refused, hands among them.
"""

import csv
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

import cv2
import numpy as np
from lip_repeatability import relit

from clinoscope.inference import erythema, eyelid, packages
from clinoscope.inference.bootstrap import RESAMPLES, draws, figure, members
from clinoscope.regions import conjunctiva

LIGHTS = 10
_PARAMETERS = {eyelid.ERYTHEMA: "sd_apart", eyelid.ALONE: "sd_alone"}


def main(data: Path) -> None:
    """Measure and print."""
    with (data / "images.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    of = defaultdict(list)
    for row in rows:
        of[row["source"]].append((_read(data / row["path"]), row))
    eyes, cut_outs = of["eyes_defy_india"], of["cp_anemic_conjunctiva"]
    report = {
        "repeats": repeated([pixels for pixels, _ in eyes]),
        "haemoglobin": {"eyes": followed(eyes), "cut-outs, lid alone": followed_alone(cut_outs)},
        "answers": {source: answers(pictures) for source, pictures in of.items()},
    }
    print(json.dumps(report, indent=1))


def repeated(eyes: list) -> dict:
    """Within and between eyes, and whether the stated uncertainties hold."""
    package = packages.for_task(eyelid.TASK)
    values, refused = defaultdict(lambda: defaultdict(list)), Counter()
    for number, eye in enumerate(eyes):
        for light in range(LIGHTS):
            rng = np.random.default_rng(1000 * number + light)
            reading = _measured(_closer(relit(eye, rng), rng))
            refused[reading.reason if reading else "nothing found"] += 1
            for measure in reading.measures if reading else ():
                values[measure.name][number].append((measure.value, measure.uncertainty))
    report = {"answers": dict(refused)}
    for name, of_eye in values.items():
        many = {number: np.array(rows) for number, rows in of_eye.items() if len(rows) >= 5}
        first = [rows for number, rows in many.items() if number % 2 == 0]
        second = [rows for number, rows in many.items() if number % 2 == 1]
        # the draws of patches are part of every uncertainty already: what the lamp adds is what is left of the spread
        fixed = package.parameters[_PARAMETERS[name]] ** 2
        of_lamp = np.mean([rows[:, 0].var(ddof=1) - (rows[:, 1] ** 2 - fixed).mean() for rows in first])
        report[name] = {
            "propose": float(np.sqrt(max(of_lamp, 0.0))),
            "within": float(np.sqrt(np.mean([rows[:, 0].var(ddof=1) for rows in second]))),
            "between": float(np.std([rows[:, 0].mean() for rows in many.values()])),
            "stated": float(np.median(np.concatenate([rows[:, 1] for rows in second]))),
            "covered": float(
                np.concatenate([np.abs(rows[:, 0] - rows[:, 0].mean()) <= 1.96 * rows[:, 1] for rows in second]).mean()
            ),
        }
    return report


def followed(pictures: list) -> dict:
    """AUC and correlation of both measures where the eye was measured."""
    read = [(reading, row) for pixels, row in pictures if (reading := _measured(pixels)) and reading.measures]
    report = {}
    for name in _PARAMETERS:
        values = [next(m.value for m in reading.measures if m.name == name) for reading, _ in read]
        report[name] = _figures(np.array(values), [row for _, row in read])
    return report


def followed_alone(pictures: list) -> dict:
    """The same for the lid alone, on what has no white of the eye."""
    limits, values, rows = packages.for_task(eyelid.TASK).parameters, [], []
    for pixels, row in pictures:
        region = conjunctiva.find(pixels)
        try:
            view = eyelid._view(pixels, region, limits)
            values.append(eyelid._index(erythema.patches(view.light, eyelid._lid(view, limits)))[0])
            rows.append(row)
        except eyelid.UnfitError:
            continue
    return _figures(np.array(values), rows)


def answers(pictures: list) -> dict:
    """How often each sentence was said."""
    said = Counter()
    for pixels, _ in pictures:
        reading = _measured(pixels)
        said[(reading.reason or "measured") if reading else "nothing found"] += 1
    return dict(said)


def _figures(values: np.ndarray, rows: list) -> dict:
    """Lower values are paler: how often the anemic one of two pictures has the lower value, and r with haemoglobin."""
    member, groups = members([row["group"] for row in rows])
    weights = draws(groups, RESAMPLES, 0)[:, member]
    low = np.array([row["label"] == "anemic" for row in rows])
    apart = values[~low][None, :] - values[low][:, None]
    wins = (apart > 0) + 0.5 * (apart == 0)
    top = np.einsum("dl,lh,dh->d", weights[:, low], wins, weights[:, ~low], optimize=True)
    report = {"n": len(rows), "auc": figure(top / (weights[:, low].sum(axis=1) * weights[:, ~low].sum(axis=1)))}
    known = np.array([bool(row["hb_g_dl"]) for row in rows])
    hb = np.array([float(row["hb_g_dl"] or 0) for row in rows])[known]
    return report | {"r": figure(np.array([_correlation(values[known], hb, w[known]) for w in weights]))}


def _correlation(one: np.ndarray, other: np.ndarray, weights: np.ndarray) -> float:
    both = np.cov(one, other, aweights=weights)
    return float(both[0, 1] / np.sqrt(both[0, 0] * both[1, 1]))


def _measured(pixels: np.ndarray):
    region = conjunctiva.find(pixels)
    return None if region is None else eyelid.measure(pixels, region, packages.for_task(eyelid.TASK))


def _closer(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    height, width = pixels.shape[:2]
    left, right, top, bottom = rng.uniform(0, 0.04, 4)
    return pixels[int(top * height) : height - int(bottom * height), int(left * width) : width - int(right * width)]


def _read(path: Path) -> np.ndarray:
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
