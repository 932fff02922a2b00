"""An empty, well lit microscope field: how even the light is, and of what colour."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.correction import Gains
from clinoscope.domain.picture import Pixels
from clinoscope.regions.light import BURNT, balanced, linear

COLUMNS, ROWS = 12, 9
"""Cells of the grid. Light that falls off by a third towards the corners is met to half a percent between them."""
_FINE = 8
"""Squares across a cell, whose median is the cell's light: a speck of dust is a square or two."""

_MAX_BURNT = 0.005
_MIN_LIGHT = 0.15
"""Mean linear light: an empty field is the brightest that a picture of this microscope can have."""
_MAX_FALL = 0.45
"""Darkest cell over the brightest: below, the condenser is off its place, and the corners would be brightened noise."""
_MAX_ROUGH = 0.02
"""Typical difference between neighbouring squares, over their light: cells, stain and dirt are rougher than glass."""
_MAX_CAST = 3.0

IS_BURNT = "The field is burnt out: lower the lamp or the exposure until it is just not white, and take it again."
TOO_DARK = "The field is too dark: open the diaphragm or turn up the lamp, and take it again."
NOT_EMPTY = "The field is not empty: move to a place without cells and stain, blur it a little, and take it again."
UNEVEN = "The light is not centred: set up the condenser, and take it again."
COLOURED = "The light is strongly coloured: take the colour filter out, or set the camera's white balance first."


@dataclass(frozen=True, kw_only=True)
class SeenField:
    """``gains`` make the field neutral and keep its brightness; ``flat`` (rows of columns of red, green, blue) make it
    even. ``score`` is 0..1; with a ``problem``, a sentence, the field must not be used and the score is 0."""

    gains: Gains
    flat: tuple[tuple[Gains, ...], ...]
    score: float
    problem: str = ""


def read(pixels: Pixels) -> SeenField:
    """What an RGB picture (height, width, 3) of an empty field says of the light."""
    light = linear(cv2.resize(pixels, (COLUMNS * _FINE, ROWS * _FINE), interpolation=cv2.INTER_AREA))
    squares = light.reshape(ROWS, _FINE, COLUMNS, _FINE, 3).transpose(0, 2, 1, 3, 4).reshape(ROWS, COLUMNS, -1, 3)
    cells = np.clip(np.median(squares, axis=2), 1e-4, None)
    mean = cells.mean(axis=(0, 1))
    problem = _problem(pixels, light, cells)
    fall = float(cells[..., 1].min() / cells[..., 1].max())
    return SeenField(
        gains=tuple(round(gain, 5) for gain in balanced(1 / mean)),  # type: ignore[arg-type]  # three of three
        flat=tuple(tuple(_rounded(mean / cell) for cell in row) for row in cells),
        score=0.0 if problem else round(min(1.0, fall, 1 - _rough(light) / (2 * _MAX_ROUGH)), 3),
        problem=problem,
    )


def _rounded(factors: NDArray[np.floating]) -> Gains:
    red, green, blue = (round(float(factor), 4) for factor in factors)
    return red, green, blue


def _problem(pixels: Pixels, light: NDArray[np.floating], cells: NDArray[np.floating]) -> str:
    if float((pixels[::4, ::4].max(axis=2) >= BURNT).mean()) > _MAX_BURNT:
        return IS_BURNT
    if float(cells[..., 1].mean()) < _MIN_LIGHT:
        return TOO_DARK
    mean = cells.mean(axis=(0, 1))
    if mean.max() / mean.min() > _MAX_CAST:
        return COLOURED
    if float(cells[..., 1].min() / cells[..., 1].max()) < _MAX_FALL:
        return UNEVEN
    return NOT_EMPTY if _rough(light) > _MAX_ROUGH else ""


def _rough(light: NDArray[np.floating]) -> float:
    """The 90th percentile of the steps between neighbouring squares, over the light there."""
    green = light[..., 1]
    steps = np.abs(green[:, 2:] + green[:, :-2] - 2 * green[:, 1:-1]) / np.clip(green[:, 1:-1], 1e-4, None)
    return float(np.percentile(steps, 90))
