"""How plainly the squares show into which JPEG cuts a picture: what strong compression leaves of it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box
from clinoscope.quality import patch

_SIDE = 8
"""Pixels of a square."""
_MOST = 16
"""Grey levels from which on a step is an edge of what was taken, and counts as one of these."""
_LEAST = 3 * _SIDE
_ENOUGH = 512
"""Of a larger region its middle is looked at, pixels."""


def step(pixels: Pixels, box: Box) -> float:
    """The step from one square to the next in grey levels, beyond the steps beside it; about 0 where there are none.

    ``pixels`` as they were decoded, not scaled: a picture that was scaled after it was compressed has no squares of
    eight pixels left, and nothing is said of it. Where in a picture they begin is tried, since it may have been cropped
    or turned. After Wang, Sheikh and Bovik (ICIP 2002), who divide the steps at the borders of the squares by their
    inner activity; here it is the difference from the steps beside each, of the less plain direction, and from the
    second most striking of the eight columns: patterns of two or four pixels and a ruled paper are no squares.
    """
    box = _middle(box)
    luma = patch.luma(np.ascontiguousarray(pixels[box.y : box.bottom, box.x : box.right]))
    if min(luma.shape) < _LEAST:
        return 0.0
    return max(0.0, min(_across(luma), _across(np.ascontiguousarray(luma.T))))


def _across(luma: NDArray[np.uint8]) -> float:
    """The same from left to right only."""
    steps = cv2.absdiff(luma[:, 1:], luma[:, :-1]).astype(np.int16)
    beyond = np.clip(2 * steps[:, 1:-1] - steps[:, :-2] - steps[:, 2:], -2 * _MOST, 2 * _MOST)
    columns = beyond.mean(axis=0) / 2
    least, most = sorted(columns[place::_SIDE].mean() for place in range(_SIDE))[-2:]
    return float(most - least)


def _middle(box: Box) -> Box:
    width, height = min(box.w, _ENOUGH), min(box.h, _ENOUGH)
    return Box(box.x + (box.w - width) // 2, box.y + (box.h - height) // 2, width, height)
