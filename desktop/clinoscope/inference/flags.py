"""The remarks a package makes beside its answer: screening, a linear rule, how unusual a picture is.

Each rule gives one value 0..1 that is held against its threshold. ``label``: the calibrated
probability of one label. ``linear``: 1 / (1 + exp(-(embedding @ weights + bias))). ``texture``: the same
on the watcher's features, for what is finer than what the package's network looks at. ``distance``: how
much farther the embedding lies from ordinary pictures than from those of all kinds (relative
Mahalanobis distance, Ren et al., arXiv 2106.09022, 2021; each distance as in ``inference.rejection``),
told as the share of held-out ordinary pictures whose value is lower.

The numbers of the last three are arrays of ``flags.npz``: ``<id>_weights`` (d,), ``<id>_bias`` ();
``<id>_mean`` (d,), ``<id>_axes`` (k, d), ``<id>_spread`` (k,), ``<id>_rest`` () of the ordinary
pictures, the same as ``<id>_ground_mean`` and so on of all kinds, and ``<id>_quantiles`` (101,).
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.errors import PackageError
from clinoscope.domain.reading import Flag
from clinoscope.inference import arrays
from clinoscope.inference.card import FlagRule, Package, PackageInfo
from clinoscope.inference.rejection import Reference, distance

FILE = "flags.npz"
QUANTILES = 101
"""Values kept of held-out ordinary pictures: the lowest, each further hundredth, the highest."""

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Unusual:
    """Statistics of the embeddings of ordinary pictures and of pictures of all kinds."""

    ordinary: Reference
    ground: Reference

    def of(self, embeddings: NDArray[Any]) -> Array:
        """How unusual each embedding (n, d) is, (n,); what is foreign to both, as another stain is, counts less."""
        rows = np.asarray(embeddings, np.float64)
        return np.asarray(distance(rows, self.ordinary) - distance(rows, self.ground))


@dataclass(frozen=True, eq=False)
class Numbers:
    """The rules of a package with arrays: linear ones as (weights (d,), bias), distances with quantiles (101,)."""

    linear: Mapping[str, tuple[Array, float]] = field(default_factory=dict)
    distance: Mapping[str, tuple[Unusual, Array]] = field(default_factory=dict)


Texture = Callable[[float], NDArray[Any]]
"""Gives the watcher's features (d,) of a region cut out with a margin."""


def _no_texture(_margin: float) -> NDArray[Any]:
    raise ValueError("a flag of this package looks at the region's texture, and none was given")


def flags(
    package: Package, probabilities: NDArray[Any], embedding: NDArray[Any], texture: Texture = _no_texture
) -> tuple[Flag, ...]:
    """Every flag of the package, raised or not, in its order; those of other labels are left out.

    ``probabilities`` (k,) are calibrated, in the order of the package's labels; ``embedding`` (d,);
    ``texture`` is asked only if a rule needs it. Raises PackageError when a rule names what the package
    does not have.
    """
    if not package.flags:
        return ()
    numbers = _numbers(package)
    top = package.labels[int(np.argmax(probabilities))]
    rules = [rule for rule in package.flags if not rule.only_for or top in rule.only_for]
    seen = {rule.id: texture(rule.margin) if rule.kind == "texture" else embedding for rule in rules}
    return tuple(_flag(rule, _value(rule, package, numbers, probabilities, seen[rule.id])) for rule in rules)


def problems(info: PackageInfo) -> list[str]:
    """What is wrong with the rules of a package file, as parts of a sentence; empty when they make sense.

    The arrays in ``flags.npz`` are looked at when the package is first used.
    """
    found = [f"the flag {name} is there twice" for name, n in Counter(rule.id for rule in info.flags).items() if n > 1]
    for rule in info.flags:
        named = {*rule.only_for} | ({rule.label} if rule.kind == "label" else set())
        found += [f"the flag {rule.id} names a label {name!r} that it does not have" for name in named - {*info.labels}]
        if not 0.0 <= rule.threshold <= 1.0:
            found.append(f"the threshold of the flag {rule.id} does not lie between 0 and 1")
        if rule.kind != "label" and FILE not in info.files:
            found.append(f"the hash of {FILE} is missing")
    return sorted(set(found))


def linear_value(embeddings: NDArray[Any], weights: NDArray[Any], bias: float) -> Array:
    """The logistic of a linear rule for each embedding (n, d), (n,) in 0..1."""
    logits = np.asarray(embeddings, np.float64) @ weights + bias
    # half of 1 + tanh(x / 2) is the logistic, and does not overflow
    return np.asarray((1.0 + np.tanh(logits / 2.0)) / 2.0)


def share_below(values: NDArray[Any], quantiles: NDArray[Any]) -> Array:
    """The share of ordinary pictures with a lower value than each of these (n,), (n,) in 0..1."""
    return np.asarray(np.interp(values, quantiles, np.linspace(0.0, 1.0, len(quantiles))))


def _flag(rule: FlagRule, value: float) -> Flag:
    return Flag(rule.id, rule.name, value, value >= rule.threshold, rule.note)


def _value(
    rule: FlagRule, package: Package, numbers: Numbers, probabilities: NDArray[Any], embedding: NDArray[Any]
) -> float:
    if rule.kind == "label":
        return float(probabilities[package.labels.index(rule.label)])
    row = np.asarray(embedding, np.float64)[None]
    if rule.kind in ("linear", "texture"):
        weights, bias = numbers.linear[rule.id]
        _same_length(row, weights, package)
        return float(linear_value(row, weights, bias)[0])
    unusual, quantiles = numbers.distance[rule.id]
    _same_length(row, unusual.ordinary.mean, package)
    return float(share_below(unusual.of(row), quantiles)[0])


def _same_length(row: Array, other: NDArray[Any], package: Package) -> None:
    if row.shape[1] != len(other):
        raise PackageError(
            f"Model package {package.name}: {FILE} was made for another model. Install the package again."
        )


@functools.lru_cache(maxsize=16)
def _numbers(package: Package) -> Numbers:
    """The numbers of a package's rules, checked. Raises PackageError."""
    wrong = problems(package)
    if wrong:
        raise PackageError(f"Model package {package.name}: {wrong[0]}. Install the package again.")
    if all(rule.kind == "label" for rule in package.flags):
        return Numbers()
    return load_numbers(package.content[FILE], package.flags, package.name)


def load_numbers(data: bytes, rules: tuple[FlagRule, ...], name: str) -> Numbers:
    """Read the arrays that the rules need from ``flags.npz``. Raises PackageError naming the package and the flag."""
    try:
        stored = arrays.read(data)
    except ValueError:
        raise PackageError(f"Model package {name}: {FILE} cannot be read. Install the package again.") from None
    linear: dict[str, tuple[Array, float]] = {}
    distances: dict[str, tuple[Unusual, Array]] = {}
    for rule in rules:
        try:
            if rule.kind in ("linear", "texture"):
                linear[rule.id] = _linear(rule.id, stored)
            elif rule.kind == "distance":
                distances[rule.id] = _distance(rule.id, stored)
        except (KeyError, ValueError, TypeError):
            raise PackageError(
                f"Model package {name}: {FILE} lacks the numbers of the flag {rule.id}. Install the package again."
            ) from None
    return Numbers(linear, distances)


def _linear(rule: str, stored: Mapping[str, Array]) -> tuple[Array, float]:
    weights, bias = stored[f"{rule}_weights"], float(stored[f"{rule}_bias"])
    if weights.ndim != 1 or not (np.isfinite(weights).all() and math.isfinite(bias)):
        raise ValueError("not a linear rule")
    return weights, bias


def _distance(rule: str, stored: Mapping[str, Array]) -> tuple[Unusual, Array]:
    unusual = Unusual(_reference(rule, stored), _reference(f"{rule}_ground", stored))
    quantiles = stored[f"{rule}_quantiles"]
    if quantiles.shape != (QUANTILES,) or not (np.diff(quantiles) >= 0).all():
        raise ValueError("not quantiles")
    if unusual.ordinary.mean.shape != unusual.ground.mean.shape:
        raise ValueError("not statistics of one network")
    return unusual, quantiles


def _reference(start: str, stored: Mapping[str, Array]) -> Reference:
    mean, axes, spread = (stored[f"{start}_{part}"] for part in ("mean", "axes", "spread"))
    rest = float(stored[f"{start}_rest"])
    count, length = axes.shape
    whole = all(np.isfinite(part).all() for part in (mean, axes, spread))
    if (mean.shape, spread.shape) != ((length,), (count,)) or not 0 < count < length or not whole:
        raise ValueError("not statistics that belong together")
    if not 0 < rest < math.inf or spread.min() <= 0:
        raise ValueError("not spreads")
    return Reference(mean, axes, spread, rest, np.zeros(length), 0.0)
