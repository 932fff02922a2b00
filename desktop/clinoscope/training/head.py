"""The linear head on frozen features: fitted, chosen and measured by grouped folds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clinoscope.inference.calibration import softmax
from clinoscope.training.progress import Report, ignore

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]

STRENGTHS = (0.0003, 0.001, 0.003, 0.01, 0.03)
"""Inverse regularisation tried, on standardised features with weights that sum to the number of pictures."""
INNER_FOLDS = 3
CHOOSING_VIEWS = 2
MAIN_AXES = 256
"""Axes kept for the fit: on skin/lesion-photo the same figures as all 1,280, in a tenth of the time."""


@dataclass(frozen=True, eq=False)
class Head:
    """logits = features @ ``weights`` (d, k) + ``bias`` (k,)."""

    weights: Floats
    bias: Floats

    def logits(self, features: Floats) -> NDArray[np.float64]:
        return np.asarray(features, np.float64) @ self.weights + self.bias


@dataclass(frozen=True)
class Choice:
    """What the inner folds chose, with its balanced log loss there."""

    backbone: str
    strength: float
    loss: float


def folds(labels: Indices, groups: Sequence[str], count: int, seed: int) -> Iterator[tuple[Indices, Indices]]:
    """Training and held-out indices of grouped folds with the labels spread evenly."""
    from sklearn.model_selection import StratifiedGroupKFold

    splitter = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    for train, held in splitter.split(np.zeros(len(labels)), labels, groups):
        yield np.asarray(train, np.intp), np.asarray(held, np.intp)


@dataclass(frozen=True, eq=False)
class _Space:
    """Standardised features along their main axes: fewer numbers, the same linear heads.

    A ridge penalty does not change under rotation, so only the cut-off tail is lost.
    """

    mean: Floats
    axes: Floats
    rows: Floats
    weight: Floats
    labels: Indices

    @classmethod
    def of(cls, views: Sequence[Floats], labels: Indices) -> _Space:
        """``views`` are (n, d) arrays of the same n pictures. Every class weighs the same, every
        view of a picture its share of the picture's weight."""
        stacked = np.concatenate(views)
        mean, spread = stacked.mean(axis=0), stacked.std(axis=0) + 1e-3
        stacked = (stacked - mean) / spread
        _, vectors = np.linalg.eigh(stacked.T @ stacked)
        axes = vectors[:, ::-1][:, :MAIN_AXES]
        counts = np.bincount(labels)
        weight = (len(labels) / (np.count_nonzero(counts) * np.maximum(counts, 1)))[labels] / len(views)
        return cls(
            mean,
            (axes / spread[:, None]).astype(np.float32),
            np.ascontiguousarray(stacked @ axes, np.float32),
            np.tile(weight, len(views)).astype(np.float32),
            np.tile(labels, len(views)),
        )

    def fit(self, strength: float) -> Head:
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(C=strength, max_iter=200, tol=1e-3)
        model.fit(self.rows, self.labels, sample_weight=self.weight)
        weights, bias = model.coef_.T, model.intercept_
        if len(model.classes_) == 2:  # scikit-learn keeps one column for two classes
            weights = np.concatenate([-weights / 2, weights / 2], axis=1)
            bias = np.concatenate([-bias / 2, bias / 2])
        whole = self.axes @ weights
        return Head(whole.astype(np.float32), (bias - self.mean @ whole).astype(np.float32))


def fit(views: Sequence[Floats], labels: Indices, strength: float) -> Head:
    """Class-weighted multinomial logistic regression on all ``views`` (n, d) of the same n pictures."""
    return _Space.of(views, labels).fit(strength)


def choose(
    features: Mapping[str, Sequence[Floats]], labels: Indices, groups: Sequence[str], seed: int
) -> tuple[Choice, ...]:
    """Every backbone with its best strength, best first, by balanced log loss on inner grouped folds.

    Only some views train here: what is chosen, not how well it does, is the question.
    """
    best = []
    inner = list(folds(labels, groups, INNER_FOLDS, seed))
    for name, views in features.items():
        logits = {strength: np.zeros((len(labels), labels.max() + 1)) for strength in STRENGTHS}
        for train, held in inner:
            space = _Space.of([view[train] for view in views[:CHOOSING_VIEWS]], labels[train])
            for strength in STRENGTHS:
                logits[strength][held] = space.fit(strength).logits(views[0][held])
        losses = [_balanced_loss(logits[strength], labels) for strength in STRENGTHS]
        index = int(np.argmin(losses))
        best.append(Choice(name, STRENGTHS[index], losses[index]))
    return tuple(sorted(best, key=lambda choice: choice.loss))


def _balanced_loss(logits: NDArray[np.float64], labels: Indices) -> float:
    chosen = -np.log(np.maximum(softmax(logits)[np.arange(len(labels)), labels], 1e-9))
    return float(np.mean([chosen[labels == label].mean() for label in np.unique(labels)]))


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Logits (n, k) of pictures by heads that never saw their group, and the fold of each."""

    logits: NDArray[np.float64]
    fold: Indices
    choices: tuple[Choice, ...]


def held_out(
    features: Mapping[str, Sequence[Floats]],
    labels: Indices,
    groups: Sequence[str],
    count: int,
    seed: int,
    report: Report = ignore,
) -> HeldOut:
    """Outer grouped folds; backbone and strength are chosen anew inside each training part."""
    logits = np.zeros((len(labels), labels.max() + 1))
    fold_of = np.zeros(len(labels), np.intp)
    choices = []
    names = np.asarray(groups)
    for number, (train, held) in enumerate(folds(labels, groups, count, seed)):
        inside = {name: [view[train] for view in views] for name, views in features.items()}
        choice = choose(inside, labels[train], list(names[train]), seed)[0]
        head = fit(inside[choice.backbone], labels[train], choice.strength)
        logits[held] = head.logits(features[choice.backbone][0][held])
        fold_of[held] = number
        choices.append(choice)
        report((number + 1) / count)
    return HeldOut(logits, fold_of, tuple(choices))
