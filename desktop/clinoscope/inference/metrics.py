"""How good readings are, with 95 % intervals: plain numpy, for training and for a site's own test.

Every interval is a bootstrap over groups (patients, lesions, slides): whole groups are drawn
with replacement, since pictures of one patient are not independent. Everything a figure needs is
first summed within each group, so a thousand draws are one matrix product.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BINS = 10
"""Equal-width bins of the top probability for the expected calibration error (Guo et al., ICML 2017)."""
RESAMPLES = 1000


@dataclass(frozen=True, eq=False)
class Readings:
    """Labelled pictures with what was read.

    ``truth`` (n,) indices into ``labels``; ``probabilities`` (n, k); ``groups`` n names;
    ``answered`` (n,) True where one label was given (neither *unsure* nor *cannot judge*);
    ``sets`` (n, k) True for labels in the conformal set.
    """

    labels: tuple[str, ...]
    truth: NDArray[np.intp]
    probabilities: Floats
    groups: Sequence[str]
    answered: NDArray[np.bool_]
    sets: NDArray[np.bool_]


def measure(readings: Readings, resamples: int = RESAMPLES, seed: int = 0) -> dict[str, Any]:
    """Every figure as ``{"value", "low", "high"}``; None where it is not defined.

    Keys: n, groups, accuracy, balanced_accuracy, per_class {label: {n, sensitivity, specificity,
    precision, f1, jaccard}}, mcc, auc (two labels: of the first one), ece, conformal_coverage,
    share_answered, accuracy_when_answered, confusion (rows: true label). The likeliest label
    counts as the answer for all but the last two figures. Raises ValueError when there are no
    pictures or an array has the wrong length.
    """
    _check(readings)
    member, groups = _members(readings.groups)
    drawn = _draws(groups, resamples, seed)
    out: dict[str, Any] = {"n": len(readings.truth), "groups": groups}
    confusion = _confusion(readings, member, groups, drawn)
    out |= _from_confusion(confusion, readings.labels)
    sums = _per_group(member, groups, _bin_columns(readings))
    out["ece"] = _figure(_ece(drawn @ sums))
    inside = readings.sets[np.arange(len(readings.truth)), readings.truth]
    right = readings.probabilities.argmax(axis=1) == readings.truth
    columns = np.stack([np.ones(len(right)), inside, readings.answered, readings.answered & right], axis=1)
    totals = drawn @ _per_group(member, groups, columns.astype(np.float64))
    out["conformal_coverage"] = _figure(_ratio(totals[:, 1], totals[:, 0]))
    out["share_answered"] = _figure(_ratio(totals[:, 2], totals[:, 0]))
    out["accuracy_when_answered"] = _figure(_ratio(totals[:, 3], totals[:, 2]))
    out["auc"] = _figure(_auc(readings, member, drawn)) if len(readings.labels) == 2 else None
    out["confusion"] = confusion[0].astype(int).tolist()
    return out


def share(hits: Sequence[bool] | NDArray[np.bool_], groups: Sequence[str], seed: int = 0) -> dict[str, float | None]:
    """The share of True with its 95 % interval by bootstrap over ``groups``."""
    member, count = _members(groups)
    columns = np.stack([np.ones(len(groups)), np.asarray(hits, np.float64)], axis=1)
    totals = _draws(count, RESAMPLES, seed) @ _per_group(member, count, columns)
    return _figure(_ratio(totals[:, 1], totals[:, 0]))


def _check(readings: Readings) -> None:
    n, k = len(readings.truth), len(readings.labels)
    if n == 0:
        raise ValueError("there are no readings to measure")
    shapes = (readings.probabilities.shape, readings.sets.shape, (len(readings.groups),), readings.answered.shape)
    if shapes != ((n, k), (n, k), (n,), (n,)):
        raise ValueError(f"arrays of {n} readings with {k} labels do not fit together: {shapes}")


def _members(groups: Sequence[str]) -> tuple[NDArray[np.intp], int]:
    names, member = np.unique(np.asarray(groups), return_inverse=True)
    return member.astype(np.intp), len(names)


def _draws(groups: int, resamples: int, seed: int) -> Floats:
    """How often each group was drawn, (1 + resamples, groups); the first row is the data itself."""
    chance = np.random.default_rng(seed)
    drawn = chance.multinomial(groups, np.full(groups, 1 / groups), size=resamples)
    return np.concatenate([np.ones((1, groups)), drawn]).astype(np.float64)


def _per_group(member: NDArray[np.intp], groups: int, columns: Floats) -> Floats:
    """Sums of the columns (n, c) within each group, (groups, c)."""
    out = np.zeros((groups, columns.shape[1]))
    np.add.at(out, member, columns)
    return out


def _confusion(readings: Readings, member: NDArray[np.intp], groups: int, drawn: Floats) -> Floats:
    """Confusion matrices (resamples + 1, k, k), rows the true label, columns the likeliest."""
    k = len(readings.labels)
    cell = readings.truth * k + readings.probabilities.argmax(axis=1)
    counts = np.zeros((groups, k * k))
    np.add.at(counts, (member, cell), 1.0)
    return (drawn @ counts).reshape(-1, k, k)


def _from_confusion(confusion: Floats, labels: tuple[str, ...]) -> dict[str, Any]:
    total = confusion.sum(axis=(1, 2))
    hit = np.diagonal(confusion, axis1=1, axis2=2)
    true, said = confusion.sum(axis=2), confusion.sum(axis=1)
    sensitivity = _ratio(hit, true)
    measures: dict[str, Callable[[], Floats]] = {
        "sensitivity": lambda: sensitivity,
        "specificity": lambda: _ratio(total[:, None] - true - said + hit, total[:, None] - true),
        "precision": lambda: _ratio(hit, said),
        "f1": lambda: _ratio(2 * hit, true + said),
        "jaccard": lambda: _ratio(hit, true + said - hit),
    }
    values = {name: make() for name, make in measures.items()}
    per_class: dict[str, dict[str, Any]] = {}
    for index, label in enumerate(labels):
        per_class[label] = {"n": int(true[0, index])}
        per_class[label] |= {name: _figure(value[:, index]) for name, value in values.items()}
    return {
        "accuracy": _figure(_ratio(hit.sum(axis=1), total)),
        "balanced_accuracy": _figure(_mean_of_known(sensitivity)),
        "mcc": _figure(_mcc(total, hit.sum(axis=1), true, said)),
        "per_class": per_class,
    }


def _mcc(total: Floats, right: Floats, true: Floats, said: Floats) -> Floats:
    """Matthews correlation for many labels (Gorodkin, Comput Biol Chem 28:367, 2004); 0 when undefined."""
    cross = right * total - (true * said).sum(axis=1)
    spread = (total**2 - (said**2).sum(axis=1)) * (total**2 - (true**2).sum(axis=1))
    return np.where(spread > 0, cross / np.sqrt(np.where(spread > 0, spread, 1.0)), 0.0)


def _bin_columns(readings: Readings) -> Floats:
    """For each picture and bin: 1, the top probability, whether it was right; zero outside its bin."""
    top = readings.probabilities.max(axis=1)
    right = (readings.probabilities.argmax(axis=1) == readings.truth).astype(np.float64)
    bin_of = np.minimum((top * BINS).astype(np.intp), BINS - 1)
    columns = np.zeros((len(top), 3, BINS))
    rows = np.arange(len(top))
    columns[rows, 0, bin_of], columns[rows, 1, bin_of], columns[rows, 2, bin_of] = 1.0, top, right
    return columns.reshape(len(top), -1)


def _ece(sums: Floats) -> Floats:
    count, confidence, right = sums.reshape(-1, 3, BINS).transpose(1, 0, 2)
    # |sum of confidence - sum right| is the bin's gap times its count already
    return np.asarray(np.abs(confidence - right).sum(axis=1) / count.sum(axis=1))


def _auc(readings: Readings, member: NDArray[np.intp], drawn: Floats) -> Floats:
    """Area under the curve of the first label, ties counted half, for every draw."""
    score = readings.probabilities[:, 0]
    values, place = np.unique(score, return_inverse=True)
    out = np.full(len(drawn), np.nan)
    positive = readings.truth == 0
    for index, weights in enumerate(drawn):
        weight = weights[member]
        with_label = np.bincount(place, weight * positive, len(values))
        without = np.bincount(place, weight * ~positive, len(values))
        pairs = with_label.sum() * without.sum()
        if pairs > 0:
            below = np.cumsum(without) - without
            out[index] = (with_label * (below + without / 2)).sum() / pairs
    return out


def _ratio(top: Floats, bottom: Floats) -> Floats:
    bottom = np.broadcast_to(bottom, np.shape(top))
    return np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1.0), np.nan)


def _mean_of_known(values: Floats) -> Floats:
    """Row means over what is defined; a label no picture has does not count."""
    known = ~np.isnan(values)
    return _ratio(np.where(known, values, 0.0).sum(axis=1), known.sum(axis=1).astype(np.float64))


def _figure(draws: Floats) -> dict[str, float | None]:
    """The value of the data itself (first) and the 2.5th and 97.5th percentile of the draws."""
    known = draws[1:][~np.isnan(draws[1:])]
    if np.isnan(draws[0]) or len(known) == 0:
        return {"value": None, "low": None, "high": None}
    low, high = np.percentile(known, [2.5, 97.5])
    return {"value": float(draws[0]), "low": float(low), "high": float(high)}
