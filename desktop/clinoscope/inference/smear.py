"""A stained cell as if on white glass under an even lamp, its nucleus as deep as any other's.

Laboratories differ in lamp, camera, stain and haze more than cells differ in kind. Light that gets through stain falls
by its optical density (Beer and Lambert), so in the logarithm a lamp's colour is a difference, and the strength of
a stain and most of a haze are a factor. Both are taken from the square itself: the difference from empty glass, the
factor from the nucleus, which every white cell has and every Romanowsky stain paints darkest. The hue of what is
stained stays: which dye a granule took up is what tells the types apart.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels

NUCLEUS = 1.17
"""Optical density (natural logarithm, mean of R, G, B) that a nucleus is given: the Barcelona set's own."""

_SIDE = 48
"""Glass and nucleus are measured on a copy of this side: the same for a sharp, a coarse and a large square."""
_DARK = 6.0
"""Added before the logarithm, 0..255: keeps the noise of black pixels from exploding."""
_MIDDLE = 0.33
"""Radius of the disc in which the nucleus is looked for, as a share of the side."""
_FAINTEST = 0.05
"""A middle that absorbs no more holds no cell; it is not blown up into one."""
_GAINS = 0.3, 6.0


def on_white_glass(square: Pixels) -> Pixels:
    """The square (height, width, 3), RGB 0..255, with the cell in its middle, on white glass; see the module."""
    height, width = square.shape[:2]
    small = cv2.resize(square, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    glass = _glass(_light(small))
    gain = _gain(np.maximum(glass - _light(small), 0))
    everywhere = cv2.resize(glass, (width, height), interpolation=cv2.INTER_LINEAR)
    density = np.maximum(everywhere - _light(square), 0)
    return np.asarray(255 * np.exp(-gain * density) + 0.5, np.uint8)


def _light(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.log(np.asarray(pixels, np.float32) + _DARK)


def _gain(density: NDArray[np.float32]) -> float:
    """What brings the deepest stain of the middle, the nucleus, to ``NUCLEUS``; 1 where there is none."""
    y, x = np.mgrid[0:_SIDE, 0:_SIDE] / (_SIDE - 1) - 0.5
    middle = density[x**2 + y**2 < _MIDDLE**2]
    total = middle.sum(axis=1)
    nucleus = middle[total >= 0.8 * np.percentile(total, 92)]
    deep = float(np.median(nucleus, axis=0).mean())
    return float(np.clip(NUCLEUS / deep, *_GAINS)) if deep > _FAINTEST else 1.0


def _glass(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """The logarithm of empty glass, (height, width, 3): for each channel a plane through the same brightest pixels.

    Asymmetric least squares (Eilers 2005) on red and green, which nuclei take away; blue gets through
    them, and where a camera cuts it off a cell can be bluer than the glass. A slope costs: a cell on one side is no
    gradient.
    """
    design, flat = _plane(), light.reshape(-1, 3)
    seen = flat[:, :2].mean(axis=1)
    ridge = np.diag([1e-3, 3, 3]).astype(np.float32)
    weight = np.where(seen >= np.percentile(seen, 85), 1, 0.01)[:, None].astype(np.float32)
    for _ in range(10):
        fit = np.linalg.solve((design * weight).T @ design + ridge, (design * weight).T @ seen)
        weight = np.where(seen > design @ fit - 0.02, 1, 0.01)[:, None].astype(np.float32)
    fits = np.linalg.solve((design * weight).T @ design + ridge, (design * weight).T @ flat)
    return np.asarray((design @ fits).reshape(light.shape), np.float32)


def _plane() -> NDArray[np.float32]:
    """1, x and y on -1..1, shape (pixels, 3)."""
    y, x = np.mgrid[-1 : 1 : _SIDE * 1j, -1 : 1 : _SIDE * 1j]
    return np.stack([np.ones_like(x), x, y], axis=-1).reshape(-1, 3).astype(np.float32)
