"""The tools every phantom is drawn with: noise, soft shapes, light on a relief, strokes.

Colours are sRGB 0..1, canvases float32 (height, width, 3), planes float32 (height, width).
Nothing here draws by chance: every random number comes from a seed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Canvas = NDArray[np.float32]
Plane = NDArray[np.float32]
Colour = tuple[float, float, float]
XY = tuple[float, float]


def rgb(code: str) -> Colour:
    """``"c98f6b"`` as 0..1."""
    return int(code[0:2], 16) / 255, int(code[2:4], 16) / 255, int(code[4:6], 16) / 255


def plain(height: int, width: int, colour: Colour) -> Canvas:
    """A canvas of one colour."""
    return np.full((height, width, 3), colour, np.float32)


def grid(height: int, width: int, left: float = 0, top: float = 0, step: float = 1) -> tuple[Plane, Plane]:
    """X and y of every pixel's centre, in units of ``step`` per pixel from (left, top)."""
    x = (np.arange(width, dtype=np.float32) + 0.5) * step + left
    y = (np.arange(height, dtype=np.float32) + 0.5) * step + top
    xs, ys = np.meshgrid(x, y)
    return xs, ys


def ramp(value: Plane, start: float, stop: float) -> Plane:
    """0 at ``start``, 1 at ``stop``, smooth between (either way round)."""
    t = np.clip((value - start) / (stop - start), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def bump(x: Plane, y: Plane, cx: float, cy: float, sx: float, sy: float) -> Plane:
    """A Gaussian hill of height 1."""
    return np.asarray(np.exp(-0.5 * (((x - cx) / sx) ** 2 + ((y - cy) / sy) ** 2)), np.float32)


def noise(height: int, width: int, size: float, seed: int, octaves: int = 3) -> Plane:
    """Cloudy noise with mean 0 and about -1..1; ``size`` is the largest cloud in pixels."""
    rng = np.random.default_rng(seed)
    out = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        cell = max(size / 2**octave, 1.0)
        coarse = rng.normal(size=(int(height / cell) + 4, int(width / cell) + 4)).astype(np.float32)
        fine = cv2.resize(coarse, None, fx=cell, fy=cell, interpolation=cv2.INTER_CUBIC)
        out += fine[:height, :width] / 2**octave
    return np.asarray(out / 2.2, np.float32)


def over(canvas: Canvas, colour: Colour | Canvas, alpha: Plane) -> None:
    """Paint a colour (or another canvas) over the canvas where ``alpha`` (0..1) says."""
    cover = alpha[..., None]
    canvas *= 1 - cover
    canvas += np.asarray(colour, np.float32) * cover


def lit(height_map: Plane, light: tuple[float, float, float] = (-0.45, -0.6, 0.75), depth: float = 1.0) -> Plane:
    """Lambert's share of light on a relief (height in pixels): 1 where the surface faces the lamp."""
    dx = cv2.Sobel(height_map, cv2.CV_32F, 1, 0, ksize=3) / 8 * depth
    dy = cv2.Sobel(height_map, cv2.CV_32F, 0, 1, ksize=3) / 8 * depth
    lx, ly, lz = np.asarray(light) / np.linalg.norm(light)
    return np.asarray((lz - lx * dx - ly * dy) / np.sqrt(1 + dx * dx + dy * dy), np.float32)


def shine(height_map: Plane, hard: float, light: tuple[float, float, float] = (-0.45, -0.6, 0.75)) -> Plane:
    """Blinn's highlight on a relief, 0..1; a larger ``hard`` makes a smaller spot."""
    half = np.asarray(light) / np.linalg.norm(light) + np.array([0, 0, 1.0])
    return np.asarray(np.clip(lit(height_map, (half[0], half[1], half[2])), 0, 1) ** hard, np.float32)


def curve(points: Sequence[XY], closed: bool = False, steps: int = 16) -> NDArray[np.float32]:
    """A Catmull-Rom curve through the points, shape (n, 2)."""
    p = np.asarray(points, np.float32)
    p = np.vstack([p[-1:], p, p[:2]]) if closed else np.vstack([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    t = np.linspace(0, 1, steps, endpoint=False, dtype=np.float32)[:, None]
    parts = []
    for a, b, c, d in zip(p[:-3], p[1:-2], p[2:-1], p[3:], strict=True):
        bend = (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
        parts.append(0.5 * (2 * b + (c - a) * t + bend))
    return np.asarray(np.vstack(parts if closed else [*parts, p[-2:-1]]), np.float32)


def patch(height: int, width: int, outline: NDArray[np.float32], soft: float = 1.0) -> Plane:
    """0..1 inside a closed outline (pixels), its edge blurred by ``soft`` pixels."""
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [np.round(outline * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    out = mask.astype(np.float32) / 255
    return np.asarray(cv2.GaussianBlur(out, (0, 0), soft) if soft > 0 else out, np.float32)


def strokes(height: int, width: int, lines: Iterable[NDArray[np.float32]], thick: float, soft: float = 0.5) -> Plane:
    """0..1 coverage of hair-like lines; drawn at twice the size so that 0.5 is a thin hair."""
    mask = np.zeros((2 * height, 2 * width), np.uint8)
    drawn = [np.round(line * 32).astype(np.int32) for line in lines]
    cv2.polylines(mask, drawn, False, 255, max(1, round(2 * thick)), cv2.LINE_AA, 4)
    small = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return np.asarray(cv2.GaussianBlur(small, (0, 0), soft) if soft > 0 else small, np.float32)


def wander(start: XY, angle: float, length: float, bend: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """A line that sets out at ``angle`` (radians) and strays: a vein, a hair."""
    steps = max(3, int(length / 4))
    turns = angle + np.cumsum(rng.normal(0, bend, steps))
    path = np.cumsum(np.stack([np.cos(turns), np.sin(turns)], 1) * (length / steps), axis=0)
    return np.asarray(np.vstack([[0, 0], path]) + np.asarray(start), np.float32)


def pores(height: int, width: int, size: float, seed: int) -> Plane:
    """The fine relief of skin: cells of about ``size`` pixels parted by creases, roughly -1..1."""
    rng = np.random.default_rng(seed)
    cells = (rng.random((height, width)) < 1 / size**2).astype(np.uint8)
    distance = cv2.distanceTransform(1 - cells, cv2.DIST_L2, 5) / size
    return np.asarray(cv2.GaussianBlur(np.clip(1 - 1.6 * distance, -1, 1).astype(np.float32), (0, 0), 0.8), np.float32)


def linear(canvas: Canvas) -> Canvas:
    """A canvas in linear light (IEC 61966-2-1)."""
    return np.asarray(np.where(canvas <= 0.04045, canvas / 12.92, ((canvas + 0.055) / 1.055) ** 2.4), np.float32)


def encoded(light: Canvas) -> Canvas:
    """Linear light as a canvas."""
    curve = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)
    return np.asarray(curve, np.float32)


def finished(canvas: Canvas, grain: float = 0.004, seed: int = 1) -> NDArray[np.uint8]:
    """The canvas as 8-bit RGB, with the faint grain of a sensor."""
    height, width = canvas.shape[:2]
    rng = np.random.default_rng(seed)
    speck = cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 0.7)
    return np.asarray(np.clip((canvas + grain * speck[..., None]) * 255 + 0.5, 0, 255), np.uint8)
