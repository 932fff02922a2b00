"""Is the light coloured? For pictures of skin and lips."""

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box, Region
from clinoscope.quality import exposure, patch

_SKIN = np.array([13.0, 17.0])
_SKIN_SPREAD = np.array([6.0, 8.0])
"""Centre and spread of skin in CIELAB a*, b* across skin tones; a* varies less than b* (Xiao et al., "Characterising
the variations in ethnic skin colours", Skin Research and Technology 23:21, 2017), rounded up for photographs."""

_WHITE = np.array([2.0, 3.0])
_WHITE_SPREAD = np.array([5.0, 8.0])
"""What the most colourless highlights of a well-lit picture look like: nearly neutral, a little warm."""

_AROUND = 1.0
_ENOUGH = 50
_SAME = 8.0
"""Highlights no further than this from the skin, in a*, b*, are skin."""
_SIDE = 96
_NEUTRAL = 128
"""OpenCV's 8-bit CIELAB: L* * 255 / 100, a* + 128, b* + 128. Steps of 1 are fine enough for a median."""


def cast(pixels: Pixels, region: Region | None) -> float:
    """How implausible the colours are under white light, in standard deviations (0..about 10).

    Two witnesses, since neither is enough: the median a*, b* of the skin in and around the region, and that of the
    most colourless tenth among the brightest fifth of the picture (teeth, sclera, a card, a wall). Their distances
    from where they belong, over their spread, are added in quadrature: with two values each, a picture in white
    light stays below 3.1 in 95 % (chi-square, 4 degrees of freedom). In a close-up the brightest is skin as well:
    then it is no second witness. Not grey-world: a face is not grey.
    """
    height, width = pixels.shape[:2]
    whole = Box(0, 0, width, height)
    around = region.box.padded(_AROUND).clipped(width, height) if region else whole
    skin = _skin(_lab(patch.take(pixels, around, _SIDE)))
    white = _highlights(_lab(patch.take(pixels, whole, _SIDE)))
    squares = (((skin - _SKIN) / _SKIN_SPREAD) ** 2).sum()
    if np.hypot(*(white - skin)) > _SAME:
        squares += (((white - _WHITE) / _WHITE_SPREAD) ** 2).sum()
    return float(np.sqrt(squares))


def _lab(pixels: Pixels) -> NDArray[np.uint8]:
    """8-bit CIELAB of the pixels that are neither black rim nor burnt, shape (n, 3)."""
    high = patch.highest(pixels)
    lab = cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB)
    return np.asarray(lab[(high > patch.BLACK) & (high < exposure.BURNT)], dtype=np.uint8)


def _skin(lab: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Median a*, b* of what has a colour at all; where skin belongs when there is too little to tell."""
    coloured = lab[(lab[:, 0] > 51) & (lab[:, 0] < 242) & (_chroma(lab) > 5)]
    return _median(coloured) if len(coloured) >= _ENOUGH else _SKIN


def _highlights(lab: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Median a*, b* of the most colourless tenth of the brightest fifth."""
    if len(lab) < _ENOUGH:
        return _WHITE
    bright = lab[lab[:, 0] >= patch.percentile(lab[:, 0], 80)]
    chroma = _chroma(bright)
    count = max(1, len(bright) // 10)
    return _median(bright[np.argpartition(chroma, count - 1)[:count]])


def _chroma(lab: NDArray[np.uint8]) -> NDArray[np.float32]:
    opponent = lab[:, 1:].astype(np.float32) - _NEUTRAL
    return np.asarray(np.hypot(opponent[:, 0], opponent[:, 1]))


def _median(lab: NDArray[np.uint8]) -> NDArray[np.float64]:
    return np.array([patch.percentile(lab[:, 1], 50), patch.percentile(lab[:, 2], 50)]) - float(_NEUTRAL)
