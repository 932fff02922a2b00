"""How light the skin around a region is: the individual typology angle.

ITA = arctan((L* - 50) / b*) in degrees, of CIELAB under D65 (Chardon, Cretois, Hourseau, "Skin colour typology and
suntanning pathways", Int J Cosmet Sci 13:191, 1991), in the six bands of Del Bino and Bernerd ("Variations in skin
colour and the biological consequences of ultraviolet radiation exposure", Br J Dermatol 169 Suppl 3:33, 2013). They
measured with a colorimeter on the skin. An uncalibrated camera in the light of a room gives only a rough band: half a
stop of exposure moves the angle by 10 to 20 degrees, as much as a band is wide. It is used to see whether a model does
worse for some people, never to describe one person.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box, Region
from clinoscope.quality import colour, exposure, patch

BANDS = (("very light", 55.0), ("light", 41.0), ("intermediate", 28.0), ("tan", 10.0), ("brown", -30.0))
"""The bands and the angle that each lies above; at or below the last it is ``dark``."""
DARKEST = "dark"
NAMES = (*(name for name, _ in BANDS), DARKEST)

_AROUND = 0.5
"""How far around the region skin is looked for, as a share of its longer side."""
_SIDE = 128
_ENOUGH = 600
"""Pixels of skin, of about 20,000 that are looked at: less is a rim of the picture, where the light falls off."""
_CAST = 3.1
"""Above this the light is coloured; the limit of the modes' own quality check, see ``colour.cast``."""
_LIT = 110
"""Where even the brightest hundredth of the picture is darker than this, of 255, shadow cannot be told from skin."""
_HUE = (15.0, 85.0)
"""Degrees in CIELAB. Haemoglobin and melanin keep skin between red and yellow at every tone; what is redder is a
lip or a rash, what is yellower hay, wood or a wall."""
_ROUGH = 4.0
"""L* between neighbours of a 3 x 3 window, standard deviation: skin is smooth, hair and cloth are not."""
_SHADOW = 0.4
"""Darker than this share of the lightest tenth's L* is shadow, hair or the rim of a dermatoscope."""
_MIXED = 60.0
"""Degrees between the quarters of the angles: wider, and light and shadow (or skin and wall) are mixed."""


@dataclass(frozen=True)
class Tone:
    """``angle`` in degrees, ``band`` one of ``NAMES``, ``pixels`` how many pixels of skin it was measured on, of a
    reduced picture."""

    angle: float
    band: str
    pixels: int


def tone(pixels: Pixels, region: Region | None) -> Tone | None:
    """The tone of the skin around the region; of the whole picture without one.

    None when too little skin is seen, or when the light is too coloured, too weak or too uneven to tell. ``pixels``
    are RGB (height, width, 3).
    """
    height, width = pixels.shape[:2]
    if min(height, width) < 8 or colour.cast(pixels, region) > _CAST or not _lit(pixels):
        return None
    angles = _around(pixels, region)
    if angles is None and region is not None:
        # The region fills the picture, or is itself the skin (a rash): what is least red of it is least ill.
        angles = _inside(pixels, region)
    if angles is None:
        return None
    low, middle, high = np.percentile(angles, [25, 50, 75])
    return Tone(float(middle), band_of(float(middle)), len(angles)) if high - low <= _MIXED else None


def band(pixels: Pixels, region: Region | None) -> str:
    """The band of ``tone``; "" when it cannot be told."""
    found = tone(pixels, region)
    return found.band if found else ""


def band_of(angle: float) -> str:
    """The band of an angle in degrees."""
    return next((name for name, above in BANDS if angle > above), DARKEST)


def angle_of(lightness: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.floating]:
    """ITA in degrees of CIELAB L* (0..100) and b*; b* is not zero or below where there is skin."""
    return np.degrees(np.arctan2(lightness - 50.0, b))


def _lit(pixels: Pixels) -> bool:
    small = patch.take(pixels, Box(0, 0, pixels.shape[1], pixels.shape[0]), _SIDE)
    return patch.percentile(patch.highest(small), 99) >= _LIT


def _around(pixels: Pixels, region: Region | None) -> NDArray[np.floating] | None:
    """The angles of the skin in a rim around the region; None when there is too little."""
    height, width = pixels.shape[:2]
    if region is None:
        angles, _ = _skin(pixels, Box(0, 0, width, height), ())
    else:
        angles, _ = _skin(pixels, region.box.padded(_AROUND).clipped(width, height), region.boxes)
    return angles if len(angles) >= _ENOUGH else None


def _inside(pixels: Pixels, region: Region) -> NDArray[np.floating] | None:
    """The angles of the less red half of the skin in the region; None when there is too little."""
    angles, redness = _skin(pixels, region.box.clipped(pixels.shape[1], pixels.shape[0]), ())
    if len(angles) < 2 * _ENOUGH:
        return None
    return angles[redness <= np.median(redness)]


def _skin(pixels: Pixels, box: Box, without: tuple[Box, ...]) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Angle and a* of every pixel of ``box`` that looks like skin and lies in none of ``without``."""
    part = patch.take(pixels, box, _SIDE)
    lab = cv2.cvtColor(part.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    lightness, a, b = cv2.split(lab)
    high = patch.highest(part)
    hue = np.degrees(np.arctan2(b, a))
    # Dark skin has less chroma in absolute terms: the floor follows lightness.
    chroma = np.hypot(a, b) > 3 + 0.06 * lightness
    able = chroma & (hue > _HUE[0]) & (hue < _HUE[1]) & (high > patch.BLACK) & (high < exposure.BURNT)
    able &= _smooth(lightness)
    across, down = part.shape[1] / box.w, part.shape[0] / box.h
    for taken in without:
        top, left = round((taken.y - box.y) * down), round((taken.x - box.x) * across)
        bottom, right = round((taken.bottom - box.y) * down), round((taken.right - box.x) * across)
        able[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = False
    if able.any():
        able &= lightness > _SHADOW * np.percentile(lightness[able], 90)
    return angle_of(lightness[able], b[able]), a[able]


def _smooth(lightness: NDArray[np.floating]) -> NDArray[np.bool_]:
    mean = cv2.blur(lightness, (3, 3))
    square = cv2.blur(lightness * lightness, (3, 3))
    return np.asarray(np.sqrt(np.maximum(square - mean * mean, 0.0)) < _ROUGH)
