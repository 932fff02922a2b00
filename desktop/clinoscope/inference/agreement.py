"""How well readings agree with what is known: Cohen's kappa for labels, Bland and Altman for numbers. Plain numpy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clinoscope.inference.bootstrap import RESAMPLES, Floats, draws, figure, members, per_group, ratio
from clinoscope.inference.metrics import wilson

Indices = NDArray[np.intp]

NONE: dict[str, float | None] = {"value": None, "low": None, "high": None}


def kappa(
    truth: Indices, said: Indices, labels: int, groups: Sequence[str], *, ordered: bool = False, seed: int = 0
) -> dict[str, float | None]:
    """Cohen's kappa (Educ Psychol Meas 20:37, 1960) with its 95 % interval by bootstrap over groups.

    ``truth`` and ``said`` (n,) are indices of ``labels`` labels. ``ordered`` weighs a disagreement by the
    square of its distance (Cohen, Psychol Bull 70:213, 1968), for labels that are degrees of one thing.
    None where it is not defined: only one label on both sides.
    """
    member, count = members(groups)
    cells = np.zeros((count, labels * labels))
    np.add.at(cells, (member, truth * labels + said), 1.0)
    table = (draws(count, RESAMPLES, seed) @ cells).reshape(-1, labels, labels)
    apart = np.arange(labels)[:, None] - np.arange(labels)[None, :]
    weight = (apart**2 if ordered else apart != 0).astype(np.float64)
    seen = (table * weight).sum(axis=(1, 2))
    by_chance = table.sum(axis=2)[:, :, None] * table.sum(axis=1)[:, None, :] / table.sum(axis=(1, 2))[:, None, None]
    return figure(1 - ratio(seen, (by_chance * weight).sum(axis=(1, 2))))


def mean_sensitivity(
    truth: Indices, said: Indices, chosen: Sequence[int], groups: Sequence[str], seed: int = 0
) -> dict[str, float | None]:
    """The mean of the sensitivities of the ``chosen`` labels, with its interval by bootstrap over groups."""
    member, count = members(groups)
    columns = [truth == label for label in chosen] + [(truth == label) & (said == label) for label in chosen]
    totals = draws(count, RESAMPLES, seed) @ per_group(member, count, np.stack(columns, axis=1).astype(np.float64))
    each = ratio(totals[:, len(chosen) :], totals[:, : len(chosen)])
    # A draw without any picture of a label says nothing of that label: the others stand for it.
    known = ~np.isnan(each)
    return figure(ratio(np.where(known, each, 0.0).sum(axis=1), known.sum(axis=1).astype(np.float64)))


def cautious(found: dict[str, float | None], groups: int) -> dict[str, float | None]:
    """A share whose interval is at least as wide as Wilson's, with one picture for each of ``groups`` groups.

    Where all pictures are right (or all wrong) every bootstrap draw is the same, and its interval a point.
    """
    value, low, high = found["value"], found["low"], found["high"]
    if value is None or low is None or high is None or groups == 0:
        return dict(NONE)
    floor = wilson(round(value * groups), groups)
    return {"value": value, "low": min(low, floor["low"] or 0.0), "high": max(high, floor["high"] or 0.0)}


def bland_altman(read: Floats, reference: Floats, groups: Sequence[str]) -> dict[str, Any]:
    """Agreement of two ways to measure the same thing in the same unit, both (n,).

    After Bland and Altman (Lancet 327:307, 1986; Stat Methods Med Res 8:135, 1999): n, groups, bias (mean of
    read - reference), sd (of the differences), lower and upper (limits of agreement, bias -+ 1.96 sd), each
    with its 95 % interval from Student's t. Groups with several pictures count once for the width of the
    intervals, which errs on the wide side. Raises ValueError with fewer than three groups.
    """
    count = len(set(groups))
    if count < 3:
        raise ValueError("fewer than three groups say nothing about agreement")
    apart = np.asarray(read, np.float64) - np.asarray(reference, np.float64)
    bias, spread = float(apart.mean()), float(apart.std(ddof=1))
    t = student(count - 1)
    half_bias, half_limit = t * spread / np.sqrt(count), t * spread * np.sqrt(3 / count)

    def around(value: float, half: float) -> dict[str, float]:
        return {"value": value, "low": float(value - half), "high": float(value + half)}

    return {
        "n": len(apart),
        "groups": count,
        "bias": around(bias, half_bias),
        "sd": spread,
        "lower": around(bias - 1.96 * spread, half_limit),
        "upper": around(bias + 1.96 * spread, half_limit),
    }


def correlation(read: Floats, reference: Floats, groups: Sequence[str], seed: int = 0) -> dict[str, float | None]:
    """Spearman's rank correlation with its interval by bootstrap over groups; ranks are those of the whole set.

    It says that two numbers rise together, not that they agree: never a reason to pass.
    """
    member, count = members(groups)
    x, y = _ranks(read), _ranks(reference)
    columns = np.stack([np.ones(len(x)), x, y, x * x, y * y, x * y], axis=1)
    n, sx, sy, sxx, syy, sxy = (draws(count, RESAMPLES, seed) @ per_group(member, count, columns)).T
    spread = np.maximum(sxx - ratio(sx * sx, n), 0.0) * np.maximum(syy - ratio(sy * sy, n), 0.0)
    # Rounding leaves a trace of spread where every number is the same.
    known = spread > 1e-9 * np.maximum(sxx * syy, 1.0)
    return figure(np.where(known, ratio(sxy - ratio(sx * sy, n), np.sqrt(spread)), np.nan))


def student(df: int) -> float:
    """The 97.5th percentile of Student's t (Abramowitz and Stegun 26.7.5); right to 0.002 from four degrees on."""
    z = 1.959963985
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / df**power for power, term in enumerate(terms, start=1))


def _ranks(values: Floats) -> Floats:
    """Ranks from 1, equal values share the mean of theirs."""
    _, place, counts = np.unique(np.asarray(values, np.float64), return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[place], np.float64)
