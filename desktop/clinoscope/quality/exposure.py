"""Too little light, too much light, glare, haze."""

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.quality import patch

BURNT = 253
"""A channel from here on has lost what it measured."""

_GLARE_BRIGHT = 245
_GLARE_COLOUR = 25
_DARK_PERCENTILE = 90
_REST = 0.1


def light(pixels: Pixels) -> float:
    """The 90th percentile of luma in a patch, 0..1; black rims do not count.

    A high percentile and not the mean, since dark skin, dark hair and a dark lesion are no fault of the
    light: what must be bright is only the brightest tenth. 0 when a tenth of the patch is not even there.
    """
    seen = patch.luma(pixels)[patch.highest(pixels) > patch.BLACK]
    if seen.size * 100 < (100 - _DARK_PERCENTILE) * pixels.shape[0] * pixels.shape[1]:
        return 0.0
    return patch.percentile(seen, _DARK_PERCENTILE) / 255


def backdrop(pixels: Pixels) -> NDArray[np.bool_]:
    """The near-white that reaches the rim of a patch, (height, width): paper, a wall, the empty glass of a smear.

    What is white behind the subject has lost nothing, and is no glare on it either.
    """
    white = _near_white(pixels)
    count, areas = cv2.connectedComponents(white)
    if count == 1:
        return np.zeros(white.shape, np.bool_)
    rim = np.unique(np.concatenate([areas[0], areas[-1], areas[:, 0], areas[:, -1]]))
    reaches = np.zeros(count, np.bool_)
    reaches[rim] = True
    reaches[0] = False
    return np.asarray(reaches[areas])


def burnt(pixels: Pixels, behind: NDArray[np.bool_] | None = None) -> float:
    """The share of a patch where at least one channel is at its end (>= 253), 0..1, without what is ``behind`` it.

    One channel is enough: over-exposed skin loses its red first, and with it its colour, long before it is white.
    1 where hardly anything but white is left of the patch: then it is the subject that is white.
    """
    high = patch.highest(pixels)
    seen = high > patch.BLACK
    everything = np.count_nonzero(seen)
    if behind is not None:
        seen &= ~behind
    rest = np.count_nonzero(seen)
    if rest < _REST * everything:
        return 1.0
    return np.count_nonzero(seen & (high >= BURNT)) / rest if rest else 0.0


def glare(pixels: Pixels, behind: NDArray[np.bool_] | None = None) -> float:
    """The share of a patch covered by spots of near-white light (>= 245, spread of channels <= 25), 0..1.

    Single pixels are opened away (3 x 3): a hair's glint hides nothing. Bright and colourless pixels as
    specular highlights: Stehle, "Specular reflection in endoscopic images", 2006; the numbers are chosen here.
    What is white ``behind`` the subject neither counts as glare nor as patch.
    """
    spots = _near_white(pixels)
    if behind is not None:
        spots[behind] = 0
    opened = cv2.morphologyEx(spots, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    patch_size = opened.size - (0 if behind is None else np.count_nonzero(behind))
    return float(np.count_nonzero(opened)) / patch_size if patch_size else 0.0


def haze(pixels: Pixels) -> float:
    """How far from black the darkest is, 0..1: the 1st percentile of the lowest channel over the 99th of luma.

    Grease on a lens, or a lamp that shines into it, lays light over the shadows. In clear pictures some channel is
    almost black somewhere (the dark channel of He, Sun, Tang, IEEE TPAMI 33:2341, 2011); black rims do not count.
    """
    seen = patch.highest(pixels) > patch.BLACK
    if not seen.any():
        return 0.0
    brightest = patch.percentile(patch.luma(pixels)[seen], 99)
    return patch.percentile(patch.lowest(pixels)[seen], 1) / max(1, brightest)


def _near_white(pixels: Pixels) -> NDArray[np.uint8]:
    high, low = patch.highest(pixels), patch.lowest(pixels)
    return ((high >= _GLARE_BRIGHT) & (high - low <= _GLARE_COLOUR)).astype(np.uint8)
