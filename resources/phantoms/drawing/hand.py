"""Four fingers on a white table, nails up."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from drawing.brush import Canvas, Plane, bump, finished, grid, lit, noise, over, plain, pores, ramp, rgb, shine

_FINGERS = (
    # tip x, centre y at the tip, half width, lean (radians), in a 960 x 720 picture
    (470.0, 150.0, 53.0, 0.055),
    (392.0, 272.0, 58.0, 0.02),
    (420.0, 398.0, 57.0, -0.015),
    (520.0, 520.0, 49.0, -0.055),
)
_LIGHT = (-0.4, -0.55, 0.9)


def nails(height: int = 720, width: int = 960) -> NDArray[np.uint8]:
    """Index to little finger coming in from the right."""
    x, y = grid(height, width)
    canvas = _table(x, y)
    for index in (3, 0, 2, 1):  # the outer fingers lie behind the middle ones
        _finger(canvas, x, y, index)
    return finished(np.asarray(cv2.GaussianBlur(canvas, (0, 0), 0.7), np.float32), 0.002, 12)


def _table(x: Plane, y: Plane) -> Canvas:
    canvas = plain(*x.shape, rgb("dfe4e6"))
    canvas *= (1 - 0.00012 * (x - 300) - 0.00010 * (y - 200) + 0.004 * noise(*x.shape, 200, 201))[..., None]
    return canvas


def _finger(canvas: Canvas, x: Plane, y: Plane, index: int) -> None:
    tip_x, tip_y, half, lean = _FINGERS[index]
    u = np.asarray((x - tip_x) * np.cos(lean) + (y - tip_y) * np.sin(lean), np.float32)
    v = np.asarray((y - tip_y) * np.cos(lean) - (x - tip_x) * np.sin(lean), np.float32)
    joint = half * 2.9
    width = half * (
        1 - 0.10 * bump(u, 0 * v, half * 1.9, 0, half * 0.7, 1) + 0.05 * bump(u, 0 * v, joint, 0, half * 0.6, 1)
    )
    width = np.asarray(width + 0.02 * (u - joint).clip(0), np.float32)
    ahead = np.asarray(np.minimum(u - half * 0.98, 0) / 1.02, np.float32)
    across = np.asarray(np.hypot(ahead, v) / width, np.float32)
    under = ramp(np.asarray(np.hypot(np.minimum(u - half * 0.98, 0), v - 13) / width, np.float32), 1.35, 0.85)
    canvas *= (1 - 0.50 * under)[..., None]
    skin = _skin(u, v, half, joint, index)
    relief = np.sqrt(np.clip(1 - 0.93 * np.minimum(across, 1.02) ** 2, 0.02, 1)) * half * 0.82
    relief = relief + _creases(u, v, half, joint, index) + 0.16 * pores(*u.shape, 8, 210 + index)
    _nail(skin, relief, u, v, half, index)
    relief = np.asarray(cv2.GaussianBlur(relief.astype(np.float32), (0, 0), 0.8), np.float32)
    skin *= (0.44 + 0.66 * np.clip(lit(relief, _LIGHT), 0, 1))[..., None] * np.float32(1.00)
    skin += (0.10 * shine(relief, 26, _LIGHT))[..., None]
    over(canvas, skin, ramp(across, 1.008, 0.985))


def _skin(u: Plane, v: Plane, half: float, joint: float, index: int) -> Canvas:
    skin = plain(*u.shape, rgb("cf9a7d"))
    mottle = noise(*u.shape, 40, 220 + index)
    skin *= np.stack([1 + 0.012 * mottle, 1 - 0.028 * mottle, 1 - 0.026 * mottle], -1)
    over(skin, rgb("c4786a"), np.asarray(0.45 * ramp(u, half * 2.0, 0), np.float32))
    over(skin, rgb("b77862"), np.asarray(0.40 * bump(u, v, joint, 0, half * 0.5, half * 0.6), np.float32))
    return skin


def _creases(u: Plane, v: Plane, half: float, joint: float, index: int) -> Plane:
    """The folds over the joint nearest the tip, and fine lines between."""
    rng = np.random.default_rng(230 + index)
    out = np.zeros_like(u)
    for shift in (-0.42, -0.24, -0.08, 0.09, 0.27, 0.45):
        bow = joint + shift * half + 0.05 * half * (v / half) ** 2 * np.sign(shift) + rng.normal(0, 1.5)
        bow = bow + 1.6 * noise(*u.shape, 26, int(rng.integers(1 << 20)))
        out -= rng.uniform(1.0, 2.2) * np.exp(-0.5 * ((u - bow) / 2.1) ** 2) * ramp(np.abs(v), half * 0.85, half * 0.3)
    return np.asarray(out, np.float32)


def _nail(skin: Canvas, relief: Plane, u: Plane, v: Plane, half: float, index: int) -> None:
    """Bed, half moon, free edge and folds; the plate is smoother and flatter than the finger."""
    middle, long, wide = half * 0.80, half * 0.66, half * 0.60
    du, dv = (u - middle) / long, v / wide
    shape = np.asarray((np.abs(du) ** 2.7 + np.abs(dv) ** 2.7) ** (1 / 2.7), np.float32)
    plate = ramp(shape, 1.03, 0.97)
    over(skin, rgb("b06a58"), np.asarray(0.55 * np.exp(-(((shape - 1.05) / 0.06) ** 2)), np.float32))
    bed = plain(*u.shape, rgb("d98f86"))
    bed *= (1 + 0.02 * noise(*u.shape, 30, 240 + index))[..., None]
    over(bed, rgb("e6b6ab"), np.asarray(0.5 * ramp(np.abs(dv), 0.55, 1.0), np.float32))
    moon = np.hypot((du - 1.12) / 0.46, dv / 0.62)
    over(bed, rgb("eed3ca"), ramp(np.asarray(moon, np.float32), 1.06, 0.88) * 0.75)
    free = np.asarray(du + 0.10 * (1 - dv**2), np.float32)
    over(bed, rgb("f1e6dc"), ramp(free, -0.70, -0.76) * 0.9)
    over(skin, bed, plate)
    ridges = 0.05 * np.sin(v * 1.1 + noise(*u.shape, 60, 250 + index))
    flat = np.sqrt(np.clip(1 - 0.55 * dv**2, 0.05, 1)) * half * 0.62 + half * 0.30 - 0.05 * half * du**2 + ridges
    relief += (flat - relief) * plate - 1.1 * np.exp(-(((shape - 1.05) / 0.06) ** 2))
    glint = bump(du, dv, 0.05, -0.42, 0.42, 0.09) + 0.35 * bump(du, dv, -0.3, 0.25, 0.3, 0.12)
    over(skin, (1.0, 0.98, 0.97), np.asarray(0.38 * glint * plate, np.float32))
