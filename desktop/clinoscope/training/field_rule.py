"""Fits the rule that tells a field of a smear from any other picture, and measures it: ``inference.fields``.

    python -m clinoscope.training.field_rule DATA OUT

writes ``OUT/field.npz`` and prints the share refused of the fields of each laboratory, by a rule that never saw that
laboratory, and of each kind of other picture, by one that saw other pictures of the kind and by one that saw none.
DATA is the folder that holds ``neutrophil``, ``skin``, ``scalp`` and ``anemia``.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from clinoscope.domain.errors import KnownError
from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box
from clinoscope.inference.fields import SEEN, THRESHOLD, middle
from clinoscope.inference.metrics import share
from clinoscope.inference.rejection import save_reference
from clinoscope.training import remarks
from clinoscope.training.assess import DRAWN
from clinoscope.training.data import listed_rows, spread
from clinoscope.training.features import Subject, decode
from clinoscope.training.head import Floats
from clinoscope.training.recipe import Augment, Rows
from clinoscope.training.refusal import Refusal, drawn_patterns, fit_refusal

FILE = "field.npz"
LABORATORIES = 3
EACH = 110
"""Fields of a laboratory, and pictures of another kind, at most: so none outweighs the others."""
SIDES = (0.6, 0.5, 0.4, 0.3)
"""Sides of the part without a white cell, as shares of the shorter side of its field: the largest that is found."""
CHANGED = Augment(
    turn=180.0,
    upside_down=True,
    scale=0.25,
    light=0.25,
    balance=0.2,
    contrast=0.25,
    colour=0.35,
    stain=0.25,
    blur=0.018,
    grain=12.0,
    coarse=4.0,
    jpeg=30,
)
"""Another lamp, stain and lens: those of the recipe of ``neutrophil/type``."""
OTHERS = {
    "skin": ("task", ("lesion_photo", "lesion_dermoscopy", "rash_photo")),
    "scalp": ("source", ("dermnet_com", "clinic_topdown", "hairtype_web", "scalp_microscope")),
    "anemia": ("source", ("yakimov_nail", "eyes_defy_india", "cp_anemic_conjunctiva")),
}
"""The kinds of other pictures: folder, the column of its list that tells them apart, and its values."""
_SEED = 1


@dataclass(frozen=True, eq=False)
class Fields:
    """Fields and parts of fields without a white cell: their ``subjects``, and of which laboratory each is."""

    subjects: tuple[Subject, ...]
    sources: tuple[str, ...]
    empty: tuple[bool, ...]


def fields(folder: Path) -> Fields:
    """The fields listed in ``boxes.csv`` under ``folder``, and of each the largest part found without a white cell."""
    cells: dict[str, list[Box]] = defaultdict(list)
    of_source: dict[str, list[str]] = defaultdict(list)
    with (folder / "boxes.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["field"] not in of_source[row["source"]]:
                of_source[row["source"]].append(row["field"])
            if row["label"] == "wbc":
                cells[row["field"]].append(Box(*(round(float(row[side])) for side in "xywh")))
    chance = np.random.default_rng(_SEED)
    subjects, sources, empty = [], [], []
    for source, names in of_source.items():
        for name in spread(sorted(names), EACH):
            pixels = decode(folder / name)
            for part, is_empty in ((pixels, False), (without_cells(pixels, cells[name], chance), True)):
                if part is not None:
                    subjects.append(_subject(part))
                    sources.append(source)
                    empty.append(is_empty)
    return Fields(tuple(subjects), tuple(sources), tuple(empty))


def without_cells(pixels: Pixels, cells: Sequence[Box], chance: np.random.Generator) -> Pixels | None:
    """A square part of a field that no white cell's box touches; None where thirty draws of each size find none."""
    height, width = pixels.shape[:2]
    for part in SIDES:
        side = round(part * min(height, width))
        for _ in range(30):
            x, y = int(chance.integers(0, width - side + 1)), int(chance.integers(0, height - side + 1))
            if all(x > box.right or x + side < box.x or y > box.bottom or y + side < box.y for box in cells):
                return pixels[y : y + side, x : x + side]
    return None


def others(data: Path) -> tuple[dict[str, Floats], dict[str, list[str]]]:
    """Features of pictures of other kinds by kind, and the group of each picture."""
    found: dict[str, Floats] = {}
    groups: dict[str, list[str]] = {}
    for folder, (column, kinds) in OTHERS.items():
        for kind in kinds:
            rows = spread(listed_rows(Rows(csv=f"{folder}/images.csv", where={column: (kind,)}), data), EACH)
            if rows:
                found[kind] = _seen([_subject(decode(row.path)) for row in rows])
                groups[kind] = [row.group for row in rows]
    patterns = drawn_patterns(EACH, _SEED)
    found[DRAWN] = _seen([_subject(pixels) for pixels in patterns])
    groups[DRAWN] = [str(number) for number in range(len(patterns))]
    return found, groups


def fit(own: Fields, foreign: Mapping[str, Floats], groups: Mapping[str, Sequence[str]]) -> Refusal:
    """The rule and its measure, the laboratories as folds; what was measured of own ones begins with the unchanged.

    Raises KnownError for fewer laboratories than it takes to leave one out and still hold two against each other.
    """
    rows = np.concatenate([_seen(own.subjects), remarks.watched(own.subjects, SEEN, CHANGED, 1, _SEED)])
    names = sorted(set(own.sources))
    if len(names) < LABORATORIES:
        raise KnownError(
            f"The rule is measured on laboratories it has not seen: boxes.csv names {len(names)} in its column source, "
            f"and {LABORATORIES} are needed."
        )
    fold = np.array([names.index(source) for source in own.sources] * 2, np.intp)
    return fit_refusal(rows, fold, foreign, groups)


def figures(own: Fields, refusal: Refusal, groups: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Shares refused: of each laboratory's fields, with and without white cells, left out; of each other kind."""
    told: dict[str, Any] = {}
    unchanged = refusal.own[: len(own.subjects)]
    for source in sorted(set(own.sources)):
        for is_empty, name in ((False, "fields"), (True, "parts without a white cell")):
            here = [number for number, at in enumerate(own.sources) if at == source and own.empty[number] == is_empty]
            if here:
                refused = share(unchanged[here], [str(number) for number in here])
                told[f"{source}, {name}"] = {"n": len(here), "refused": refused}
    for name, hits in refusal.foreign.items():
        unseen = share(refusal.unseen[name], groups[name])
        told[name] = {"n": len(hits), "refused": share(hits, groups[name]), "refused, kind never seen": unseen}
    return told


def _subject(pixels: Pixels) -> Subject:
    height, width = pixels.shape[:2]
    return Subject(pixels, middle(Box(0, 0, width, height)))


def _seen(subjects: Sequence[Subject]) -> Floats:
    return remarks.watched(subjects, SEEN, Augment(), 0, _SEED)


def main(data: Path, out: Path) -> None:
    """Fit, write and tell."""
    own = fields(data / "neutrophil")
    foreign, groups = others(data)
    refusal = fit(own, foreign, groups)
    (out / FILE).write_bytes(save_reference(refusal.reference, **{THRESHOLD: refusal.threshold}))
    print(json.dumps(figures(own, refusal, groups), indent=1))


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
    except KnownError as error:
        sys.exit(str(error))
