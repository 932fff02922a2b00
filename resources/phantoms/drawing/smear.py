"""A blood smear: red cells with pale centres, white cells of several types, platelets."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from drawing.brush import Canvas, Plane, finished, grid, noise, over, plain, ramp, rgb

_GLASS = rgb("efe9e4")
_RED = rgb("d3a19b")
_CHROMATIN = {
    "lymphocyte": ("543c8a", 0.2),
    "monocyte": ("6f569c", 0.32),
    "eosinophil": ("4a347f", 0.3),
    "basophil": ("6c559c", 0.15),
}
"""Colour of a nucleus, and how far its clumps and gaps stray from it: a monocyte's is loose."""
_USUAL_CHROMATIN = ("4f3a8c", 0.26)
_RED_RADIUS = 33.0

_PLASM = {
    "neutrophil": "e3c9d3",
    "band": "e2c6d2",
    "eosinophil": "cf9a9a",
    "basophil": "d2b8d4",
    "lymphocyte": "b0b4da",
    "monocyte": "b2adc6",
    "metamyelocyte": "e0c6d4",
    "myelocyte": "cdbfdb",
    "promyelocyte": "b3b2de",
}
_RADIUS = {"neutrophil": 53, "band": 55, "eosinophil": 55, "basophil": 50, "lymphocyte": 42, "monocyte": 63}
_YOUNG = {"metamyelocyte": 58, "myelocyte": 62, "promyelocyte": 70}
"""Radii of the stages before the band, drawn for the reference panel only: usual blood has none."""

_WHITE = (
    ("neutrophil", 210, 190),
    ("lymphocyte", 505, 118),
    ("neutrophil", 820, 250),
    ("monocyte", 1180, 170),
    ("eosinophil", 330, 470),
    ("neutrophil", 640, 520),
    ("band", 985, 545),
    ("lymphocyte", 1300, 470),
    ("neutrophil", 140, 730),
    ("basophil", 470, 765),
    ("neutrophil", 860, 775),
    ("monocyte", 1190, 765),
)


@dataclass(frozen=True)
class White:
    """A drawn white cell: its type and box (x, y, w, h) in pixels of the picture."""

    kind: str
    box: tuple[int, int, int, int]


def field(height: int = 900, width: int = 1440) -> tuple[NDArray[np.uint8], tuple[White, ...]]:
    """The field and the truth about its white cells."""
    rng = np.random.default_rng(7)
    canvas = _glass(height, width)
    whites = [(kind, x + rng.uniform(-6, 6), y + rng.uniform(-6, 6)) for kind, x, y in _WHITE]
    taken = [(x, y, _RADIUS[kind] + 3.0) for kind, x, y in whites]
    for x, y, radius in _places(rng, taken, height, width, 330):
        _red_cell(canvas, x, y, radius, rng)
    truth = []
    for index, (kind, x, y) in enumerate(whites):
        truth.append(White(kind, _white_cell(canvas, kind, x, y, 100 + index)))
    for x, y, radius in _places(rng, [*taken], height, width, 26, 5.5, 9.0, 0.0):
        _platelet(canvas, x, y, radius, rng)
    canvas = np.asarray(cv2.GaussianBlur(canvas, (0, 0), 0.9), np.float32)
    return finished(canvas, 0.002, 3), tuple(truth)


def scan(height: int, width: int, count: int, seed: int) -> tuple[NDArray[np.uint8], tuple[White, ...]]:
    """A stretch of a smear larger than a field, with up to ``count`` white cells that do not touch, and the truth.

    Fields cut out of it overlap as they do under a hand that moves the stage.
    """
    rng = np.random.default_rng(seed)
    canvas = _glass(height, width)
    kinds = rng.choice(list(_RADIUS), size=count, p=(0.5, 0.08, 0.06, 0.04, 0.22, 0.10))
    whites: list[tuple[str, float, float]] = []
    for kind in kinds:
        for _ in range(60):
            x, y = rng.uniform(70, width - 70), rng.uniform(70, height - 70)
            reach = _RADIUS[str(kind)] + 14
            if all((x - a) ** 2 + (y - b) ** 2 > (reach + _RADIUS[other]) ** 2 for other, a, b in whites):
                whites.append((str(kind), x, y))
                break
    taken = [(x, y, _RADIUS[kind] + 3.0) for kind, x, y in whites]
    for x, y, radius in _places(rng, taken, height, width, round(330 * height * width / (900 * 1440))):
        _red_cell(canvas, x, y, radius, rng)
    truth = [White(kind, _white_cell(canvas, kind, x, y, seed * 1000 + i)) for i, (kind, x, y) in enumerate(whites)]
    canvas = np.asarray(cv2.GaussianBlur(canvas, (0, 0), 0.9), np.float32)
    return finished(canvas, 0.002, seed), tuple(truth)


def single(side: int = 360) -> NDArray[np.uint8]:
    """One segmented neutrophil in the middle, red cells around it."""
    rng = np.random.default_rng(21)
    scale = 2
    canvas = _glass(side // scale, side // scale)
    middle = side / scale / 2
    for x, y, radius in ((8, 22, 32), (92, -12, 33), (168, 40, 31), (20, 150, 33), (100, 185, 32), (172, 132, 33)):
        _red_cell(canvas, x, y, radius, rng)
    canvas = np.asarray(cv2.resize(canvas, (side, side), interpolation=cv2.INTER_CUBIC), np.float32)
    _white_cell(canvas, "neutrophil", middle * scale, middle * scale, 108, scale)
    return finished(np.asarray(cv2.GaussianBlur(canvas, (0, 0), 1.2), np.float32), 0.002, 5)


def of_panel(kind: str, side: int = 176) -> NDArray[np.uint8]:
    """One cell of the reference panel in the middle of a square, a few red cells at its rim."""
    seed = 300 + sorted(_LOBES).index(kind)
    rng = np.random.default_rng(seed)
    canvas = _glass(side, side)
    middle = side / 2
    for x, y in ((4, 12), (side - 6, 4), (side + 2, side - 20), (10, side - 4)):
        _red_cell(canvas, x, y, _RED_RADIUS, rng)
    _white_cell(canvas, kind, middle, middle, seed)
    return finished(np.asarray(cv2.GaussianBlur(canvas, (0, 0), 0.9), np.float32), 0.002, seed)


def _glass(height: int, width: int) -> Canvas:
    canvas = plain(height, width, _GLASS)
    x, y = grid(height, width)
    corner = ((x / width - 0.48) ** 2 + (y / height - 0.52) ** 2) * 0.16
    canvas *= (1 - corner + 0.006 * noise(height, width, 220, 11))[..., None]
    return canvas


def _places(
    rng: np.random.Generator,
    taken: list[tuple[float, float, float]],
    height: int,
    width: int,
    count: int,
    least: float = _RED_RADIUS - 3,
    most: float = _RED_RADIUS + 3,
    overlap: float = 5.0,
) -> list[tuple[float, float, float]]:
    """Up to ``count`` discs that hardly overlap each other and never a white cell."""
    discs: list[tuple[float, float, float]] = []
    for _ in range(count * 14):
        x, y, radius = rng.uniform(-20, width + 20), rng.uniform(-20, height + 20), rng.uniform(least, most)
        free = all((x - a) ** 2 + (y - b) ** 2 > (radius + c) ** 2 for a, b, c in taken)
        if free and all((x - a) ** 2 + (y - b) ** 2 > (radius + c - overlap) ** 2 for a, b, c in discs):
            discs.append((x, y, radius))
        if len(discs) == count:
            break
    return discs


def _window(canvas: Canvas, cx: float, cy: float, reach: float) -> tuple[slice, slice, Plane, Plane] | None:
    """The part of the canvas around a point, with x and y relative to the point."""
    height, width = canvas.shape[:2]
    left, right = max(0, int(cx - reach)), min(width, int(cx + reach) + 1)
    top, bottom = max(0, int(cy - reach)), min(height, int(cy + reach) + 1)
    if left >= right or top >= bottom:
        return None
    x, y = grid(bottom - top, right - left, left - cx, top - cy)
    return slice(top, bottom), slice(left, right), x, y


def _red_cell(canvas: Canvas, cx: float, cy: float, radius: float, rng: np.random.Generator) -> None:
    """A disc that holds less in its middle; stain multiplies, so overlaps darken as they do under the lens."""
    tilt, squeeze = rng.uniform(0, np.pi), rng.uniform(0.88, 1.0)
    waves = rng.normal(0, 0.018, 3)
    pale = rng.uniform(0.45, 0.75)
    tint = np.asarray(_RED) * (1 + rng.normal(0, 0.015)) + rng.normal(0, 0.002, 3)
    part = _window(canvas, cx, cy, radius * 1.35)
    if part is None:
        return
    rows, columns, x, y = part
    u, v = x * np.cos(tilt) + y * np.sin(tilt), (y * np.cos(tilt) - x * np.sin(tilt)) / squeeze
    angle = np.arctan2(v, u)
    wobble = 1 + sum(wave * np.cos((index + 2) * angle + index) for index, wave in enumerate(waves))
    r = np.hypot(u, v) / (radius * wobble)
    thick = ramp(r, 1.03, 0.95) * (1 - pale * ramp(r, 0.62, 0.12)) + 0.16 * np.exp(-(((r - 0.95) / 0.035) ** 2))
    held = np.asarray(thick, np.float32)[..., None]
    canvas[rows, columns] *= (tint / np.asarray(_GLASS)) ** held


def _platelet(canvas: Canvas, cx: float, cy: float, radius: float, rng: np.random.Generator) -> None:
    part = _window(canvas, cx, cy, radius * 1.8)
    if part is None:
        return
    rows, columns, x, y = part
    angle = np.arctan2(y, x)
    wobble = 1 + 0.14 * np.cos(3 * angle + rng.uniform(0, 6)) + 0.1 * np.cos(5 * angle + rng.uniform(0, 6))
    inside = ramp(np.asarray(np.hypot(x, y) / (radius * wobble), np.float32), 1.1, 0.75)
    grains = ramp(noise(*x.shape, 4, int(rng.integers(1 << 30))), -0.5, 0.8)
    over(canvas[rows, columns], rgb("c3a6cc"), inside * 0.75)
    over(canvas[rows, columns], rgb("7d4f9c"), inside * inside * grains * 0.8)


def _white_cell(
    canvas: Canvas, kind: str, cx: float, cy: float, seed: int, scale: float = 1
) -> tuple[int, int, int, int]:
    """Draw one white cell; returns its box."""
    rng = np.random.default_rng(seed)
    radius = (_RADIUS | _YOUNG)[kind] * scale * rng.uniform(0.96, 1.04)
    part = _window(canvas, cx, cy, radius * 1.35)
    assert part is not None, "white cells are placed inside the field"
    rows, columns, x, y = part
    angle = np.arctan2(y, x)
    uneven = 0.035 if kind == "monocyte" else 0.014  # it spreads on the glass as it likes
    wobble = 1 + sum(a * np.cos((i + 2) * angle + rng.uniform(0, 6)) for i, a in enumerate(rng.normal(0, uneven, 4)))
    r = np.asarray(np.hypot(x, y) / (radius * wobble), np.float32)
    body = ramp(r, 1.02, 0.96)
    cloud = noise(*x.shape, 14 * scale, seed)
    plasm = np.asarray(rgb(_PLASM[kind]), np.float32) * (1 + 0.035 * cloud - 0.10 * ramp(r, 0.75, 1.0))[..., None]
    view = canvas[rows, columns]
    over(view, plasm, body * 0.94)
    _granules(view, kind, body, r, seed, scale)
    if kind == "monocyte":
        holes = ramp(noise(*x.shape, 9 * scale, seed + 8, 1), 0.55, 0.75)
        over(view, rgb("dcd8e4"), holes * ramp(r, 0.92, 0.8) * 0.8)
    _nucleus(view, kind, x / scale, y / scale, radius / scale, seed, scale)
    if kind in ("basophil", "promyelocyte"):  # coarse granules lie over the nucleus too
        spots = ramp(noise(*x.shape, 5 * scale, seed + 5, 2), 0.25, 0.5)
        over(view, rgb("35205e"), spots * ramp(r, 1.0, 0.85) * (0.75 if kind == "basophil" else 0.35))
    solid = np.argwhere(body > 0.5)
    (top, left), (bottom, right) = solid.min(axis=0), solid.max(axis=0)
    return columns.start + int(left), rows.start + int(top), int(right - left) + 1, int(bottom - top) + 1


def _granules(view: Canvas, kind: str, body: Plane, r: Plane, seed: int, scale: float) -> None:
    if kind == "lymphocyte":
        return
    size, low, colour, strength = {
        "eosinophil": (3.4, -0.5, "b4605a", 0.7),
        "basophil": (5.2, -0.3, "43266f", 0.85),
        "monocyte": (3.0, 0.1, "a497bd", 0.5),
        "promyelocyte": (5.0, 0.1, "6b3f96", 0.75),
        "myelocyte": (4.2, 0.1, "9a6a9e", 0.6),
    }.get(kind, (3.6, 0.1, "b987a8", 0.5))
    spots = ramp(noise(*r.shape, size * scale, seed + 2, 2), low, low + 0.6)
    over(view, rgb(colour), spots * body * ramp(r, 0.99, 0.86) * strength)


def _nucleus(view: Canvas, kind: str, x: Plane, y: Plane, radius: float, seed: int, scale: float) -> None:
    """The nucleus: round lobes in a row, joined by bridges of the width its type has."""
    rng = np.random.default_rng(seed + 1)
    turn = rng.uniform(0, 2 * np.pi)
    u = np.asarray((x * np.cos(turn) + y * np.sin(turn)) / radius, np.float32)
    v = np.asarray((y * np.cos(turn) - x * np.sin(turn)) / radius, np.float32)
    u = u + 0.045 * noise(*u.shape, 16 * scale, seed + 6, 2)  # no drawn circle stays a circle
    v = v + 0.045 * noise(*v.shape, 16 * scale, seed + 7, 2)
    shapes, bridge = _LOBES[kind]
    lobes = shapes[seed % len(shapes)]
    outside = np.full_like(u, 9.0)
    for index, (cx, cy, size) in enumerate(lobes):
        lean = rng.uniform(0, np.pi)
        a, b = (u - cx) * np.cos(lean) + (v - cy) * np.sin(lean), (v - cy) * np.cos(lean) - (u - cx) * np.sin(lean)
        outside = _melt(outside, np.hypot(a / 1.12, b * 1.06) - size)
        if index:
            width = bridge * min(size, lobes[index - 1][2])
            outside = _melt(outside, _bar(u, v, lobes[index - 1], lobes[index]) - width)
    inside = ramp(np.asarray(outside, np.float32), 0.025, -0.025)
    clumps = noise(*u.shape, 6 * scale, seed + 4, 2)
    colour, loose = _CHROMATIN.get(kind, _USUAL_CHROMATIN)
    depth = 1 + loose * clumps + 0.12 * ramp(np.asarray(outside, np.float32), -0.02, -0.3)
    over(view, np.asarray(np.asarray(rgb(colour), np.float32) * depth[..., None], np.float32), inside * 0.96)


def _melt(one: Plane, other: Plane, reach: float = 0.09) -> Plane:
    """The nearer of two distances, rounded where they meet (polynomial smooth minimum, Quilez)."""
    blend = np.clip(0.5 + 0.5 * (other - one) / reach, 0, 1)
    return np.asarray(other * (1 - blend) + one * blend - reach * blend * (1 - blend), np.float32)


def _bar(u: Plane, v: Plane, one: tuple[float, float, float], other: tuple[float, float, float]) -> Plane:
    """Distance to the straight line between two lobes."""
    du, dv = other[0] - one[0], other[1] - one[1]
    t = np.clip(((u - one[0]) * du + (v - one[1]) * dv) / (du * du + dv * dv), 0, 1)
    return np.asarray(np.hypot(u - one[0] - t * du, v - one[1] - t * dv), np.float32)


_Lobes = tuple[tuple[float, float, float], ...]
_LOBES: dict[str, tuple[tuple[_Lobes, ...], float]] = {
    "neutrophil": (
        (
            ((-0.52, -0.10, 0.24), (-0.14, -0.50, 0.22), (0.40, -0.32, 0.26), (0.34, 0.36, 0.25)),
            ((-0.50, 0.24, 0.29), (-0.20, -0.44, 0.28), (0.46, -0.02, 0.30)),
            ((-0.34, -0.48, 0.23), (-0.50, 0.14, 0.26), (0.10, 0.46, 0.25), (0.50, -0.08, 0.26)),
        ),
        0.22,
    ),
    "band": (
        (((-0.34, -0.42, 0.24), (-0.48, 0.05, 0.23), (-0.18, 0.42, 0.24), (0.26, 0.44, 0.23), (0.50, 0.06, 0.25)),),
        0.9,
    ),
    "eosinophil": ((((-0.40, -0.14, 0.40), (0.36, 0.20, 0.38)),), 0.25),
    "basophil": ((((-0.25, -0.10, 0.40), (0.28, 0.15, 0.38)),), 0.9),
    "metamyelocyte": ((((-0.20, -0.38, 0.34), (-0.34, 0.02, 0.34), (-0.16, 0.38, 0.34)),), 0.95),
    "myelocyte": ((((-0.20, 0.06, 0.56),),), 1.0),
    "promyelocyte": ((((-0.10, 0.04, 0.68),),), 1.0),
    "lymphocyte": ((((0.05, 0.03, 0.84),), ((-0.06, 0.0, 0.82),)), 1.0),
    "monocyte": (
        (
            ((0.06, -0.44, 0.36), (-0.28, -0.10, 0.44), (-0.16, 0.32, 0.42), (0.24, 0.42, 0.32)),
            ((-0.46, 0.16, 0.34), (-0.28, -0.22, 0.44), (0.20, -0.26, 0.44), (0.44, 0.14, 0.34)),
        ),
        1.0,
    ),
}
