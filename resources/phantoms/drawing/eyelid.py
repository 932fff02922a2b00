"""An eye whose lower lid is drawn down, so that its red inner side shows."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from drawing.brush import (
    XY,
    Canvas,
    Plane,
    bump,
    curve,
    finished,
    grid,
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
    wander,
)

_UPPER: Sequence[XY] = ((150, 330), (250, 228), (400, 172), (560, 166), (700, 212), (812, 318))
_BALL: Sequence[XY] = ((812, 330), (710, 408), (590, 448), (470, 452), (340, 428), (220, 374), (150, 330))
_MARGIN: Sequence[XY] = ((150, 334), (215, 440), (330, 528), (480, 562), (630, 540), (750, 456), (812, 334))
_LIGHT = (-0.4, -0.6, 0.9)


def eyelid(height: int = 720, width: int = 960) -> NDArray[np.uint8]:
    """A brown eye looking up, the lid held down by a finger."""
    rim = 24
    x, y = grid(height + 2 * rim, width + 2 * rim, -rim, -rim)
    tools = _Tools(x, y, rim)
    canvas = _skin(tools)
    _eyeball(canvas, tools)
    _conjunctiva(canvas, tools)
    _lids(canvas, tools)
    _lashes(canvas, tools)
    _finger(canvas, tools)
    inner = np.ascontiguousarray(canvas[rim:-rim, rim:-rim])
    return finished(np.asarray(cv2.GaussianBlur(inner, (0, 0), 0.8), np.float32), 0.002, 13)


class _Tools:
    """x and y of every pixel, and shapes in the same frame."""

    def __init__(self, x: Plane, y: Plane, rim: int) -> None:
        self.x, self.y, self.rim = x, y, rim

    def noise(self, size: float, seed: int, octaves: int = 3) -> Plane:
        return noise(*self.x.shape, size, seed, octaves)

    def area(self, outline: NDArray[np.float32], soft: float) -> Plane:
        return patch(*self.x.shape, outline + self.rim, soft)

    def lines(self, lines: Sequence[NDArray[np.float32]], thick: float, soft: float) -> Plane:
        return strokes(*self.x.shape, [line + self.rim for line in lines], thick, soft)


def _skin(t: _Tools) -> Canvas:
    canvas = plain(*t.x.shape, rgb("c48d70"))
    mottle = t.noise(110, 301)
    canvas *= np.stack([1 + 0.015 * mottle, 1 - 0.03 * mottle, 1 - 0.028 * mottle], -1)
    over(canvas, rgb("96604f"), np.asarray(0.5 * bump(t.x, t.y, 480, 360, 420, 260), np.float32))
    relief = 80 * bump(t.x, t.y, 480, 350, 330, 230) + 46 * bump(t.x, t.y, 480, 20, 420, 70)
    for bow in (58, 84, 140):  # the folds above the upper lid and under the lower
        lift = 172 - bow + 0.00062 * (t.x - 480) ** 2
        relief = relief - 4.5 * np.exp(-0.5 * ((t.y - lift) / (4 + bow / 30)) ** 2)
        drop = 560 + 0.5 * bow - 0.00052 * (t.x - 480) ** 2
        relief = relief - 1.8 * np.exp(-0.5 * ((t.y - drop) / 5) ** 2)
    relief = relief + 0.34 * pores(*t.x.shape, 10, 303) + 1.6 * t.noise(70, 304)
    relief = np.asarray(relief, np.float32)
    canvas *= (0.42 + 0.66 * np.clip(lit(relief, _LIGHT), 0, 1))[..., None]
    canvas += (0.10 * shine(relief, 30, _LIGHT))[..., None]
    return canvas


def _eyeball(canvas: Canvas, t: _Tools) -> None:
    opening = t.area(np.vstack([curve(_UPPER), curve(_BALL)]), 1.2)
    ball = plain(*t.x.shape, rgb("e4dcd8"))
    far = np.asarray(np.hypot((t.x - 470) / 350, (t.y - 300) / 240), np.float32)
    ball *= (1.02 - 0.42 * ramp(far, 0.55, 1.15))[..., None]
    over(
        ball,
        rgb("d98a80"),
        np.asarray(0.55 * ramp(np.asarray(np.hypot(t.x - 800, t.y - 330), np.float32), 120, 10), np.float32),
    )
    rng = np.random.default_rng(311)
    for thick, count in ((1.0, 9), (0.5, 26)):
        veins = []
        for _ in range(count):
            side = rng.random() < 0.5
            start = (rng.uniform(170, 260) if side else rng.uniform(690, 790), rng.uniform(280, 410))
            veins.append(
                wander(start, (0.15 if side else np.pi) + rng.normal(0, 0.35), rng.uniform(60, 170), 0.22, rng)
            )
        over(ball, rgb("b9504b"), t.lines(veins, thick, 0.9) * 0.30)
    _iris(ball, t)
    lid_shadow = ramp(np.asarray(t.y - _lid_line(t.x), np.float32), 46, 0)
    ball *= (1 - 0.5 * lid_shadow)[..., None]
    over(canvas, ball, opening)


def _lid_line(x: Plane) -> Plane:
    """The upper lid's height at each x."""
    line = curve(_UPPER)
    return np.asarray(np.interp(x, line[:, 0], line[:, 1]), np.float32)


def _iris(ball: Canvas, t: _Tools) -> None:
    cx, cy, radius = 492.0, 262.0, 112.0
    r = np.asarray(np.hypot(t.x - cx, t.y - cy) / radius, np.float32)
    angle = np.arctan2(t.y - cy, t.x - cx)
    fibres = t.noise(14, 315, 2)
    spokes = 0.9 + 0.16 * np.sin(41 * angle + 3 * fibres) * ramp(r, 0.3, 0.6) + 0.16 * fibres
    tone = np.asarray(rgb("5d3f28"), np.float32) * (spokes * (1.12 - 0.75 * ramp(r, 0.72, 1.0)))[..., None]
    over(ball, np.asarray(tone, np.float32), ramp(r, 1.03, 0.95))
    over(ball, (0.02, 0.018, 0.018), ramp(r, 0.40, 0.36))
    window = np.maximum(np.abs(t.x - cx + 42) / 20, np.abs(t.y - cy + 20) / 26)
    over(ball, (0.97, 0.98, 1.0), ramp(np.asarray(window, np.float32), 1.15, 0.75) * 0.8)
    over(ball, (0.9, 0.93, 1.0), np.asarray(0.14 * bump(t.x, t.y, cx + 45, cy + 46, 38, 24), np.float32))


def _conjunctiva(canvas: Canvas, t: _Tools) -> None:
    """The crescent between the eyeball and the lid's margin: wet, red, with fine upright vessels."""
    crescent = t.area(np.vstack([curve(_BALL)[::-1], curve(_MARGIN)[::-1]]), 1.6)
    inner = plain(*t.x.shape, rgb("c4605c"))
    top = np.asarray(np.interp(t.x, curve(_BALL)[::-1, 0], curve(_BALL)[::-1, 1]), np.float32)
    low = np.asarray(np.interp(t.x, curve(_MARGIN)[:, 0], curve(_MARGIN)[:, 1]), np.float32)
    depth = np.asarray((t.y - top) / np.maximum(low - top, 12), np.float32)
    over(inner, rgb("dba09a"), ramp(depth, 0.28, 0.0) * 0.75)
    over(inner, rgb("b04847"), np.asarray(0.6 * np.exp(-(((depth - 0.62) / 0.22) ** 2)), np.float32))
    over(inner, rgb("d98e84"), ramp(depth, 0.82, 1.0) * 0.7)
    inner *= (1 + 0.035 * t.noise(40, 321))[..., None]
    rng = np.random.default_rng(322)
    vessels = []
    for _ in range(120):
        px = rng.uniform(190, 780)
        py = float(np.interp(px, curve(_MARGIN)[:, 0], curve(_MARGIN)[:, 1])) - rng.uniform(4, 30)
        vessels.append(
            wander((px, py), -np.pi / 2 + (480 - px) / 900 + rng.normal(0, 0.25), rng.uniform(25, 75), 0.2, rng)
        )
    over(inner, rgb("8f2f33"), t.lines(vessels, 0.5, 0.7) * 0.40)
    inside = np.clip(depth, 0, 1)
    swell = 22 * np.sin(inside * np.pi).clip(0) ** 0.8 + 8 * np.sin(inside * 2 * np.pi) + 2.5 * t.noise(34, 323)
    relief = np.asarray(cv2.GaussianBlur(swell.astype(np.float32), (0, 0), 3), np.float32)
    inner *= (0.55 + 0.58 * np.clip(lit(relief, _LIGHT), 0, 1))[..., None]
    wet = ramp(shine(relief + 1.2 * t.noise(12, 324), 60, _LIGHT), 0.55, 0.95) * ramp(t.noise(60, 325), -0.2, 0.9)
    inner += (0.34 * wet)[..., None]
    over(canvas, inner, crescent)
    over(canvas, rgb("7c3a38"), t.lines([curve(_BALL)], 2.0, 2.2) * 0.45)


def _down(line: NDArray[np.float32], by: float) -> NDArray[np.float32]:
    """A line moved down by so many pixels."""
    return np.asarray(line + np.array([0, by]), np.float32)


def _lids(canvas: Canvas, t: _Tools) -> None:
    edge = curve(_MARGIN)
    over(canvas, rgb("d7a193"), t.lines([_down(edge, 6)], 12, 1.8) * 0.9)
    over(canvas, (1.0, 0.95, 0.93), t.lines([_down(edge[18:70], 1.5)], 1.0, 1.2) * 0.5)
    over(canvas, rgb("7b4a3e"), t.lines([_down(edge, 14)], 2.0, 2.5) * 0.5)
    over(canvas, rgb("4a2b24"), t.lines([curve(_UPPER)], 5.0, 1.8) * 0.85)
    over(canvas, rgb("a96f5f"), t.lines([_down(curve(_UPPER), -6)], 6.0, 2.5) * 0.6)


def _lashes(canvas: Canvas, t: _Tools) -> None:
    rng = np.random.default_rng(331)
    lashes = []
    upper, lower = curve(_UPPER), curve(_MARGIN)
    for _ in range(210):
        px, py = upper[int(rng.integers(4, len(upper) - 4))] + rng.normal(0, 1.5, 2)
        lean, long = (px - 480) / 330 + rng.normal(0, 0.10), rng.uniform(34, 70)
        lashes.append(
            curve([(px, py), (px + 0.15 * lean * long, py - 0.42 * long), (px + lean * long, py - 0.9 * long)])
        )
    for _ in range(70):
        px, py = lower[int(rng.integers(8, len(lower) - 8))] + (0, 14) + rng.normal(0, 1.5, 2)
        lean, long = (px - 480) / 380 + rng.normal(0, 0.12), rng.uniform(18, 38)
        lashes.append(
            curve([(px, py), (px + 0.4 * lean * long, py + 0.45 * long), (px + lean * long, py + 0.8 * long)])
        )
    over(canvas, rgb("1c1311"), t.lines(lashes, 0.5, 0.8) * 0.85)


def _finger(canvas: Canvas, t: _Tools) -> None:
    """The fingertip that holds the lid, coming from below."""
    u, v = t.x - 470 + 0.10 * (t.y - 640), t.y - 640
    across = np.asarray(np.hypot(u, np.minimum(v - 40, 0) * 1.05) / 118, np.float32)
    canvas *= (1 - 0.40 * ramp(across, 1.35, 0.92))[..., None]
    skin = plain(*t.x.shape, rgb("d0987c"))
    skin *= (1 + 0.03 * t.noise(60, 341))[..., None]
    relief = np.sqrt(np.clip(1 - 0.93 * np.minimum(across, 1.02) ** 2, 0.02, 1)) * 95 + 0.3 * pores(*t.x.shape, 9, 342)
    skin *= (0.40 + 0.68 * np.clip(lit(relief.astype(np.float32), _LIGHT), 0, 1))[..., None]
    over(canvas, skin, ramp(across, 1.008, 0.988))
