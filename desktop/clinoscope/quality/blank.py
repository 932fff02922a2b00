"""Does a picture show anything at all, and in colour? Both are asked of the whole picture: docs/quality.md."""

import functools

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box
from clinoscope.quality import patch

_SIDE = 48
"""So small that a sensor's noise averages out, also that of a camera in the dark."""
_BLACK, _WHITE = 40, 200


def detail(pixels: Pixels) -> float:
    """How much there is to see, 0..255: what is left of the widest channel, from its 2nd to its 98th percentile, once
    a smooth shade is taken off.

    A lamp at one side and a lens that darkens its corners are shade (a surface of the second degree); a date that a
    camera writes into a corner is less than two hundredths.
    """
    small = _small(pixels)
    height, width = small.shape[:2]
    values = small.reshape(-1, 3).astype(np.float64)
    terms, taking = _shade(height, width)
    left = values - terms @ (taking @ values)
    low, high = np.percentile(left, (2, 98), axis=0)
    return float((high - low).max())


def cause(pixels: Pixels) -> str:
    """What a picture without detail is: ``black``, ``white``, or "" for any shade between."""
    middle = patch.percentile(patch.luma(_small(pixels)), 50)
    return "black" if middle < _BLACK else "white" if middle > _WHITE else ""


def chroma(pixels: Pixels) -> float:
    """How coloured the most coloured hundredth of a picture is, in CIELAB; a grey picture has next to none."""
    lab = cv2.cvtColor(_small(pixels).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    return float(np.percentile(np.hypot(lab[..., 1], lab[..., 2]), 99))


def _small(pixels: Pixels) -> Pixels:
    return patch.take(pixels, Box(0, 0, pixels.shape[1], pixels.shape[0]), _SIDE)


@functools.lru_cache(maxsize=8)
def _shade(height: int, width: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The terms of a surface of the second degree at every pixel, (height * width, 6), and what fits them to values."""
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1).reshape(-1, 6)
    return terms, np.linalg.pinv(terms)
