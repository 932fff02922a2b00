"""A face with lips, drawn in face units so that the mouth close-up is the same face seen nearer.

The face's frame: x to the right, y down, 0,0 between the eyes; the pupils lie at (-62, 0) and (62, 0),
the mouth at (0, 128), the chin at (0, 205). A ``View`` says which part a picture shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from drawing import card
from drawing.brush import (
    XY,
    Canvas,
    Plane,
    bump,
    curve,
    encoded,
    finished,
    grid,
    linear,
    lit,
    noise,
    over,
    patch,
    plain,
    pores,
    ramp,
    rgb,
    shine,
    strokes,
)

_SKIN = rgb("d6a283")
_LIP = rgb("b8605c")
_HAIR = rgb("2c211c")
_LIGHT = (-0.35, -0.5, 0.95)

_UPPER_LIP: Sequence[XY] = (
    (-50, 127), (-34, 118), (-17, 112), (-8, 110), (0, 113), (8, 110), (17, 112), (34, 118), (50, 127),
)  # fmt: skip
_SEAM: Sequence[XY] = ((50, 127), (30, 127), (13, 126), (0, 128), (-13, 126), (-30, 127), (-50, 127))
_LOWER_LIP: Sequence[XY] = ((-50, 127), (-36, 138), (-19, 148), (0, 151), (19, 148), (36, 138), (50, 127))


@dataclass(frozen=True)
class View:
    """A picture of ``height`` x ``width`` pixels; (``left``, ``top``) in face units, ``zoom`` pixels per unit."""

    height: int
    width: int
    left: float
    top: float
    zoom: float

    def grid(self) -> tuple[Plane, Plane]:
        return grid(self.height, self.width, self.left, self.top, 1 / self.zoom)

    def pixels(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray((points - (self.left, self.top)) * self.zoom, np.float32)

    def area(self, points: Sequence[XY], soft: float = 0.6) -> Plane:
        """Inside of a smooth closed outline given in face units; ``soft`` in face units too."""
        return patch(self.height, self.width, self.pixels(curve(points, closed=True)), soft * self.zoom)

    def lines(self, lines: Sequence[NDArray[np.float32]], thick: float, soft: float = 0.25) -> Plane:
        return strokes(
            self.height, self.width, [self.pixels(line) for line in lines], thick * self.zoom, soft * self.zoom
        )


def portrait() -> NDArray[np.uint8]:
    """Head and shoulders, looking at the camera."""
    return finished(_paint(View(960, 1280, -320, -225, 2.0)), 0.002, 9)


def mouth() -> NDArray[np.uint8]:
    """The mouth from near."""
    return finished(_paint(View(720, 960, -92, 60, 5.2)), 0.002, 10)


def mouth_with_card() -> NDArray[np.uint8]:
    """The mouth from near, a white card held beside it."""
    view = View(720, 960, -78, 62, 4.7)
    canvas = _paint(view)
    x, y = view.grid()
    u, v = x * 0.995 + y * 0.10, y * 0.995 - x * 0.10
    outside = np.asarray(np.maximum(np.abs(u - 112) - 33, np.abs(v - 122) - 44), np.float32)
    canvas *= (1 - 0.35 * ramp(np.asarray(outside - 0, np.float32), 9, -4))[..., None]
    card = plain(view.height, view.width, rgb("e9e9e8"))
    card *= (1 - 0.0007 * (u - 80) - 0.0004 * (v - 80) + 0.004 * noise(view.height, view.width, 160, 171))[..., None]
    over(canvas, card, ramp(outside, 0.15, -0.15))
    return finished(canvas, 0.002, 11)


def portrait_with_colour_card() -> NDArray[np.uint8]:
    """Head and shoulders under a warm lamp, the printed colour card held beside the mouth."""
    light = linear(np.clip(_paint(View(960, 1280, -320, -225, 2.0)), 0, 1))
    scene = card.held(light, card.square((925, 735), 150, 11))
    return finished(encoded(np.clip(scene * np.array([0.92, 0.72, 0.46], np.float32), 0, 1)), 0.002, 12)


def _paint(view: View) -> Canvas:
    """The picture of a view, painted with a rim to spare: blurs and light go astray at a canvas's edge."""
    rim = 32
    roomy = View(
        view.height + 2 * rim, view.width + 2 * rim, view.left - rim / view.zoom, view.top - rim / view.zoom, view.zoom
    )
    return np.ascontiguousarray(_face(roomy)[rim:-rim, rim:-rim])


def _face(view: View) -> Canvas:
    x, y = view.grid()
    canvas = _backdrop(view, x, y)
    _shoulders(canvas, view, x, y)
    _ears(canvas, view)
    skin = _skin(view, x, y)
    relief = _relief(view, x, y)
    lips = _lips(skin, view, x, y)
    light = lit(relief, _LIGHT)
    skin *= (0.46 + 0.64 * np.clip(light, 0, 1))[..., None] * np.float32(1.04)
    skin += (0.16 * shine(relief, 42, _LIGHT) * (1 + 1.2 * lips))[..., None]
    _seam_and_folds(skin, view, x, y)
    for side in (-1, 1):
        _eye(skin, view, x, y, side)
        _brow(skin, view, side)
    over(canvas, skin, view.area(_HEAD, 0.7))
    _hair(canvas, view)
    return canvas


_HEAD: Sequence[XY] = (
    (0, -168), (58, -158), (100, -118), (121, -55), (124, 10), (118, 70), (102, 126), (72, 175), (34, 203),
    (0, 208), (-34, 203), (-72, 175), (-102, 126), (-118, 70), (-124, 10), (-121, -55), (-100, -118), (-58, -158),
)  # fmt: skip


def _backdrop(view: View, x: Plane, y: Plane) -> Canvas:
    canvas = plain(view.height, view.width, rgb("93a3a8"))
    glow = bump(x, y, -90, -60, 260, 240)
    canvas *= (0.74 + 0.34 * glow + 0.012 * noise(view.height, view.width, 90 * view.zoom, 150))[..., None]
    return canvas


def _shoulders(canvas: Canvas, view: View, x: Plane, y: Plane) -> None:
    neck = view.area(
        ((-70, 110), (-66, 190), (-80, 235), (-150, 262), (150, 262), (80, 235), (66, 190), (70, 110)), 1.0
    )
    tone = (
        np.asarray(_SKIN, np.float32) * (0.74 + 0.16 * ramp(x, 60, -60) - 0.42 * bump(x, y, 4, 188, 120, 26))[..., None]
    )
    over(canvas, np.asarray(tone, np.float32), neck)
    cloth = view.area(
        ((-330, 330), (-300, 262), (-190, 236), (-96, 215), (-60, 240), (0, 254), (60, 240), (96, 215), (190, 236),
         (300, 262), (330, 330), (0, 420)), 0.8,
    )  # fmt: skip
    folds = 9 * noise(view.height, view.width, 60 * view.zoom, 152, 2)
    fabric = plain(view.height, view.width, rgb("e6e4df"))
    fabric *= (0.36 + 0.60 * lit(np.asarray(folds * view.zoom, np.float32), _LIGHT))[..., None]
    over(canvas, fabric, cloth)


def _ears(canvas: Canvas, view: View) -> None:
    for side in (-1, 1):
        ear = view.area([(side * px, py) for px, py in ((118, -18), (136, -22), (141, 4), (134, 34), (119, 44))], 0.8)
        over(canvas, rgb("c08a6d"), ear)
        inner = view.area([(side * px, py) for px, py in ((122, -8), (133, -10), (135, 6), (127, 26), (122, 24))], 2.2)
        over(canvas, rgb("98624c"), inner * 0.6)


def _skin(view: View, x: Plane, y: Plane) -> Canvas:
    skin = plain(view.height, view.width, _SKIN)
    mottle = noise(view.height, view.width, 26 * view.zoom, 155)
    skin *= np.stack([1 + 0.010 * mottle, 1 - 0.022 * mottle, 1 - 0.020 * mottle], -1)
    red = 0.30 * (bump(x, y, -72, 70, 30, 26) + bump(x, y, 72, 70, 30, 26)) + 0.26 * bump(x, y, 0, 72, 20, 16)
    over(skin, rgb("c9785f"), np.asarray(np.clip(red + 0.10 * bump(x, y, 0, 180, 34, 20), 0, 1), np.float32))
    over(skin, rgb("a8725c"), np.asarray(0.26 * (bump(x, y, -60, 20, 30, 10) + bump(x, y, 60, 20, 30, 10)), np.float32))
    over(skin, rgb("a5755f"), np.asarray(0.16 * bump(x, y, 0, 175, 80, 40), np.float32))
    return skin


def _relief(view: View, x: Plane, y: Plane) -> Plane:
    """The face's height towards the camera in pixels: an egg with hills and hollows."""
    egg = np.clip(1 - (x / 130) ** 2 - ((y - 15) / 208) ** 2, 0.02, None)
    z = 118 * np.sqrt(egg)
    down = ramp(y, -20, 74)
    z = z + 14 * down * np.exp(-0.5 * (x / (9 + 6 * down)) ** 2) * ramp(y, 96, 62)
    z = z + 9 * bump(x, y, 0, 70, 12, 11) + 5 * (bump(x, y, -19, 75, 7.5, 8) + bump(x, y, 19, 75, 7.5, 8))
    for side in (-1, 1):
        z = z - 9 * bump(x, y, side * 54, 2, 26, 15) + 4.5 * bump(x, y, side * 60, 1, 22, 11)
        z = z + 4.5 * bump(x, y, side * 58, -30, 40, 11) + 6 * bump(x, y, side * 78, 58, 34, 26)
        z = z - 2.2 * bump(x, y, side * 58, 118, 8, 14)
    z = z + 6.5 * bump(x, y, 0, 119, 30, 7) + 8.5 * bump(x, y, 0, 140, 27, 9) - 4.5 * bump(x, y, 0, 158, 30, 8)
    z = (
        z
        + 8 * bump(x, y, 0, 186, 30, 18)
        - 2.4 * bump(x, y, 0, 101, 4.5, 8)
        - 2.2 * bump(x, y, 0, 127.5, 24, 2.2) * ramp(np.abs(x), 52, 40)
    )
    fine = 0.075 * pores(view.height, view.width, max(3.0, 1.6 * view.zoom), 158)
    soft = cv2.GaussianBlur(z.astype(np.float32) * view.zoom, (0, 0), 1.2 * view.zoom)
    return np.asarray(
        soft + fine * view.zoom**0.8 + 1.0 * noise(view.height, view.width, 30 * view.zoom, 159), np.float32
    )


def _lips(skin: Canvas, view: View, x: Plane, y: Plane) -> Plane:
    """Paint both lips into the skin; returns where they are (0..1)."""
    upper = patch(view.height, view.width, view.pixels(np.vstack([curve(_UPPER_LIP), curve(_SEAM)])), 0.9 * view.zoom)
    seam_back = list(reversed(_SEAM))
    lower = patch(
        view.height, view.width, view.pixels(np.vstack([curve(seam_back), curve(_LOWER_LIP)[::-1]])), 0.9 * view.zoom
    )
    lips = np.asarray(np.clip(upper + lower, 0, 1), np.float32)
    wide = np.asarray(x + 2.2 * noise(view.height, view.width, 10 * view.zoom, 161, 2), np.float32)
    creases = 0.5 + 0.5 * np.sin(wide * (2.1 + 0.002 * wide) + 0.05 * y)
    creases = creases * ramp(np.abs(x), 46, 20) * (0.6 + 0.4 * noise(view.height, view.width, 6 * view.zoom, 162))
    tone = np.asarray(_LIP, np.float32) * (1 - 0.10 * creases - 0.12 * upper)[..., None]
    tone = tone * (1 + 0.03 * noise(view.height, view.width, 14 * view.zoom, 163))[..., None]
    over(skin, np.asarray(tone, np.float32), np.asarray(lips * 0.92, np.float32))
    return lips


def _seam_and_folds(skin: Canvas, view: View, x: Plane, y: Plane) -> None:
    """The line between the lips, the nostrils, the wings of the nose and the folds beside it."""
    over(skin, rgb("4e2320"), view.lines([curve(_SEAM)], 1.1, 0.5) * 0.85)
    over(skin, rgb("7c3d36"), np.asarray(0.55 * bump(x, y, 0, 126.5, 34, 1.6), np.float32))
    for side in (-1, 1):
        over(skin, rgb("6b3f33"), np.asarray(0.45 * bump(x, y, side * 50, 127, 3.2, 2.4), np.float32))
        over(skin, rgb("3a1d17"), np.asarray(np.clip(1.1 * bump(x, y, side * 9.5, 84, 5.2, 2.6), 0, 0.85), np.float32))
        wing = curve([(side * px, py) for px, py in ((20, 64), (27, 72), (28, 80), (22, 86), (15, 87))])
        over(skin, rgb("8e5a47"), view.lines([wing], 1.0, 1.0) * 0.45)
        fold = curve([(side * px, py) for px, py in ((32, 84), (44, 98), (55, 114), (60, 130))])
        over(skin, rgb("9a6450"), view.lines([fold], 1.2, 2.2) * 0.45)


def _eye(skin: Canvas, view: View, x: Plane, y: Plane, side: int) -> None:
    cx = side * 62.0
    lid_up: list[XY] = [(cx - 27, 3), (cx - 16, -5), (cx, -8.5), (cx + 16, -6), (cx + 27, 2)]
    lid_down: list[XY] = [(cx + 27, 2), (cx + 14, 8), (cx, 10), (cx - 14, 8), (cx - 27, 3)]
    opening = patch(view.height, view.width, view.pixels(np.vstack([curve(lid_up), curve(lid_down)])), 0.35 * view.zoom)
    ball = plain(view.height, view.width, rgb("ece5df"))
    ball *= (1 - 0.30 * ramp(np.abs(x - cx), 12, 28) - 0.32 * ramp(y, -3, -11))[..., None]
    r = np.asarray(np.hypot(x - cx, y + 0.5), np.float32)
    fibres = noise(view.height, view.width, 3 * view.zoom, 165, 2)
    spokes = 0.95 + 0.10 * np.sin(np.arctan2(y, x - cx) * 23 + 3 * fibres) + 0.12 * fibres
    iris = np.asarray(rgb("6b4a2e"), np.float32) * (spokes * (1 - 0.5 * ramp(r, 8, 11.5)))[..., None]
    over(ball, np.asarray(iris, np.float32), ramp(r, 11.6, 10.8))
    over(ball, (0.02, 0.02, 0.02), ramp(r, 5.0, 4.4))
    over(ball, (0.98, 0.98, 1.0), ramp(np.asarray(np.hypot(x - cx + 3.6, y + 4.4), np.float32), 2.4, 1.3) * 0.95)
    over(skin, ball, opening)
    over(skin, rgb("b06c60"), ramp(np.asarray(np.hypot(x - side * 37, y - 3), np.float32), 4, 1.5) * 0.5)
    over(skin, rgb("2a1a15"), view.lines([curve(lid_up)], 2.0, 0.5) * 0.9)
    over(skin, rgb("7d5140"), view.lines([curve(lid_down)], 0.9, 0.6) * 0.55)
    crease = curve([(px, py - 8 - 0.05 * abs(px - cx)) for px, py in lid_up])
    over(skin, rgb("7a4d3c"), view.lines([crease], 1.1, 0.9) * 0.6)
    rng = np.random.default_rng(166)
    lashes = []
    for t in np.linspace(-25, 26, 44) + rng.normal(0, 0.4, 44):
        root = -8.5 + 0.014 * t * t
        reach = rng.uniform(3.2, 5.2)
        lashes.append(curve([(cx + t, root), (cx + 1.06 * t, root - 0.6 * reach), (cx + 1.14 * t, root - reach)]))
    over(skin, rgb("1d1310"), view.lines(lashes, 0.25, 0.2) * 0.7)


def _brow(skin: Canvas, view: View, side: int) -> None:
    rng = np.random.default_rng(170 + side)
    lines = []
    for t in np.linspace(0, 1, 230):
        bx, by = 30 + 66 * t, -30 - 11 * np.sin(min(t * 1.25, 1.4) * np.pi / 2) + 8 * max(0.0, t - 0.62)
        thick = 6.5 * (1 - 0.75 * t) + 1.2
        sx, sy = bx + rng.normal(0, 1), by + rng.uniform(-thick, thick)
        ex, ey = sx + 7 * (0.55 + 0.6 * t), sy - 5.0 * (1 - 1.15 * t)
        lines.append(
            np.array([(side * sx, sy), (side * (sx + ex) / 2, (sy + ey) / 2 - 0.6), (side * ex, ey)], np.float32)
        )
    over(skin, _HAIR, view.lines(lines, 0.35, 0.3) * 0.75)


_HAIRLINE: Sequence[XY] = (
    (131, 22), (124, -8), (119, -52), (104, -92), (70, -113), (25, -122), (-20, -121), (-68, -112), (-104, -92),
    (-119, -52), (-124, -8), (-131, 22),
)  # fmt: skip
_CROWN: Sequence[XY] = (
    (-139, -10), (-141, -75), (-121, -143), (-74, -186), (0, -201), (74, -186), (121, -143), (141, -75), (139, -10),
)  # fmt: skip


def _hair(canvas: Canvas, view: View) -> None:
    """Short hair combed away from a side parting."""
    cap = view.area([*_HAIRLINE, *_CROWN], 1.3)
    over(canvas, rgb("251b16"), cap)
    rng = np.random.default_rng(180)
    parting = np.array([-40.0, -186.0])
    for colour, thick, count, alpha in (
        ("0f0b09", 0.5, 1500, 0.75), ("3b2c23", 0.5, 1300, 0.6), ("665040", 0.25, 700, 0.5), ("0f0b09", 0.25, 800, 0.7),
    ):  # fmt: skip
        lines = []
        for _ in range(count):
            start = np.array([rng.uniform(-146, 146), rng.uniform(-202, 10)])
            lines.append(_strand(start, parting, rng))
        near = cv2.GaussianBlur(cap, (0, 0), 1.6 * view.zoom)
        shade = 0.62 + 0.55 * bump(*view.grid(), -40, -150, 70, 45)
        tint = np.asarray(np.asarray(rgb(colour), np.float32) * shade[..., None], np.float32)
        over(canvas, tint, np.asarray(view.lines(lines, thick, 0.3) * alpha * ramp(near, 0.22, 0.62), np.float32))


def _strand(start: NDArray[np.float64], parting: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float32]:
    """One strand: away from the parting, then down, following the head."""
    points, stray = [start], rng.normal(0, 0.10)
    step = rng.uniform(3, 6)
    for _ in range(9):
        away = points[-1] - parting
        angle = np.arctan2(0.75 * away[1] + 0.0026 * away[0] ** 2 + 8, away[0]) + stray
        points.append(points[-1] + step * np.array([np.cos(angle), np.sin(angle)]))
    return np.asarray(points, np.float32)
