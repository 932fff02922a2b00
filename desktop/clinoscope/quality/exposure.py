"""Too little light, too much light, glare."""

import cv2
import numpy as np

from clinoscope.domain.picture import Pixels
from clinoscope.quality import patch

BURNT = 253
"""A channel from here on has lost what it measured."""

_GLARE_BRIGHT = 245
_GLARE_COLOUR = 25
_DARK_PERCENTILE = 90


def light(pixels: Pixels) -> float:
    """The 90th percentile of luma in a patch, 0..1; black rims do not count.

    A high percentile and not the mean, since dark skin, dark hair and a dark lesion are no fault of the
    light: what must be bright is only the brightest tenth. 0 when a tenth of the patch is not even there.
    """
    seen = patch.luma(pixels)[patch.highest(pixels) > patch.BLACK]
    if seen.size * 100 < (100 - _DARK_PERCENTILE) * pixels.shape[0] * pixels.shape[1]:
        return 0.0
    return patch.percentile(seen, _DARK_PERCENTILE) / 255


def burnt(pixels: Pixels) -> float:
    """The share of a patch where at least one channel is at its end (>= 253), 0..1.

    One channel is enough: over-exposed skin loses its red first, and with it its colour, long before it is white.
    """
    high = patch.highest(pixels)
    seen = np.count_nonzero(high > patch.BLACK)
    return np.count_nonzero(high >= BURNT) / seen if seen else 0.0


def glare(pixels: Pixels) -> float:
    """The share of a patch covered by spots of near-white light (>= 245, spread of channels <= 25), 0..1.

    Single pixels are opened away (3 x 3): a hair's glint hides nothing. Bright and colourless pixels as
    specular highlights: Stehle, "Specular reflection in endoscopic images", 2006; the numbers are chosen here.
    """
    high, low = patch.highest(pixels), patch.lowest(pixels)
    spots = ((high >= _GLARE_BRIGHT) & (high - low <= _GLARE_COLOUR)).astype(np.uint8)
    opened = cv2.morphologyEx(spots, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return float(opened.mean())
