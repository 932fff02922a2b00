"""Fits the last layer of a package's network to pictures of one site, and measures fairly what that is worth.

Another laboratory's stain, camera and scale move the features of a cell; they stay apart all the same, so a few dozen
labelled pictures of the place itself move the borders between the labels to where they belong there
(docs/decisions/0066). All else of the network stays. The fit is a multinomial logistic regression that is drawn towards
the head it starts from (Evgeniou and Pontil, KDD 2004; for networks Li et al., ICML 2018, "L2-SP").

Only labels with enough pictures take part, and they compete among themselves alone: their mean logit stays as it was,
so that a label without pictures is neither favoured nor pushed away. A fit that lets all labels compete learns that
what it was not shown does not exist; measured, it read every eosinophil of a laboratory as something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clinoscope.inference.calibration import balanced_loss, calibrated, conformal_sets, cross_calibrated, softmax
from clinoscope.inference.linear_head import Array, LinearHead
from clinoscope.inference.metrics import Readings

Indices = NDArray[np.intp]

STRENGTHS = (1e-4, 1e-3, 1e-2, 0.1)
"""How hard the head is held where it was, for features of length 1; which of them, the site's own inner folds say."""
UNCHANGED = np.inf
"""The strength at which nothing moves; tried among the others."""
OUTER, INNER = 5, 4
"""Folds that measure, and folds within their training parts that choose the strength."""
AXES = 192
"""Main axes of the features that are fitted on; fewer pictures than that span fewer."""
_STEPS, _STILL = 250, 2e-5


@dataclass(frozen=True, eq=False)
class Pictures:
    """What a network saw of n labelled pictures of a site: ``embeddings`` (n, d), ``labels`` (n,), ``groups`` n names.

    ``fitted`` are the labels with enough pictures to be fitted, rising; all pictures are measured. ``distances`` (n,)
    is how unusual the package's rejection rule finds each; zeros where it has no such rule.
    """

    embeddings: Array
    labels: Indices
    groups: Sequence[str]
    fitted: Indices
    distances: Array


@dataclass(frozen=True, eq=False)
class Calibrated:
    """What turns embeddings into answers. ``head`` is that of the file; ``threshold`` is of the rejection rule."""

    head: LinearHead
    temperature: float
    quantile: float
    threshold: float


@dataclass(frozen=True, eq=False)
class Adapted:
    """``now`` is fitted on all pictures with ``strength``.

    ``before`` and ``after`` are readings of the same pictures: by the package as it is, and by heads fitted and
    calibrated on other groups only; ``refused_before`` and ``refused_after`` (n,) what the rejection rule would not
    judge.
    """

    now: Calibrated
    strength: float
    before: Readings
    after: Readings
    refused_before: NDArray[np.bool_]
    refused_after: NDArray[np.bool_]

    @property
    def losses(self) -> tuple[float, float]:
        """The balanced log loss before and after: which of the two gave the true labels more probability."""
        return (
            balanced_loss(np.log(np.maximum(self.before.probabilities, 1e-12)), self.before.truth),
            balanced_loss(np.log(np.maximum(self.after.probabilities, 1e-12)), self.after.truth),
        )


def adapt(
    pictures: Pictures, start: Calibrated, labels: tuple[str, ...], coverage: float, own_refused: float
) -> Adapted:
    """Fit and measure.

    ``coverage`` is the share of label sets that shall hold the true label, ``own_refused`` that of the site's pictures
    that may be refused: the threshold is raised to let the others in, and never lowered.

    Raises ValueError with fewer than ``OUTER`` groups.
    """
    fold = folds(pictures.labels, pictures.groups, OUTER)
    space = _Space.of(pictures, start)
    logits = np.zeros((len(pictures.labels), len(labels)))
    for number in range(OUTER):
        rest = np.flatnonzero(fold != number)
        strength = _chosen(space, pictures, rest)
        logits[fold == number] = space.logits(space.fit(rest, strength))[fold == number]
    strength = _chosen(space, pictures, np.arange(len(fold)))
    head = space.head(space.fit(np.arange(len(fold)), strength))
    temperature, quantile = calibrated(logits, pictures.labels, coverage)
    now = Calibrated(head, temperature, quantile, _threshold(pictures.distances, start, own_refused))
    refused = np.zeros(len(fold), np.bool_)
    for number in range(OUTER):
        here = fold == number
        refused[here] = pictures.distances[here] > _threshold(pictures.distances[~here], start, own_refused)
    said, before = (labels, pictures.labels, pictures.groups), softmax(space.logits(space.start))
    return Adapted(
        now=now,
        strength=strength,
        before=Readings.by_sets(*said, before, conformal_sets(before, start.quantile)),
        after=Readings.by_sets(*said, *cross_calibrated(logits, pictures.labels, fold, coverage)),
        refused_before=pictures.distances > start.threshold,
        refused_after=refused,
    )


def folds(labels: Indices, groups: Sequence[str], count: int) -> Indices:
    """The fold (n,) of each picture: groups stay whole, and every label is spread as evenly as they allow.

    The largest groups are placed first, each where its labels are scarcest. Raises ValueError with fewer groups than
    folds.
    """
    names, member = np.unique(np.asarray(groups), return_inverse=True)
    if len(names) < count:
        raise ValueError(f"{len(names)} groups cannot be parted into {count}")
    present, label = np.unique(labels, return_inverse=True)
    held = np.zeros((len(names), len(present)))
    np.add.at(held, (member, label), 1.0)
    held /= held.sum(axis=0)  # of a rare label each picture weighs more
    order = sorted(range(len(names)), key=lambda group: (-held[group].sum(), names[group]))
    placed, fold_of = np.zeros((count, len(present))), np.zeros(len(names), np.intp)
    for group in order:
        fold_of[group] = int(np.argmin(placed @ held[group] + 1e-6 * placed.sum(axis=1)))
        placed[fold_of[group]] += held[group]
    return np.asarray(fold_of[member], np.intp)


@dataclass(frozen=True, eq=False)
class _Space:
    """Features of length about 1 along their main axes (n, r); a ridge penalty does not change under rotation.

    ``start`` (r + 1, k) are no numbers of a head: it holds how far it has moved, and nothing has moved yet.
    ``base`` (n, k) are the logits of the head that the fit starts from, over its temperature.
    """

    rows: Array
    axes: Array
    length: float
    base: Array
    labels: Indices
    fitted: Indices
    origin: LinearHead

    @classmethod
    def of(cls, pictures: Pictures, start: Calibrated) -> _Space:
        length = float(np.linalg.norm(pictures.embeddings, axis=1).mean()) or 1.0
        scaled = pictures.embeddings / length
        _, _, axes = np.linalg.svd(scaled, full_matrices=False)
        axes = axes[:AXES]
        cool = LinearHead(start.head.weights / start.temperature, start.head.bias / start.temperature)
        rows = np.concatenate([scaled @ axes.T, np.ones((len(scaled), 1))], axis=1)
        return cls(rows, axes, length, cool.logits(pictures.embeddings), pictures.labels, pictures.fitted, cool)

    @property
    def start(self) -> Array:
        return np.zeros((self.rows.shape[1], self.base.shape[1]))

    def logits(self, moved: Array) -> Array:
        return np.asarray(self.base + self.rows @ moved)

    def head(self, moved: Array) -> LinearHead:
        """The head in the network's own features."""
        return LinearHead(self.origin.weights + self.axes.T @ moved[:-1] / self.length, self.origin.bias + moved[-1])

    def fit(self, pictures: Indices, strength: float, start: Array | None = None) -> Array:
        """The least of balanced log loss + ``strength`` * |moved|^2, by Nesterov's gradient steps."""
        if strength == UNCHANGED:
            return self.start
        pictures = pictures[np.isin(self.labels[pictures], self.fitted)]
        rows, base = self.rows[pictures], self.base[pictures][:, self.fitted]
        labels = np.searchsorted(self.fitted, self.labels[pictures])
        weight = 1.0 / np.bincount(labels)[labels]
        weight /= weight.sum()
        truth = np.eye(base.shape[1])[labels]
        # half the largest curvature of the softmax loss, and the least, which the penalty gives
        steep = 0.5 * float(np.linalg.norm(rows * np.sqrt(weight)[:, None], 2)) ** 2 + 2 * strength
        momentum = (1 - np.sqrt(2 * strength / steep)) / (1 + np.sqrt(2 * strength / steep))
        moved = ahead = (self.start if start is None else start)[:, self.fitted]
        for _ in range(_STEPS):
            slope = rows.T @ (weight[:, None] * (softmax(base + rows @ ahead) - truth)) + 2 * strength * ahead
            if np.abs(slope).max() < _STILL:
                break
            before, moved = moved, ahead - slope / steep
            ahead = moved + momentum * (moved - before)
        whole = self.start
        whole[:, self.fitted] = moved
        return whole


def _chosen(space: _Space, pictures: Pictures, rest: Indices) -> float:
    """The strength with the least balanced log loss on inner folds of the pictures of ``rest``."""
    fold = folds(pictures.labels[rest], [pictures.groups[index] for index in rest], INNER)
    logits = {strength: np.zeros((len(rest), space.base.shape[1])) for strength in (*STRENGTHS, UNCHANGED)}
    for number in range(INNER):
        here, moved = fold == number, space.start
        for strength in (UNCHANGED, *reversed(STRENGTHS)):  # each starts from where the one before came to
            moved = space.fit(rest[~here], strength, moved)
            logits[strength][here] = space.logits(moved)[rest[here]]
    losses = {strength: balanced_loss(values, pictures.labels[rest]) for strength, values in logits.items()}
    return min(losses, key=losses.__getitem__)


def _threshold(distances: Array, start: Calibrated, own_refused: float) -> float:
    """The threshold that refuses no more than ``own_refused`` of such pictures, counted as a conformal quantile is."""
    rank = int(np.ceil((len(distances) + 1) * (1 - own_refused)))
    return start.threshold if rank > len(distances) else max(start.threshold, float(np.sort(distances)[rank - 1]))
