"""Fits the head of a recipe and measures it on groups, sources and kinds it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clinoscope.inference.calibration import conformal_quantile, conformal_sets, fit_temperature, softmax
from clinoscope.inference.metrics import Readings, measure, share
from clinoscope.training import features
from clinoscope.training.data import Row, listed_rows
from clinoscope.training.features import Floats, Subject
from clinoscope.training.head import Choice, Head, HeldOut, Indices, choose, fit, held_out
from clinoscope.training.progress import Progress, Report, ignore
from clinoscope.training.recipe import Augment, Recipe
from clinoscope.training.refusal import Refusal, drawn_patterns, fit_refusal

FOREIGN_EACH = 120
"""Pictures taken of each foreign set."""
REFUSAL_ROWS = 2000
"""The refusal rule is fitted on at most this many pictures."""


@dataclass(frozen=True, eq=False)
class Gathered:
    """The pictures of a run with their regions; ``labels`` (n,) index the recipe's labels.

    ``without_region`` counts pictures left out because nothing of the task's kind was found.
    """

    rows: tuple[Row, ...]
    subjects: tuple[Subject, ...]
    labels: Indices
    without_region: int

    @property
    def groups(self) -> list[str]:
        return [row.group for row in self.rows]


@dataclass(frozen=True, eq=False)
class Measured:
    """The figures of ``inference.metrics`` on one set of pictures, and the share of it that the
    refusal rule refuses."""

    name: str
    note: str
    figures: Mapping[str, Any]
    refused: Mapping[str, float | None]


@dataclass(frozen=True, eq=False)
class Trained:
    """Everything that a package says and holds. ``backbone`` is the Keras network chosen."""

    recipe: Recipe
    gathered: Gathered
    choice: Choice
    backbone: Any
    head: Head
    held: HeldOut
    temperature: float
    quantile: float
    figures: Mapping[str, Any]
    elsewhere: tuple[Measured, ...]
    refusal: Refusal
    own_refused: Mapping[str, float | None]
    foreign_refused: Mapping[str, Mapping[str, float | None]]
    unseen_refused: Mapping[str, Mapping[str, float | None]]


def gather(recipe: Recipe, rows: Sequence[Row], region_kind: str, report: Report = ignore) -> Gathered:
    """Open the pictures and find their regions as the running program does. Raises KnownError."""
    kept, subjects = [], []
    for number, row in enumerate(rows):
        subject = features.open_subject(row, region_kind)
        if subject is not None:
            kept.append(row)
            subjects.append(subject)
        if number % 20 == 0:
            report(number / len(rows))
    labels = np.array([recipe.labels.index(row.label) for row in kept], np.intp)
    return Gathered(tuple(kept), tuple(subjects), labels, len(rows) - len(kept))


def assess(
    recipe: Recipe,
    gathered: Gathered,
    views: Mapping[str, Sequence[Floats]],
    networks: Mapping[str, Any],
    data_dir: Path,
    region_kind: str,
    progress: Progress,
) -> Trained:
    """Choose, fit, calibrate and measure. ``views`` are the features of every view by backbone."""
    labels, groups = gathered.labels, gathered.groups
    doing = "measuring on held-out groups"
    held = held_out(views, labels, groups, recipe.folds, recipe.seed, lambda part: progress(doing, 0.6 + 0.2 * part))
    choice = choose(views, labels, groups, recipe.seed)[0]
    chosen = views[choice.backbone]
    head = fit(chosen, labels, choice.strength)
    temperature = fit_temperature(held.logits, labels)
    quantile = conformal_quantile(softmax(held.logits, temperature), labels, recipe.coverage)
    backbone = networks[choice.backbone]

    def embed(subjects: Sequence[Subject]) -> Floats:
        return features.embed(subjects, {"it": backbone}, recipe.input, Augment(), 0, recipe.seed)["it"]

    progress("learning what to refuse", 0.8)
    refusal, own_refused = _refusal(recipe, gathered, chosen[0], held, embed, data_dir, region_kind)
    progress("measuring on other sources", 0.88)
    elsewhere = []
    for rows in recipe.tests:
        other = gather(recipe, listed_rows(rows, data_dir), region_kind)
        if not other.rows:
            continue
        seen = {row.source for row in other.rows}
        keep = np.array([row.source not in seen for row in gathered.rows])
        judge = head if keep.all() else fit([view[keep] for view in chosen], labels[keep], choice.strength)
        embedded = embed(other.subjects)
        figures = measure(_readings(recipe, judge.logits(embedded), other, temperature, quantile))
        refused = share(refusal.refuses(embedded), other.groups)
        elsewhere.append(Measured(rows.name, rows.note, figures, refused))
    return Trained(
        recipe=recipe,
        gathered=gathered,
        choice=choice,
        backbone=backbone,
        head=head,
        held=held,
        temperature=temperature,
        quantile=quantile,
        figures=measure(_cross_fitted(recipe, held, labels, groups)),
        elsewhere=tuple(elsewhere),
        refusal=refusal,
        own_refused=own_refused,
        foreign_refused=_shares(refusal.foreign),
        unseen_refused=_shares(refusal.unseen),
    )


def _cross_fitted(recipe: Recipe, held: HeldOut, labels: Indices, groups: Sequence[str]) -> Readings:
    """Held-out readings whose temperature and quantile come from the other folds, as on new pictures."""
    probabilities = np.zeros(held.logits.shape)
    sets = np.zeros(held.logits.shape, np.bool_)
    for number in np.unique(held.fold):
        here, rest = held.fold == number, held.fold != number
        temperature = fit_temperature(held.logits[rest], labels[rest])
        quantile = conformal_quantile(softmax(held.logits[rest], temperature), labels[rest], recipe.coverage)
        probabilities[here] = softmax(held.logits[here], temperature)
        sets[here] = conformal_sets(probabilities[here], quantile)
    return Readings(recipe.labels, labels, probabilities, groups, sets.sum(axis=1) == 1, sets)


def _readings(
    recipe: Recipe, logits: NDArray[np.float64], gathered: Gathered, temperature: float, quantile: float
) -> Readings:
    probabilities = softmax(logits, temperature)
    sets = conformal_sets(probabilities, quantile)
    return Readings(recipe.labels, gathered.labels, probabilities, gathered.groups, sets.sum(axis=1) == 1, sets)


def _refusal(
    recipe: Recipe,
    gathered: Gathered,
    pictures: Floats,
    held: HeldOut,
    embed: Callable[[Sequence[Subject]], Floats],
    data_dir: Path,
    region_kind: str,
) -> tuple[Refusal, Mapping[str, float | None]]:
    """The refusal rule, and the share of own pictures it refuses by folds."""
    foreign: dict[str, Floats] = {}
    for rows in recipe.foreign:
        found = listed_rows(rows, data_dir)
        step = max(1, len(found) // FOREIGN_EACH)
        subjects = [features.open_subject(row, region_kind) for row in found[::step][:FOREIGN_EACH]]
        # where no region is found the picture is refused before any network sees it
        kept = [subject for subject in subjects if subject is not None]
        if kept:
            foreign[rows.name] = embed(kept)
    drawn = [features.found(pixels, region_kind) for pixels in drawn_patterns(FOREIGN_EACH, recipe.seed)]
    kept = [subject for subject in drawn if subject is not None]
    if kept:
        foreign["drawn patterns"] = embed(kept)
    step = -(-len(gathered.rows) // REFUSAL_ROWS)
    part = slice(None, None, step)
    refusal = fit_refusal(pictures[part], held.fold[part], foreign)
    return refusal, share(refusal.own, gathered.groups[part])


def _shares(hits: Mapping[str, NDArray[np.bool_]]) -> dict[str, dict[str, float | None]]:
    """The share of True in each set, each picture its own group."""
    return {name: share(values, [str(index) for index in range(len(values))]) for name, values in hits.items()}
