"""Runs a shipped recipe on drawn pictures in seconds: the same file, made small."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from clinoscope import modes, regions
from clinoscope.domain.picture import Pixels
from clinoscope.domain.reading import Reading
from clinoscope.inference import classify, packages
from clinoscope.inference.card import Package
from clinoscope.paths import MODELS
from clinoscope.training import quantise
from clinoscope.training.recipe import Recipe, load
from clinoscope.training.train import train_recipe

NOWHERE = Path("nowhere")
"""The folder of pretrained weights in these tests: there are none."""
BACKBONES = ("tiny", "small_cnn")


@dataclass(frozen=True)
class Run:
    """What a whole run left: its folder, its package, its report, and what it told on the way."""

    recipe: Recipe
    out: Path
    folder: Path
    package: Package
    report: dict[str, Any]
    told: list[tuple[str, float]]

    def read(self, pixels: Pixels) -> Reading:
        """A picture as the running program reads it."""
        task = modes.task(self.recipe.task)
        return classify.classify(task, pixels, regions.find(task.region, pixels), self.package)


def path_of(name: str) -> Path:
    return MODELS / "recipes" / f"{name}.toml"


def small(recipe: Recipe, epochs: int = 10) -> Recipe:
    """The recipe with the same labels, steps, balancing and flags, but networks and numbers that take seconds.

    Every variant keeps its name and its way of training, on one of two small networks with fresh weights; three folds,
    some steps of training, two views, pictures of 48 pixels. Those of other kinds are left to a few drawn patterns.
    """
    variants = tuple(
        dataclasses.replace(way, backbone=BACKBONES[number % 2], cut="half", generated=min(way.generated, 12))
        for number, way in enumerate(recipe.ways)
    )
    return dataclasses.replace(
        recipe,
        backbones=(),
        variants=variants,
        weights="none",
        views=2,
        folds=3,
        epochs=epochs,
        rate=0.003,
        generator_steps=4,
        foreign=(),
        foreign_each=24,
        input=dataclasses.replace(recipe.input, size=48),
    )


def run(name: str, data: Path, out: Path, epochs: int = 10) -> Run:
    """Train the recipe of that name, made small, and read back all that it left; few ``epochs`` where nothing need be
    learned."""
    return train(small(load(path_of(name)), epochs), name, data, out)


def train(recipe: Recipe, name: str, data: Path, out: Path) -> Run:
    """Train a recipe that was made small, and read back all that it left."""
    told: list[tuple[str, float]] = []
    # each form timed a few times only, which in the program takes seconds of every run
    with mock.patch.dict(quantise.compare.__kwdefaults__, turns=3):
        folder = train_recipe(
            recipe, path_of(name), data, out, NOWHERE, lambda doing, share: told.append((doing, share))
        )
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    return Run(recipe, out, folder, packages.load(folder), report, told)


def check(done: Run, draw: Callable[[str, np.random.Generator], Pixels]) -> None:
    """What holds for every recipe: a package that verifies, a report of every variant, a reading of a new picture."""
    recipe = done.recipe
    assert packages.verify(done.folder) == []
    assert done.package.task == recipe.task
    assert done.package.labels == recipe.labels
    assert done.package.sources[0].name == recipe.sources[0].name
    card = (done.folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "Research use only; not a diagnosis." in card
    assert (done.out / "report.pdf").read_bytes().startswith(b"%PDF")
    assert [entry["name"] for entry in done.report["variants"]] == [way.name for way in recipe.ways]
    assert sum(entry["chosen"] for entry in done.report["variants"]) == 1
    for entry in done.report["variants"]:
        assert 0 <= entry["figures"]["accuracy"]["value"] <= 1
        assert set(entry["figures"]["per_class"]) == set(recipe.labels)
    shares = [share for _, share in done.told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    reading = done.read(draw(recipe.labels[0], np.random.default_rng(99)))
    assert reading.model == done.package.ref
    assert set(reading.probabilities) == set(recipe.labels)
    assert abs(sum(reading.probabilities.values()) - 1) < 1e-6
