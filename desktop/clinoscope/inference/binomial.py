"""Intervals of shares: exact ones, as in Rümke's table for differential counts, and Wilson's. Plain Python.

Rümke CL, "The statistically expected variability in differential leukocyte counting", in: Koepke JA (ed.),
Differential leukocyte counting, College of American Pathologists 1979: the exact limits of Clopper and Pearson
(Biometrika 26:404, 1934), which CLSI H20 prints as well.
"""

from __future__ import annotations

import functools
import math

_LEVEL = 0.025
"""What is left out on either side of a 95 % interval."""


@functools.lru_cache(maxsize=65536)
def interval(hits: int, of: int) -> tuple[float, float]:
    """The exact 95 % interval of a share, ``hits`` of ``of``, 0..1. Nothing of nothing may be anything: 0 to 1.

    The lower limit is the share at which ``hits`` or more would be seen with a probability of 2.5 %, the upper that
    of ``hits`` or fewer; found by bisecting the binomial tail down to 1e-10. Raises ValueError for counts that
    cannot be.
    """
    if not 0 <= hits <= of:
        raise ValueError(f"{hits} of {of} is no share")
    if of == 0:
        return 0.0, 1.0
    # The upper limit of `hits` is one minus the lower one of what is left: one tail does for both.
    return _lower(hits, of), 1.0 - _lower(of - hits, of)


def wilson(hits: float, of: float, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's score interval of a share (J Am Stat Assoc 22:209, 1927), ``z`` standard errors either way, 0..1.

    Honest at 0 and 1, where a bootstrap has no width. ``of`` is above 0.
    """
    share, weight = hits / of, z * z / of
    middle = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * math.sqrt(share * (1 - share) / of + weight / (4 * of))
    # by rounding alone a share of 0 or 1 would lie outside
    return min(share, max(middle - half, 0.0)), max(share, min(middle + half, 1.0))


def _lower(hits: int, of: int) -> float:
    if hits == 0:
        return 0.0
    low, high = 0.0, hits / of
    while high - low > 1e-10:
        middle = (low + high) / 2
        if _at_least(hits, of, middle) < _LEVEL:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _at_least(hits: int, of: int, share: float) -> float:
    """The probability of ``hits`` or more, for a share below ``hits / of``: terms from there on only fall."""
    if share <= 0.0:
        return 0.0
    odds = share / (1.0 - share)
    log = math.lgamma(of + 1) - math.lgamma(hits + 1) - math.lgamma(of - hits + 1)
    term = math.exp(log + hits * math.log(share) + (of - hits) * math.log1p(-share))
    total = 0.0
    for count in range(hits, of + 1):
        total += term
        if term < 1e-17 * total:
            break
        term *= odds * (of - count) / (count + 1)
    return total
