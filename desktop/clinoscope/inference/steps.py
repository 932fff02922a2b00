"""Named things done to a square picture before a network sees it, in training as in the running program.

A package lists the steps in the order they are taken (``Input.steps``). Each takes a picture and
gives a new one, RGB 0..255, of the same shape; the same picture always gives the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.errors import PackageError
from clinoscope.domain.picture import Pixels

BACKGROUND = 235.0
"""What ``white_background`` makes of the background, 0..255: bright, with room above for what is brighter."""

_NORM = 6
"""Minkowski norm of ``shades_of_grey``: the one Finlayson and Trezzi found best."""
_LEAST_SHARE = 0.04
"""Of the pixels, which the background must take up; a patch between erythrocytes is often no more."""
_DARKEST = 90
"""Mean of the channels under which nothing is taken for background."""
_STRONGEST_CAST = 0.6
"""(largest - smallest channel) / largest above which a bright part is stain, not background: a lamp without its
blue filter gives 0.5."""


def apply(square: Pixels, names: Sequence[str]) -> Pixels:
    """The picture (height, width, 3) after the named steps, in order; the given one stays as it is.

    Raises PackageError for a step that this program does not know.
    """
    for name in names:
        if name not in _STEPS:
            raise PackageError(
                f"The model package asks for a step called {name}, which this program does not know. Update Clinoscope."
            )
    for name in names if square.size else ():
        square = _STEPS[name](np.ascontiguousarray(square))
    return square


def denoise(square: Pixels) -> Pixels:
    """Bilateral filter over 5 pixels (Tomasi and Manduchi, ICCV 1998): noise goes, edges stay."""
    import cv2

    return np.asarray(cv2.bilateralFilter(square, 5, 25.0, 2.0), np.uint8)


def equalise(square: Pixels) -> Pixels:
    """Contrast-limited adaptive histogram equalisation of the lightness in CIE Lab (Zuiderveld,
    Graphics Gems IV, 1994): 8 by 8 tiles, clip limit 2."""
    import cv2

    if min(square.shape[:2]) < 2:  # tiles are filled up by mirroring, and one line has no mirror image
        return square.copy()
    lab = cv2.cvtColor(square, cv2.COLOR_RGB2LAB)
    lab[..., 0] = cv2.createCLAHE(clipLimit=2.0, tileGridSize=(8, 8)).apply(lab[..., 0])
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), np.uint8)


def enhance(square: Pixels) -> Pixels:
    """Unsharp mask: the picture plus 0.7 of what a blur of a 112th of the side takes away
    (Gonzalez and Woods, Digital Image Processing, section 3.6)."""
    import cv2

    blurred = cv2.GaussianBlur(square, (0, 0), max(0.5, square.shape[0] / 112))
    return np.asarray(cv2.addWeighted(square, 1.7, blurred, -0.7, 0), np.uint8)


def grey_world(square: Pixels) -> Pixels:
    """Scale the channels to the same mean (Buchsbaum, J Franklin Inst 1980)."""
    return _balanced(square, square.mean(axis=(0, 1)))


def shades_of_grey(square: Pixels) -> Pixels:
    """Scale the channels to the same Minkowski mean of order 6 (Finlayson and Trezzi, CIC 2004):
    bright parts count more than in ``grey_world``."""
    counts = _counts(square)
    powers = (np.arange(256) / 255.0) ** _NORM
    return _balanced(square, 255 * (counts @ powers / counts.sum(axis=1)) ** (1 / _NORM))


def white_background(square: Pixels) -> Pixels:
    """Scale the channels so that the bright background of a stained smear becomes neutral 235.

    The background is the brightest peak of the histogram that holds enough pixels; its colour stands
    for that of the light and of the camera's white balance (light through empty glass, as the reference
    intensity of optical density: Macenko et al., ISBI 2009). Where nothing is bright and pale
    enough, the picture stays as it is.
    """
    colour = background(square)
    return square.copy() if colour is None else _scaled(square, BACKGROUND / colour)


def white_glass(square: Pixels) -> Pixels:
    """A stained cell in the middle of the square as if on white glass under an even lamp, its nucleus as deep as
    any other's: lamp, camera, strength of the stain and haze fall out; see ``inference.smear``."""
    from clinoscope.inference.smear import on_white_glass

    return on_white_glass(square)


def stretch(square: Pixels) -> Pixels:
    """Each channel's 1st to 99th percentile becomes 0 to 255; a channel without contrast stays."""
    tables = []
    for counts in _counts(square):
        below = np.cumsum(counts) / counts.sum()
        low, high = int(np.searchsorted(below, 0.01)), int(np.searchsorted(below, 0.99))
        levels = np.arange(256, dtype=np.float64)
        tables.append(255 * (levels - low) / (high - low) if high - low > 1 else levels)
    return _mapped(square, np.stack(tables))


def background(square: Pixels) -> NDArray[np.float64] | None:
    """The colour (3,) of the bright background around a stained cell, or None when there is none to be seen."""
    light = square.sum(axis=2, dtype=np.uint16) // 3
    counts = np.bincount(light.ravel(), minlength=256)
    near = np.convolve(counts, np.ones(17), "same")  # pixels within 8 levels
    enough = np.flatnonzero(near >= _LEAST_SHARE * light.size)
    enough = enough[enough >= _DARKEST]
    if not enough.size:
        return None
    # from the brightest level with enough pixels around it, downhill no further than its own peak
    window = np.arange(max(0, enough[-1] - 16), enough[-1] + 1)
    peak = int(window[near[window].argmax()])
    colour = _medians(square[(light >= peak - 8) & (light <= peak + 8)])
    cast = 1 - colour.min() / max(1.0, colour.max())
    return None if cast > _STRONGEST_CAST else colour


def _medians(pixels: Pixels) -> NDArray[np.float64]:
    """Of each channel of (n, 3) values, by counting: many times as fast as sorting."""
    below = np.cumsum([np.bincount(channel, minlength=256) for channel in pixels.T], axis=1)
    return np.array([np.searchsorted(channel, channel[-1] / 2) for channel in below], np.float64)


def _balanced(square: Pixels, seen: NDArray[np.float64]) -> Pixels:
    """The channels scaled so that what was ``seen`` (3,) of a grey becomes grey, as bright as before.

    Gains stay within a factor of 4: a channel that is all but empty holds noise only.
    """
    seen = np.maximum(np.asarray(seen, np.float64), 1.0)
    return _scaled(square, np.clip(seen.mean() / seen, 0.25, 4.0))


def _scaled(square: Pixels, gains: NDArray[np.float64]) -> Pixels:
    return _mapped(square, np.arange(256)[None] * gains[:, None])


def _mapped(square: Pixels, tables: NDArray[np.float64]) -> Pixels:
    """Every channel through its table (3, 256)."""
    import cv2

    whole = np.clip(np.rint(tables), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(square, np.ascontiguousarray(whole.T[None])), np.uint8)


def _counts(square: Pixels) -> NDArray[np.float64]:
    """How many pixels have which value, (3, 256)."""
    return np.stack([np.bincount(square[..., channel].ravel(), minlength=256) for channel in range(3)]).astype(float)


_STEPS: Mapping[str, Callable[[Pixels], Pixels]] = {
    step.__name__: step
    for step in (denoise, equalise, enhance, grey_world, shades_of_grey, white_background, white_glass, stretch)
}
NAMES = tuple(_STEPS)
"""Every step a recipe or a package may name."""
