"""A scalp patch from near, and a thinning head from above."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from drawing.brush import Canvas, Plane, bump, finished, grid, lit, noise, over, plain, pores, ramp, rgb, strokes
from drawing.skin import light_up, surface


def patch_photo(height: int = 560, width: int = 840) -> NDArray[np.uint8]:
    """A round bare patch in dark hair, short new hairs at its rim."""
    canvas, relief = surface(height, width, "d9ab92", 8, 101)
    x, y = grid(height, width)
    cx, cy = width * 0.5, height * 0.5
    out = np.hypot((x - cx) / (width * 0.19), (y - cy) / (height * 0.235)) + 0.10 * noise(height, width, 90, 103)
    over(canvas, rgb("cf8d7b"), ramp(np.asarray(out, np.float32), 1.2, 0.3) * 0.35)
    light_up(canvas, relief + 26 * bump(x, y, cx - 40, cy - 30, width * 0.5, height * 0.5), 0.10)
    over(canvas, rgb("3a2a22"), ramp(np.asarray(out, np.float32), 0.95, 1.5) * 0.8)
    rng = np.random.default_rng(104)
    for layer, (colour, thick, alpha) in enumerate(
        (("130e0b", 1.0, 0.8), ("2b1f18", 1.0, 0.8), ("413024", 0.5, 0.75), ("1b1411", 0.5, 0.8), ("7a6350", 0.5, 0.5))
    ):
        lines = []
        for _ in range(3000 - 350 * layer):
            sx, sy = rng.uniform(-80, width + 80), rng.uniform(-80, height + 80)
            lines.append(_lock((sx, sy), rng, width, height, rng.uniform(70, 150)))
        cover = strokes(height, width, lines, thick, 0.6)
        bare = ramp(np.asarray(out + 0.16 * (rng.random() - 0.5), np.float32), 0.86, 1.16)
        over(canvas, rgb(colour), cover * bare * alpha)
    short = []
    for _ in range(260):
        angle, r = rng.uniform(0, 2 * np.pi), rng.uniform(0.2, 1.02) ** 0.5
        sx, sy = cx + r * width * 0.19 * np.cos(angle), cy + r * height * 0.235 * np.sin(angle)
        direction = rng.normal(0.5, 0.5)
        tip = (sx + rng.uniform(4, 11) * np.cos(direction), sy + rng.uniform(4, 11) * np.sin(direction))
        short.append(np.array([(sx, sy), tip], np.float32))
    over(canvas, rgb("3a2b22"), strokes(height, width, short, 0.7) * 0.65)
    canvas *= (1.05 - 0.35 * (((x - cx) / width) ** 2 + ((y - cy) / height) ** 2))[..., None]
    return finished(canvas, 0.002, 7)


def _lock(
    start: tuple[float, float], rng: np.random.Generator, width: int, height: int, length: float
) -> NDArray[np.float32]:
    """One hair combed to the lower right, turning gently with its place."""
    lean = 0.55 + 0.5 * np.sin(start[0] / width * 2.4) - 0.5 * (start[1] / height - 0.5)
    angle = lean + rng.normal(0, 0.13) + np.linspace(0, rng.normal(0.12, 0.12), 12)
    path = np.cumsum(np.stack([np.cos(angle), np.sin(angle)], 1) * length / 12, axis=0)
    return np.asarray(np.vstack([[0, 0], path]) + np.asarray(start), np.float32)


def vertex(side: int = 800) -> NDArray[np.uint8]:
    """A head from above, hair in a whorl around a thinning crown, shoulders and floor behind."""
    x, y = grid(side, side)
    canvas = _room(x, y, side)
    cx, cy = side * 0.5, side * 0.47
    wave = 0.018 * noise(side, side, 60, 121)
    head = np.asarray(np.hypot((x - cx) / (side * 0.285), (y - cy) / (side * 0.375)) + wave, np.float32)
    for sign in (-1, 1):  # ears
        ear = np.hypot((x - cx - sign * side * 0.285) / 26, (y - cy + 5) / 52)
        over(canvas, rgb("b98468"), ramp(np.asarray(ear, np.float32), 1.05, 0.9))
    canvas *= (
        1
        - 0.5
        * ramp(np.asarray(np.hypot((x - cx - 14) / (side * 0.31), (y - cy - 22) / (side * 0.4)), np.float32), 1.15, 0.9)
    )[..., None]
    scalp, relief = surface(side, side, "d3a186", 7, 123)
    dome = np.sqrt(np.clip(1 - np.minimum(head, 0.999) ** 2, 0, 1)) * side * 0.2
    light_up(scalp, np.asarray(relief + dome, np.float32), 0.12, 0.45)
    over(canvas, scalp, ramp(head, 1.0, 0.97))
    _hair(canvas, head, dome, (cx, cy + side * 0.10), side)
    return finished(np.asarray(cv2.GaussianBlur(canvas, (0, 0), 0.6), np.float32), 0.002, 8)


def _hair(canvas: Canvas, head: Plane, dome: Plane, crown: tuple[float, float], side: int) -> None:
    """Hairs that spiral out from the crown; around it and along the front they are sparse."""
    x, y = grid(side, side)
    thin = bump(x, y, crown[0], crown[1] - side * 0.03, side * 0.085, side * 0.095)
    thin = np.asarray(
        np.clip(thin + 0.5 * bump(x, y, crown[0], crown[1] - side * 0.3, side * 0.06, side * 0.14), 0, 1), np.float32
    )
    inside = ramp(head, 1.02, 0.96)
    over(canvas, rgb("241b17"), inside * (1 - ramp(thin, 0.12, 0.75)) * 0.88)
    rng = np.random.default_rng(131)
    shade = 0.5 + 0.7 * lit(np.asarray(dome, np.float32), depth=0.8)
    layers = (
        ("120d0b", 1.5, 1900, 0.8),
        ("2a1f1a", 1.2, 1900, 0.8),
        ("463527", 0.8, 1500, 0.7),
        ("7a614b", 0.5, 900, 0.6),
    )
    for colour, thick, count, alpha in layers:
        lines = []
        for _ in range(count):
            angle, r = rng.uniform(0, 2 * np.pi), rng.uniform(0.02, 1.0) ** 0.6
            sx, sy = (
                crown[0] + r * side * 0.34 * np.cos(angle),
                crown[1] - side * 0.08 + r * side * 0.42 * np.sin(angle),
            )
            px, py = int(np.clip(sx, 0, side - 1)), int(np.clip(sy, 0, side - 1))
            if head[py, px] < 1.0 and rng.random() > 0.86 * thin[py, px]:
                lines.append(_whorl((sx, sy), crown, rng, rng.uniform(40, 95)))
        tint = np.asarray(rgb(colour), np.float32) * shade[..., None]
        fringe = ramp(head + 0.02 * noise(side, side, 26, 133, 2), 1.055, 0.985)
        over(canvas, np.asarray(tint, np.float32), strokes(side, side, lines, thick, 0.6) * alpha * fringe)


def _whorl(
    start: tuple[float, float], crown: tuple[float, float], rng: np.random.Generator, length: float
) -> NDArray[np.float32]:
    """One hair that leaves the crown and turns clockwise as it goes."""
    points = [np.asarray(start, np.float64)]
    stray = rng.normal(0, 0.16)
    for _ in range(10):
        away = points[-1] - np.asarray(crown)
        far = float(np.hypot(*away))
        angle = np.arctan2(away[1], away[0]) + stray + 0.9 * np.exp(-far / 120) + 0.18
        points.append(points[-1] + length / 10 * np.array([np.cos(angle), np.sin(angle)]))
    return np.asarray(points, np.float32)


def _room(x: Plane, y: Plane, side: int) -> Canvas:
    """A pale floor with boards, and shoulders in a grey-green shirt below the head."""
    canvas = plain(side, side, rgb("cdbfae"))
    boards = np.asarray(np.abs(((x + 0.18 * y) / 112) % 1 - 0.5), np.float32)
    canvas *= (1 - 0.16 * ramp(boards, 0.485, 0.5) + 0.03 * noise(side, side, 200, 141))[..., None]
    grain = cv2.GaussianBlur(noise(side, side, 6, 142), (0, 0), sigmaX=0.8, sigmaY=9)
    canvas *= (1 + 0.05 * grain)[..., None]
    reach = np.asarray(np.hypot((x - side * 0.5) / (side * 0.47), (y - side * 0.74) / (side * 0.25)), np.float32)
    canvas *= (1 - 0.35 * ramp(reach, 1.2, 0.95))[..., None]
    shirt = plain(side, side, rgb("5f7f7a"))
    folds = 20 * noise(side, side, 150, 143, 2) + 60 * np.sqrt(np.clip(1 - np.minimum(reach, 1) ** 2, 0, 1))
    shirt *= (0.35 + 0.7 * lit(np.asarray(folds + 0.2 * pores(side, side, 4, 144), np.float32)))[..., None]
    over(canvas, shirt, ramp(reach, 1.0, 0.985))
    return canvas
