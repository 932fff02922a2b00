"""The erythema index, 100 * log10(R / G) of linear light, and how a value stands beside earlier ones.

Haemoglobin takes green light and leaves red (Takiwaki, J Med Invest 44:121, 1998; for the conjunctiva Collings et al.,
PLoS ONE 11(4):e0153286, 2016). Shared by what measures lips and by what measures the lower eyelid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.reading import Measure, ModelRef, Reading

CHANGE = "Change from earlier"

CELL = 6
"""Side, pixels, of the squares that colour is averaged over: noise and texture are shared within them."""

Floats = NDArray[np.float32]


class UnfitError(Exception):
    """The picture cannot be measured; the text is the sentence for the reading."""


def index(light: Floats) -> Floats:
    """The index of linear RGB (…, 3), without its last axis."""
    return 100 * np.log10(np.clip(light[..., 0], 1e-4, None) / np.clip(light[..., 1], 1e-4, None))


def patches(light: Floats, mask: NDArray[np.bool_]) -> Floats:
    """Mean linear RGB of the squares of a grid that lie mostly in the mask, (n, 3): noise of neighbours is shared.

    Where fewer than eight squares do, the pixels of the mask themselves.
    """
    rows, columns = mask.shape[0] // CELL, mask.shape[1] // CELL
    inside = mask[: rows * CELL, : columns * CELL]
    counted = np.where(inside[..., None], light[: rows * CELL, : columns * CELL], np.float32(0))
    # shrinking by a whole number with INTER_AREA is the mean over squares, and many times faster than numpy's
    shares = cv2.resize(inside.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
    means = cv2.resize(counted, (columns, rows), interpolation=cv2.INTER_AREA)
    kept = shares >= 0.5
    if kept.sum() < 8:
        return light[mask]
    return np.asarray(means[kept] / shares[kept][:, None], np.float32)


def change(
    now: Measure, earlier: Sequence[Reading], model: ModelRef, limits: Mapping[str, float]
) -> tuple[Measure, ...]:
    """Now minus the mean of the earlier values of that name by that package; nothing when there is none.

    The uncertainty adds how much a person varies from day to day (``day_to_day``).
    """
    of_model = [reading.measures for reading in earlier if reading.model == model]
    before = [measure for measures in of_model for measure in measures if measure.name == now.name]
    if not before:
        return ()
    mean = float(np.mean([entry.value for entry in before]))
    known = sum(entry.uncertainty**2 for entry in before) / len(before) ** 2
    daily = limits["day_to_day"] ** 2 * (1 + 1 / len(before))
    return (Measure(CHANGE, now.value - mean, float(np.sqrt(now.uncertainty**2 + known + daily))),)
