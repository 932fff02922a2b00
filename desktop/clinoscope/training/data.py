"""Labelled pictures, from a recipe's CSV files or from a clinic's own folder."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from clinoscope.domain.errors import KnownError
from clinoscope.domain.region import Box
from clinoscope.training.recipe import Recipe, Rows

OWN_LIST = "labels.csv"
"""A clinic's own list: columns path, label and, where there are several pictures of a patient, group."""

_PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp")


@dataclass(frozen=True)
class Row:
    """One labelled picture; pictures of one ``group`` (a patient) never part in a split.

    ``boxes`` are the regions drawn by hand, empty when the region is to be found.
    """

    path: Path
    label: str
    group: str
    source: str
    boxes: tuple[Box, ...] = ()


def training_rows(recipe: Recipe, folder: Path) -> tuple[Row, ...]:
    """The pictures a recipe trains on: its CSV files, else the clinic's own list or class folders.

    Raises KnownError when there are none, or when a label has fewer groups than there are folds.
    """
    listed = [rows for rows in recipe.data if (folder / rows.csv).is_file()]
    if listed:
        found = tuple(row for rows in listed for row in listed_rows(rows, folder))
    elif (folder / OWN_LIST).is_file():
        found = _own_list(folder / OWN_LIST)
    else:
        found = _class_folders(folder)
    kept = _drawn(tuple(row for row in found if row.label in recipe.labels), recipe)
    if not kept:
        raise KnownError(
            f"There are no labelled pictures in {folder}. Give a folder with one folder per label "
            f"({', '.join(recipe.labels)}) or a {OWN_LIST} with the columns path,label,group."
        )
    _check_groups(kept, recipe)
    return kept


def _drawn(rows: tuple[Row, ...], recipe: Recipe) -> tuple[Row, ...]:
    """At most ``recipe.at_most`` rows of each label and source, drawn by the recipe's seed, in order."""
    if not recipe.at_most:
        return rows
    taken: Counter[tuple[str, str]] = Counter()
    kept = []
    for index in np.random.default_rng(recipe.seed).permutation(len(rows)):
        row = rows[index]
        taken[row.label, row.source] += 1
        if taken[row.label, row.source] <= recipe.at_most:
            kept.append(int(index))
    return tuple(rows[index] for index in sorted(kept))


def listed_rows(rows: Rows, folder: Path) -> tuple[Row, ...]:
    """The rows of one CSV that a recipe names; none when the file is not there."""
    file = folder / rows.csv
    if not file.is_file():
        return ()
    found = []
    for line in _lines(file):
        label = _label(rows, line)
        if label is None or not _wanted(rows, line):
            continue
        path = file.parent / line["path"]
        found.append(
            Row(
                path=path,
                label=label,
                group=line.get(rows.columns.group) or line["path"],
                source=line.get(rows.columns.source, "") or rows.name,
                boxes=_boxes(line.get("boxes", ""), rows.boxes),
            )
        )
    return tuple(found)


def _lines(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        yield from csv.DictReader(stream)


def _label(rows: Rows, line: Mapping[str, str]) -> str | None:
    said = _cell(line, rows.columns.label)
    if rows.below is not None:
        if not said:
            return None
        return rows.below.labels[0] if float(said) < rows.below.limit else rows.below.labels[1]
    return rows.labels.get(said) if rows.labels else said or None


def _wanted(rows: Rows, line: Mapping[str, str]) -> bool:
    if not _matches(rows.where, line):
        return False
    return not any(_matches(skip, line) for skip in rows.skip)


def _matches(conditions: Mapping[str, tuple[str, ...]], line: Mapping[str, str]) -> bool:
    return all(_cell(line, column) in values for column, values in conditions.items())


def _cell(line: Mapping[str, str], column: str) -> str:
    """The text of a column; ``column.key`` reads one value of a ``key=value;…`` cell."""
    name, _, key = column.partition(".")
    text = line.get(name) or ""
    if not key:
        return text
    pairs = (entry.partition("=") for entry in text.split(";"))
    return next((value for found, _, value in pairs if found == key), "")


def _boxes(text: str, key: str) -> tuple[Box, ...]:
    if not key or not text:
        return ()
    boxes = json.loads(text).get(key, [])
    return tuple(Box(round(x), round(y), max(1, round(w)), max(1, round(h))) for x, y, w, h in boxes)


def _own_list(file: Path) -> tuple[Row, ...]:
    found = []
    for line in _lines(file):
        if not line.get("path") or not line.get("label"):
            raise KnownError(f"{file.name} needs the columns path and label in every row.")
        group = line.get("group") or line["path"]
        found.append(Row(file.parent / line["path"], line["label"], group, "own"))
    return tuple(found)


def _class_folders(folder: Path) -> tuple[Row, ...]:
    """``label/picture.jpg`` or ``label/patient/picture.jpg``, where the patient folder is the group."""
    found = []
    for path in sorted(folder.glob("*/**/*")):
        if path.suffix.lower() in _PICTURES:
            label, *inner = path.relative_to(folder).parts
            group = inner[0] if len(inner) > 1 else f"{label}/{path.name}"
            found.append(Row(path, label, group, "own"))
    return tuple(found)


def _check_groups(rows: Iterable[Row], recipe: Recipe) -> None:
    groups: dict[str, set[str]] = {label: set() for label in recipe.labels}
    for row in rows:
        groups[row.label].add(row.group)
    for label, members in groups.items():
        if len(members) < recipe.folds:
            raise KnownError(
                f"There are pictures of {len(members)} groups with the label {label}, and {recipe.folds} are needed. "
                "Add pictures of more patients, or lower folds in the recipe."
            )
