"""A few dozen drawn spots, and a recipe that trains on them in seconds."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import cv2
import numpy as np
import pytest

RECIPE = """
name = "drawn-spots"
version = "0.1.0"
task = "skin/lesion-photo"
intended_use = "Tests."
trained_on = "Drawn spots."
labels = ["melanocytic_nevus", "melanoma", "seborrheic_keratosis"]
weights = "none"
views = 3
folds = 3
epochs = 2
foreign_each = 24
rate = 0.003
variants = [
    { name = "head", backbone = "tiny" },
    { name = "top", backbone = "tiny", train = "top" },
]
known_failures = ["It knows drawings only."]

[input]
size = 48
margin = 0.3

[augment]
turn = 180.0
scale = 0.1
light = 0.05
jpeg = 70

[[sources]]
name = "drawn"
licence = "none"
what = "coloured spots"

[[data]]
csv = "listed.csv"
"""

COLOURS = {"melanocytic_nevus": (120, 70, 40), "melanoma": (30, 25, 60), "seborrheic_keratosis": (170, 60, 60)}


def spot(label: str, rng: np.random.Generator) -> np.ndarray:
    """A round spot of the label's colour on skin, RGB (120, 120, 3)."""
    picture = np.full((120, 120, 3), (214, 170, 148), np.float64) + rng.normal(0, 4, (120, 120, 3))
    y, x = np.mgrid[:120, :120]
    inside = (x - rng.uniform(50, 70)) ** 2 + (y - rng.uniform(50, 70)) ** 2 < rng.uniform(18, 28) ** 2
    picture[inside] = np.array(COLOURS[label]) + rng.normal(0, 12, 3) + rng.normal(0, 5, (int(inside.sum()), 3))
    return np.clip(picture, 0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def spots_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``label/patient/picture.png`` for three labels, six patients each, two pictures of every patient."""
    folder = tmp_path_factory.mktemp("spots")
    rng = np.random.default_rng(0)
    for label in COLOURS:
        for patient in range(6):
            place = folder / label / f"{label}-{patient}"
            place.mkdir(parents=True)
            for number in range(2):
                cv2.imwrite(str(place / f"{number}.png"), spot(label, rng)[..., ::-1])
    return folder


@pytest.fixture(scope="session")
def draw_spot() -> Callable[[str, np.random.Generator], np.ndarray]:
    return spot


@pytest.fixture
def recipe_file(tmp_path: Path) -> Path:
    path = tmp_path / "drawn-spots.toml"
    path.write_text(RECIPE, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def spots_run(spots_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, list]:
    """One whole run: its output folder, its package, and what it told on the way."""
    from clinoscope.training import quantise
    from clinoscope.training.train import train

    out = tmp_path_factory.mktemp("out")
    recipe = out / "drawn-spots.toml"
    recipe.write_text(RECIPE, encoding="utf-8")
    told: list[tuple[str, float]] = []
    # each form timed a few times only, as in recipe_runs
    with mock.patch.dict(quantise.compare.__kwdefaults__, turns=3):
        folder = train(recipe, spots_folder, out, Path("nowhere"), lambda doing, share: told.append((doing, share)))
    return out, folder, told


@pytest.fixture(scope="session")
def spots_package(spots_run: tuple[Path, Path, list]) -> Path:
    return spots_run[1]


@pytest.fixture(scope="session")
def spots() -> Any:
    """Drawn spots in memory: 24 pictures of three labels, two of each of four patients, with the whole as region."""
    from clinoscope.domain.region import Box, Region
    from clinoscope.training.data import Row
    from clinoscope.training.features import Subject
    from clinoscope.training.gather import Gathered

    rng = np.random.default_rng(3)
    rows, subjects, labels = [], [], []
    for index, label in enumerate(COLOURS):
        for number in range(8):
            group, source = f"{label}-{number // 2}", "ours" if number < 6 else "theirs"
            cells = {"label": label, "spotted": "yes" if number % 4 < 2 else "no"}
            rows.append(Row(Path(f"{label}-{number}.png"), label, group, source, cells=cells))
            subjects.append(Subject(spot(label, rng), Region(Box(20, 20, 80, 80), "drawn")))
            labels.append(index)
    return Gathered(tuple(rows), tuple(subjects), np.array(labels, np.intp), 0)


@pytest.fixture(scope="session")
def spots_recipe(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The recipe of the drawn spots, for 32 pixels, two views and a few steps."""
    import dataclasses

    from clinoscope.training.recipe import load

    path = tmp_path_factory.mktemp("recipe") / "drawn-spots.toml"
    path.write_text(RECIPE, encoding="utf-8")
    recipe = load(path)
    how = dataclasses.replace(recipe.input, size=32, margin=0.0)
    return dataclasses.replace(recipe, views=2, epochs=8, foreign_each=12, input=how)


@pytest.fixture(scope="session")
def learning(spots: Any, spots_recipe: Any, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Gives a learner on the spots for a variant with these fields, of the network ``tiny`` by default."""
    from clinoscope.training import seen
    from clinoscope.training.learner import Learner
    from clinoscope.training.recipe import Variant

    folder = tmp_path_factory.mktemp("seen")

    def make(**fields: Any) -> Learner:
        way = Variant(**{"name": "it", "backbone": "tiny", **fields})
        size, views = spots_recipe.input.size, spots_recipe.views
        eye = seen.eye(way, size, None)
        change = spots_recipe.augment
        sights = seen.look([eye], spots.subjects, spots_recipe.input, change, views, 1, "spots", folder)
        return Learner(eye, spots_recipe, spots.subjects, sights["it"], folder)

    return make


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def drawn_readings(labels: tuple[str, ...], seed: int = 0, n: int = 240) -> Any:
    """Made-up held-out readings, three of every group."""
    from clinoscope.inference.metrics import Readings

    rng = np.random.default_rng(seed)
    truth = rng.integers(0, len(labels), n)
    scores = np.exp(rng.normal(0, 1, (n, len(labels))))
    scores[np.arange(n), truth] *= 8
    probabilities = scores / scores.sum(axis=1, keepdims=True)
    sets = probabilities > 0.2
    sets[np.arange(n), probabilities.argmax(axis=1)] = True
    groups = [f"patient {index // 3}" for index in range(n)]
    return Readings(labels, truth, probabilities, groups, sets.sum(axis=1) == 1, sets)


@pytest.fixture(scope="session")
def whole_report() -> tuple[Any, Any]:
    """A training report with all its parts, and the readings that its figures measure."""
    from clinoscope.inference.card import Caution, Explanation, FlagRule
    from clinoscope.inference.metrics import by, measure, top_k
    from clinoscope.training.explanation import Checked
    from clinoscope.training.flags import Fitted
    from clinoscope.training.quantise import Comparison, Form
    from clinoscope.training.report import Report

    labels = tuple(COLOURS)
    readings = drawn_readings(labels)
    share = {"value": 0.9, "low": 0.8, "high": 0.95}
    ways = (
        {"name": "tiny-head", "backbone": "tiny", "train": "head", "balance": "weights"},
        {"name": "tiny-top", "backbone": "tiny", "train": "top", "cut": "half", "steps": ["denoise"], "generated": 20},
        {"name": "tiny-all", "backbone": "tiny", "train": "all", "balance": "repeat", "augment": False},
    )
    rule = FlagRule(
        id="cannot_exclude",
        name="Melanoma not excluded",
        note="Chosen low.",
        kind="label",
        threshold=0.1,
        label="melanoma",
    )
    odd = FlagRule(id="odd", name="Unusual", note="Unlike the others.", kind="distance", threshold=0.98)
    file = {"bytes": 100_000, "milliseconds": 1.5, "memory_mb": None, "accuracy": 0.8, "balanced_accuracy": 0.7}
    forms = tuple(
        Form(form=name, **file, ece=0.03, same_answers=same, embedding_lost=0.0)
        for name, same in (("float32", 1.0), ("float16", 1.0), ("int8", 0.9))
    )
    report = Report(
        recipe={
            "name": "drawn-spots",
            "version": "0.1.0",
            "task": "skin/lesion-photo",
            "labels": labels,
            "intended_use": "Tests.",
            "trained_on": "Drawn spots.",
            "command": "clinoscope train drawn-spots.toml --data drawn --out here",
            "seed": 1,
            "folds": 3,
            "group_word": "patients",
            "coverage": 0.9,
            "weights": "none",
            "views": 3,
            "epochs": 10,
            "rate": 0.0005,
            "input": {"size": 64, "margin": 0.3, "colour": "rgb 0..255", "outline_only": False, "steps": ()},
            "known_failures": ["It knows drawings | only."],
            "sources": [{"name": "drawn", "licence": "none", "what": "coloured spots"}],
        },
        figures=measure(readings),
        made={"date": "2026-11-20", "program": "0.1.0", "machine": "a machine", "seconds": 5400.0},
        how="Measured on patients never seen.",
        weak="Weak: do not rely on it.",
        pictures=[{"source": "drawn", "groups": 80, "labels": {"melanoma": 240}}],
        without_region=2,
        variants=[
            {**way, "figures": measure(drawn_readings(labels, seed)), "seconds": 40.0 * seed, "chosen": seed == 2}
            for seed, way in enumerate(ways, start=1)
        ],
        top_k={"1": top_k(readings, 1), "2": top_k(readings, 2)},
        stratified=measure(drawn_readings(labels, 9)),
        elsewhere=[
            {
                "name": "clinic B",
                "note": "another camera",
                "figures": measure(readings),
                "cautious": measure(readings),
                "refused": share,
            },
        ],
        own_refused={"value": 0.02, "low": 0.0, "high": 0.05},
        foreign_refused={"shoes": share},
        unseen_refused={"shoes": {"value": None, "low": None, "high": None}},
        tones=by(readings, ["dark" if index % 3 else "light" for index in range(240)]),
        origins=by(readings, ["north" if index % 2 else "south" for index in range(240)]),
        explanation=Checked(
            Explanation(shown=False, randomised=0.4, repeated=0.9), 48, 0.3, 0.7, 0.2, 0.1, 9.0, "they lie"
        ),
        quantised=Comparison(
            forms=forms,
            chosen="float16",
            reason="float16: safe.",
            keras_milliseconds=50.0,
            keras_accuracy=0.8,
            pictures=60,
        ),
        flags=(
            Fitted(rule, {}, {"sensitivity": share, "specificity": share}),
            Fitted(odd, {"odd_mean": np.zeros(3)}, {"specificity": share}),
        ),
        history=((1.5, 0.7, 0.4), (1.4, 0.8, float("nan"))),
        temperature=0.9,
        quantile=0.7,
        caution=Caution(temperature=1.6, coverage=0.9, quantile=0.8, pictures=240, fitted_on=("clinic B",)),
        notes=("A line of its own.",),
    )
    return report, readings


def _beside(name: str) -> ModuleType:
    """A module of this folder that holds no tests; under importlib mode nothing here is on the path."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def drawn() -> ModuleType:
    """Drawn pictures for the reproduction recipes; see drawn.py."""
    return _beside("drawn")


@pytest.fixture(scope="session")
def recipe_runs() -> ModuleType:
    """Whole runs of shipped recipes made small; see recipe_runs.py."""
    return _beside("recipe_runs")


@pytest.fixture(scope="session")
def listed() -> ModuleType:
    """Drawn pictures in the lists that the shipped recipes read; see listed.py."""
    return _beside("listed")
