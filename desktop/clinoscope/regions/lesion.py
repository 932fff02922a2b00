"""The lesion against the skin around it, on camera photographs and dermoscopy alike."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box, Region
from clinoscope.regions.geometry import Mask, bounds, disc, enlarged, filled, outline, shrunk

_SIDE = 256
"""Working size in pixels: a 1 mm hair is gone, a 5 % lesion is still 13 pixels wide."""
_RING = 0.12
"""Width of the frame of presumed skin, as a share of the shorter side."""
_LEAST_CONTRAST = 6.0
"""Below this CIELAB distance to the skin around it (a just noticeable difference is 2.3,
Mahy et al. 1994, and skin texture alone reaches 4-5 here) nothing is outlined."""


def find(pixels: Pixels) -> Region | None:
    """The most central spot that differs from the skin around it.

    Falls back to a central box (``how="whole"``, score at most 0.2) when no spot stands out.
    None for a picture below 8 pixels on a side.
    """
    if min(pixels.shape[:2]) < 8:
        return None
    small, factor = shrunk(pixels, _SIDE)
    lab = _without_hair(small)
    seen = _lit(small)
    distance = _distance_to_skin(lab, seen)
    mask = _central_spot(distance, seen)
    score = _score(distance, mask, seen) if mask is not None else 0.0
    if mask is None or score <= 0.2:
        return _central_box(pixels)
    return Region(
        enlarged(bounds(mask), factor, pixels), "contrast", round(score, 3), outlines=(outline(mask, factor),)
    )


def _central_box(pixels: Pixels) -> Region:
    height, width = pixels.shape[:2]
    side = round(0.8 * min(height, width))
    return Region(Box((width - side) // 2, (height - side) // 2, side, side), "whole", 0.2)


def _without_hair(small: Pixels) -> NDArray[np.float32]:
    """CIELAB (L 0..100, a, b) with thin dark lines closed and texture smoothed."""
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, disc(3))
    smooth = cv2.GaussianBlur(cv2.medianBlur(closed, 5), (0, 0), 2.0)
    return np.asarray(cv2.cvtColor(smooth.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


def _lit(small: Pixels) -> NDArray[np.bool_]:
    """True where light fell: dark corners of a dermatoscope (dark parts that touch a corner) are False."""
    value = small.max(axis=2)
    dark = (value < max(40.0, 0.35 * float(np.median(value)))).astype(np.uint8)
    _, labels = cv2.connectedComponents(dark)
    corners = {int(labels[y, x]) for y in (0, -1) for x in (0, -1)} - {0}
    vignette = np.isin(labels, list(corners)).astype(np.uint8)
    return np.asarray(cv2.dilate(vignette, disc(8)) == 0, np.bool_)


def _distance_to_skin(lab: NDArray[np.float32], seen: NDArray[np.bool_]) -> NDArray[np.float32]:
    """CIELAB distance of each pixel to the skin around it, itself a plane fitted to the frame.

    Brighter than skin counts half: glare and scale shine, lesions are mostly darker or redder.
    """
    height, width = seen.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    design = np.stack([np.ones_like(x), x / width - 0.5, y / height - 0.5], axis=-1)
    edge = np.minimum(np.minimum(x, width - 1 - x), np.minimum(y, height - 1 - y))
    frame = seen & (edge < max(2.0, _RING * min(height, width)))
    if frame.sum() < 30:
        frame = np.asarray(edge >= 0)
    rows, colours = design[frame], lab[frame]
    weight = np.ones(len(rows), np.float32)
    skin = np.zeros((3, 3), np.float32)
    for _ in range(5):  # Cauchy weights: a lesion or cloth in the frame must not tilt the plane
        root = np.sqrt(weight)[:, None]
        skin = np.linalg.lstsq(rows * root, colours * root, rcond=None)[0].astype(np.float32)
        off = np.linalg.norm(colours - rows @ skin, axis=1)
        weight = (1 / (1 + (off / max(float(np.median(off)), 1.0)) ** 2)).astype(np.float32)
    difference = lab - design @ skin
    lightness = np.where(difference[..., 0] > 0, 0.5 * difference[..., 0], difference[..., 0])
    out = np.sqrt(lightness**2 + difference[..., 1] ** 2 + difference[..., 2] ** 2)
    return np.asarray(np.where(seen, out, 0), np.float32)


def _central_spot(distance: NDArray[np.float32], seen: NDArray[np.bool_]) -> Mask | None:
    """The connected part with most contrast near the middle, smooth and without holes."""
    height, width = distance.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    off = ((x / width - 0.5) / 0.35) ** 2 + ((y / height - 0.5) / 0.35) ** 2
    central = np.exp(-0.5 * off).astype(np.float32)
    # the threshold is learnt where the lesion is expected, so that cloth at a corner does not set it
    near = seen & (central > 0.2)
    scaled = np.clip(distance * 4, 0, 255).astype(np.uint8)
    if not near.any():
        return None
    level, _ = cv2.threshold(scaled[near].reshape(1, -1), 0, 255, cv2.THRESH_OTSU)
    level = max(0.85 * level / 4, _LEAST_CONTRAST)
    mask = ((distance > level) & seen).astype(np.uint8) * 255
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, disc(2)), np.uint8)
    count, labels = cv2.connectedComponents(mask)
    if count < 2:
        return None
    pull = np.bincount(labels.ravel(), (distance * central).ravel(), minlength=count)
    pull[0] = 0
    spot = (labels == int(np.argmax(pull))).astype(np.uint8) * 255
    pad = 12  # closing at the picture's edge needs room, or it eats what touches it
    roomy = cv2.copyMakeBorder(spot, pad, pad, pad, pad, cv2.BORDER_CONSTANT)
    roomy = cv2.morphologyEx(roomy, cv2.MORPH_CLOSE, disc(6))
    roomy = cv2.morphologyEx(filled(np.asarray(roomy, np.uint8)), cv2.MORPH_OPEN, disc(4))
    smooth = _largest(np.asarray(roomy[pad:-pad, pad:-pad], np.uint8))
    return smooth if smooth.any() else None


def _largest(mask: Mask) -> Mask:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(mask))
    if count < 2:
        return mask
    return np.asarray((labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))) * 255, np.uint8)


def _score(distance: NDArray[np.float32], mask: Mask, seen: NDArray[np.bool_]) -> float:
    """0..1 from contrast, how cleanly inside and outside part, size and place."""
    inside, outside = distance[mask > 0], distance[(mask == 0) & seen]
    if outside.size < 30:
        return 0.0
    contrast = float(inside.mean() - outside.mean())
    apart = contrast / (float(inside.std()) + float(outside.std()) + 2.0)
    share = inside.size / mask.size
    box = bounds(mask)
    height, width = mask.shape
    off = max(abs(box.centre[0] / width - 0.5), abs(box.centre[1] / height - 0.5))
    touching = sum((box.x <= 0, box.y <= 0, box.right >= width, box.bottom >= height))
    score = min(1.0, max(0.0, contrast) / 20) ** 0.5 * min(1.0, max(0.0, apart) / 1.5)
    score *= 1.0 if 0.004 < share < 0.6 else 0.4
    return score * (1 - max(0.0, off - 0.15)) * 0.75**touching
