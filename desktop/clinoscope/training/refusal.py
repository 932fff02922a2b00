"""Fits the rule that refuses pictures of another kind, and measures it honestly."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.inference.rejection import Reference, distance, fit_distance, refused
from clinoscope.training.head import Floats, Indices

OWN_REFUSED = 0.022
"""Share of held-out own pictures that each half of the rule may refuse; both together stay under 5 %
of good pictures, the limit set for the packages."""

_STRENGTH = 0.03
"""Inverse regularisation of the rule between own and foreign pictures."""
_KIND_AXES = 256
_PARTS = 3
"""So many times the rule is fitted anew to measure it on foreign pictures it has not seen."""


@dataclass(frozen=True, eq=False)
class Rule:
    """What ships: see ``inference.rejection``."""

    reference: Reference
    threshold: float

    def refuses(self, rows: Floats) -> NDArray[np.bool_]:
        """Whether the whole rule refuses pictures with the features (n, d), (n,)."""
        return refused(rows, self.reference, self.threshold)


@dataclass(frozen=True, eq=False)
class Refusal(Rule):
    """A rule, measured: ``own`` (n,) whether each own picture was refused by a rule that never saw
    its group; for each foreign set, ``foreign`` the same by a rule that saw other pictures of that
    set, and ``unseen`` by a rule that saw none of them."""

    own: NDArray[np.bool_]
    foreign: Mapping[str, NDArray[np.bool_]]
    unseen: Mapping[str, NDArray[np.bool_]]

    @property
    def rule(self) -> str:
        """The name of the rule in the package file."""
        return "distance+kind" if self.foreign else "distance"


def fit_rule(pictures: Floats, fold: Indices, foreign: Mapping[str, Floats]) -> Rule:
    """The rule of ``fit_refusal``, not measured."""
    foreign = {name: rows for name, rows in foreign.items() if len(rows)}
    reference, threshold = _distance_rule(pictures, fold)
    weights, bias = _Kinds.of(pictures).rule(pictures, fold, foreign)
    return Rule(dataclasses.replace(reference, kind_weights=weights, kind_bias=bias), threshold)


def fit_refusal(
    pictures: Floats, fold: Indices, foreign: Mapping[str, Floats], groups: Mapping[str, Sequence[str]]
) -> Refusal:
    """``pictures`` (n, d) are the features of own ones, ``fold`` (n,) the held-out fold of each, ``foreign`` by set.

    ``groups`` name the group of each foreign picture of a set: two of one person never part between fitting and
    measuring.

    Unchanged pictures only: limits that let changed views pass too let a quarter more foreign
    pictures pass (scalp/disease, kinds never seen: 57 % refused instead of 83 %).
    """
    foreign = {name: rows for name, rows in foreign.items() if len(rows)}
    kinds = _Kinds.of(pictures)
    whole = fit_rule(pictures, fold, foreign)
    distances = whole.reference, whole.threshold
    own = np.zeros(len(fold), np.bool_)
    for number in np.unique(fold):
        rest, held = fold != number, fold == number
        inner = kinds.rule(pictures[rest], fold[rest], foreign)
        own[held] = _refused(pictures[held], _distance_rule(pictures[rest], fold[rest]), inner)
    seen = {name: np.zeros(len(rows), np.bool_) for name, rows in foreign.items()}
    parts = {name: _part_of(groups[name]) for name in foreign}
    for number in range(_PARTS):
        rest_of = {name: rows[parts[name] != number] for name, rows in foreign.items()}
        inner = kinds.rule(pictures, fold, {name: rows for name, rows in rest_of.items() if len(rows)})
        for name, rows in foreign.items():
            here = parts[name] == number
            seen[name][here] = _refused(rows[here], distances, inner)
    unseen = {}
    for name, rows in foreign.items():
        others = {other: values for other, values in foreign.items() if other != name}
        unseen[name] = _refused(rows, distances, kinds.rule(pictures, fold, others))
    return Refusal(whole.reference, whole.threshold, own, seen, unseen)


def _part_of(groups: Sequence[str]) -> Indices:
    """The part (n,) of each picture, its whole group in the same one: one group after the other goes to the next."""
    order = {name: place for place, name in enumerate(dict.fromkeys(groups))}
    return np.array([order[name] % _PARTS for name in groups], np.intp)


_Linear = tuple[NDArray[np.float64], float]
"""Weights (d,) and bias of a linear rule."""


def _distance_rule(pictures: Floats, fold: Indices) -> tuple[Reference, float]:
    """Statistics of the pictures, and the limit that lets held-out ones pass."""
    distances = [distance(pictures[held], fit_distance(pictures[rest])) for held, rest in _thirds(fold)]
    return fit_distance(pictures), float(np.quantile(np.concatenate(distances), 1 - OWN_REFUSED))


@dataclass(frozen=True, eq=False)
class _Kinds:
    """Fits linear rules between own and foreign pictures on the main axes of the own ones."""

    mean: Floats
    axes: Floats

    @classmethod
    def of(cls, pictures: Floats) -> _Kinds:
        mean, spread = pictures.mean(axis=0), pictures.std(axis=0) + 1e-3
        scaled = (pictures - mean) / spread
        _, vectors = np.linalg.eigh(scaled.T @ scaled)
        return cls(mean, (vectors[:, ::-1][:, :_KIND_AXES] / spread[:, None]).astype(np.float32))

    def rule(self, pictures: Floats, fold: Indices, foreign: Mapping[str, Floats]) -> _Linear:
        """Above 0 means foreign; the bias lets held-out own pictures pass. All zeros without foreign ones."""
        if not foreign:
            return np.zeros(len(self.mean)), 0.0
        other = np.concatenate(list(foreign.values()))
        values = []
        for held, rest in _thirds(fold):
            weights, bias = self._fit(pictures[rest], other)
            values.append(pictures[held] @ weights + bias)
        weights, bias = self._fit(pictures, other)
        limit = float(np.quantile(np.concatenate(values), 1 - OWN_REFUSED))
        # never stricter than even odds: a picture on the own side is not to be refused
        return weights, bias - max(limit, 0.0)

    def _fit(self, pictures: Floats, other: Floats) -> _Linear:
        from sklearn.linear_model import LogisticRegression

        rows = (np.concatenate([pictures, other]) - self.mean) @ self.axes
        kind = np.arange(len(rows)) >= len(rows) - len(other)
        # few columns, many rows: Newton's method takes a hundredth of the time of the default
        model = LogisticRegression(C=_STRENGTH, solver="newton-cholesky", class_weight="balanced").fit(rows, kind)
        weights = self.axes.astype(np.float64) @ model.coef_[0]
        return weights, float(model.intercept_[0] - self.mean @ weights)


def _thirds(fold: Indices) -> list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Masks of held-out and remaining pictures, the folds taken together into three at most."""
    numbers = np.unique(fold)
    parts = [np.isin(fold, numbers[start::3]) for start in range(min(3, len(numbers)))]
    return [(held, ~held) for held in parts]


def _refused(rows: Floats, distances: tuple[Reference, float], kind: _Linear) -> NDArray[np.bool_]:
    reference, threshold = distances
    return np.asarray((distance(rows, reference) > threshold) | (rows @ kind[0] + kind[1] > 0))


def drawn_patterns(count: int, seed: int) -> list[Pixels]:
    """Blank frames, noise, gradients, stripes, shapes and writing: what a wrong frame looks like."""
    chance = np.random.default_rng(seed)
    painters = (_blank, _noise, _gradient, _stripes, _shapes, _writing)
    return [painters[index % len(painters)](chance) for index in range(count)]


def _blank(chance: np.random.Generator) -> Pixels:
    return np.full((240, 320, 3), chance.integers(0, 256, 3), np.uint8)


def _noise(chance: np.random.Generator) -> Pixels:
    cells = int(chance.integers(8, 240))
    coarse = chance.integers(0, 256, (cells, cells, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(coarse, (320, 240)), np.uint8)


def _gradient(chance: np.random.Generator) -> Pixels:
    corners = chance.integers(0, 256, (2, 2, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(corners, (320, 240), interpolation=cv2.INTER_LINEAR), np.uint8)


def _stripes(chance: np.random.Generator) -> Pixels:
    x = np.arange(320) * chance.uniform(0.05, 1.0)
    wave = (np.sin(x)[None, :, None] + 1) / 2
    one, other = chance.integers(0, 256, (2, 3))
    return np.broadcast_to(wave * one + (1 - wave) * other, (240, 320, 3)).astype(np.uint8)


def _shapes(chance: np.random.Generator) -> Pixels:
    picture = _blank(chance)
    for _ in range(int(chance.integers(3, 15))):
        colour = tuple(int(value) for value in chance.integers(0, 256, 3))
        x, y, w, h = (int(value) for value in chance.integers(10, 200, 4))
        if chance.random() < 0.5:
            cv2.rectangle(picture, (x, y), (x + w, y + h), colour, -1)
        else:
            cv2.ellipse(picture, (x, y), (w // 2, h // 2), 0, 0, 360, colour, -1)
    return picture


def _writing(chance: np.random.Generator) -> Pixels:
    picture = np.full((240, 320, 3), int(chance.integers(200, 256)), np.uint8)
    for row in range(20, 240, int(chance.integers(14, 40))):
        text = "".join(chr(int(code)) for code in chance.integers(65, 123, 30))
        cv2.putText(picture, text, (5, row), cv2.FONT_HERSHEY_SIMPLEX, float(chance.uniform(0.3, 0.8)), (20, 20, 20), 1)
    return picture
