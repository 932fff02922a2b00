"""``clinoscope train``: from a recipe and labelled pictures to a model package.

picture → region → views → frozen part of the network → trained part, every variant measured on the same
held-out groups → calibration, refusal, flags → export, checks, package and report. What the frozen parts see and
every fit are kept in the output folder, so that a killed run goes on where it stopped.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import hashlib
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from clinoscope import modes
from clinoscope.domain.errors import KnownError
from clinoscope.training import backbones, seen
from clinoscope.training.assess import assess
from clinoscope.training.compare import Cache
from clinoscope.training.data import Row, check_groups, training_rows
from clinoscope.training.gather import Gathered, gather
from clinoscope.training.learner import Learner
from clinoscope.training.progress import Clock, Progress, ignore
from clinoscope.training.recipe import Recipe, Variant
from clinoscope.training.recipe import load as load_recipe


def train(
    recipe_path: Path,
    data_dir: Path,
    out_dir: Path,
    backbones_dir: Path,
    progress: Progress = ignore,
) -> Path:
    """Make the package of a recipe file under ``out_dir`` and return its folder; see ``train_recipe``."""
    with _disk(out_dir):
        return train_recipe(load_recipe(recipe_path), recipe_path, data_dir, out_dir, backbones_dir, progress)


@contextlib.contextmanager
def _disk(out_dir: Path) -> Iterator[None]:
    """Raises KnownError where the disk is full."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise KnownError(
            f"There is no room left on the disk of {out_dir}. Make room and give the same command again: it goes on "
            "where it stopped."
        ) from None


def train_recipe(
    recipe: Recipe,
    recipe_path: Path,
    data_dir: Path,
    out_dir: Path,
    backbones_dir: Path,
    progress: Progress = ignore,
) -> Path:
    """Make the package of a recipe under ``out_dir`` and return its folder; ``recipe_path`` is only named in it.

    ``progress(doing, share)`` is called with what is being done and the share done, 0..1. Raises
    KnownError for missing weights, for pictures that are missing or too few, and for a folder that cannot be written.
    """
    import cv2
    from threadpoolctl import threadpool_limits

    from clinoscope.training.pack import pack

    cv2.setNumThreads(1)  # small pictures: one thread beats two that wait
    _make(out_dir)
    clock = Clock(out_dir / "seconds.txt")

    def told(doing: str, share: float) -> None:
        clock.keep()
        progress(doing, share)

    # before the pictures are looked at: weights that are missing are told at once
    eyes = [seen.eye(way, recipe.input.size, _weights(way, recipe, backbones_dir), recipe.seed) for way in recipe.ways]
    region_kind = modes.task(recipe.task).region
    gathered = _gathered(recipe, data_dir, region_kind, told)
    recipe = with_counts(recipe, gathered.rows)
    key = _key(recipe, gathered, backbones_dir)
    learners = _learners(recipe, gathered, eyes, key, out_dir, told)
    with threadpool_limits(limits=1, user_api="blas"):  # as with pictures
        trained = assess(recipe, gathered, learners, data_dir, region_kind, Cache(out_dir / "fits", key), told)
    progress("writing the package", 0.95)
    command = again(recipe_path, data_dir, backbones_dir, out_dir)
    folder = pack(trained, command, out_dir, clock.seconds)
    progress("done", 1.0)
    return folder


def _make(out_dir: Path) -> None:
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KnownError(
            f"The package cannot be written to {out_dir}: {error.strerror}. Choose another folder."
        ) from None


def _gathered(recipe: Recipe, data_dir: Path, region_kind: str, told: Progress) -> Gathered:
    """The pictures in which the region is found; what is left out is told. Raises KnownError when too few are left."""
    left_out: list[str] = []
    rows = training_rows(recipe, data_dir, left_out.append)
    for said in left_out:
        told(said, 0.0)
    gathered = gather(recipe, rows, region_kind, lambda part: told("finding regions", 0.1 * part))
    if gathered.without_region:
        check_groups(gathered.rows, recipe, "pictures in which the region is found")
    return dataclasses.replace(gathered, left_out=tuple(left_out))


def _learners(
    recipe: Recipe, gathered: Gathered, eyes: Sequence[seen.Eye], key: object, out_dir: Path, told: Progress
) -> dict[str, Learner]:
    """A learner for each variant, by its name, with all that the frozen part of its network sees."""
    sights = seen.look(
        eyes,
        gathered.subjects,
        recipe.input,
        recipe.augment,
        recipe.views,
        recipe.seed,
        key,
        out_dir / "seen",
        lambda part: told("looking at the pictures", 0.1 + 0.2 * part),
    )
    return {
        eye.variant.name: Learner(eye, recipe, gathered.subjects, sights[eye.variant.name], out_dir) for eye in eyes
    }


def with_counts(recipe: Recipe, rows: Sequence[Row]) -> Recipe:
    """The recipe with numbers in ``trained_on``: ``{a_source}`` is how many pictures of it there are, ``{all}`` of all.

    Raises KnownError for a source that has none.
    """
    counts = {source: f"{count:,}" for source, count in Counter(row.source for row in rows).items()}
    try:
        said = recipe.trained_on.format_map({"all": f"{len(rows):,}", **counts})
    except (KeyError, ValueError, IndexError) as error:
        raise KnownError(
            f"The recipe's trained_on holds {{}} that is not the name of a source: {error}. "
            f"Choose among {', '.join(['all', *counts])}."
        ) from None
    return dataclasses.replace(recipe, trained_on=said)


def again(recipe_path: Path, data_dir: Path, backbones_dir: Path, out_dir: Path) -> str:
    """The command that makes a package again. Of an absolute path, which may name a person, only the end is told."""
    paths = (data_dir, backbones_dir, out_dir)
    recipe, data, weights, out = (
        (path if not path.is_absolute() else Path(path.name)).as_posix() for path in (recipe_path, *paths)
    )
    return shlex.join(["clinoscope", "train", recipe, "--data", data, "--backbones", weights, "--out", out])


def _weights(way: Variant, recipe: Recipe, folder: Path) -> Path | None:
    pretrained = recipe.weights == "pretrained" and way.backbone in backbones.WEIGHTS
    return backbones.weights_in(folder, way.backbone) if pretrained else None


def _key(recipe: Recipe, gathered: Gathered, folder: Path) -> object:
    """All that what the networks see depends on, besides the variant and the number of the view."""
    weights = {}
    for way in recipe.ways:
        path = _weights(way, recipe, folder)
        weights[way.backbone] = hashlib.sha256(path.read_bytes()).hexdigest() if path is not None else "none"
    regions = [
        [str(row.path), repr(subject.region)] for row, subject in zip(gathered.rows, gathered.subjects, strict=True)
    ]
    return [regions, asdict(recipe.input), asdict(recipe.augment), recipe.seed, weights]
