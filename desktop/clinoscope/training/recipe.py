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
    ``shift`` shares of the region's side; ``tight`` how often the picture ends close around the region, 0..1 (not with
    ``outline_only``); ``light`` and ``balance`` standard deviations of ln
    gain, overall and per channel; ``contrast`` of ln gamma; ``colour`` of ln saturation; ``stain``
    of the mixing of optical densities; ``blur`` largest sigma as a share of the side; ``grain``
    largest noise, 0..255; ``coarse`` largest factor by which resolution is lost; ``jpeg`` lowest
    quality; ``haze`` largest share of stray light, ``halo`` largest strength of a sharpener's rim, ``fringe`` largest
    shift of red and blue as a share of the side, ``uneven`` of ln light across the picture; ``exposed`` keeps what is
    bright from burning out, as whoever sets the lamp does; ``grey`` how often all colour is lost, 0..1;
    ``mark`` hides the atlas watermark in the middle of the picture and prints others
    elsewhere.
    """

    turn: float = 0.0
    flip: bool = True
    upside_down: bool = False
    scale: float = 0.0
    shift: float = 0.0
    tight: float = 0.0
    light: float = 0.0
    balance: float = 0.0
    contrast: float = 0.0
    colour: float = 0.0
    stain: float = 0.0
    blur: float = 0.0
    grain: float = 0.0
    coarse: float = 1.0
    jpeg: int = 0
    haze: float = 0.0
    halo: float = 0.0
    fringe: float = 0.0
    uneven: float = 0.0
    exposed: bool = False
    grey: float = 0.0
    mark: bool = False


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One way to train: the variants of a recipe are compared in the same folds, the best is packed.

    ``train``: ``"head"`` leaves the network as it is and fits a linear head, ``"top"`` trains what
    lies after ``cut`` (a layer, ``"half"`` or ``"last"``; see ``backbones.cut_layer``), ``"all"`` the
    whole network. ``steps`` are done to every picture, in training and in the running program.
    ``balance``: rare labels weigh more (``"weights"``), are shown more often (``"repeat"``), or
    neither. Without ``augment`` only the unchanged view trains. ``generated`` pictures of the rarest
    label are drawn by a generator that learned from the training folds alone.
    """

    name: str
    backbone: str
    train: Literal["head", "top", "all"] = "head"
    cut: str = "half"
    steps: tuple[str, ...] = ()
    balance: Literal["weights", "repeat", "none"] = "weights"
    augment: bool = True
    generated: Annotated[int, msgspec.Meta(ge=0)] = 0


@dataclass(frozen=True, kw_only=True)
class Screen:
    """A label that must not be missed: a flag whose threshold finds ``sensitivity`` of it."""

    label: str
    name: str
    sensitivity: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.9


@dataclass(frozen=True, kw_only=True)
class Remark:
    """A flag learned from a column of the CSV: raised where ``column`` holds ``value``.

    Learned and raised only beside the labels of ``only_for`` (empty: all). It looks at the textures that
    the watcher network sees of the region cut out with ``margin``.
    """

    id: str
    name: str
    note: str
    column: str
    value: str
    only_for: tuple[str, ...] = ()
    margin: float = 0.0
    sensitivity: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.8


@dataclass(frozen=True, kw_only=True)
class Unusual:
    """A flag for pictures unlike the ordinary ones of ``label``."""

    id: str
    name: str
    note: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """See ``models/recipes``. ``trained_on`` may hold counts, see ``train``. Without ``data`` the folder of labelled
    pictures is taken as it is. ``variants`` are compared; without any, every one of ``backbones`` is
    one with a linear head. ``epochs`` and ``rate`` (learning rate) are for variants that train more
    than the head; an epoch shows as many pictures as there are. ``also_stratified`` measures once more
    with folds that part groups, to show how much that flatters. ``by_tone``: figures by skin
    tone. Without ``refuse_changed`` the rule that refuses pictures learns from changed views too, and so lets the
    same kind of picture pass from another camera or stain. ``ranked`` gives the share of
    pictures whose label is among the first so many. ``ordered`` labels follow one another: the report
    says how often the answer is at most one away. ``generator_steps`` trains a generator so long.
    ``worsened`` are changes under which held-out pictures are measured once more.
    ``tests`` are sources kept out of training and measured apart;
    a test source that also lies in ``data`` is left out of training for that figure alone.
    ``foreign`` are pictures of other kinds that the package should refuse, at
    most ``foreign_each`` of each. ``at_most`` pictures of
    each label and source are drawn for training (0: all), to save time. ``group_word`` says
    what a group is (people, lesions). Below ``weak_below`` (AUC for two labels, else balanced
    accuracy) the package says of itself that it does not deserve trust."""

    name: str
    version: str
    task: str
    intended_use: str
    trained_on: str
    labels: tuple[str, ...]
    input: Input
    sources: tuple[Source, ...]
    data: tuple[Rows, ...] = ()
    backbones: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()
    epochs: Annotated[int, msgspec.Meta(ge=1)] = 10
    rate: Annotated[float, msgspec.Meta(gt=0)] = 0.0005
    also_stratified: bool = False
    by_tone: bool = False
    refuse_changed: bool = True
    ranked: Annotated[int, msgspec.Meta(ge=0)] = 0
    ordered: bool = False
    generator_steps: Annotated[int, msgspec.Meta(ge=1)] = 3000
    screens: tuple[Screen, ...] = ()
    remarks: tuple[Remark, ...] = ()
    unusual: tuple[Unusual, ...] = ()
    weights: Literal["pretrained", "none"] = "pretrained"
    views: Annotated[int, msgspec.Meta(ge=1)] = 6
    folds: Annotated[int, msgspec.Meta(ge=3)] = 5
    seed: int = 1
    coverage: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.9
    at_most: Annotated[int, msgspec.Meta(ge=0)] = 0
    foreign_each: Annotated[int, msgspec.Meta(ge=1)] = 300
    weak_below: float = 0.0
    group_word: str = "groups"
    augment: Augment = Augment()
    worsened: Augment | None = None
    tests: tuple[Rows, ...] = ()
    foreign: tuple[Rows, ...] = ()
    known_failures: tuple[str, ...] = ()

    @property
    def ways(self) -> tuple[Variant, ...]:
        """The variants to compare."""
        return self.variants or tuple(Variant(name=name, backbone=name) for name in self.backbones)


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
    names = [variant.name for variant in recipe.ways]
    if not names or len(set(names)) != len(names):
        raise msgspec.ValidationError("it needs variants of different names, or backbones")
    flagged = [screen.label for screen in recipe.screens] + [entry.label for entry in recipe.unusual]
    for label in flagged + [label for entry in recipe.remarks for label in entry.only_for]:
        if label not in recipe.labels:
            raise msgspec.ValidationError(f"a flag is for {label}, which is not among its labels")


_TABLES: dict[str, type] = {
    "input": Input,
    "augment": Augment,
    "worsened": Augment,
    "data": Rows,
    "tests": Rows,
    "foreign": Rows,
    "sources": Source,
    "variants": Variant,
    "screens": Screen,
    "remarks": Remark,
    "unusual": Unusual,
}
