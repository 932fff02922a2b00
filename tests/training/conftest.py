"""A few dozen drawn spots, and a recipe that trains on them in seconds."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

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
backbones = ["tiny"]
weights = "none"
views = 3
folds = 3
known_failures = ["It knows drawings only."]

[input]
size = 64
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
    from clinoscope.training.train import train

    out = tmp_path_factory.mktemp("out")
    recipe = out / "drawn-spots.toml"
    recipe.write_text(RECIPE, encoding="utf-8")
    told: list[tuple[str, float]] = []
    folder = train(recipe, spots_folder, out, Path("nowhere"), lambda doing, share: told.append((doing, share)))
    return out, folder, told


@pytest.fixture(scope="session")
def spots_package(spots_run: tuple[Path, Path, list]) -> Path:
    return spots_run[1]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)
