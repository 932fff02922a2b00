"""Linear light from pixels and back, and the working copy whose colours are corrected."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.correction import Correction, Gains
from clinoscope.domain.picture import Pixels

Floats = NDArray[np.float32]

BURNT = 250
"""A channel from here on has lost what it measured: it stays at its end whatever the gains."""

_STEPS = 65536
_BAND = 256
"""Rows corrected at a time, so that a picture of 100 megapixels needs no gigabyte of floats."""


def linear(pixels: Pixels) -> Floats:
    """Linear light 0..1 from sRGB 0..255 (IEC 61966-2-1), any shape."""
    return _LINEAR[pixels]


def encoded(light: NDArray[np.floating]) -> Pixels:
    """SRGB 0..255 from linear light, any shape; what is beyond 0..1 is put at its end."""
    return _ENCODED[np.rint(np.clip(light, 0, 1) * (_STEPS - 1)).astype(np.uint16)]


def corrected(pixels: Pixels, correction: Correction | None) -> Pixels:
    """The working copy of a picture, RGB (height, width, 3): the gains in linear light; ``pixels`` itself for None.

    Whole numbers through fixed tables: the same picture and the same correction always give the same copy. A burnt
    channel stays burnt, so that the checks of exposure still see what was lost.
    """
    if correction is None:
        return pixels
    if not correction.flat:
        tables = np.stack([_table(gain) for gain in correction.gains], axis=-1)
        made = np.asarray(cv2.LUT(pixels, tables[None]), np.uint8)
    else:
        made = _flattened(pixels, correction)
    made.flags.writeable = False
    return made


def _table(gain: float) -> Pixels:
    table = encoded(_LINEAR * np.float32(gain))
    table[BURNT:] = 255
    return table


def _flattened(pixels: Pixels, correction: Correction) -> Pixels:
    height, width = pixels.shape[:2]
    grid = np.array(correction.flat, np.float32) * np.array(correction.gains, np.float32)
    made = np.empty_like(pixels)
    across = cv2.resize(grid, (width, grid.shape[0]), interpolation=cv2.INTER_LINEAR)
    for top in range(0, height, _BAND):
        band = pixels[top : top + _BAND]
        factors = _rows(across, top, len(band), height)
        light = cv2.LUT(band, _UNBURNT)
        # rounded and put at its end where it is beyond, in one pass
        made[top : top + _BAND] = _ENCODED[cv2.multiply(light, factors, scale=_STEPS - 1, dtype=cv2.CV_16U)]
    return made


def _rows(grid: Floats, top: int, count: int, height: int) -> Floats:
    """Rows ``top`` … of the grid stretched to ``height``, between the middles of its own rows."""
    at = (np.arange(top, top + count, dtype=np.float32) + 0.5) * len(grid) / height - 0.5
    low = np.clip(np.floor(at).astype(int), 0, len(grid) - 1)
    high = np.minimum(low + 1, len(grid) - 1)
    share = np.clip(at - low, 0, 1).astype(np.float32)[:, None, None]
    return np.asarray(grid[low] * (1 - share) + grid[high] * share, np.float32)


def balanced(gains: tuple[float, float, float] | NDArray[np.floating]) -> Gains:
    """The gains without their brightness: the luminance of neutral things (Rec. 709) stays as it is."""
    red, green, blue = (float(gain) for gain in gains)
    level = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return red / level, green / level, blue / level


def _linear_table() -> Floats:
    value = np.arange(256) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)


def _encoded_table() -> Pixels:
    light = np.arange(_STEPS) / (_STEPS - 1)
    curve = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(255 * curve).astype(np.uint8)


_LINEAR, _ENCODED = _linear_table(), _encoded_table()
_UNBURNT = np.where(np.arange(256) >= BURNT, np.float32(1e3), _LINEAR).astype(np.float32)
"""Linear light, but what is burnt so bright that no factor brings it back, and no 32 bits overflow."""
