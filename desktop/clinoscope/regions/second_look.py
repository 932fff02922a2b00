"""What a finder found, each find looked at again alone: at several sizes, on sheets that the same network reads.

What is one shows at every size; what was taken for one seldom does. The mean box of all sizes wavers less than the
first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box
from clinoscope.regions import heatmap

Floats = NDArray[np.float32]
Run = Callable[[Floats], Floats]
"""A network: RGB 0..255 of its input's shape in, maps (rows, columns, 5) of ``heatmap.decode`` out."""

_REACH = 3
"""Cells of the maps around a tile's middle in which the find is looked for again."""


@dataclass(frozen=True)
class Plan:
    """How the finds of a network are shown to it again.

    ``shape``: height and width of its input; ``stride``: of its maps; ``tile``: side of the square that shows one find
    at one of the ``sizes``, pixels, a ``gap`` of ``ground`` beside it. Tile and gap together are a multiple of the
    stride.
    """

    shape: tuple[int, int]
    stride: int
    tile: int
    gap: int
    sizes: tuple[int, ...]
    ground: int

    @property
    def places(self) -> list[tuple[int, int]]:
        """Row and column of every tile of a sheet, in pixels."""
        pitch = self.tile + self.gap
        rows, columns = ((side + self.gap) // pitch for side in self.shape)
        return [(row * pitch, column * pitch) for row in range(rows) for column in range(columns)]


@dataclass(frozen=True)
class Again:
    """A find looked at again: ``heats`` (sizes,) of its middle, ``boxes`` (sizes, 4) as x, y, w, h in the picture."""

    heats: Floats
    boxes: Floats


def again(picture: Pixels, boxes: Sequence[Box], plan: Plan, run: Run) -> list[Again]:
    """Every box of a picture looked at again, in their order."""
    places = plan.places
    shown = list(_shown(picture, boxes, plan))
    told: list[tuple[float, Floats]] = []
    for start in range(0, len(shown), len(places)):
        part = shown[start : start + len(places)]
        sheet = np.full((*plan.shape, 3), plan.ground, np.float32)
        for (y, x), (tile, _) in zip(places, part, strict=False):
            sheet[y : y + plan.tile, x : x + plan.tile] = tile
        maps = run(sheet)
        cells = plan.tile // plan.stride
        for (y, x), (_, square) in zip(places, part, strict=False):
            top, left = y // plan.stride, x // plan.stride
            told.append(_read(maps[top : top + cells, left : left + cells], square, plan))
    each = len(plan.sizes)
    found = []
    for index in range(len(boxes)):
        mine = told[index * each : (index + 1) * each]
        found.append(Again(np.array([heat for heat, _ in mine], np.float32), np.stack([box for _, box in mine])))
    return found


def mean_box(first: Box, score: float, second: Again) -> Floats:
    """The mean of a find's boxes as x, y, w, h, weighed by the square of their heat; of sizes the geometric one."""
    boxes = np.vstack([np.array([[first.x, first.y, first.w, first.h]], np.float32), second.boxes])
    weights = np.concatenate([[score], second.heats])[:, None] ** 2
    shape = np.column_stack([boxes[:, :2] + boxes[:, 2:] / 2, np.log(boxes[:, 2:])])
    x, y, log_w, log_h = (shape * weights).sum(axis=0) / weights.sum()
    w, h = np.exp(log_w), np.exp(log_h)
    return np.array([x - w / 2, y - h / 2, w, h], np.float32)


def _shown(picture: Pixels, boxes: Sequence[Box], plan: Plan) -> Iterator[tuple[Pixels, tuple[int, int, int]]]:
    """Each box at each size: the tile, and the square of the picture that it shows (x, y, side)."""
    for box in boxes:
        for size in plan.sizes:
            side = max(2, round(plan.tile / size * float(np.sqrt(box.w * box.h))))
            x, y = round(box.centre[0] - side / 2), round(box.centre[1] - side / 2)
            square = _cut(picture, x, y, side, plan.ground)
            method = cv2.INTER_AREA if side > plan.tile else cv2.INTER_LINEAR
            tile = cv2.resize(square, (plan.tile, plan.tile), interpolation=method)
            yield np.asarray(tile, np.uint8), (x, y, side)


def _cut(picture: Pixels, x: int, y: int, side: int, ground: int) -> Pixels:
    height, width = picture.shape[:2]
    square = np.full((side, side, 3), ground, np.uint8)
    top, left, bottom, right = max(y, 0), max(x, 0), min(y + side, height), min(x + side, width)
    if bottom > top and right > left:
        square[top - y : bottom - y, left - x : right - x] = picture[top:bottom, left:right]
    return square


def _read(maps: Floats, square: tuple[int, int, int], plan: Plan) -> tuple[float, Floats]:
    """Heat and box of what is in the middle of a tile; the box in the picture."""
    middle = len(maps) // 2
    low, high = max(middle - _REACH, 0), middle + _REACH
    near = heatmap.steadied(maps)[low:high, low:high]
    row, column = np.unravel_index(int(near[..., 0].argmax()), near.shape[:2])
    heat, dx, dy, log_w, log_h = near[row, column]
    x, y, side = square
    unit = side / plan.tile * plan.stride
    w, h = np.exp(np.clip([log_w, log_h], -3, 5)) * unit
    centre_x, centre_y = (low + column + 0.5 + dx) * unit, (low + row + 0.5 + dy) * unit
    return float(heat), np.array([x + centre_x - w / 2, y + centre_y - h / 2, w, h], np.float32)
