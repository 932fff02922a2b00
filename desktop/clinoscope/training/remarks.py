"""Fits the flags that a recipe asks for: screening, remarks from a column, and what is unlike the ordinary."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clinoscope.inference import watcher
from clinoscope.inference.card import Input
from clinoscope.inference.classify import prepare
from clinoscope.inference.metrics import Readings
from clinoscope.training import flags
from clinoscope.training.augment import view
from clinoscope.training.compare import HeldOut
from clinoscope.training.features import Floats, Subject
from clinoscope.training.flags import About, Fitted
from clinoscope.training.gather import Gathered
from clinoscope.training.head import INNER_FOLDS, Indices
from clinoscope.training.learner import Fit, Learner
from clinoscope.training.recipe import Augment, Recipe, Remark, Unusual

if TYPE_CHECKING:
    from clinoscope.training.assess import Measured

VIEWS = 3
"""Views that a rule is fitted on."""
PICTURES = 1000
"""Ordinary pictures, and others, at most, that what is unusual is fitted on."""


def fit_flags(
    recipe: Recipe,
    gathered: Gathered,
    readings: Readings,
    learner: Learner,
    fit: Fit,
    held: HeldOut,
    elsewhere: Sequence[Measured],
) -> tuple[Fitted, ...]:
    """The flags of the recipe, with figures from networks and rules that never saw the pictures' groups.

    A remark is left out where too few pictures say whether it holds, as in a clinic's own list without the column.
    Raises KnownError where pictures of a screened label lie in one fold only.
    """
    made = []
    for screen in recipe.screens:
        about = About(f"screen_{screen.label}", screen.name, f"{screen.name} by the screening threshold")
        made.append(
            flags.screening(
                about,
                label=screen.label,
                labels=recipe.labels,
                probabilities=readings.probabilities,
                truth=readings.truth,
                groups=readings.groups,
                fold=held.fold,
                sensitivity_wanted=screen.sensitivity,
            )
        )
    for remark in recipe.remarks:
        known = _known(remark, gathered)
        if _learnable(known, gathered, held):
            made.append(_remark(remark, recipe, known, gathered, held))
    made += [_unusual(entry, recipe, gathered, learner, fit, held, elsewhere) for entry in recipe.unusual]
    return tuple(made)


def _embedded(learner: Learner, fit: Fit, pictures: Indices, view: int = 0) -> Floats:
    """Embeddings (n, d) of one view of some pictures by one of the fits."""
    return learner.read(fit, learner.seen.of(pictures, view), len(pictures))[1]


@dataclass(frozen=True, eq=False)
class _Known:
    """The ``pictures`` (n,) of which it is known whether a remark holds, and whether it does, ``truth`` (n,)."""

    pictures: Indices
    truth: NDArray[np.bool_]


def _known(entry: Remark, gathered: Gathered) -> _Known:
    said = [row.cell(entry.column) for row in gathered.rows]
    allowed = [not entry.only_for or row.label in entry.only_for for row in gathered.rows]
    pictures = np.flatnonzero([bool(text) and may for text, may in zip(said, allowed, strict=True)])
    return _Known(pictures, np.array([said[index] == entry.value for index in pictures], np.bool_))


def _learnable(known: _Known, gathered: Gathered, held: HeldOut) -> bool:
    """Whether enough groups are left on both sides without any one fold, to choose a strength and a threshold."""
    fold = held.fold[known.pictures]
    sides = [
        {gathered.groups[index] for index in known.pictures[(fold != number) & (known.truth == side)]}
        for number in range(len(held.fits))
        for side in (True, False)
    ]
    return min(len(side) for side in sides) >= INNER_FOLDS


def _remark(entry: Remark, recipe: Recipe, known: _Known, gathered: Gathered, held: HeldOut) -> Fitted:
    """A linear rule on the watcher's features; half of the views are recoloured, or it would know one stain only."""
    part = known.pictures
    subjects = [gathered.subjects[index] for index in part]
    how = Input(size=watcher.SIDE, margin=entry.margin)
    colours = dataclasses.replace(recipe.augment, scale=0.0, shift=0.0, blur=0.0, grain=0.0, coarse=1.0, jpeg=0)
    made = flags.linear(
        About(entry.id, entry.name, entry.note, entry.only_for),
        views=[watched(subjects, how, colours, number, recipe.seed) for number in range(2)],
        truth=known.truth,
        groups=[gathered.groups[index] for index in part],
        fold=held.fold[part],
        sensitivity_wanted=entry.sensitivity,
        seed=recipe.seed,
    )
    return dataclasses.replace(made, rule=dataclasses.replace(made.rule, kind="texture", margin=entry.margin))


def watched(subjects: Sequence[Subject], how: Input, change: Augment, number: int, seed: int) -> Floats:
    """The watcher's features (n, d) of one view of subjects; view 0 is the unchanged one."""
    rows = []
    for index, subject in enumerate(subjects):
        chance = np.random.default_rng([seed, number, index])
        parts = [
            view(subject.pixels, subject.region, box, how, change, chance)
            if number
            else prepare(subject.pixels, subject.region, box, how)
            for box in subject.region.boxes
        ]
        rows.append(watcher.features(parts))
    return np.stack(rows)


def _unusual(
    entry: Unusual,
    recipe: Recipe,
    gathered: Gathered,
    learner: Learner,
    fit: Fit,
    held: HeldOut,
    elsewhere: Sequence[Measured],
) -> Fitted:
    """How unlike the ordinary pictures of a label a picture is; the figures are from the network of each fold."""
    label = recipe.labels.index(entry.label)
    part = _thinned(np.flatnonzero(gathered.labels == label))
    ground = _thinned(np.flatnonzero(gathered.labels != label))
    fold, ground_fold = held.fold[part], held.fold[ground]
    views = _views(learner)
    values = np.zeros((len(views), len(part)))
    for index, inner in enumerate(held.fits):
        rest, here = part[fold != index], part[fold == index]
        ordinary = [_embedded(learner, inner, rest, number) for number in views]
        known = flags.statistics(ordinary, _embedded(learner, inner, ground[ground_fold != index]))
        for number in views:
            values[number, fold == index] = known.of(_embedded(learner, inner, here, number))
    others = {other.name: other.embeddings[other.labels == label] for other in elsewhere}
    return flags.distance(
        About(entry.id, entry.name, entry.note, (entry.label,)),
        views=[_embedded(learner, fit, part, number) for number in views],
        ground=_embedded(learner, fit, ground),
        groups=[gathered.groups[index] for index in part],
        fold=fold,
        held_out=values,
        others={name: rows for name, rows in others.items() if len(rows)},
    )


def _views(learner: Learner) -> range:
    """The unchanged view and two changed ones: rules of an unchanged one alone tell stains apart."""
    return range(min(VIEWS, len(learner.seen.views)))


def _thinned(pictures: Indices) -> Indices:
    """Every so many of them, at most ``PICTURES``."""
    return pictures[:: -(-len(pictures) // PICTURES)] if len(pictures) else pictures
