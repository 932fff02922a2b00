"""Labelled pictures, from a recipe's CSV files or from a clinic's own folder."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath
from typing import TypeVar

import msgspec
import numpy as np

from clinoscope import modes
from clinoscope.domain import spreadsheet
from clinoscope.domain.counts import many
from clinoscope.domain.errors import KnownError
from clinoscope.domain.picture import SUFFIXES
from clinoscope.domain.region import Box
from clinoscope.training.recipe import Recipe, Rows

T = TypeVar("T")

OWN_LIST = "labels.csv"
"""A clinic's own list, as ``clinoscope export-dataset`` writes it; of its columns only path and label must be there."""

OWN_SOURCE = "own"
"""The source of a clinic's own pictures where no camera is named."""

_OWN_COLUMNS = frozenset({"path", "label", "group", "boxes", "camera"})
_PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp")


@dataclass(frozen=True)
class Row:
    """One labelled picture; pictures of one ``group`` (a patient) never part in a split.

    ``boxes`` are the regions drawn by hand, empty when the region is to be found; ``cells`` is the
    whole row of the CSV, for flags that are learned from other columns.
    """

    path: Path
    label: str
    group: str
    source: str
    boxes: tuple[Box, ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def cell(self, column: str) -> str:
        """The text of a column; ``column.key`` reads one value of a ``key=value;…`` cell."""
        return _cell(self.cells, column)


def training_rows(recipe: Recipe, folder: Path, told: Callable[[str], None] = lambda _said: None) -> tuple[Row, ...]:
    """The pictures a recipe trains on: its CSV files, else the clinic's own list or class folders.

    ``told`` hears in a sentence what of the clinic's own was left out. Raises KnownError when there are none, when a
    label has fewer groups than there are folds, and for what is wrong in a clinic's own list.
    """
    listed = [rows for rows in recipe.data if (folder / rows.csv).is_file()]
    if listed:
        found = tuple(row for rows in listed for row in listed_rows(rows, folder) if row.label in recipe.labels)
    else:
        found = _own_rows(folder, recipe, told)
    kept = _drawn(found, recipe)
    if not kept:
        raise KnownError(
            f"There are no labelled pictures in {folder}. Give a folder with one folder per label "
            f"({', '.join(recipe.labels)}) or a {OWN_LIST} with the columns path,label,group."
        )
    check_groups(kept, recipe)
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
                cells=line,
            )
        )
    return tuple(found)


def spread(listed: Sequence[T], most: int) -> Sequence[T]:
    """At most so many of what is listed, from all over the list."""
    return listed[:: max(1, len(listed) // most)][:most]


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
    return _whole(json.loads(text).get(key, []))


@dataclass(frozen=True)
class _OwnBoxes:
    """The column ``boxes`` of a clinic's own list; see ``workflow.export_dataset``."""

    region: tuple[tuple[float, float, float, float], ...] = ()


def _own_boxes(text: str, file: str, number: int) -> tuple[Box, ...]:
    """Raises KnownError for text that is not what the export writes, with its line."""
    try:
        return _whole(msgspec.json.decode(text, type=_OwnBoxes).region) if text else ()
    except (msgspec.MsgspecError, OverflowError):
        raise KnownError(
            f'{file}, line {number}: boxes that cannot be read. They look like {{"region": [[x, y, w, h]]}}, in pixels.'
        ) from None


def _whole(boxes: Iterable[Sequence[float]]) -> tuple[Box, ...]:
    """Boxes x, y, w, h in whole pixels, none of them empty."""
    return tuple(Box(round(x), round(y), max(1, round(w)), max(1, round(h))) for x, y, w, h in boxes)


def _own_rows(folder: Path, recipe: Recipe, told: Callable[[str], None]) -> tuple[Row, ...]:
    """A clinic's own pictures whose label the recipe has, each once. Raises KnownError."""
    if (folder / OWN_LIST).is_file():
        found = _own_list(folder / OWN_LIST, recipe)
    else:
        found = _class_folders(folder, recipe, told)
    other = Counter(row.label for row in found if row.label not in recipe.labels)
    if other:
        named = ", ".join(f"{label} ({count})" for label, count in other.most_common())
        told(f"Left out, for the recipe does not have their labels: {named}.")
    rows = tuple(row for row in found if row.label in recipe.labels)
    once = _without_copies(rows, folder)
    if len(once) < len(rows):
        told(f"Left out, for they are copies of other pictures: {len(rows) - len(once)}.")
    return once


def _without_copies(rows: Sequence[Row], folder: Path) -> tuple[Row, ...]:
    """Every picture once, whatever its copies are called: else one would train what another one tests.

    Raises KnownError for a picture that stands there with two labels.
    """
    of_size = Counter(_size(row.path) for row in rows)
    first: dict[object, Row] = {}
    for row in rows:
        # only files of one size can be copies of each other: the others need not be read
        alone = of_size[_size(row.path)] == 1 or not row.path.is_file()
        content = str(row.path) if alone else hashlib.sha256(row.path.read_bytes()).hexdigest()
        same = first.setdefault((content, row.boxes), row)
        if same.label != row.label:
            names = [path.relative_to(folder).as_posix() for path in (same.path, row.path)]
            raise KnownError(
                f"{names[0]} and {names[1]} are the same picture, labelled {same.label} and {row.label}. "
                "Correct the labels and start again."
            )
    return tuple(first.values())


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1


def _own_label(written: str, recipe: Recipe) -> str:
    """The label that is meant, however it is written; what the task does not know stays as it is."""
    return modes.task(recipe.task).label_id(written) or written


def _own_list(file: Path, recipe: Recipe) -> tuple[Row, ...]:
    """The rows of a clinic's own list; see ``docs/own-data.md``. Raises KnownError for one that cannot be used.

    Boxes tell where the region is, but not its outline: a recipe that paints the outside black must find the
    region itself, as the running program will.
    """
    try:
        names, lines = spreadsheet.by_name(file.read_bytes(), _OWN_COLUMNS)
    except OSError as error:
        raise KnownError(f"{file} cannot be read: {error.strerror}. Check the folder.") from None
    except (ValueError, csv.Error):
        raise KnownError(f"{file.name} cannot be read as a CSV file. Save it as “CSV UTF-8”.") from None
    if not {"path", "label"} <= set(names):
        raise KnownError(f"{file.name} needs the columns path and label; it has {', '.join(names) or 'none'}.")
    found = []
    for number, line in lines:
        if not line.get("path") or not line.get("label"):
            raise KnownError(f"{file.name}, line {number}: the path or the label is missing.")
        found.append(
            Row(
                path=_inside(file, line["path"]),
                label=_own_label(line["label"], recipe),
                group=line.get("group") or line["path"],
                source=line.get("camera") or OWN_SOURCE,
                boxes=() if recipe.input.outline_only else _own_boxes(line.get("boxes") or "", file.name, number),
                cells=line,
            )
        )
    return tuple(found)


def _inside(file: Path, name: str) -> Path:
    """The picture of a list, which may name nothing outside its own folder. Raises KnownError."""
    path = PureWindowsPath(name)  # it knows both kinds of slash, and drives
    if path.anchor or ".." in path.parts:
        raise KnownError(f"{file.name} names the picture {name}, which is not in its folder. Copy it there.")
    return file.parent.joinpath(*path.parts)


def _class_folders(folder: Path, recipe: Recipe, told: Callable[[str], None]) -> tuple[Row, ...]:
    """``label/picture.jpg`` or ``label/patient/picture.jpg``, where the patient folder is the group."""
    found, unread = [], Counter[str]()
    for path in sorted(folder.glob("*/**/*")):
        kind = path.suffix.lower()
        if path.name.startswith(".") or not path.is_file():
            continue
        if kind in _PICTURES:
            name, *inner = path.relative_to(folder).parts
            label = _own_label(name, recipe)
            group = inner[0] if len(inner) > 1 else f"{label}/{path.name}"
            found.append(Row(path, label, group, OWN_SOURCE))
        elif kind in SUFFIXES:
            unread[kind] += 1
    if unread:
        kinds = ", ".join(f"{kind} ({count})" for kind, count in unread.most_common())
        told(f"Left out, for training does not read such files: {kinds}. Save them as PNG or JPEG.")
    return tuple(found)


def check_groups(rows: Iterable[Row], recipe: Recipe, what: str = "pictures") -> None:
    """Raise KnownError when a label has fewer groups than there are folds; ``what`` they are groups of."""
    groups: dict[str, set[str]] = {label: set() for label in recipe.labels}
    for row in rows:
        groups[row.label].add(row.group)
    for label, members in groups.items():
        if len(members) < recipe.folds:
            there = many(len(members), "group", "groups")
            raise KnownError(
                f"There are {what} of {there} with the label {label}, and {recipe.folds} are needed. "
                "Add pictures of more patients, or lower folds in the recipe."
            )
