"""A training recipe: one short TOML file that says everything a package is made from."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from clinoscope import modes
from clinoscope.domain.errors import KnownError
from clinoscope.inference.card import Input, Source


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Which column of a CSV holds what."""

    label: str = "label"
    group: str = "group"
    source: str = "source"


@dataclass(frozen=True, kw_only=True)
class Below:
    """Two labels out of a number: under ``limit`` the first, else the second."""

    limit: float
    labels: tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Pictures listed in a CSV, paths relative to it.

    ``csv`` is relative to the data folder. ``where`` keeps rows whose column holds one of the
    listed values; ``skip`` drops rows for which every column of one entry holds one of its
    values. A column written ``attributes.nucleus_shape`` reaches into a cell of
    ``key=value;key=value``. ``labels`` maps what the column says to the task's labels; rows
    with other values are left out. ``below`` makes two labels of a number instead: values
    under ``limit`` get the first, the others the second. ``boxes`` names the key of the JSON
    column ``boxes`` whose [x, y, w, h] lists are the region; without it the region is found as
    in the running program.
    """

    csv: str
    name: str = ""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    skip: tuple[Mapping[str, tuple[str, ...]], ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    columns: Columns = Columns()
    below: Below | None = None
    boxes: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Augment:
    """How far a training view may stray from the picture; 0 switches a change off.

    ``turn`` degrees; ``flip`` mirror left-right (and up-down with ``upside_down``); ``scale`` and
    ``shift`` shares of the region's side; ``light`` and ``balance`` standard deviations of ln
    gain, overall and per channel; ``contrast`` of ln gamma; ``colour`` of ln saturation; ``stain``
    of the mixing of optical densities; ``blur`` largest sigma as a share of the side; ``grain``
    largest noise, 0..255; ``coarse`` largest factor by which resolution is lost; ``jpeg`` lowest
    quality; ``mark`` hides the atlas watermark in the middle of the picture and prints others
    elsewhere.
    """

    turn: float = 0.0
    flip: bool = True
    upside_down: bool = False
    scale: float = 0.0
    shift: float = 0.0
    light: float = 0.0
    balance: float = 0.0
    contrast: float = 0.0
    colour: float = 0.0
    stain: float = 0.0
    blur: float = 0.0
    grain: float = 0.0
    coarse: float = 1.0
    jpeg: int = 0
    mark: bool = False


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """See ``models/recipes``. ``tests`` are sources kept out of training and measured apart;
    a test source that also lies in ``data`` is left out of training for that figure alone.
    ``foreign`` are pictures of other kinds that the package should refuse. ``at_most`` pictures of
    each label and source are drawn for training (0: all), to save time. ``group_word`` says
    what a group is (people, lesions). Below ``weak_below`` (AUC for two labels, else balanced
    accuracy) the package says of itself that it does not deserve trust."""

    name: str
    version: str
    task: str
    intended_use: str
    trained_on: str
    labels: tuple[str, ...]
    backbones: tuple[str, ...]
    input: Input
    data: tuple[Rows, ...]
    sources: tuple[Source, ...]
    weights: Literal["pretrained", "none"] = "pretrained"
    views: Annotated[int, msgspec.Meta(ge=1)] = 6
    folds: Annotated[int, msgspec.Meta(ge=2)] = 5
    seed: int = 1
    coverage: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.9
    at_most: Annotated[int, msgspec.Meta(ge=0)] = 0
    weak_below: float = 0.0
    group_word: str = "groups"
    augment: Augment = Augment()
    tests: tuple[Rows, ...] = ()
    foreign: tuple[Rows, ...] = ()
    known_failures: tuple[str, ...] = ()


def load(path: Path) -> Recipe:
    """Read a recipe. Raises KnownError that says what is wrong with it."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        _refuse_unknown(document, Recipe, "")
        recipe = msgspec.convert(document, Recipe)
        _check_task(recipe)
    except OSError:
        raise KnownError(f"The recipe {path} cannot be read. Check the path.") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise KnownError(f"The recipe {path.name} is not valid: {error}.") from None
    return recipe


def _refuse_unknown(table: Mapping[str, Any], kind: type, place: str) -> None:
    """A misspelt key would silently leave its default in force. Raises msgspec.ValidationError naming it."""
    known = {entry.name for entry in fields(kind)}
    for key, value in table.items():
        if key not in known:
            raise msgspec.ValidationError(f"it has no key {place}{key}")
        if (inner := _TABLES.get(key)) is not None:
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, Mapping):
                    _refuse_unknown(part, inner, f"{key}.")


def _check_task(recipe: Recipe) -> None:
    if recipe.task not in modes.task_ids():
        raise msgspec.ValidationError(f"there is no task {recipe.task}")


_TABLES: dict[str, type] = {
    "input": Input,
    "augment": Augment,
    "data": Rows,
    "tests": Rows,
    "foreign": Rows,
    "sources": Source,
}
