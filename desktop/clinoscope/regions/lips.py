"""The lips: by landmarks where a face is in the picture; on a close-up of the mouth, by colour and a stand-in face.

The landmark network needs a whole face and fails on close-ups. There, colour only says where the mouth is; the close-up
is then laid over the mouth of a drawn face, and the same network outlines the lips on that.
"""

import functools

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box, Point, Region
from clinoscope.regions import faces
from clinoscope.regions.geometry import averaged, ramp

OUTER = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
"""Face Mesh points around the lips, from the right corner along the lower lip."""

INNER = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191)
"""Face Mesh points around the mouth opening, in the same order."""

_MIN_FACE = 0.9
"""Landmark score above which the points can be trusted: right ones measured 0.97 and more, wrong ones under 0.5."""

_PAD = 0.15
"""Room around the outer ring: with it the box held every lip pixel on 98.7 % of 300 faces."""

_WORK_SIDE = 80
"""Longer side, pixels, of the copy on which a close-up is searched: a mouth is still 25 of them wide."""

_WIDTHS = (0.3, 0.38, 0.47, 0.57, 0.68, 0.8, 0.92)
"""Mouth widths tried, as shares of the picture's width."""

_ASPECTS = (0.26, 0.38, 0.55)
"""Mouth heights tried, as shares of the mouth's width: closed, relaxed, open."""

_LINE, _SMALL, _OFF = 0.08, 0.4, 1.2
"""Weights of the mouth line (per unit of L*), of the width and of the distance from the middle; chosen on the close-ups
of every second face of the lip masks."""

_TRIES = 3
"""How many of the likeliest places are looked at by the landmark network, at about 2 ms each."""

_MIN_SCORE = 0.5
"""A close-up that scores less is left to the user to draw: see models/anemia/lip/MODEL_CARD.md for what that keeps."""

Floats = NDArray[np.float32]
Rings = tuple[Floats, Floats]


def find(pixels: Pixels) -> Region | None:
    """The lips with their outer and inner outline, or None when neither a face nor a mouth is sure enough.

    ``how`` is ``landmarks`` on a face and ``colour`` on a close-up; ``score`` is the landmark network's own, or how
    well the outlined lips stand out from the skin around them. Raises PackageError when a network's file is
    opened.
    """
    height, width = pixels.shape[:2]
    face = faces.find(pixels)
    if face is not None and face.score >= _MIN_FACE:
        outer = face.points[list(OUTER)]
        if ((outer >= 0) & (outer < (width, height))).all(axis=1).mean() < 0.75:
            return None
        return _region((outer, face.points[list(INNER)]), width, height, how="landmarks", score=face.score)
    return close_up(pixels)


def close_up(pixels: Pixels) -> Region | None:
    """The lips on a close-up of the mouth without a whole face; None when unsure."""
    height, width = pixels.shape[:2]
    scale = min(1.0, _WORK_SIDE / max(height, width))
    size = (max(16, round(width * scale)), max(16, round(height * scale)))
    small = averaged(pixels, size)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    places = _search(lab)
    if not places:
        return None
    first = max((_on_stand_in(small, *place) for place in places), key=lambda rings: _standing_out(rings, lab))
    best = _on_stand_in(small, *_place(first))
    score = _score(first, best, lab)
    if score < _MIN_SCORE:
        return None
    back = np.array([width / small.shape[1], height / small.shape[0]], np.float32)
    return _region((best[0] * back, best[1] * back), width, height, how="colour", score=score)


def _region(rings: Rings, width: int, height: int, how: str, score: float) -> Region:
    low, high = rings[0].min(axis=0), rings[0].max(axis=0)
    box = Box(int(low[0]), int(low[1]), int(high[0] - low[0]) + 1, int(high[1] - low[1]) + 1)
    outlines = tuple(_points(ring, width, height) for ring in rings)
    return Region(box=box.padded(_PAD).clipped(width, height), how=how, score=score, outlines=outlines)


def _points(ring: Floats, width: int, height: int) -> tuple[Point, ...]:
    inside = np.clip(np.round(ring), 0, (width - 1, height - 1)).astype(int)
    return tuple((int(x), int(y)) for x, y in inside)


# --- where the mouth is, by colour ---


def _search(lab: Floats) -> list[tuple[float, float, float]]:
    """The likeliest mouths on a close-up, best first: centre x, y and width in pixels of the small picture.

    A mouth is a wide patch pinker than its surroundings, with a dark line inside. Pinkness is a* - 0.8 b*: lips hold
    more blood and less melanin to the eye than the skin beside them, and lamps move a* and b* together. Every size of
    a small set is tried everywhere: what counts is the difference of the means over the spread inside and around
    (d'), the mouth line, and nearness to the middle.
    """
    rows, columns = lab.shape[:2]
    pink, dark, lit = lab[..., 1] - np.float32(0.8) * lab[..., 2], -lab[..., 0], _skin_or_lip(lab)
    off = np.abs((np.arange(columns, dtype=np.float32)[None] + 0.5) / columns - 0.5)
    off = off + np.abs((np.arange(rows, dtype=np.float32)[:, None] + 0.5) / rows - 0.5)
    tried: list[tuple[float, float, float, float]] = []
    for share in _WIDTHS:
        w = share * columns
        values = [
            _contrast(pink, dark, lit, w, aspect * w) * share**_SMALL * (1 - _OFF * off)
            for aspect in _ASPECTS
            if aspect * w < 0.85 * rows
        ]
        if not values:
            continue
        value = np.max(values, axis=0)
        row, column = np.unravel_index(int(value.argmax()), value.shape)
        tried.append((float(value[row, column]), float(column) + 0.5, float(row) + 0.5, w))
    return [(x, y, w) for _, x, y, w in sorted(tried, reverse=True)[:_TRIES]]


def _contrast(pink: Floats, dark: Floats, lit: Floats, w: float, h: float) -> Floats:
    """How mouth-like a box of ``w`` x ``h`` around each pixel is; -1 where too little of it is lit."""
    inner, outer = _sums(pink, lit, w, h), _sums(pink, lit, 1.5 * w, 2.2 * h)
    mean_in, var_in = _moments(*inner)
    mean_out, var_out = _moments(*(whole - part for whole, part in zip(outer, inner, strict=True)))
    line = _mean(dark, 0.7 * w, 0.2 * h) - _mean(dark, 0.7 * w, h)
    value: Floats = (mean_in - mean_out) / np.sqrt((var_in + var_out) / 2 + 1) + _LINE * line
    value[inner[0] < 0.4 * w * h] = -1
    return value


def _skin_or_lip(lab: Floats) -> Floats:
    """1 where colour says something about lips and skin, 0 on teeth, the open mouth, dark hair and clipped light."""
    light, red = lab[..., 0], lab[..., 1]
    lit = (light > 12) & (light < 98)
    if not lit.any():
        return np.zeros(light.shape, np.float32)
    usual_light, usual_red = float(np.median(light[lit])), float(np.median(red[lit]))
    teeth = (red < usual_red - 4) & (light > 0.85 * usual_light)
    return (lit & ~teeth & (light > 0.45 * usual_light)).astype(np.float32)


def _kernel(w: float, h: float) -> tuple[int, int]:
    return 2 * int(w / 2) + 1, 2 * int(h / 2) + 1


def _sums(values: Floats, weights: Floats, w: float, h: float) -> tuple[Floats, ...]:
    """Sums over a box around each pixel: the weights, weighted values, weighted squares."""
    return tuple(
        cv2.boxFilter(part, cv2.CV_32F, _kernel(w, h), normalize=False, borderType=cv2.BORDER_CONSTANT)
        for part in (weights, weights * values, weights * values * values)
    )


def _moments(count: Floats, total: Floats, square: Floats) -> tuple[Floats, Floats]:
    count = np.maximum(count, 1)
    mean = total / count
    return mean, np.maximum(square / count - mean**2, 0)


def _mean(values: Floats, w: float, h: float) -> Floats:
    mean: Floats = cv2.blur(values, _kernel(w, h))
    return mean


# --- the outline, on a stand-in face ---

_CANVAS = 192
_MOUTH = (96.5, 131.0, 42.5)
"""Centre x, y and width of the stand-in's mouth as the landmark network itself marks it, pixels of ``_CANVAS``."""


def _on_stand_in(small: Pixels, x: float, y: float, w: float) -> Rings:
    """Outer and inner ring, pixels of ``small``, of a mouth about ``w`` wide around (x, y)."""
    scale = _MOUTH[2] / max(w, 4.0)
    shift = np.array([_MOUTH[0] - scale * x, _MOUTH[1] - scale * y])
    points = (faces.landmarks_of_crop(_laid_over(small, scale, shift)).points - shift) / scale
    return points[list(OUTER)].astype(np.float32), points[list(INNER)].astype(np.float32)


def _place(rings: Rings) -> tuple[float, float, float]:
    """Centre x, y and width of the outer ring."""
    low, high = rings[0].min(axis=0), rings[0].max(axis=0)
    x, y = (low + high) / 2
    return float(x), float(y), float(high[0] - low[0])


def _laid_over(small: Pixels, scale: float, shift: NDArray[np.float64]) -> Pixels:
    """The stand-in face, tinted to match, with the close-up over its mouth and a soft seam."""
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    size = (_CANVAS, _CANVAS)
    shown = cv2.warpAffine(small, matrix, size, flags=cv2.INTER_LINEAR)
    inside = cv2.warpAffine(np.ones(small.shape[:2], np.float32), matrix, size)
    inside = cv2.erode(inside, np.ones((5, 5), np.uint8))
    seam = (cv2.GaussianBlur(inside, (0, 0), 3) * inside)[..., None]
    stand_in = _stand_in()
    covered = inside > 0.5
    if covered.any():
        tint = (np.median(shown[covered], axis=0) + 5) / (np.median(stand_in[covered], axis=0) + 5)
        stand_in = np.clip(stand_in * tint, 0, 255)
    return (shown * seam + stand_in * (1 - seam)).astype(np.uint8)


@functools.cache
def _stand_in() -> Floats:
    """A plain drawn face, (192, 192, 3): hair, neck, head, eyes, brows, nose and a closed mouth."""
    fine = 4
    canvas = np.full((_CANVAS * fine, _CANVAS * fine, 3), 150, np.uint8)

    def oval(x: float, y: float, w: float, h: float, colour: tuple[int, int, int], turn: int = 0) -> None:
        centre, axes = (round(x * fine), round(y * fine)), (round(w * fine), round(h * fine))
        cv2.ellipse(canvas, centre, axes, turn, 0, 360, colour, cv2.FILLED, cv2.LINE_AA)

    def arc(x: float, y: float, w: float, h: float, colour: tuple[int, int, int], turn: int, thick: int) -> None:
        centre, axes = (round(x * fine), round(y * fine)), (round(w * fine), round(h * fine))
        cv2.ellipse(canvas, centre, axes, turn, 192, 348, colour, thick * fine, cv2.LINE_AA)

    oval(96, 60, 66, 58, (70, 50, 40))
    oval(96, 170, 34, 40, (190, 145, 122))
    oval(96, 96, 56, 74, (214, 168, 144))
    for x, turn in ((73, -4), (119, 4)):
        oval(x, 75, 14, 9, (196, 148, 126))
        oval(x, 76, 11, 5, (240, 236, 232))
        oval(x, 76, 5, 5, (80, 58, 44))
        oval(x, 76, 2.4, 2.4, (20, 16, 14))
        arc(x, 75.5, 12, 6, (70, 45, 38), 0, 2)
        arc(x, 63, 15, 5, (82, 58, 46), turn, 3)
    oval(96, 96, 7, 16, (220, 176, 152))
    oval(96, 110, 11, 7, (206, 156, 134))
    oval(91, 113, 3, 2, (120, 76, 66))
    oval(101, 113, 3, 2, (120, 76, 66))
    oval(96, 131, 23, 8, (190, 110, 108))
    oval(96, 131, 22, 0.5, (120, 60, 60))
    soft = cv2.GaussianBlur(canvas, (0, 0), 1.2 * fine)
    return cv2.resize(soft, (_CANVAS, _CANVAS), interpolation=cv2.INTER_AREA).astype(np.float32)


# --- how sure ---


def _standing_out(rings: Rings, lab: Floats) -> float:
    """How far the lips differ from the skin around them: d' of pinkness, less for a small mouth or one off the middle.

    About 1.5 for real mouths (from 0.6 to 2.5), under 0.7 for most pictures without one; -1 where nothing is usable.
    """
    lips, skin = _both_sides(rings, lab)
    if len(lips) < 8 or len(skin) < 8:
        return -1.0
    pink_lips, pink_skin = (part[:, 1] - 0.8 * part[:, 2] for part in (lips, skin))
    spread = np.sqrt((pink_lips.var() + pink_skin.var()) / 2 + 1)
    rows, columns = lab.shape[:2]
    x, y, w = _place(rings)
    off = abs(x / columns - 0.5) + abs(y / rows - 0.5)
    return float((pink_lips.mean() - pink_skin.mean()) / spread * (w / columns) ** _SMALL * (1 - _OFF * off))


def _both_sides(rings: Rings, lab: Floats) -> tuple[Floats, Floats]:
    """Colours (n, 3) of the lips and of the skin just around them, teeth and shadow left out."""
    outer, inner = (np.round(ring).astype(np.int32) for ring in rings)
    lips = np.zeros(lab.shape[:2], np.uint8)
    cv2.fillPoly(lips, [outer], 1)
    _, _, w, h = cv2.boundingRect(outer)
    skin = cv2.dilate(lips, np.ones((2 * (h // 3) + 3, 2 * (w // 8) + 3), np.uint8)) - lips
    cv2.fillPoly(lips, [inner], 0)
    usable = _skin_or_lip(lab) > 0
    return lab[(lips > 0) & usable], lab[(skin > 0) & usable]


def _score(first: Rings, second: Rings, lab: Floats) -> float:
    """0..1: the lips stand out, the two looks agree, and the mouth lies within the picture.

    The landmark network's own score says nothing here, as the stand-in is always a face. Limits from close-ups cut
    out of faces against pictures of hands, eyes, scalps and skin.
    """
    _, _, w = _place(second)
    low, high = second[0].min(axis=0), second[0].max(axis=0)
    rows, columns = lab.shape[:2]
    outside = max(0.0, -low[0], -low[1], high[0] - columns, high[1] - rows) / w
    drift = float(np.abs(second[0] - first[0]).mean()) / w
    return (
        ramp(_standing_out(second, lab), 0.2, 1.2)
        * (1 - ramp(drift, 0.04, 0.12))
        * (1 - ramp(outside, 0.04, 0.12))
        * (1 - ramp(w / columns, 0.92, 1.02))
    )
