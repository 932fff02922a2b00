"""The printed colour card in a picture: found by its markers, read by its unprinted paper.

What an office printer puts on paper is not known: its greys are as neutral and as dark as it makes them. So only the
paper between the prints tells the colour and the strength of the light; the greys only tell whether the picture still
has its steps from white to dark, or a reflection lies over them. ``docs/capture-colour.md`` has the figures.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.colour_card import GREYS, MARKERS, PAPERS, SIDE, WHITE, Patch
from clinoscope.domain.correction import Gains
from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Point
from clinoscope.regions.geometry import averaged
from clinoscope.regions.light import BURNT, linear

Floats = NDArray[np.float32]

SEARCHED = (1600, 2560)
"""Longer side, pixels, of the copies that are searched, the second only when a marker was seen in the first but not
the card: a picture without a card costs one quick look."""

_FEWEST = 3
"""Markers that must be seen: a thumb may cover one."""

_BENT = 0.1
"""Mean distance of the markers' corners from where a flat card has them, over a marker's side. Paper that is bent more
than that does not face the light with all its patches alike; two markers by chance do not lie like this."""

_SHARP = 10
"""Pixels a millimetre of the upright copy that is read."""
_INSET = 0.25
"""Share of a patch left out on each side: what is blurred over from its neighbours."""

MIN_SIDE = 70
"""Pixels across the card: below, a side patch has fewer than four pixels that are surely its own."""
_MAX_BURNT = 0.02
"""Share of the paper that may have a channel at its end."""
MAX_GAIN = 4.0
"""Two stops: a picture darker than that is noise when it is brightened."""
MAX_UNEVEN = 0.30
"""Brightest paper patch less the darkest, over their mean: light falls off by that much where a shadow begins."""
_MAX_SPREAD = 0.10
"""Standard deviation inside a paper patch over its mean: a shadow's edge, a fold, writing."""
_MAX_MIXED = 0.06
"""How far red over green (or blue over green) of a paper patch may be from the mean of all: light of two colours."""
_MAX_CAST = 4.0
"""Red over green and blue over green of the paper, or its inverse: beyond is a coloured lamp, and little is left to
correct. Illuminant A, the light of a bulb, seen by a camera set to daylight has 2.2 and 0.28 (CIE 15, sRGB)."""
_STEP = 0.95
"""Each grey sends back less than this share of the one before it …"""
_BLACK = 0.45
"""… and the darkest less than this share of the paper: a poor black, of optical density 0.7, sends back a fifth, and
what is more comes from a reflection or from a light into the lens."""
_GOOD_SIDE = 140
"""Pixels across the card from which on a larger one is no better."""

TOO_SMALL = "The colour card is too small in the picture: hold it beside what is looked at and come closer."
IS_BURNT = "The colour card is burnt out: turn it or the lamp a little, so that its paper is white but not glaring."
TOO_DARK = "The colour card is too dark: bring more light."
SHADED = "A shadow or a finger is on the colour card: hold it by its edge, in the same light as what is looked at."
CUT_OFF = "The colour card is cut off by the edge of the picture: hold it further in."
MIXED = "Light of two colours falls on the colour card: switch off the lamp or close the blind."
COLOURED = "The light on the colour card is strongly coloured: use daylight or a white lamp."
SHINING = "A reflection lies over the colour card: tilt it a little, and let no lamp shine into the camera."


@dataclass(frozen=True, kw_only=True)
class SeenCard:
    """A card in a picture. ``corners`` in pixels, clockwise from its own top left; ``side`` its mean length in pixels.

    ``gains`` bring its paper to neutral and to ``WHITE`` in linear light; ``score`` is 0..1, the weakest of its size,
    evenness, colour and brightness. ``problem`` is a sentence when the card must not be used, and then the score is 0.
    """

    corners: tuple[Point, ...]
    side: float
    gains: Gains
    score: float
    problem: str = ""


def find(pixels: Pixels) -> SeenCard | None:
    """The printed card in an RGB picture (height, width, 3), turned and tilted as it may be; None without one."""
    for longest in SEARCHED:
        found = _markers(pixels, longest)
        if len(found) >= _FEWEST:
            placed = _placed(found)
            if placed is not None:
                return _read(pixels, placed)
        if not found or longest >= max(pixels.shape[:2]):
            return None
    return None


# --- where it is ---


@functools.cache
def _detector() -> Any:
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    parameters.minMarkerPerimeterRate = 0.02
    # the middle of each cell alone, from ten pixels across it: what is blurred has no more than that
    parameters.perspectiveRemoveIgnoredMarginPerCell = 0.3
    parameters.perspectiveRemovePixelPerCell = 10
    return cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50), parameters)


def _markers(pixels: Pixels, longest: int) -> dict[int, Floats]:
    """The card's markers that are seen once: number to corners (4, 2) in pixels of the picture."""
    scale = min(1.0, longest / max(pixels.shape[:2]))
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    small = pixels if scale == 1.0 else averaged(pixels, size)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    # Sharpened: of cards 140 pixels wide that are blurred by two pixels all are found instead of half of them.
    sharp = cv2.addWeighted(grey, 3.0, cv2.GaussianBlur(grey, (0, 0), 2), -2.0, 0)
    corners, numbers, _ = _detector().detectMarkers(sharp)
    seen = [] if numbers is None else [int(number) for number in numbers.ravel()]
    ours = {number for number, _ in MARKERS}
    return {
        number: np.asarray((quad[0] + 0.5) / scale - 0.5, np.float32)
        for number, quad in zip(seen, corners, strict=True)
        if number in ours and seen.count(number) == 1
    }


def _placed(found: dict[int, Floats]) -> NDArray[np.float64] | None:
    """What takes millimetres of the card to pixels, (3, 3); None when the markers do not lie as on a flat card."""
    known = [(_corners(patch), found[number]) for number, patch in MARKERS if number in found]
    there, here = np.concatenate([mm for mm, _ in known]), np.concatenate([seen for _, seen in known])
    matrix, _ = cv2.findHomography(there, here, 0)
    if matrix is None:
        return None
    off = np.linalg.norm(_moved(matrix, there) - here, axis=1).mean()
    sides = [np.linalg.norm(np.roll(seen, 1, axis=0) - seen, axis=1).mean() for _, seen in known]
    return np.asarray(matrix, np.float64) if off < _BENT * float(np.mean(sides)) else None


def _corners(patch: Patch) -> Floats:
    x, y, w, h = patch
    return np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], np.float32)


def _moved(matrix: NDArray[np.float64], points: Floats) -> Floats:
    return np.asarray(cv2.perspectiveTransform(points[None], matrix)[0], np.float32)


# --- what it says ---


def _read(pixels: Pixels, placed: NDArray[np.float64]) -> SeenCard:
    outline = _moved(placed, _corners(Patch(0, 0, SIDE, SIDE)))
    side = float(np.linalg.norm(np.roll(outline, 1, axis=0) - outline, axis=1).mean())
    upright = _upright(pixels, placed)
    papers = [_inside(upright, patch) for patch in PAPERS]
    light = np.array([linear(paper).reshape(-1, 3).mean(axis=0) for paper in papers])
    greys = np.array([linear(_inside(upright, patch))[..., 1].mean() for _, patch in GREYS])
    white = np.clip(light.mean(axis=0), 1e-4, None)
    problem = _problem(side, papers, light, greys) if _whole(pixels, placed) else CUT_OFF
    gains = tuple(round(float(WHITE / part), 5) for part in white)
    return SeenCard(
        corners=tuple((round(x), round(y)) for x, y in outline.tolist()),
        side=side,
        gains=(gains[0], gains[1], gains[2]),
        score=0.0 if problem else _score(side, light),
        problem=problem,
    )


def _whole(pixels: Pixels, placed: NDArray[np.float64]) -> bool:
    """Whether all that is printed lies in the picture."""
    height, width = pixels.shape[:2]
    printed = _moved(placed, _corners(Patch(2, 2, SIDE - 4, SIDE - 4)))
    return bool((printed >= 0).all() and (printed <= (width, height)).all())


def _upright(pixels: Pixels, placed: NDArray[np.float64]) -> Pixels:
    """The card seen straight on, ``_SHARP`` pixels a millimetre."""
    # pixel k of the copy lies at (k + 0.5) / _SHARP mm, and pixel k of the picture has its middle at k
    to_mm = np.array([[1 / _SHARP, 0, 0.5 / _SHARP], [0, 1 / _SHARP, 0.5 / _SHARP], [0, 0, 1]])
    size = round(SIDE * _SHARP)
    return np.asarray(
        cv2.warpPerspective(pixels, placed @ to_mm, (size, size), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP),
        np.uint8,
    )


def _inside(upright: Pixels, patch: Patch) -> Pixels:
    left, top = patch.x + _INSET * patch.w, patch.y + _INSET * patch.h
    right, bottom = patch.x + (1 - _INSET) * patch.w, patch.y + (1 - _INSET) * patch.h
    return upright[round(top * _SHARP) : round(bottom * _SHARP), round(left * _SHARP) : round(right * _SHARP)]


def _problem(side: float, papers: Sequence[Pixels], light: NDArray[np.floating], greys: NDArray[np.floating]) -> str:
    """Why the card must not be used, in a sentence; "" when it may."""
    white = np.clip(light.mean(axis=0), 1e-4, None)
    if side < MIN_SIDE:
        return TOO_SMALL
    if max(float((paper.max(axis=2) >= BURNT).mean()) for paper in papers) > _MAX_BURNT:
        return IS_BURNT
    if WHITE / white[1] > MAX_GAIN:
        return TOO_DARK
    if _cast(light) > _MAX_CAST:
        return COLOURED
    if _uneven(light) > MAX_UNEVEN or max(_spread(paper) for paper in papers) > _MAX_SPREAD:
        return SHADED
    if _mixed(light) > _MAX_MIXED:
        return MIXED
    steps = np.concatenate([[white[1]], greys])
    if (steps[1:] > _STEP * steps[:-1]).any() or steps[-1] > _BLACK * steps[0]:
        return SHINING
    return ""


def _cast(light: NDArray[np.floating]) -> float:
    """How far red or blue is from green, as a factor of 1 or more."""
    red, green, blue = np.clip(light.mean(axis=0), 1e-4, None)
    return float(max(red / green, green / red, blue / green, green / blue))


def _uneven(light: NDArray[np.floating]) -> float:
    green = light[:, 1]
    return float((green.max() - green.min()) / max(float(green.mean()), 1e-4))


def _spread(paper: Pixels) -> float:
    green = linear(cv2.blur(paper, (5, 5)))[..., 1]
    return float(green.std() / max(float(green.mean()), 1e-4))


def _mixed(light: NDArray[np.floating]) -> float:
    ratios = light[:, (0, 2)] / np.clip(light[:, 1:2], 1e-4, None)
    return float(np.abs(ratios / ratios.mean(axis=0) - 1).max())


def _score(side: float, light: NDArray[np.floating]) -> float:
    """0..1: the weakest of size, evenness, one and a white colour of light, and brightness near what it should be."""
    stops = abs(float(np.log2(WHITE / light[:, 1].mean())))
    parts = (
        min(1.0, side / _GOOD_SIDE),
        1 - _uneven(light) / (2 * MAX_UNEVEN),
        1 - _mixed(light) / (2 * _MAX_MIXED),
        1 - float(np.log(_cast(light)) / np.log(_MAX_CAST)) / 2,
        1 - stops / 4,
    )
    return round(float(np.clip(min(parts), 0, 1)), 3)
