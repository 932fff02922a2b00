"""The linear head on features: fitted, its strength chosen by grouped folds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clinoscope.inference.calibration import balanced_loss
from clinoscope.inference.linear_head import LinearHead

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]

STRENGTHS = (0.0003, 0.001, 0.003, 0.01, 0.03)
"""Inverse regularisation tried, on standardised features with weights that sum to the number of pictures."""
INNER_FOLDS = 3
CHOOSING_VIEWS = 2
ABSENT = -20.0
"""Logit of a label that a training part has no pictures of (of another laboratory, say)."""
MAIN_AXES = 256
"""Axes kept for the fit: on skin/lesion-photo the same figures as all 1,280, in a tenth of the time."""


@dataclass(frozen=True)
class Choice:
    """The strength that the inner folds chose, with its balanced log loss there."""

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
    def of(cls, views: Sequence[Floats], labels: Indices, balanced: bool) -> _Space:
        """``views`` are (n, d) arrays of the same n pictures. Every class weighs the same if ``balanced``,
        every view of a picture its share of the picture's weight."""
        stacked = np.concatenate(views)
        mean, spread = stacked.mean(axis=0), stacked.std(axis=0) + 1e-3
        stacked = (stacked - mean) / spread
        _, vectors = np.linalg.eigh(stacked.T @ stacked)
        axes = vectors[:, ::-1][:, :MAIN_AXES]
        counts = np.bincount(labels)
        fair = len(labels) / (np.count_nonzero(counts) * np.maximum(counts, 1))
        weight = (fair[labels] if balanced else np.ones(len(labels))) / len(views)
        return cls(
            mean,
            (axes / spread[:, None]).astype(np.float32),
            np.ascontiguousarray(stacked @ axes, np.float32),
            np.tile(weight, len(views)).astype(np.float32),
            np.tile(labels, len(views)),
        )

    def fit(self, strength: float, count: int) -> LinearHead:
        """A head for ``count`` labels."""
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(C=strength, max_iter=200, tol=1e-3)
        model.fit(self.rows, self.labels, sample_weight=self.weight)
        weights, bias = model.coef_.T, model.intercept_
        if len(model.classes_) == 2:  # scikit-learn keeps one column for two classes
            weights = np.concatenate([-weights / 2, weights / 2], axis=1)
            bias = np.concatenate([-bias / 2, bias / 2])
        whole = np.zeros((len(self.axes), count))
        lifted = np.full(count, ABSENT)
        whole[:, model.classes_] = self.axes @ weights
        lifted[model.classes_] = bias - self.mean @ whole[:, model.classes_]
        return LinearHead(whole.astype(np.float32), lifted.astype(np.float32))


def fit(views: Sequence[Floats], labels: Indices, strength: float, balanced: bool = True, count: int = 0) -> LinearHead:
    """Multinomial logistic regression on all ``views`` (n, d) of the same pictures, class-weighted if ``balanced``.

    ``count`` labels, or as many as ``labels`` (n,) names; one without pictures is never the likeliest.
    """
    return _Space.of(views, labels, balanced).fit(strength, max(count, int(labels.max()) + 1))


def choose(views: Sequence[Floats], labels: Indices, groups: Sequence[str], seed: int, balanced: bool = True) -> Choice:
    """The best strength by balanced log loss on inner grouped folds.

    Only some views train here: what is chosen, not how well it does, is the question.
    """
    count = int(labels.max()) + 1
    logits = {strength: np.zeros((len(labels), count)) for strength in STRENGTHS}
    for train, held in folds(labels, groups, INNER_FOLDS, seed):
        space = _Space.of([view[train] for view in views[:CHOOSING_VIEWS]], labels[train], balanced)
        for strength in STRENGTHS:
            logits[strength][held] = space.fit(strength, count).logits(views[0][held])
    losses = [balanced_loss(logits[strength], labels) for strength in STRENGTHS]
    index = int(np.argmin(losses))
    return Choice(STRENGTHS[index], losses[index])
