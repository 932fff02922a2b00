"""Bad pictures made of good ones, kind by kind and step by step, as a clinic's cameras make them.

Lengths are shares of the region's short side (of several parts the median), so that a strength means the same to a
model whatever the camera. Light is added and taken away in linear sRGB. Everything drawn by chance follows from
the seed that the caller gives.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box, Region

ROOM = 0.6
"""How much of the surroundings stays, in sizes of the region on every side."""
SIDE = 224
"""Short side of the region in what is degraded, pixels, at most: no check and no model looks at more."""
_AIRLIGHT = 215
"""Grey level of the veil that a smeared lens lays over a picture."""


@dataclass(frozen=True, eq=False)
class View:
    """A picture around its region."""

    pixels: Pixels
    region: Region

    @property
    def side(self) -> float:
        """Short side of the region, pixels."""
        return float(np.median([min(box.w, box.h) for box in self.region.boxes]))


def around(pixels: Pixels, region: Region) -> View:
    """What is degraded: the region with its surroundings, no larger than it need be."""
    height, width = pixels.shape[:2]
    seen = region.box.padded(ROOM).clipped(width, height)
    view = View(pixels[seen.y : seen.bottom, seen.x : seen.right], _moved(region, -seen.x, -seen.y))
    return scaled(view, min(1.0, SIDE / view.side))


def scaled(view: View, by: float) -> View:
    """The same view with fewer pixels."""
    if by >= 1:
        return view
    height, width = view.pixels.shape[:2]
    size = (max(1, round(width * by)), max(1, round(height * by)))
    small = cv2.resize(view.pixels, size, interpolation=cv2.INTER_AREA)

    def box(large: Box) -> Box:
        return Box(
            round(large.x * by), round(large.y * by), max(1, round(large.w * by)), max(1, round(large.h * by))
        ).clipped(*size)

    outlines = tuple(tuple((round(x * by), round(y * by)) for x, y in line) for line in view.region.outlines)
    region = replace(view.region, box=box(view.region.box), parts=tuple(map(box, view.region.parts)), outlines=outlines)
    return View(np.asarray(small, np.uint8), region)


def _moved(region: Region, x: int, y: int) -> Region:
    def box(old: Box) -> Box:
        return Box(old.x + x, old.y + y, old.w, old.h)

    outlines = tuple(tuple((px + x, py + y) for px, py in line) for line in region.outlines)
    return replace(region, box=box(region.box), parts=tuple(map(box, region.parts)), outlines=outlines)


# --- the kinds -------------------------------------------------------------------------------------------------------


def defocus(view: View, strength: float, _rng: np.random.Generator) -> View:
    """A disc, as an aperture makes it, of that diameter."""
    size = max(1.0, strength * view.side)
    reach = int(np.ceil(size / 2)) + 1
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(size / 2 + 0.5 - np.hypot(x, y), 0, 1)
    return _filtered(view, disc)


def moved(view: View, strength: float, rng: np.random.Generator) -> View:
    """A straight line of that length, in any direction."""
    length = max(1.0, strength * view.side)
    reach = int(np.ceil(length / 2)) + 1
    angle = rng.uniform(0, np.pi)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    return _filtered(view, np.clip(length / 2 + 0.5 - np.abs(along), 0, 1) * np.clip(1 - np.abs(across), 0, 1))


def smeared(view: View, strength: float, _rng: np.random.Generator) -> View:
    """Grease on the lens: that share of the light is scattered over a sixth of the region, a third of it everywhere."""
    light = view.pixels.astype(np.float32)
    near = cv2.GaussianBlur(light, (0, 0), max(1.0, view.side / 6))
    veil = (2 * near + _AIRLIGHT) / 3
    return _of(view, (1 - strength) * light + strength * veil)


def dark(view: View, strength: float, rng: np.random.Generator) -> View:
    """So many stops less light, and the noise of a sensor (2 grey levels) that does not grow less with it."""
    return _of(view, _exposed(view.pixels, 0.5**strength) + rng.normal(0, 2, view.pixels.shape))


def grainy(view: View, strength: float, rng: np.random.Generator) -> View:
    """A camera that makes up for darkness: noise of so many grey levels."""
    return _of(view, view.pixels + rng.normal(0, strength, view.pixels.shape))


def bright(view: View, strength: float, _rng: np.random.Generator) -> View:
    """So many stops more light."""
    return _of(view, _exposed(view.pixels, 2.0**strength))


def glaring(view: View, strength: float, rng: np.random.Generator) -> View:
    """Soft white spots, one to three in each part, that cover that share of it together."""
    pixels = view.pixels.astype(np.float32)
    for box in view.region.boxes:
        shares = rng.dirichlet([3.0] * rng.integers(1, 4)) * strength
        for share in shares:
            stretch = rng.uniform(1, 2)
            radius = np.sqrt(share * box.w * box.h / np.pi)
            x = box.x + box.w * rng.uniform(0.25, 0.75)
            y = box.y + box.h * rng.uniform(0.25, 0.75)
            _spot(pixels, x, y, radius * np.sqrt(stretch), radius / np.sqrt(stretch), rng.uniform(0, np.pi))
    return _of(view, pixels)


def warm(view: View, strength: float, _rng: np.random.Generator) -> View:
    """Lamp light: red times the strength, blue by it."""
    return _of(view, _exposed(view.pixels, strength, 1, 1 / strength))


def cold(view: View, strength: float, _rng: np.random.Generator) -> View:
    """Sky light: blue times the strength, red by it."""
    return _of(view, _exposed(view.pixels, 1 / strength, 1, strength))


def green(view: View, strength: float, _rng: np.random.Generator) -> View:
    """Tubes: green times the root of the strength, red and blue by it."""
    root = np.sqrt(strength)
    return _of(view, _exposed(view.pixels, 1 / root, root, 1 / root))


def far(view: View, strength: float, _rng: np.random.Generator) -> View:
    """Too far away: the region's short side has so many pixels."""
    return scaled(view, strength / view.side)


def squeezed(view: View, strength: float, _rng: np.random.Generator) -> View:
    """Saved as JPEG at that quality."""
    _, data = cv2.imencode(".jpg", view.pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(strength)])
    return View(np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1]), view.region)


@dataclass(frozen=True)
class Kind:
    """``none`` is the strength that changes nothing, ``steps`` lead from hardly to worse than anybody would keep.

    ``unit`` is what a strength is written with.
    """

    make: Callable[[View, float, np.random.Generator], View]
    none: float
    steps: tuple[float, ...]
    unit: str


_CASTS = (1.1, 1.2, 1.35, 1.55, 1.8, 2.2)

KINDS = {
    "defocus": Kind(defocus, 0, (0.02, 0.035, 0.06, 0.1, 0.15, 0.22, 0.32), "% of the region"),
    "movement": Kind(moved, 0, (0.03, 0.06, 0.1, 0.16, 0.25, 0.4, 0.6), "% of the region"),
    "smeared lens": Kind(smeared, 0, (0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9), "% of the light"),
    "too dark": Kind(dark, 0, (1, 2, 3, 4, 5, 6), "stops"),
    "grain": Kind(grainy, 0, (5, 10, 17, 25, 40, 60), "grey levels"),
    "too bright": Kind(bright, 0, (0.5, 1, 1.5, 2, 2.5, 3, 4), "stops"),
    "glare": Kind(glaring, 0, (0.03, 0.06, 0.1, 0.18, 0.3, 0.45), "% of the region"),
    "warm light": Kind(warm, 1, _CASTS, "times red over green"),
    "cold light": Kind(cold, 1, _CASTS, "times blue over green"),
    "green light": Kind(green, 1, _CASTS, "times green over red"),
    "too far": Kind(far, 128, (96, 64, 48, 32, 24, 16, 10), "pixels"),
    "JPEG": Kind(squeezed, 95, (60, 40, 25, 15, 8, 4), "quality"),
}


def degraded(view: View, kind: str, strength: float, name: str) -> View:
    """``view`` made worse; ``name`` of the picture fixes what is drawn by chance."""
    seed = [ord(letter) for letter in kind + name]
    return KINDS[kind].make(view, strength, np.random.default_rng(seed))


def words(kind: str, strength: float) -> str:
    """A strength with its unit."""
    unit = KINDS[kind].unit
    return f"{100 * strength:.3g} {unit}" if unit.startswith("%") else f"{strength:.3g} {unit}"


# --- light -----------------------------------------------------------------------------------------------------------


def _filtered(view: View, kernel: NDArray[np.float64]) -> View:
    return _of(view, cv2.filter2D(view.pixels, cv2.CV_32F, kernel / kernel.sum(), borderType=cv2.BORDER_REFLECT_101))


def _exposed(pixels: Pixels, *gains: float) -> NDArray[np.float32]:
    """Light times ``gains`` (one, or red, green, blue), in linear sRGB."""
    encoded = np.arange(256) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    tables = []
    for gain in gains if len(gains) == 3 else gains * 3:
        light = np.clip(linear * gain, 0, 1)
        tables.append(np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055))
    return np.asarray(cv2.LUT(pixels, np.stack(tables, axis=-1)[None].astype(np.float32) * 255), np.float32)


def _spot(pixels: NDArray[np.float32], x: float, y: float, long: float, short: float, angle: float) -> None:
    ys, xs = np.mgrid[: pixels.shape[0], : pixels.shape[1]]
    along = (xs - x) * np.cos(angle) + (ys - y) * np.sin(angle)
    across = (ys - y) * np.cos(angle) - (xs - x) * np.sin(angle)
    away = np.hypot(along / long, across / short)
    light = np.clip((1.1 - away) / 0.2, 0, 1)[..., None].astype(np.float32)
    pixels += light * (255 - pixels)


def _of(view: View, pixels: NDArray[np.floating]) -> View:
    return View(np.clip(np.rint(pixels), 0, 255).astype(np.uint8), view.region)
