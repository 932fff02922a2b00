"""The skin in a photograph of a rash: for every skin tone, by hue and not by lightness."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box, Region
from clinoscope.regions.geometry import Mask, disc, enlarged, shrunk, whole

_SIDE = 192


def find(pixels: Pixels) -> Region | None:
    """The box around the skin-coloured part; the whole picture (score 0.2) when none stands out.

    None for a picture below 8 pixels on a side.
    """
    if min(pixels.shape[:2]) < 8:
        return None
    small, factor = shrunk(pixels, _SIDE)
    mask = skin_mask(small)
    share = float((mask > 0).mean())
    if share < 0.05:
        return whole(pixels, 0.2)
    box = enlarged(_box(mask), factor, pixels)
    return Region(box, "colour", round(min(1.0, 0.3 + share), 3))


def skin_mask(small: Pixels) -> Mask:
    """Skin-coloured pixels, smoothed; what is joined to the main part is kept.

    The rule is on the angle and strength of colour in CIELAB relative to lightness: haemoglobin
    and melanin keep skin between red and yellow (hue angle about 0-85 degrees) at every tone,
    with rashes at the red end. The hue of the picture's own skin then narrows it.
    """
    lab = _lab(np.asarray(cv2.GaussianBlur(small, (0, 0), 1.5), np.uint8))
    able = _able(lab)
    mask = np.asarray(able & _like_the_centre(lab, able), np.uint8) * 255
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, disc(4)), np.uint8)
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, disc(3)), np.uint8)
    return _main_parts(mask)


def hue_of_skin(pixels: Pixels) -> NDArray[np.bool_]:
    """True where a pixel may be skin by hue alone, shape (height, width): the first half of ``skin_mask``'s rule."""
    return _able(_lab(pixels))


def _lab(pixels: Pixels) -> NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


def _able(lab: NDArray[np.float32]) -> NDArray[np.bool_]:
    lightness, a, b = lab[..., 0], lab[..., 1], lab[..., 2]
    chroma = np.hypot(a, b)
    hue = np.degrees(np.arctan2(b, a))
    # dark skin carries less chroma in absolute terms: the floor follows lightness
    return np.asarray(
        (chroma > 2 + 0.06 * lightness) & (lightness > 8) & (lightness < 98) & (hue > -25) & (hue < 88), np.bool_
    )


def _like_the_centre(lab: NDArray[np.float32], able: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels whose colour is near that of the skin-like pixels in the middle of the picture."""
    height, width = able.shape
    middle = np.zeros_like(able)
    middle[height // 5 : height - height // 5, width // 5 : width - width // 5] = True
    seed = lab[able & middle]
    if len(seed) < 40:
        return able
    centre = np.median(seed, axis=0)
    # generous: a rash is redder than the skin around it, and light falls off over a limb
    spread = np.maximum(np.median(np.abs(seed - centre), axis=0) * 1.4826, (10.0, 5.0, 5.0))
    off = ((lab - centre) / spread) ** 2
    near = 0.15 * off[..., 0] + off[..., 1] + off[..., 2] < 9.0
    return np.asarray(near, np.bool_)


def _main_parts(mask: Mask) -> Mask:
    """The largest part and every part at least a fifth as large (two hands, two feet)."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count < 2:
        return mask
    areas = stats[1:, cv2.CC_STAT_AREA]
    keep = 1 + np.flatnonzero(areas >= 0.2 * areas.max())
    return np.asarray(np.isin(labels, keep) * 255, np.uint8)


def _box(mask: Mask) -> Box:
    """From the 1st to the 99th percentile on each axis: a stray pixel does not widen it."""
    rows, columns = np.nonzero(mask)
    top, bottom = np.percentile(rows, (1, 99))
    left, right = np.percentile(columns, (1, 99))
    return Box(int(left), int(top), max(1, int(right) - int(left) + 1), max(1, int(bottom) - int(top) + 1))
