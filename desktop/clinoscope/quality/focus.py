"""How sharp the edges of a region are."""

import cv2
import numpy as np

from clinoscope.domain.picture import Pixels
from clinoscope.quality import patch

_EDGES = 0.10
"""The share of pixels with the strongest gradient: where there are edges, sharpness shows."""

_FLOOR = 0.25
"""Added to the gradient (grey levels per pixel) so that a bare wall is not called sharp."""


def sharpness(pixels: Pixels) -> float:
    """Mean |Laplacian| over mean |gradient| along the strongest edges of a patch, about 0..2.

    For an edge blurred by a Gaussian the second derivative over the first is proportional to 1 / its
    width, whatever its contrast: the scale of the picture cancels out, as it does not in the variance of the
    Laplacian (Pech-Pacheco et al., ICPR 2000) or the Tenengrad (Krotkov, IJCV 1:223, 1988). A blur of one
    pixel first keeps sensor noise out (Marr and Hildreth, 1980). Measured against six other measures on
    the project's pictures: docs/quality.md.
    """
    if min(pixels.shape[:2]) < 8:
        return 0.0
    grey = cv2.GaussianBlur(patch.luma(pixels).astype(np.float32), (0, 0), 1.0)
    laplacian = np.abs(cv2.Laplacian(grey, cv2.CV_32F))
    # Sobel's weights sum to 8: divided by that it is the slope in grey levels per pixel.
    across, down = (cv2.Sobel(grey, cv2.CV_32F, dx, 1 - dx, scale=1 / 8) for dx in (1, 0))
    gradient = cv2.magnitude(across, down)
    rank = int(gradient.size * (1 - _EDGES))
    strong = gradient >= np.partition(gradient.ravel(), rank)[rank]
    return float(laplacian[strong].mean() / (gradient[strong].mean() + _FLOOR))
