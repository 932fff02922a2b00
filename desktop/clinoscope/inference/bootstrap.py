"""Figures with 95 % intervals by drawing whole groups (patients, lesions, slides) with replacement.

Pictures of one patient are not independent, so groups are drawn. Everything a figure needs is first
summed within each group, so a thousand draws are one matrix product.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RESAMPLES = 1000


def members(groups: Sequence[str]) -> tuple[NDArray[np.intp], int]:
    """For each picture the number of its group, (n,), and how many groups there are."""
    names, member = np.unique(np.asarray(groups), return_inverse=True)
    return member.astype(np.intp), len(names)


def draws(groups: int, resamples: int, seed: int) -> Floats:
    """How often each group was drawn, (1 + resamples, groups); the first row is the data itself."""
    chance = np.random.default_rng(seed)
    drawn = chance.multinomial(groups, np.full(groups, 1 / groups), size=resamples)
    return np.concatenate([np.ones((1, groups)), drawn]).astype(np.float64)


def per_group(member: NDArray[np.intp], groups: int, columns: Floats) -> Floats:
    """Sums of the columns (n, c) within each group, (groups, c)."""
    out = np.zeros((groups, columns.shape[1]))
    np.add.at(out, member, columns)
    return out


def ratio(top: Floats, bottom: Floats) -> Floats:
    """``top / bottom``, NaN where ``bottom`` is zero."""
    bottom = np.broadcast_to(bottom, np.shape(top))
    return np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1.0), np.nan)


def figure(drawn: Floats) -> dict[str, float | None]:
    """The value of the data itself (first) and the 2.5th and 97.5th percentile of the draws."""
    known = drawn[1:][~np.isnan(drawn[1:])]
    if np.isnan(drawn[0]) or len(known) == 0:
        return {"value": None, "low": None, "high": None}
    low, high = np.percentile(known, [2.5, 97.5])
    return {"value": float(drawn[0]), "low": float(low), "high": float(high)}
