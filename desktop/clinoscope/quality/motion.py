"""Does the subject hold still from one live frame to the next?"""

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.quality import patch

_SIDE = 64
_NOISE = 3.0
"""Grey levels of sensor noise left after scaling to 64 pixels: a flat view does not tremble."""

Thumbnail = NDArray[np.float32]
"""Luma at 64 x 64 with its mean taken out, so that a flickering lamp is no motion."""


def thumbnail(pixels: Pixels) -> Thumbnail:
    """What is kept of a frame to compare the next one with."""
    small = cv2.resize(patch.luma(pixels), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray(small - small.mean(), dtype=np.float32)


def change(before: Thumbnail, after: Thumbnail) -> float:
    """How much of the view's contrast changed between two frames, 0 (still) .. 1 (another view).

    The root mean square of the difference over that of two unrelated views of the same contrast.
    """
    contrast = np.sqrt((before**2).mean() + (after**2).mean() + 2 * _NOISE**2)
    moved = np.sqrt(((after - before) ** 2).mean())
    return float(min(1.0, moved / contrast))
