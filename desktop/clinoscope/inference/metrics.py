"""How good readings are, with 95 % intervals: plain numpy, for training and for a site's own test.

Every interval is a bootstrap over groups (patients, lesions, slides): whole groups are drawn
with replacement, since pictures of one patient are not independent. Everything a figure needs is
first summed within each group, so a thousand draws are one matrix product. Where all pictures are right, or all wrong,
every draw is the same: the interval of such a share is at least Wilson's, with one picture for each group.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clinoscope.inference import binomial
from clinoscope.inference.bootstrap import RESAMPLES, Floats, draws, figure, members, per_group, ratio

BINS = 10
"""Equal-width bins of the top probability for the expected calibration error (Guo et al., ICML 2017)."""


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

    @classmethod
    def by_sets(
        cls,
        labels: tuple[str, ...],
        truth: NDArray[np.intp],
        groups: Sequence[str],
        probabilities: Floats,
        sets: NDArray[np.bool_],
    ) -> Readings:
        """Answered is what has one label in its set."""
        return cls(labels, truth, probabilities, groups, sets.sum(axis=1) == 1, sets)


def measure(readings: Readings, resamples: int = RESAMPLES, seed: int = 0) -> dict[str, Any]:
    """Every figure as ``{"value", "low", "high"}``; None where it is not defined.

    Keys: n, groups, accuracy, balanced_accuracy, per_class {label: {n, sensitivity, specificity,
    precision, f1, jaccard}}, macro {specificity, precision, f1, jaccard} (means over the labels that occur), mcc,
    auc (two labels: of the first one), ece, conformal_coverage,
    share_answered, accuracy_when_answered, within_one (the answer is the true label or stands next to it: for
    labels that follow one another), confusion (rows: true label). The likeliest label
    counts as the answer for all but share_answered and accuracy_when_answered. Raises ValueError when there are no
    pictures or an array has the wrong length.
    """
    _check(readings)
    member, groups = members(readings.groups)
    drawn = draws(groups, resamples, seed)
    out: dict[str, Any] = {"n": len(readings.truth), "groups": groups}
    confusion = _confusion(readings, member, groups, drawn)
    out |= _from_confusion(confusion, readings.labels)
    _widen(out, readings, member)
    sums = per_group(member, groups, _bin_columns(readings))
    out["ece"] = figure(_ece(drawn @ sums))
    inside = readings.sets[np.arange(len(readings.truth)), readings.truth]
    right = readings.probabilities.argmax(axis=1) == readings.truth
    near = np.abs(readings.probabilities.argmax(axis=1) - readings.truth) <= 1
    columns = np.stack([np.ones(len(right)), inside, readings.answered, readings.answered & right, near], axis=1)
    totals = drawn @ per_group(member, groups, columns.astype(np.float64))
    out["conformal_coverage"] = _share(totals[:, 1], totals[:, 0], groups)
    out["share_answered"] = _share(totals[:, 2], totals[:, 0], groups)
    out["within_one"] = _share(totals[:, 4], totals[:, 0], groups)
    out["accuracy_when_answered"] = _share(totals[:, 3], totals[:, 2], len(set(member[readings.answered])))
    out["auc"] = figure(_auc(readings, member, drawn)) if len(readings.labels) == 2 else None
    out["confusion"] = confusion[0].astype(int).tolist()
    return out


def rounded(figure: Mapping[str, float | None] | None) -> dict[str, float] | None:
    """A figure as a package file holds it: four digits, without what is not defined; None when it has no value."""
    if figure is None or figure["value"] is None:
        return None
    return {name: round(value, 4) for name, value in figure.items() if value is not None}


PACKED = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced_accuracy",
    "auc": "auc",
    "ece": "ece",
    "coverage": "conformal_coverage",
    "answered": "share_answered",
    "accuracy_answered": "accuracy_when_answered",
}
"""The names of figures in a package file, and what ``measure`` calls them."""


def packed(measured: Mapping[str, Any]) -> dict[str, Any]:
    """What ``measure`` gives, as a package file holds it: every figure of ``PACKED``, four digits."""
    return {name: rounded(measured[key]) for name, key in PACKED.items()}


def packed_labels(measured: Mapping[str, Any], labels: Sequence[str]) -> list[dict[str, Any]]:
    """How each of some labels did, as a package file holds it."""
    kinds = ("sensitivity", "specificity", "precision")
    each = measured["per_class"]
    return [
        {"label": label, "n": each[label]["n"], **{kind: rounded(each[label][kind]) for kind in kinds}}
        for label in labels
    ]


def subset(readings: Readings, chosen: NDArray[np.bool_]) -> Readings:
    """The pictures where ``chosen`` (n,) is True."""
    return Readings(
        labels=readings.labels,
        truth=readings.truth[chosen],
        probabilities=readings.probabilities[chosen],
        groups=[group for group, take in zip(readings.groups, chosen, strict=True) if take],
        answered=readings.answered[chosen],
        sets=readings.sets[chosen],
    )


def by(readings: Readings, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The pictures apart by ``keys`` (one each: a camera, a skin tone), in the order of the words.

    Each has n, groups, accuracy, balanced_accuracy and share_answered as ``measure`` gives them. The
    balanced accuracy is the mean over the labels that occur there: parts with different labels in them
    cannot be held against each other by it.
    """
    out: dict[str, dict[str, Any]] = {}
    names = np.asarray(keys)
    for key in sorted(set(keys)):
        figures = measure(subset(readings, names == key))
        wanted = ("n", "groups", "accuracy", "balanced_accuracy", "share_answered")
        out[key] = {name: figures[name] for name in wanted}
    return out


def top_k(readings: Readings, k: int, seed: int = 0) -> dict[str, float | None]:
    """The share of pictures whose true label is among the ``k`` likeliest, with its interval."""
    order = np.argsort(-readings.probabilities, axis=1, kind="stable")[:, :k]
    return share((order == readings.truth[:, None]).any(axis=1), readings.groups, seed)


def reliability(readings: Readings) -> list[dict[str, Any]]:
    """The reliability table: ``BINS`` rows of how sure the top label was and how often it was right.

    Each row: from, to (the bin's edges), n, confidence (mean top probability), right {value, low, high}
    with the 95 % interval of Wilson (J Am Stat Assoc 22:209, 1927), which takes each picture for itself.
    Rows without pictures have None in place of numbers.
    """
    count, confidence, right = _bin_columns(readings).sum(axis=0).reshape(3, BINS)
    rows = []
    for index in range(BINS):
        n = int(count[index])
        row: dict[str, Any] = {"from": index / BINS, "to": (index + 1) / BINS, "n": n}
        row["confidence"] = float(confidence[index] / n) if n else None
        row["right"] = wilson(int(right[index]), n)
        rows.append(row)
    return rows


def ece_by_chance(readings: Readings, seed: int = 0) -> float:
    """The mean calibration error that these probabilities would show if they were exactly right.

    With few pictures it is far from 0 (a hundred: about 0.09): the error of a bin can only be positive (Roelofs et al.,
    "Mitigating bias in calibration error estimation", AISTATS 2022). Taken from 200 draws.
    """
    top = readings.probabilities.max(axis=1)
    columns = _bin_columns(readings).reshape(len(top), 3, BINS).copy()
    chance = np.random.default_rng(seed)
    errors = []
    for _ in range(200):
        right = chance.random(len(top)) < top
        sums = columns.sum(axis=0)
        sums[2] = (columns[:, 0] * right[:, None]).sum(axis=0)
        errors.append(_ece(sums.reshape(1, -1))[0])
    return float(np.mean(errors))


def wilson(hits: int, n: int) -> dict[str, float | None]:
    """A share with its 95 % interval, see ``binomial.wilson``; None in place of numbers where there is nothing."""
    if n == 0:
        return {"value": None, "low": None, "high": None}
    low, high = binomial.wilson(hits, n)
    return {"value": hits / n, "low": low, "high": high}


def share(hits: Sequence[bool] | NDArray[np.bool_], groups: Sequence[str], seed: int = 0) -> dict[str, float | None]:
    """The share of True with its 95 % interval by bootstrap over ``groups``."""
    member, count = members(groups)
    columns = np.stack([np.ones(len(groups)), np.asarray(hits, np.float64)], axis=1)
    totals = draws(count, RESAMPLES, seed) @ per_group(member, count, columns)
    return _share(totals[:, 1], totals[:, 0], count)


def _share(hits: Floats, of: Floats, groups: int) -> dict[str, float | None]:
    return _not_certain(figure(ratio(hits, of)), groups)


def _not_certain(found: dict[str, float | None], groups: int) -> dict[str, float | None]:
    """A share of all or none has an interval, too; see the top of this file."""
    value, low, high = found["value"], found["low"], found["high"]
    if value not in (0.0, 1.0) or low is None or high is None or groups == 0:
        return found
    least = wilson(round(value * groups), groups)
    return {"value": value, "low": min(low, least["low"] or 0.0), "high": max(high, least["high"] or 0.0)}


def _widen(out: dict[str, Any], readings: Readings, member: NDArray[np.intp]) -> None:
    """See ``_not_certain``: the shares that come out of the confusion matrix, by the groups each is about."""
    said = readings.probabilities.argmax(axis=1)
    for name in ("accuracy", "balanced_accuracy"):
        out[name] = _not_certain(out[name], out["groups"])
    for index, label in enumerate(readings.labels):
        of_it = readings.truth == index
        for name, part in (("sensitivity", of_it), ("specificity", ~of_it), ("precision", said == index)):
            figures = out["per_class"][label]
            figures[name] = _not_certain(figures[name], len(set(member[part])))


def _check(readings: Readings) -> None:
    n, k = len(readings.truth), len(readings.labels)
    if n == 0:
        raise ValueError("there are no readings to measure")
    shapes = (readings.probabilities.shape, readings.sets.shape, (len(readings.groups),), readings.answered.shape)
    if shapes != ((n, k), (n, k), (n,), (n,)):
        raise ValueError(f"arrays of {n} readings with {k} labels do not fit together: {shapes}")


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
    sensitivity = ratio(hit, true)
    measures: dict[str, Callable[[], Floats]] = {
        "sensitivity": lambda: sensitivity,
        "specificity": lambda: ratio(total[:, None] - true - said + hit, total[:, None] - true),
        "precision": lambda: ratio(hit, said),
        # of a label no picture has, both would be 0 however good the reading
        "f1": lambda: np.where(true[0] > 0, ratio(2 * hit, true + said), np.nan),
        "jaccard": lambda: np.where(true[0] > 0, ratio(hit, true + said - hit), np.nan),
    }
    values = {name: make() for name, make in measures.items()}
    per_class: dict[str, dict[str, Any]] = {}
    for index, label in enumerate(labels):
        per_class[label] = {"n": int(true[0, index])}
        per_class[label] |= {name: figure(value[:, index]) for name, value in values.items()}
    return {
        "accuracy": figure(ratio(hit.sum(axis=1), total)),
        "balanced_accuracy": figure(_mean_of_known(sensitivity)),
        "macro": {
            name: figure(_mean_of_known(np.where(true > 0, value, np.nan)))
            for name, value in values.items()
            if name != "sensitivity"  # whose mean is the balanced accuracy
        },
        "mcc": figure(_mcc(total, hit.sum(axis=1), true, said)),
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


def _mean_of_known(values: Floats) -> Floats:
    """Row means over what is defined; a label no picture has does not count."""
    known = ~np.isnan(values)
    return ratio(np.where(known, values, 0.0).sum(axis=1), known.sum(axis=1).astype(np.float64))
