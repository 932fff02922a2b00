"""Do two fields of a smear show the same place, and how far apart do they lie?

Both are looked at as small grey copies with the lamp taken out (a high-pass), and compared at every shift at once: the
normalised cross-correlation of what overlaps (Lewis 1995, by Fourier transform, energies of the overlap from summed
areas). Red cells repeat and look alike, so the best shift alone says nothing: it is taken only if it is good in itself
and stands out from all others.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels

LONGEST = 320
"""Pixels of a small copy's longer side: a red cell of a 1440 pixel field is 15 of them."""

LEAST_SHARE = 0.07
"""The least part of a field that must overlap to be recognised."""

SURE_MATCH = 0.80
LEAST_MATCH, CLEAR_LEAD = 0.50, 2.0
"""The correlation at the best shift from which on it counts by itself, and a lower one that counts when no other shift
comes near: it is so many times the best elsewhere. Set on 24 fields of each of four sources, relit, halves of one field
and fields of others against overlapping crops (tests/benchmarks/smear_overlaps.py has the others): what did not overlap
reached 0.77, and 0.74 at a lead of 1.5 at most; what did had 0.84 and more, or on pale films 0.68 at a lead of 4."""

_COARSER = 4.0

_BLUR = 7.0
"""Pixels of the small copy: the high-pass keeps cells and takes out lamp, vignette and thickness of the film."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class View:
    """A field as registration sees it. ``scale``: pixels of the field per pixel of the copy; ``alike``: so many pixels
    of the copy say no more than one, since neighbours are alike."""

    plane: Floats = field(repr=False)
    scale: float
    spectrum: Floats = field(repr=False)
    energy: NDArray[np.float64] = field(repr=False)
    alike: float = 25.0

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the small copy."""
        return self.plane.shape[1], self.plane.shape[0]


@dataclass(frozen=True)
class Match:
    """Where the second field's top left corner lies in the first one's pixels, and how well that fits.

    ``match`` is the correlation of the overlap, ``lead`` that over the best at any other shift, ``share`` the
    overlap's part of a field.
    """

    x: int
    y: int
    match: float
    lead: float
    share: float

    @property
    def sure(self) -> bool:
        return self.match >= SURE_MATCH or (self.match >= LEAST_MATCH and self.lead >= CLEAR_LEAD)


def small_copy(pixels: Pixels) -> NDArray[np.uint8]:
    """The grey copy that is kept of a field, longer side ``LONGEST`` at most: green, where all stains show most."""
    height, width = pixels.shape[:2]
    scale = max(height, width) / LONGEST
    size = (max(1, round(width / scale)), max(1, round(height / scale))) if scale > 1 else (width, height)
    return np.asarray(cv2.resize(pixels[:, :, 1], size, interpolation=cv2.INTER_AREA), np.uint8)


def coarse_view(small: NDArray[np.uint8], width: int) -> View:
    """A view of a quarter of the small copy: a thirtieth of the work, good enough to say which fields may overlap."""
    height, long = small.shape
    size = max(1, round(long / _COARSER)), max(1, round(height / _COARSER))
    shrunk = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_AREA), np.uint8)
    return view(shrunk, width, _COARSER)


def view(small: NDArray[np.uint8], width: int, coarser: float = 1.0) -> View:
    """What is compared of a small copy; ``width`` is that of the field."""
    light = np.log(small.astype(np.float32) + 8.0)
    plane = light - cv2.GaussianBlur(light, (0, 0), _BLUR / coarser, borderType=cv2.BORDER_REFLECT_101)
    # one dark nucleus must not outweigh a hundred red cells
    spread = float(np.median(np.abs(plane))) * 1.4826 + 1e-4
    plane = np.clip(plane / spread, -4, 4).astype(np.float32)
    plane -= plane.mean()
    height, long = plane.shape
    padded = np.zeros((cv2.getOptimalDFTSize(2 * height), cv2.getOptimalDFTSize(2 * long)), np.float32)
    padded[:height, :long] = plane
    return View(
        plane,
        width / long,
        np.asarray(cv2.dft(padded), np.float32),
        cv2.integral(plane * plane),
        max(2.0, 25.0 / coarser**2),
    )


def matched(one: View, other: View) -> Match | None:
    """The best shift of the second field against the first; None when they differ in size. Look at ``sure``."""
    if one.size != other.size or one.spectrum.shape != other.spectrum.shape:
        return None
    surface, shifts = _surface(one, other)
    best = int(np.argmax(surface))
    row, column = divmod(best, surface.shape[1])
    match = float(surface[row, column])
    if match <= 0:
        return None
    dx, dy = _refined(surface, row, column)
    width, height = one.size
    elsewhere = surface.copy()
    elsewhere[max(0, row - 5) : row + 6, max(0, column - 5) : column + 6] = -1
    lead = match / max(float(elsewhere.max()), 1e-6)
    x, y = shifts[1][column] + dx, shifts[0][row] + dy
    share = (1 - abs(x) / width) * (1 - abs(y) / height)
    return Match(round(x * one.scale), round(y * one.scale), match, lead, share)


def _surface(one: View, other: View) -> tuple[Floats, tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """The correlation of the overlap at every shift with enough of it, and the shifts (rows, columns)."""
    width, height = one.size
    rows, columns = one.spectrum.shape
    product = cv2.mulSpectrums(one.spectrum, other.spectrum, 0, conjB=True)
    cross = cv2.idft(product, flags=cv2.DFT_SCALE | cv2.DFT_REAL_OUTPUT)
    dy, dx = np.arange(-height + 1, height), np.arange(-width + 1, width)
    area = (height - np.abs(dy))[:, None] * (width - np.abs(dx))[None, :]
    # Shifts whose overlap is too small lie in the corners: what is left of each row and column is looked at.
    enough = area >= LEAST_SHARE * width * height
    dy, dx = dy[enough.any(axis=1)], dx[enough.any(axis=0)]
    area, enough = area[np.ix_(enough.any(axis=1), enough.any(axis=0))], enough[np.ix_(enough.any(1), enough.any(0))]
    sums = cross[np.ix_(dy % rows, dx % columns)]
    energy = _energies(one.energy, dy, dx, width, height) * _energies(other.energy, -dy, -dx, width, height)
    found = sums / np.sqrt(np.maximum(energy, 1e-9))
    # A small overlap correlates by chance: what counts is the lower end of what it may be, 1.5 standard errors down.
    found -= 1.5 * (1 - np.minimum(found * found, 1)) / np.sqrt(np.maximum(area / one.alike, 1.0))
    return np.asarray(np.where(enough, found, -1.0), np.float32), (dy, dx)


def _energies(
    summed: NDArray[np.float64], dy: NDArray[np.int64], dx: NDArray[np.int64], width: int, height: int
) -> NDArray[np.float64]:
    """The squares of a field summed over what overlaps at each shift of the other one."""
    top, bottom = np.maximum(dy, 0), np.minimum(dy + height, height)
    left, right = np.maximum(dx, 0), np.minimum(dx + width, width)
    part = summed[np.ix_(bottom, right)] - summed[np.ix_(top, right)]
    return np.asarray(part - summed[np.ix_(bottom, left)] + summed[np.ix_(top, left)], np.float64)


def _refined(surface: Floats, row: int, column: int) -> tuple[float, float]:
    """The peak between pixels: the vertex of a parabola through it and its neighbours, each way."""

    def vertex(low: float, middle: float, high: float) -> float:
        bend = low - 2 * middle + high
        return 0.5 * (low - high) / bend if bend < -1e-9 else 0.0

    rows, columns = surface.shape
    dx = vertex(*surface[row, column - 1 : column + 2]) if 0 < column < columns - 1 else 0.0
    dy = vertex(*surface[row - 1 : row + 2, column]) if 0 < row < rows - 1 else 0.0
    return float(np.clip(dx, -0.5, 0.5)), float(np.clip(dy, -0.5, 0.5))
