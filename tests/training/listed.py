"""Drawn pictures in CSV files with the columns that a shipped recipe reads: what its ``where``, ``skip`` and ``labels``
let through, and a row beside it that they must not."""

from __future__ import annotations

import csv
import functools
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
from numpy.random import Generator

from clinoscope import modes
from clinoscope.domain.picture import Pixels
from clinoscope.training.recipe import Recipe, Rows

PHANTOMS = Path(__file__).parents[2] / "resources" / "phantoms"
GROUPS, OTHERS = 6, 4
"""People (cells, spots) of every label, one picture of each: to train on, and of other sources and kinds."""
FEWEST = 4
"""Of each of several sources: with fewer there are labels without enough groups for the folds once one is left out."""
STRAYING = ("source", "label", "cell", "stage")
"""Columns of a row in every file that no recipe may take: its picture does not exist."""

Draw = Callable[[int, Generator], Pixels]
Line = dict[str, str]


def write(recipe: Recipe, folder: Path, drawn: ModuleType) -> Path:
    """All that the recipe lists, under ``folder``, which is returned."""
    draw = _drawing(modes.task(recipe.task).region, len(recipe.labels), drawn)
    lines: dict[str, dict[str, Line]] = defaultdict(dict)  # by path: a source may train and be a test as well
    wanted = [(rows, GROUPS) for rows in recipe.data] + [(rows, OTHERS) for rows in recipe.tests]
    for rows, groups in wanted:
        for label, number in _labels(rows, recipe):
            for line in _lines(rows, label, groups, recipe):
                _picture(folder / rows.csv, line, draw, number)
                lines[rows.csv][line["path"]] = line
    for rows in recipe.foreign:
        for line in _lines(rows, "other", OTHERS, recipe):
            _picture(folder / rows.csv, line, lambda number, rng: draw(number, rng) // 3 * 2, 0)  # the region is found
            lines[rows.csv][line["path"]] = line
    for name, listed in lines.items():
        _write_csv(folder / name, [*listed.values(), {"path": "nowhere.png", **dict.fromkeys(STRAYING, "stray")}])
    return folder


def _labels(rows: Rows, recipe: Recipe) -> Iterator[tuple[str, int]]:
    """What the label's column says for every label that these rows can have, and the number of that label."""
    said = {label: text for text, label in rows.labels.items()}
    for number, label in enumerate(recipe.labels):
        if rows.below is not None:
            yield ("8.5" if label == rows.below.labels[0] else "14"), number
        elif (text := said.get(label, "" if said else label)) in rows.where.get(rows.columns.label, (text,)) and text:
            yield text, number


def _lines(rows: Rows, label: str, groups: int, recipe: Recipe) -> Iterator[Line]:
    """Rows that pass, of so many groups, from every source of ``where``."""
    sources = rows.where.get(rows.columns.source, (rows.name or "drawn",))
    for source in sources:
        for number in range(max(FEWEST, -(-groups // len(sources)))):
            fixed = {column: values[0] for column, values in rows.where.items()}
            line = {**fixed, rows.columns.source: source, rows.columns.label: label}
            line["group"] = f"{source}-{label}-{number}"
            line["path"] = f"{source}/{label}-{number}.png"
            values = {remark.column: remark.value if number % 2 else "no" for remark in recipe.remarks}
            values.update({column: "as it should be" for skip in rows.skip for column in skip if "." in column})
            cells = [f"{column.partition('.')[2]}={value}" for column, value in values.items()]
            yield {**line, "attributes": ";".join(cells), "boxes": _boxes(rows)}


def _boxes(rows: Rows) -> str:
    return json.dumps({rows.boxes: [[20, 20, 60, 60], [60, 50, 50, 60]]}) if rows.boxes else ""


def _picture(file: Path, line: Mapping[str, str], draw: Draw, number: int) -> None:
    path = file.parent / line["path"]
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), draw(number, np.random.default_rng(list(line["path"].encode())))[..., ::-1])


def _write_csv(file: Path, lines: list[Line]) -> None:
    columns = sorted({column for line in lines for column in line if "." not in column})
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(lines)


def _drawing(region: str, labels: int, drawn: ModuleType) -> Draw:
    """Draws a picture in which that region is found, in a tint of the label."""
    base: dict[str, Callable[[Generator], Pixels]] = {
        "cell": lambda rng: drawn.neutrophil("NEU", rng),
        "lips": lambda rng: drawn.lips("not_anemic", rng),
        "lesion": lambda rng: drawn.spot("melanocytic_nevus", rng),
        "skin": lambda rng: drawn.rash("not_mpox", rng),
        "nails": lambda rng: drawn.rash("not_mpox", rng),  # whose boxes are listed
        "scalp": lambda rng: drawn.scalp("psoriasis", rng),
        "vertex": lambda rng: _phantom("vertex"),
        "conjunctiva": lambda rng: _phantom("eyelid"),
    }

    def draw(number: int, rng: Generator) -> Pixels:
        tint = 1 + 0.06 * np.cos(2 * np.pi * (number / labels + np.arange(3) / 3))
        picture = base[region](rng) * tint
        return np.clip(picture + rng.normal(0, 2, picture.shape), 0, 255).astype(np.uint8)

    return draw


@functools.cache
def _phantom(name: str) -> Pixels:
    """A phantom of the program, made small."""
    picture = cv2.imread(str(PHANTOMS / f"{name}.png"))
    return cv2.resize(picture, None, fx=0.15, fy=0.15, interpolation=cv2.INTER_AREA)[..., ::-1]
