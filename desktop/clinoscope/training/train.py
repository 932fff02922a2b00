"""``clinoscope train``: from a recipe and labelled pictures to a model package.

picture → region → views → frozen backbone → linear head, chosen by inner folds, measured by outer
folds, calibrated on held-out groups, exported, checked, packed. Features are kept in the output
folder, so that a killed run goes on where it stopped.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

from clinoscope import modes
from clinoscope.domain.errors import KnownError
from clinoscope.training import backbones, features
from clinoscope.training.assess import Gathered, assess, gather
from clinoscope.training.data import training_rows
from clinoscope.training.features import Floats
from clinoscope.training.progress import Progress, Report, ignore
from clinoscope.training.recipe import Recipe
from clinoscope.training.recipe import load as load_recipe


def train(
    recipe_path: Path,
    data_dir: Path,
    out_dir: Path,
    backbones_dir: Path,
    progress: Progress = ignore,
) -> Path:
    """Make the package of a recipe under ``out_dir`` and return its folder.

    ``progress(doing, share)`` is called with what is being done and the share done, 0..1. Raises
    KnownError for a bad recipe, missing pictures or missing weights.
    """
    from threadpoolctl import threadpool_limits

    from clinoscope.training.pack import pack

    recipe = load_recipe(recipe_path)
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KnownError(
            f"The package cannot be written to {out_dir}: {error.strerror}. Choose another folder."
        ) from None
    region_kind = modes.task(recipe.task).region
    networks = {name: _backbone(name, recipe, backbones_dir) for name in recipe.backbones}
    gathered = gather(
        recipe, training_rows(recipe, data_dir), region_kind, lambda part: progress("finding regions", 0.1 * part)
    )
    views = _features(recipe, gathered, networks, out_dir, backbones_dir, progress)
    with threadpool_limits(limits=1, user_api="blas"):  # small matrices: one thread beats two that wait
        trained = assess(recipe, gathered, views, networks, data_dir, region_kind, progress)
    progress("writing the package", 0.95)
    folder = pack(trained, recipe_path, out_dir)
    progress("done", 1.0)
    return folder


def _backbone(name: str, recipe: Recipe, folder: Path) -> Any:
    weights = folder / backbones.WEIGHTS[name] if recipe.weights == "pretrained" and name in backbones.WEIGHTS else None
    return backbones.build(name, recipe.input.size, weights)


def _features(
    recipe: Recipe, gathered: Gathered, networks: dict[str, Any], out: Path, folder: Path, progress: Progress
) -> dict[str, list[Floats]]:
    """The features of every view, by backbone; view 0 is what the running program sees."""
    seen: dict[str, list[Floats]] = {name: [] for name in networks}
    for number in range(recipe.views):
        doing = f"looking at the pictures, view {number + 1} of {recipe.views}"

        def report(part: float, number: int = number, doing: str = doing) -> None:
            progress(doing, 0.1 + 0.5 * (number + part) / recipe.views)

        def make(number: int = number, report: Report = report) -> dict[str, Floats]:
            return features.embed(
                gathered.subjects, networks, recipe.input, recipe.augment, number, recipe.seed, report
            )

        made = features.cached(out / "features", f"view{number}", _key(recipe, gathered, folder, number), make)
        for name in networks:
            seen[name].append(made[name])
    return seen


def _key(recipe: Recipe, gathered: Gathered, folder: Path, view: int) -> object:
    """All that the features of a view depend on; view 0 does not depend on the changes."""
    weights = {}
    for name in recipe.backbones:
        path = folder / backbones.WEIGHTS.get(name, "")
        pretrained = recipe.weights == "pretrained" and path.is_file()
        weights[name] = hashlib.sha256(path.read_bytes()).hexdigest() if pretrained else "none"
    regions = [
        [str(row.path), repr(subject.region)] for row, subject in zip(gathered.rows, gathered.subjects, strict=True)
    ]
    changed = [asdict(recipe.augment), recipe.seed, view] if view else []
    return [regions, asdict(recipe.input), changed, weights]
