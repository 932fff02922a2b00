"""Compares the variants of a recipe, fits the best and measures it on groups, sources and kinds it has not seen."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.errors import KnownError
from clinoscope.inference import watcher
from clinoscope.inference.calibration import calibrated, conformal_sets, cross_calibrated, softmax
from clinoscope.inference.card import Caution
from clinoscope.inference.metrics import Readings, by, measure, share, top_k
from clinoscope.inference.watcher import watched
from clinoscope.training import compare, features, remarks
from clinoscope.training.caution import Outside, cautious_readings, fit_caution
from clinoscope.training.compare import Cache, HeldOut
from clinoscope.training.data import listed_rows, spread
from clinoscope.training.features import Floats, Subject
from clinoscope.training.flags import Fitted
from clinoscope.training.gather import Gathered, gather
from clinoscope.training.generate import GeneratedFigures
from clinoscope.training.head import Indices, folds
from clinoscope.training.learner import Fit, Learner
from clinoscope.training.progress import Progress
from clinoscope.training.recipe import Augment, Recipe, Rows
from clinoscope.training.refusal import Refusal, Rule, drawn_patterns, fit_refusal, fit_rule
from clinoscope.training.seen import see

REFUSAL_ROWS = 2000
"""The refusal rule is fitted on at most this many pictures."""
WORSENED = "own pictures, made worse on purpose"
"""The name of the figures that ``Recipe.worsened`` asks for."""
DRAWN = "drawn patterns"
_WORK = {"head": 1, "top": 15, "all": 30}
"""About how much longer a variant takes that trains more of its network: by this the time left is reckoned."""


@dataclass(frozen=True, eq=False)
class Measured:
    """The figures of ``inference.metrics`` on one set of pictures, and the share of it that the
    refusal rule refuses. ``embeddings`` (n, d) by the network that ships and ``labels`` (n,) are of its
    pictures; there are none of a source that this network was trained on. ``outside`` is what was read there by a
    network that never saw the source, None of own pictures; ``cautious`` are the figures of reading it with the
    caution of the other sources, empty where there is none."""

    name: str
    note: str
    figures: Mapping[str, Any]
    refused: Mapping[str, float | None]
    embeddings: Floats
    labels: Indices
    outside: Outside | None = None
    cautious: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Watched:
    """What the watcher saw: features (m, d) of some ``pictures`` (m,) of a run, and of each foreign set, with the
    group of each of its pictures."""

    pictures: Indices
    own: Floats
    foreign: Mapping[str, Floats]
    foreign_groups: Mapping[str, Sequence[str]]


@dataclass(frozen=True, eq=False)
class Tried:
    """One variant, measured in the same folds as the others."""

    name: str
    held: HeldOut
    figures: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Trained:
    """Everything that a package and its report say. ``fit`` is of all pictures, by ``learner``; ``readings`` are the
    held-out ones of the whole procedure, choice of the variant included, and ``figures`` theirs. ``caution`` is fitted
    on the sources that a network read without having seen them, None where there are too few. ``generated`` holds,
    for each variant with generated pictures, how those of the first fold compare with the real ones."""

    recipe: Recipe
    gathered: Gathered
    learner: Learner
    fit: Fit
    tried: tuple[Tried, ...]
    temperature: float
    quantile: float
    caution: Caution | None
    readings: Readings
    figures: Mapping[str, Any]
    top: Mapping[str, Any]
    stratified: Mapping[str, Any] | None
    tones: Mapping[str, Any]
    origins: Mapping[str, Any]
    elsewhere: tuple[Measured, ...]
    refusal: Refusal
    own_refused: Mapping[str, float | None]
    foreign_groups: Mapping[str, Sequence[str]]
    foreign_refused: Mapping[str, Mapping[str, float | None]]
    unseen_refused: Mapping[str, Mapping[str, float | None]]
    flags: tuple[Fitted, ...]
    generated: Mapping[str, GeneratedFigures]

    @property
    def held(self) -> HeldOut:
        """The held-out readings of the variant that was packed."""
        return next(each.held for each in self.tried if each.name == self.learner.eye.variant.name)


def assess(
    recipe: Recipe,
    gathered: Gathered,
    learners: Mapping[str, Learner],
    data_dir: Path,
    region_kind: str,
    cache: Cache,
    progress: Progress,
) -> Trained:
    """Compare, choose, fit, calibrate and measure. ``learners`` are those of the recipe's variants by name."""
    labels, groups = gathered.labels, gathered.groups
    parts = list(folds(labels, groups, recipe.folds, recipe.seed))
    held = _held_out(gathered, learners, parts, cache, progress)
    name = compare.chosen(held, labels)
    learner, logits = learners[name], compare.of_the_choice(held, labels)
    fold, everything = held[name].fold, np.arange(len(labels))
    fit = compare.fitted(
        learner, labels, groups, everything, cache, lambda part: progress("training on all pictures", 0.7 + 0.1 * part)
    )
    temperature, quantile = calibrated(held[name].logits, labels, recipe.coverage)
    progress("learning what to refuse", 0.8)
    watching = _watching(recipe, gathered, data_dir, region_kind)
    refusal = fit_refusal(watching.own, fold[watching.pictures], watching.foreign, watching.foreign_groups)
    shipped = _Shipped(learner, held[name], fit, temperature, quantile, refusal)
    others = _tests(recipe, gathered, data_dir, region_kind, progress)
    caution, elsewhere = _with_caution(
        recipe, [_elsewhere(recipe, rows, other, gathered, shipped, watching, cache) for rows, other in others]
    )
    if recipe.worsened is not None:
        elsewhere.append(_worsened(recipe, recipe.worsened, gathered, shipped))
    readings = _cross_fitted(recipe, logits, fold, labels, groups)
    return Trained(
        recipe=recipe,
        gathered=gathered,
        learner=learner,
        fit=fit,
        tried=tuple(
            Tried(each, made, measure(_cross_fitted(recipe, made.logits, made.fold, labels, groups)))
            for each, made in held.items()
        ),
        temperature=temperature,
        quantile=quantile,
        caution=caution,
        readings=readings,
        figures=measure(readings),
        top={str(k): top_k(readings, k) for k in range(1, recipe.ranked + 1)},
        stratified=_stratified(recipe, gathered, learner, cache) if recipe.also_stratified else None,
        tones=_tones(readings, gathered) if recipe.by_tone else {},
        origins=_origins(readings, gathered),
        elsewhere=tuple(elsewhere),
        refusal=refusal,
        own_refused=share(refusal.own, [groups[index] for index in watching.pictures]),
        foreign_groups=watching.foreign_groups,
        foreign_refused=_shares(refusal.foreign, watching.foreign_groups),
        unseen_refused=_shares(refusal.unseen, watching.foreign_groups),
        flags=remarks.fit_flags(recipe, gathered, readings, learner, fit, held[name], elsewhere),
        generated={
            each: made.generated_figures(labels, parts[0][0])
            for each, made in learners.items()
            if made.eye.variant.generated
        },
    )


def _held_out(
    gathered: Gathered,
    learners: Mapping[str, Learner],
    parts: compare.Folds,
    cache: Cache,
    progress: Progress,
) -> dict[str, HeldOut]:
    """Each variant in the same folds; the time left is reckoned by how much of its network each one trains."""
    held: dict[str, HeldOut] = {}
    work, done = sum(_WORK[each.eye.variant.train] for each in learners.values()), 0
    for name, each in learners.items():

        def told(part: float, name: str = name, done: int = done, own: int = _WORK[each.eye.variant.train]) -> None:
            progress(f"measuring {name} on held-out groups", 0.3 + 0.4 * (done + part * own) / work)

        done += _WORK[each.eye.variant.train]
        held[name] = compare.held_out(each, gathered.labels, gathered.groups, parts, cache, told)
    return held


def _tests(
    recipe: Recipe, gathered: Gathered, data_dir: Path, region_kind: str, progress: Progress
) -> Iterator[tuple[Rows, Gathered]]:
    """The recipe's tests in which a region is found at all, one after the other: their pictures need not all be in
    memory at once."""
    for number, rows in enumerate(recipe.tests):
        progress("measuring on other sources", 0.85 + 0.1 * number / len(recipe.tests))
        other = gather(recipe, listed_rows(rows, data_dir), region_kind, done=gathered)
        if other.rows:
            yield rows, other


def _cross_fitted(
    recipe: Recipe, logits: NDArray[np.float64], fold: Indices, labels: Indices, groups: Sequence[str]
) -> Readings:
    """Held-out readings whose temperature and quantile come from the other folds, as on new pictures."""
    return Readings.by_sets(recipe.labels, labels, groups, *cross_calibrated(logits, labels, fold, recipe.coverage))


@dataclass(frozen=True, eq=False)
class _Shipped:
    """What goes into the package, and the held-out readings behind its calibration."""

    learner: Learner
    held: HeldOut
    fit: Fit
    temperature: float
    quantile: float
    rule: Rule


def _elsewhere(
    recipe: Recipe, test: Rows, other: Gathered, gathered: Gathered, shipped: _Shipped, watching: Watched, cache: Cache
) -> Measured:
    """A test source, read by a network, calibrated and refused by rules that saw none of its pictures."""
    sources = {row.source for row in other.rows}
    rest = np.array([row.source not in sources for row in gathered.rows])
    known = other.labels
    if not rest.all():
        shipped, known = _without(recipe, test, gathered, shipped, watching, rest, cache), known[:0]
    learner = shipped.learner
    logits, embeddings = learner.read(shipped.fit, see(learner.eye, other.subjects, recipe.input), len(other.rows))
    probabilities = softmax(logits, shipped.temperature)
    sets = conformal_sets(probabilities, shipped.quantile)
    readings = Readings.by_sets(recipe.labels, other.labels, other.groups, probabilities, sets)
    refused = share(shipped.rule.refuses(_watched(recipe, other.subjects)), other.groups)
    outside = Outside(test.name, logits, other.labels, other.groups)
    return Measured(test.name, test.note, measure(readings), refused, embeddings[: len(known)], known, outside)


def _with_caution(recipe: Recipe, elsewhere: Sequence[Measured]) -> tuple[Caution | None, list[Measured]]:
    """The caution that other sources teach, and each of them read with what the others teach.

    A screening threshold is set on calibrated probabilities: a recipe with one has no second calibration.
    """
    outside = [other.outside for other in elsewhere if other.outside is not None]
    caution = None if recipe.screens else fit_caution(outside)
    if caution is None:
        return None, list(elsewhere)
    figures = [measure(readings) for readings in cautious_readings(outside, recipe.labels)]
    return caution, [dataclasses.replace(other, cautious=made) for other, made in zip(elsewhere, figures, strict=True)]


def _worsened(recipe: Recipe, change: Augment, gathered: Gathered, shipped: _Shipped) -> Measured:
    """Held-out own pictures under a bad lamp and lens, read by the networks of their folds."""
    held, labels = shipped.held, gathered.labels
    logits = np.zeros(held.logits.shape)
    for number, fit in enumerate(held.fits):
        here = np.flatnonzero(held.fold == number)
        bad = see(shipped.learner.eye, [gathered.subjects[index] for index in here], recipe.input, change)
        logits[here] = shipped.learner.read(fit, bad, len(here))[0]
    probabilities = softmax(logits, shipped.temperature)
    sets = conformal_sets(probabilities, shipped.quantile)
    readings = Readings.by_sets(recipe.labels, labels, gathered.groups, probabilities, sets)
    nothing = dict.fromkeys(("value", "low", "high"))
    empty = np.zeros((0, 1), np.float32)
    return Measured(WORSENED, _told(change), measure(readings), nothing, empty, labels[:0])


def _told(change: Augment) -> str:
    """What was done, by the names of the recipe's keys."""
    fields = {entry.name: getattr(change, entry.name) for entry in dataclasses.fields(change)}
    default = dataclasses.asdict(Augment())
    return ", ".join(f"{name} {value:g}" for name, value in fields.items() if value != default[name])


def _without(
    recipe: Recipe,
    test: Rows,
    gathered: Gathered,
    shipped: _Shipped,
    watching: Watched,
    rest: NDArray[np.bool_],
    cache: Cache,
) -> _Shipped:
    """What would have shipped, had there been the pictures of ``rest`` (n,) alone. Raises KnownError without any.

    Its network, head and refusal rule saw none of the others. The temperature and the quantile are of pictures of
    ``rest``, but of networks of the folds, which saw some of the others; and the variant is the one chosen on all.
    Doing without both would cost as many trainings again for every test source.
    """
    if not rest.any():
        raise KnownError(f"The test {test.name} holds all that is trained on. Take it out of the recipe's tests.")
    labels, held = gathered.labels, shipped.held
    fit = compare.fitted(shipped.learner, labels, gathered.groups, np.flatnonzero(rest), cache)
    temperature, quantile = calibrated(held.logits[rest], labels[rest], recipe.coverage)
    part = rest[watching.pictures]
    rule = fit_rule(watching.own[part], held.fold[watching.pictures[part]], watching.foreign)
    return _Shipped(shipped.learner, held, fit, temperature, quantile, rule)


def _stratified(recipe: Recipe, gathered: Gathered, learner: Learner, cache: Cache) -> Mapping[str, Any]:
    """The figures of folds that part groups: what they would seem to be, were groups forgotten."""
    labels = gathered.labels
    apart = [str(index) for index in range(len(labels))]
    parts = list(folds(labels, apart, recipe.folds, recipe.seed))
    held = compare.held_out(learner, labels, apart, parts, cache)
    return measure(_cross_fitted(recipe, held.logits, held.fold, labels, apart))


def _tones(readings: Readings, gathered: Gathered) -> Mapping[str, Any]:
    """Figures by band of skin tone, where it can be told."""
    from clinoscope.quality.tone import band

    bands = [band(subject.pixels, subject.region) for subject in gathered.subjects]
    return {name: figures for name, figures in by(readings, bands).items() if name}


def _origins(readings: Readings, gathered: Gathered) -> Mapping[str, Any]:
    """Figures by source, where there are several."""
    sources = [row.source for row in gathered.rows]
    return by(readings, sources) if len(set(sources)) > 1 else {}


def _watched(recipe: Recipe, subjects: Sequence[Subject]) -> Floats:
    """The watcher's features (n, d) of subjects."""
    return np.stack([watched(subject.pixels, subject.region, recipe.input) for subject in subjects])


def _watching(recipe: Recipe, gathered: Gathered, data_dir: Path, region_kind: str) -> Watched:
    """What the refusal rule is fitted on: own pictures, the recipe's foreign ones, drawn patterns."""
    foreign: dict[str, Floats] = {}
    groups: dict[str, Sequence[str]] = {}
    for rows in recipe.foreign:
        chosen = spread(listed_rows(rows, data_dir), recipe.foreign_each)
        opened = [(row.group, features.open_subject(row, region_kind)) for row in chosen]
        # where no region is found the picture is refused before any network sees it
        kept = [(group, subject) for group, subject in opened if subject is not None]
        if kept:
            foreign[rows.name] = _watched(recipe, [subject for _, subject in kept])
            groups[rows.name] = [group for group, _ in kept]
    drawn = [features.found(pixels, region_kind) for pixels in drawn_patterns(recipe.foreign_each, recipe.seed)]
    patterns = [subject for subject in drawn if subject is not None]
    if patterns:
        foreign[DRAWN] = _watched(recipe, patterns)
        groups[DRAWN] = [str(number) for number in range(len(patterns))]
    pictures = np.arange(len(gathered.rows))[:: -(-len(gathered.rows) // REFUSAL_ROWS)]
    own_subjects = [gathered.subjects[index] for index in pictures]
    own = _watched(recipe, own_subjects)
    if not recipe.refuse_changed:
        how = dataclasses.replace(recipe.input, size=watcher.SIDE, steps=())
        changed = remarks.watched(own_subjects, how, recipe.augment, 1, recipe.seed)
        pictures, own = np.concatenate([pictures, pictures]), np.concatenate([own, changed])
    return Watched(pictures, own, foreign, groups)


def _shares(
    hits: Mapping[str, NDArray[np.bool_]], groups: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, float | None]]:
    """The share of True in each set."""
    return {name: share(values, groups[name]) for name, values in hits.items()}
