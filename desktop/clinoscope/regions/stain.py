"""How much stain, and which, each pixel of a smear holds: optical density against the empty glass.

Glass is not white: lamps tint, condensers vignette. A smooth surface is fitted to the brightest
pixels and everything is measured against it, so that a cast falls out (Beer-Lambert: stain adds up
in the logarithm of the light that gets through).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels

Plane = NDArray[np.float32]
"""One value per pixel, shape (height, width)."""

_DARK = 6.0
"""Added before the logarithm: keeps sensor noise in black pixels from exploding."""


def densities(pixels: Pixels, order: int = 2) -> NDArray[np.float32]:
    """Optical density (natural logarithm) in R, G, B over the glass, shape (height, width, 3), >= 0.

    ``order`` is the degree of the surface fitted to the glass: 2 for a field, 0 for a crop that a
    cell nearly fills.
    """
    light = np.log(pixels.astype(np.float32) + _DARK)
    return np.asarray(np.maximum(_glass(light, order) - light, 0), np.float32)


def evened(density: NDArray[np.float32]) -> Pixels:
    """The field of these ``densities`` as if on white glass under an even lamp, about as dark as any other field.

    They are scaled so that a twentieth of the field lies above 0.6, by 3 at most: haze and a thin stain are made up
    for, noise on empty glass is not blown up into cells.
    """
    deep = float(np.percentile(density.mean(axis=2), 95))
    gain = float(np.clip(_DEEP / max(deep, 1e-3), 0.5, 3))
    return np.asarray(255 * np.exp(-gain * density), np.uint8)


_DEEP = 0.6


def held(density: NDArray[np.float32]) -> tuple[Plane, float]:
    """How much stain of any kind, and the limit above which a pixel holds something.

    Otsu's limit on the logarithm: on the plain scale a few dark nuclei pull it above pale red cells.
    """
    total = np.asarray(density.sum(axis=2), np.float32)
    scaled = np.clip((np.log(total + 0.05) + 3) * 50, 0, 255).astype(np.uint8)
    otsu = float(cv2.threshold(scaled, 0, 255, cv2.THRESH_OTSU)[0])
    return total, max(0.1, float(np.exp(otsu / 50 - 3)) - 0.05)


def nuclear(density: NDArray[np.float32]) -> Plane:
    """Nuclear stain, about 0-2: the geometric mean of two views, each blind where the other sees.

    One is fixed: nuclei absorb red and green and let blue through, haemoglobin absorbs blue (Soret
    band) and lets red through. The other learns from the field: what is left of a pixel once its share
    of the red cells' own colour is taken out (Ruifrok & Johnston 2001, with the vector measured here).
    Red cells come out near 0-0.15 whatever the lamp and the stain.
    """
    fixed = np.maximum(density @ _NUCLEAR, 0)
    red = _red_direction(density)
    rest = density - (density @ red)[..., None] * red
    left = np.linalg.norm(rest, axis=2) * (rest @ _NUCLEAR > 0)
    return np.asarray(np.sqrt(fixed * left), np.float32)


_NUCLEAR = np.array([1, 1, -1], np.float32)
_USUAL_RED = np.array([0.35, 0.75, 0.56], np.float32)
_NOT_RED = 1.15
"""A direction this far along the nuclear one cannot be that of red cells (they measured 0-0.8, nuclei 0.9-1.3)."""


def _red_direction(density: NDArray[np.float32]) -> NDArray[np.float32]:
    """The colour of the red cells as a unit vector: the median of what holds stain, its most nuclear
    fifth left out; the usual one where a field shows no red cells."""
    total, something = held(density)
    holds = density[total > something]
    if len(holds) < 100:
        return _USUAL_RED
    nucleus = holds @ _NUCLEAR
    ordinary = holds[nucleus <= np.percentile(nucleus, 80)]
    middle = np.median(ordinary / np.linalg.norm(ordinary, axis=1, keepdims=True), axis=0)
    direction = np.asarray(middle / np.linalg.norm(middle), np.float32)
    return _USUAL_RED if direction @ _NUCLEAR > _NOT_RED else direction


def _glass(light: NDArray[np.float32], order: int) -> NDArray[np.float32]:
    """The logarithm of empty glass: a polynomial along the upper envelope of each channel."""
    height, width = light.shape[:2]
    grid = cv2.resize(light, (min(width, 48), min(height, 36)), interpolation=cv2.INTER_AREA)
    design = _terms(grid.shape[0], grid.shape[1], order).reshape(-1, _count(order))
    values = grid.reshape(-1, 3)
    out = np.empty_like(light)
    full = _terms(height, width, order)
    for channel in range(3):
        out[..., channel] = full @ _envelope(design, values[:, channel])
    return out


def _envelope(design: NDArray[np.float32], values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Asymmetric least squares (Eilers 2005): what lies below the surface, cells, weighs 1/50."""
    weight = (values >= np.percentile(values, 70)).astype(np.float32) + 0.02
    fit = np.zeros(design.shape[1], np.float32)
    ridge = 1e-3 * np.eye(design.shape[1], dtype=np.float32)
    for _ in range(12):
        weighted = design * weight[:, None]
        fit = np.linalg.solve(design.T @ weighted + ridge, weighted.T @ values).astype(np.float32)
        weight = np.where(values > design @ fit - 0.01, 1.0, 0.02).astype(np.float32)
    return fit


def _count(order: int) -> int:
    return (order + 1) * (order + 2) // 2


def _terms(height: int, width: int, order: int) -> NDArray[np.float32]:
    """x^i y^j with i + j <= order on -1..1, shape (height, width, count)."""
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    terms = [x**i * y**j for i in range(order + 1) for j in range(order + 1 - i)]
    return np.stack(terms, axis=-1).astype(np.float32)
