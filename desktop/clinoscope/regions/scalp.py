"""The scalp patch of a close-up, and the head seen from above."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box, Region
from clinoscope.regions.geometry import Mask, bounds, disc, enlarged, filled, outline, shrunk, whole

_SIDE = 128
_INSET = 0.03
"""Share of each side cut from a scalp photograph: rounded corners, captions and dates of atlas
pictures sit there, and a patch fills the frame by far more than that."""


def find(pixels: Pixels) -> Region | None:
    """The picture without plain borders and a thin margin. None below 8 pixels on a side."""
    if min(pixels.shape[:2]) < 8:
        return None
    small, factor = shrunk(pixels, _SIDE)
    inner = _without_plain_border(small)
    if inner is None:
        return whole(pixels, 0.1)
    dx, dy = round(_INSET * inner.w), round(_INSET * inner.h)
    box = Box(inner.x + dx, inner.y + dy, inner.w - 2 * dx, inner.h - 2 * dy)
    return Region(enlarged(box, factor, pixels), "whole", 0.6)


def find_vertex(pixels: Pixels) -> Region | None:
    """The head against what is behind it; the whole picture (score 0.2) when it does not stand out.

    None below 8 pixels on a side.
    """
    if min(pixels.shape[:2]) < 8:
        return None
    small, factor = shrunk(pixels, _SIDE)
    mask = _head(small)
    if mask is None:
        return whole(pixels, 0.2)
    box = bounds(mask)
    fit = _ellipse_fit(mask)
    share = box.w * box.h / mask.size
    if fit < 0.6 or not 0.12 < share < 0.98:
        return whole(pixels, 0.2)
    return Region(
        enlarged(box, factor, pixels), "contrast", round(0.2 + 0.8 * fit * fit, 3), outlines=(outline(mask, factor),)
    )


def _without_plain_border(small: Pixels) -> Box | None:
    """The part left after rows and columns of one colour are cut from the sides; None if nothing is."""
    spread = small.astype(np.float32)
    rows = spread.std(axis=1).max(axis=1) > 4
    columns = spread.std(axis=0).max(axis=1) > 4
    if not rows.any() or not columns.any():
        return None
    top, bottom = int(np.argmax(rows)), len(rows) - int(np.argmax(rows[::-1]))
    left, right = int(np.argmax(columns)), len(columns) - int(np.argmax(columns[::-1]))
    return Box(left, top, right - left, bottom - top)


def _head(small: Pixels) -> Mask | None:
    """GrabCut from an ellipse: hair and bare scalp inside, what lies at the corners outside."""
    height, width = small.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    off = ((x + 0.5) / width - 0.5) ** 2 / 0.36**2 + ((y + 0.5) / height - 0.5) ** 2 / 0.46**2
    marks = np.full((height, width), cv2.GC_PR_BGD, np.uint8)
    marks[off < 1] = cv2.GC_PR_FGD
    marks[off < 0.15] = cv2.GC_FGD
    marks[off > 1.75] = cv2.GC_BGD
    if float(small.std()) < 3:
        return None
    lab = np.asarray(cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 1.5), cv2.COLOR_RGB2LAB), np.uint8)
    models: list[NDArray[np.float64]] = [np.zeros((1, 65)), np.zeros((1, 65))]
    cv2.setRNGSeed(0)  # GrabCut seeds its mixtures by chance: the same picture must give the same box
    cv2.grabCut(lab, marks, None, models[0], models[1], 3, cv2.GC_INIT_WITH_MASK)
    mask = np.asarray(np.isin(marks, (cv2.GC_FGD, cv2.GC_PR_FGD)) * 255, np.uint8)
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, disc(5)), np.uint8)
    _, labels = cv2.connectedComponents(mask)
    middle = int(labels[height // 2, width // 2])
    if middle == 0:
        return None
    return filled(np.asarray((labels == middle) * 255, np.uint8))


def _ellipse_fit(mask: Mask) -> float:
    """Overlap (IoU) of the mask with the ellipse of the same moments: a head scores above 0.85."""
    moments = cv2.moments(mask, binaryImage=True)
    area = moments["m00"]
    if area < 50:
        return 0.0
    cx, cy = moments["m10"] / area, moments["m01"] / area
    spread = np.array([[moments["mu20"], moments["mu11"]], [moments["mu11"], moments["mu02"]]]) / area
    spread += np.eye(2) * 1e-6
    y, x = np.mgrid[0 : mask.shape[0], 0 : mask.shape[1]]
    offset = np.stack([x - cx, y - cy], axis=-1)
    inside = np.einsum("...i,ij,...j->...", offset, np.linalg.inv(spread), offset) <= 4  # 2 sd bound a filled ellipse
    both = int(np.count_nonzero(inside & (mask > 0)))
    either = int(np.count_nonzero(inside | (mask > 0)))
    return both / max(1, either)
