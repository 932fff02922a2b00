"""The red inner side of the lower eyelid (palpebral conjunctiva).

Two kinds of picture come in: an eye with the lid pulled down, where the red strip under the eyeball is looked
for by colour, and a strip that somebody already cut out, which is taken as it is.

On 30 eye pictures of ``eyes_defy_india`` that chose no number here, the box held 93 % of the box drawn by hand (95 %
interval 91 to 96) and met it at IoU 0.5 or more on 80 % (63 to 93); all 351 cut-outs of ``cp_anemic_conjunctiva``
were taken whole; a strip was also found on 27 of 154 pictures of hands (``tests/benchmarks/conjunctiva_found.py``).
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box, Point, Region
from clinoscope.regions.geometry import averaged, ramp

_WORK_SIDE = 320
"""Longer side, pixels, of the copy the search runs on: the strip is far wider than a pixel of it."""

_BLACK = 12
"""Channel maximum (0..255) under which a pixel belongs to the black ground of a cut-out; JPEG noise stays below."""

_MIN_REDNESS = 12.0
"""CIE a* that the strip must reach in the mean: pale conjunctivae of ``eyes_defy_india`` lie above 15."""

_MIN_CRESCENT = 1.5
"""Length over breadth of a cut-out strip: the 351 of ``cp_anemic_conjunctiva`` lie above it."""

_RED_ALL_OVER = 20.0
"""Median a* of a picture that shows nothing but conjunctiva; skin seldom passes 18."""

_MIN_SCORE = 0.3
"""Under this the picture most likely shows no pulled-down lid, and a person draws the region."""

_CORE_SHARE = 0.65
"""A pixel belongs to the strip's core when its a* is above this share of the strip's 95th percentile."""

_HORN_SHARE = 0.3
"""Ends thinner than this share of the strip's half thickness are cut off. Both shares were chosen on every second
picture of ``eyes_defy_india``; the figures above are from the others."""


def find(pixels: Pixels) -> Region | None:
    """The strip, or None when nothing red enough lies under a paler eyeball.

    ``how`` is ``whole`` for a cut-out on black and ``colour`` for a strip found in an eye picture. ``outlines`` holds
    the strip's contour. ``score`` is 0..1 from how far the strip stands out in redness and from its shape.
    """
    height, width = pixels.shape[:2]
    scale = min(1.0, _WORK_SIDE / max(height, width))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = averaged(pixels, size)
    back = (width / size[0], height / size[1])
    return _cut_out(small, back) or _strip(small, back) or _red_all_over(pixels, small)


def _cut_out(small: Pixels, back: tuple[float, float]) -> Region | None:
    """A strip that lies alone on black: most of the border is black and one blob is not."""
    lit = (small.max(axis=2) > _BLACK).astype(np.uint8)
    border = np.concatenate([lit[0], lit[-1], lit[:, 0], lit[:, -1]])
    share = float(lit.mean())
    if border.mean() > 0.6 or not 0.05 < share < 0.85:
        return None
    # Eye pictures have dark corners too, but never a ground this black under most of the picture.
    if float((small.max(axis=2) <= _BLACK // 2).mean()) < 0.8 * (1 - share):
        return None
    blob = _largest(lit)
    if blob is None or blob.sum() < 0.8 * lit.sum():
        return None
    contours, _ = cv2.findContours(blob, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    _, sides, _ = cv2.minAreaRect(max(contours, key=cv2.contourArea))
    if max(sides) < _MIN_CRESCENT * min(sides):
        return None
    return _region(blob, back, how="whole", score=1.0)


def _red_all_over(pixels: Pixels, small: Pixels) -> Region | None:
    """A picture cropped to the strip already: red in every corner of it, so there is nothing left to find."""
    red = cv2.cvtColor(small.astype(np.float32) / 255.0, cv2.COLOR_RGB2LAB)[..., 1]
    if np.median(red) < _RED_ALL_OVER or float((red > _MIN_REDNESS).mean()) < 0.8:
        return None
    height, width = pixels.shape[:2]
    return Region(box=Box(0, 0, width, height), how="whole", score=0.5)


def _strip(small: Pixels, back: tuple[float, float]) -> Region | None:
    lab = cv2.cvtColor(small.astype(np.float32) / 255.0, cv2.COLOR_RGB2LAB)
    sigma = max(small.shape[:2]) / 160
    light, red = (cv2.GaussianBlur(lab[..., channel], (0, 0), sigma) for channel in (0, 1))
    usable = (light > 15) & (light < 97)
    if usable.sum() < 0.1 * usable.size:
        return None
    limit = max(_MIN_REDNESS, _otsu(red[usable]))
    mask = (usable & (red > limit)).astype(np.uint8)
    kernel = np.ones((3, 3), np.uint8)
    mask = cv2.morphologyEx(cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel), cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    best, best_weight = None, 0.0
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    for index in range(1, count):
        _, _, w, h, area = stats[index]
        if area < 0.01 * mask.size or w < 0.2 * mask.shape[1]:
            continue
        blob = labels == index
        weight = float((red[blob] - limit + 4).sum()) * min(1.0, w / h)
        if weight > best_weight:
            best, best_weight = blob, weight
    if best is None:
        return None
    blob = _without_horns(best.astype(np.uint8), red)
    score = _evidence(blob, lab)
    return _region(blob, back, how="colour", score=score) if score >= _MIN_SCORE else None


def _evidence(blob: NDArray[np.uint8], lab: NDArray[np.float32]) -> float:
    """How much the blob looks like a lid pulled down, 0..1: red, wider than high, a paler eyeball above, skin below."""
    _, _, w, h = cv2.boundingRect(blob)
    gap = cv2.dilate(blob, np.ones((2 * max(1, h // 10) + 1, 1), np.uint8)) == 0
    strip = np.median(lab[blob > 0], axis=0)
    above, below = (_beside(blob, gap, lab, shift) for shift in (-max(2, h // 2), max(2, h // 2)))
    if above is None or below is None:
        return 0.0
    signs = (
        ramp(w / h, 1.0, 1.4),
        ramp(float(strip[1]), 14, 24),
        ramp(float(above[0] - strip[0]), -8, 10),
        ramp(float(strip[1] - above[1]), 4, 12),
        1 - ramp(float(np.hypot(above[1], above[2])), 22, 32),
        ramp(float(strip[1] - below[1]), 4, 12),
    )
    return float(np.prod(signs)) ** (1 / 3)


def _beside(
    blob: NDArray[np.uint8], gap: NDArray[np.bool_], lab: NDArray[np.float32], shift: int
) -> NDArray[np.float32] | None:
    """Median Lab of the band above (shift < 0) or below the blob; None when the picture ends there."""
    moved = np.zeros_like(blob)
    if shift < 0:
        moved[:shift] = blob[-shift:]
    else:
        moved[shift:] = blob[:-shift]
    band = (moved > 0) & gap
    if band.sum() < 20:
        return None
    median: NDArray[np.float32] = np.median(lab[band], axis=0)
    return median


def _without_horns(blob: NDArray[np.uint8], red: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The thick, reddest middle of the strip: the lid margin's thin ends and the pink rim of the eyeball go."""
    inside = blob > 0
    core = (inside & (red > _CORE_SHARE * np.percentile(red[inside], 95))).astype(np.uint8)
    radius = cv2.distanceTransform(np.pad(core, 1), cv2.DIST_L2, 5).max()
    side = 2 * max(1, round(_HORN_SHARE * float(radius))) + 1
    opened = cv2.morphologyEx(core, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    thick = _largest(opened)
    return blob if thick is None else thick


def _region(blob: NDArray[np.uint8], back: tuple[float, float], how: str, score: float) -> Region:
    contours, _ = cv2.findContours(blob, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    contour = cv2.approxPolyDP(max(contours, key=cv2.contourArea), 1.0, True)[:, 0]
    outline: tuple[Point, ...] = tuple((round((x + 0.5) * back[0]), round((y + 0.5) * back[1])) for x, y in contour)
    x, y, w, h = cv2.boundingRect(blob)
    left, top = round(x * back[0]), round(y * back[1])
    box = Box(left, top, max(1, round((x + w) * back[0]) - left), max(1, round((y + h) * back[1]) - top))
    return Region(box=box, how=how, score=score, outlines=(outline,))


def _largest(mask: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return None
    return (labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))).astype(np.uint8)


def _otsu(values: NDArray[np.float32]) -> float:
    """Otsu's threshold (IEEE Trans SMC 9:62, 1979) of a* values, to a quarter unit."""
    scaled = np.clip((values + 20) * 3, 0, 255).astype(np.uint8)
    threshold, _ = cv2.threshold(scaled.reshape(1, -1), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return float(threshold) / 3 - 20
