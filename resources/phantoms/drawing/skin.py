"""Skin: a pigmented lesion as a camera and as a dermatoscope sees it, and a rash on a forearm."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from drawing.brush import (
    Canvas,
    Plane,
    bump,
    finished,
    grid,
    lit,
    noise,
    over,
    plain,
    pores,
    ramp,
    rgb,
    shine,
    strokes,
    wander,
)


def surface(height: int, width: int, colour: str, pore: float, seed: int) -> tuple[Canvas, Plane]:
    """A stretch of skin: its colour with mottling, and its relief in pixels to be lit later."""
    canvas = plain(height, width, rgb(colour))
    blood, melanin = noise(height, width, 130, seed), noise(height, width, 60, seed + 1)
    canvas *= np.stack([1 + 0.012 * blood, 1 - 0.030 * blood, 1 - 0.026 * blood], -1) * (1 + 0.022 * melanin)[..., None]
    relief = 0.55 * pores(height, width, pore, seed + 2) + 0.35 * pores(height, width, pore * 0.5, seed + 3)
    relief += 2.5 * noise(height, width, 160, seed + 4)
    return np.asarray(canvas, np.float32), np.asarray(relief, np.float32)


def light_up(canvas: Canvas, relief: Plane, gloss: float = 0.10, ambient: float = 0.42) -> None:
    """Lambert and a soft highlight on the relief; a flat surface keeps its colour."""
    flat = 0.75 / float(np.linalg.norm((-0.45, -0.6, 0.75)))
    canvas *= (ambient + (1 - ambient) * lit(relief) / flat)[..., None]
    canvas += (gloss * (shine(relief, 30) - 0.15)).clip(0)[..., None]


def lesion(side: int = 720) -> NDArray[np.uint8]:
    """A pigmented spot with an uneven border and two browns, on lightly lined skin with a few hairs."""
    canvas, relief = surface(side, side, "d9a888", 11, 31)
    x, y = grid(side, side)
    outside = _blot(x, y, side * 0.49, side * 0.51, side * 0.155, side * 0.125, 0.4, 35)
    edge = ramp(outside, 0.10, -0.12)
    relief += 9 * ramp(outside, 0.05, -0.9) + edge * 1.2 * pores(side, side, 8, 37)
    over(canvas, rgb("cf8f78"), ramp(outside, 0.55, 0.0) * 0.35)
    over(canvas, rgb("8a5636"), edge * 0.92)
    clouds = noise(side, side, 85, 38)
    over(
        canvas,
        rgb("4a2b1e"),
        edge * ramp(clouds + 0.5 * bump(x, y, side * 0.44, side * 0.47, 45, 40), 0.15, 0.75) * 0.85,
    )
    over(canvas, rgb("a56d49"), edge * ramp(-clouds, 0.35, 0.9) * 0.5)
    light_up(canvas, relief, 0.16)
    _hairs(canvas, 9, side * 0.42, 51, "5b4030", 0.9)
    canvas *= (1.04 - 0.16 * np.hypot(x / side - 0.42, y / side - 0.4))[..., None]
    return finished(canvas, 0.002, 3)


def dermoscopy(height: int = 600, width: int = 800) -> NDArray[np.uint8]:
    """The same kind of spot under a dermatoscope: pigment net, dots, black corners of the tube."""
    canvas, _ = surface(height, width, "e3b3a6", 16, 61)
    x, y = grid(height, width)
    over(canvas, rgb("d79a92"), ramp(noise(height, width, 150, 62), -0.1, 1.0) * 0.4)
    outside = _blot(x, y, width * 0.49, height * 0.51, height * 0.27, height * 0.22, -0.3, 64)
    edge = ramp(outside, 0.22, -0.18)
    over(canvas, rgb("b97f5d"), edge * 0.85)
    mesh = _mesh(height, width, 13, 65)
    over(canvas, rgb("6b3f27"), edge * mesh * ramp(outside, -0.95, -0.2) * 0.8)
    over(canvas, rgb("5a3424"), ramp(outside + 0.35 * noise(height, width, 90, 66), -0.25, -0.75) * 0.8)
    over(canvas, rgb("7c6f77"), ramp(noise(height, width, 100, 67) - 0.8 * outside, 1.0, 1.6) * edge * 0.45)
    rng = np.random.default_rng(68)
    for _ in range(46):  # dots and globules, more at one side
        angle, r = rng.normal(0.6, 1.1), rng.uniform(0.5, 1.0)
        dx, dy = width * 0.49 + r * height * 0.25 * np.cos(angle), height * 0.51 + r * height * 0.21 * np.sin(angle)
        over(canvas, rgb("3b2218"), ramp(np.asarray(np.hypot(x - dx, y - dy), np.float32), rng.uniform(4, 7), 2) * 0.75)
    _hairs(canvas, 5, height * 0.55, 69, "3a2a22", 1.4)
    for bx, by, r in ((0.2, 0.22, 13), (0.225, 0.265, 7), (0.78, 0.8, 10)):  # bubbles in the gel
        ring = np.abs(np.hypot(x - bx * width, y - by * height) - r)
        over(canvas, (1, 1, 1), ramp(np.asarray(ring, np.float32), 2.2, 0.4) * 0.35)
    far = np.hypot((x - width / 2) / (0.56 * width), (y - height / 2) / (0.56 * width))
    canvas *= (1 - 0.22 * ramp(np.asarray(far, np.float32), 0.5, 1.0))[..., None]
    over(canvas, (0.015, 0.012, 0.012), ramp(np.asarray(far, np.float32), 0.985, 1.01))
    return finished(np.asarray(cv2.GaussianBlur(canvas, (0, 0), 0.8), np.float32), 0.002, 4)


def rash(height: int = 720, width: int = 960) -> NDArray[np.uint8]:
    """A forearm on a blue cloth with red papules, some of them with a small blister."""
    cloth = _cloth(height, width)
    canvas, relief = surface(height, width, "c68f6c", 9, 81)
    x, y = grid(height, width)
    slope = -0.10
    middle = height * 0.53 + slope * (x - width / 2)
    half = height * (0.36 - 0.09 * x / width + 0.02 * np.sin(x / width * 4.0))
    across = np.asarray((y - middle) / half, np.float32)
    round_arm = np.sqrt(np.clip(1 - 0.86 * np.minimum(np.abs(across), 1) ** 2, 0, 1)) * half * 0.72
    rng = np.random.default_rng(83)
    spots: list[tuple[float, float, float]] = []
    while len(spots) < 44:
        px, py, r = rng.uniform(0.04, 0.97) * width, rng.normal(0, 0.38), rng.uniform(8, 19)
        cy = float(height * 0.53 + slope * (px - width / 2) + py * height * 0.3)
        if abs(py) < 0.8 and all(np.hypot(px - a, cy - b) > r + c + 9 for a, b, c in spots):
            spots.append((px, cy, r))
    wobble = 2.6 * noise(height, width, 18, 84)
    for index, (px, cy, r) in enumerate(spots):
        d = np.asarray(np.hypot(x - px, y - cy) + wobble, np.float32)
        over(canvas, rgb("c4604f"), ramp(d, r * 2.1, r * 0.6) * 0.50)
        over(canvas, rgb("ad3f3a"), ramp(d, r * 1.05, r * 0.7) * 0.55)
        relief += r * 0.42 * np.exp(-0.5 * (d / (0.72 * r)) ** 2)
        if index % 3 == 0:
            over(canvas, rgb("e0b48f"), ramp(d, r * 0.55, r * 0.3) * 0.75)
            relief += r * 0.16 * np.exp(-0.5 * (d / (0.3 * r)) ** 2)
    light_up(canvas, np.asarray(relief + round_arm, np.float32), 0.10, 0.36)
    shadow = ramp(np.asarray(np.abs(across - 0.16), np.float32), 1.30, 0.95)
    cloth *= (1 - 0.55 * shadow)[..., None]
    over(cloth, canvas, ramp(np.asarray(np.abs(across) + 0.004 * wobble / 3, np.float32), 1.004, 0.992))
    return finished(np.asarray(cv2.GaussianBlur(cloth, (0, 0), 0.6), np.float32), 0.002, 6)


def _cloth(height: int, width: int) -> Canvas:
    x, y = grid(height, width)
    canvas = plain(height, width, rgb("6f93a8"))
    folds = 26 * noise(height, width, 330, 91, 2)
    weave = 0.25 * (np.sin(x * 1.57) + np.sin(y * 1.57))
    canvas *= (0.45 + 0.62 * lit(np.asarray(folds + weave, np.float32)))[..., None]
    return canvas


def _blot(x: Plane, y: Plane, cx: float, cy: float, a: float, b: float, lean: float, seed: int) -> Plane:
    """Distance outside an uneven ellipse in units of its radius: -1 in the middle, 0 at the border."""
    u = ((x - cx) * np.cos(lean) + (y - cy) * np.sin(lean)) / a
    v = ((y - cy) * np.cos(lean) - (x - cx) * np.sin(lean)) / b
    angle = np.arctan2(v, u)
    rng = np.random.default_rng(seed)
    wave = sum(rng.normal(0, 0.13 / n) * np.cos(n * angle + rng.uniform(0, 6)) for n in range(2, 8))
    return np.asarray(np.hypot(u, v) / (1 + wave) - 1 + 0.09 * noise(*x.shape, 40, seed + 1), np.float32)


def _mesh(height: int, width: int, size: float, seed: int) -> Plane:
    """A pigment network: lines between cells of about ``size`` pixels, 0..1."""
    rng = np.random.default_rng(seed)
    seeds = np.zeros((height, width), np.uint8)
    for top in np.arange(0, height, size):
        for left in np.arange(0, width, size):
            cx, cy = left + rng.uniform(0, size * 0.8), top + rng.uniform(0, size * 0.8)
            seeds[min(height - 1, int(cy)), min(width - 1, int(cx))] = 1
    distance = cv2.distanceTransform(1 - seeds, cv2.DIST_L2, 5) / size
    return cv2.GaussianBlur(ramp(np.asarray(distance, np.float32), 0.28, 0.62), (0, 0), 1.0).astype(np.float32)


def _hairs(canvas: Canvas, count: int, length: float, seed: int, colour: str, thick: float) -> None:
    height, width = canvas.shape[:2]
    rng = np.random.default_rng(seed)
    lines = [
        wander(
            (rng.uniform(0, width), rng.uniform(0, height)),
            rng.normal(0.9, 0.35),
            length * rng.uniform(0.5, 1),
            0.02,
            rng,
        )
        for _ in range(count)
    ]
    over(canvas, rgb(colour), strokes(height, width, lines, thick) * 0.7)
    shadows = [line + np.array([2.5, 3.5], np.float32) for line in lines]
    canvas *= (1 - 0.12 * strokes(height, width, shadows, thick, 1.5))[..., None]
