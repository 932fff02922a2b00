"""How sharp the edges of a region are, whether in all directions alike, and how much of it is the sensor's noise."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.quality import patch

_EDGES = 0.10
"""The share of pixels with the strongest slope: where there are edges, sharpness shows."""

_FLOOR = 0.25
"""Added to the slope (grey levels per pixel) so that a bare wall is not called sharp."""

_FINE = 4.0
"""Steps to which slopes are told apart, per grey level and pixel; those over 64 levels count as one."""

_DIAGONAL = np.float32(math.sqrt(0.5))

_NOISE_MASK = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
_NOISE_SEEN = 6 * 0.6745
"""The median of |mask * noise| for Gaussian noise of standard deviation 1 (Immerkaer, Computer Vision and Image
Understanding 64:300, 1996, with the median instead of the mean: edges are no noise)."""
_NOISE_IN_SLOPE, _NOISE_IN_BEND = 0.143, 0.195
"""The standard deviation that noise of 1 leaves in the first and second derivative after the blur of one pixel."""

_BEND = np.array([[1, -2, 1]], np.float32)
_TWIST = np.array([[1, 0, -1], [0, 0, 0], [-1, 0, 1]], np.float32) / 4

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Sharpness:
    """``least``: of the least sharp direction, about 0..2. ``even``: that over the sharpest direction's, 0..1.
    ``noise``: standard deviation of the sensor's noise in grey levels."""

    least: float
    even: float
    noise: float


def sharpness(pixels: Pixels) -> Sharpness:
    """How sharp a patch is in each of four directions.

    Along the tenth of the pixels with the strongest slope in that direction: the root mean square of the second
    derivative over that of the first, both less what the sensor's noise adds to them. For an edge blurred by a
    Gaussian that is proportional to 1 / its width, whatever its contrast: the scale of the picture cancels out, as it
    does not in the variance of the Laplacian (Pech-Pacheco et al., ICPR 2000) or the Tenengrad (Krotkov, IJCV
    1:223, 1988). A blur of one pixel comes first (Marr and Hildreth, 1980). The least of the directions counts,
    because a camera that moved leaves the edges along its way as sharp as they were. Measured against others:
    docs/quality.md.
    """
    if min(pixels.shape[:2]) < 8:
        return Sharpness(0.0, 1.0, 0.0)
    raw = patch.luma(pixels).astype(np.float32)
    speckle = cv2.convertScaleAbs(cv2.filter2D(raw, cv2.CV_32F, _NOISE_MASK))
    noise = patch.percentile(speckle, 50) / _NOISE_SEEN
    grey = cv2.GaussianBlur(raw, (0, 0), 1.0)
    # Sobel's weights sum to 8: divided by that it is the slope in grey levels per pixel.
    x, y = (cv2.Sobel(grey, cv2.CV_32F, dx, 1 - dx, scale=1 / 8) for dx in (1, 0))
    xx, yy, xy = (cv2.filter2D(grey, cv2.CV_32F, kernel) for kernel in (_BEND, _BEND.T, _TWIST))
    sums = (xx + yy) / 2
    values = [
        _ratio(x, xx, noise),
        _ratio((x + y) * _DIAGONAL, sums + xy, noise),
        _ratio(y, yy, noise),
        _ratio((x - y) * _DIAGONAL, sums - xy, noise),
    ]
    return Sharpness(min(values), min(values) / max(*values, 1e-6), noise)


def _ratio(slope: Floats, bend: Floats, noise: float) -> float:
    """Second over first derivative, both in one direction, where the first is strongest; less the noise in both."""
    steep = cv2.convertScaleAbs(slope, alpha=_FINE)
    edges = cv2.compare(steep, patch.percentile(steep, 100 * (1 - _EDGES)), cv2.CMP_GE)
    bends, slopes = (cv2.mean(cv2.multiply(values, values), mask=edges)[0] for values in (bend, slope))
    bent = math.sqrt(max(0.0, bends - (_NOISE_IN_BEND * noise) ** 2))
    return bent / (math.sqrt(max(0.0, slopes - (_NOISE_IN_SLOPE * noise) ** 2)) + _FLOOR)
