"""Boxes out of the maps of a centre-point network (Zhou et al., Objects as Points, arXiv 1904.07850)."""

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.region import Box


def decode(maps: NDArray[np.float32], unit: float, limit: float) -> list[tuple[Box, float]]:
    """Boxes and their scores, best first, from maps (rows, columns, 5): heat, offset x, y, log width, log height.

    ``unit`` is how many picture pixels one cell of the maps spans; ``limit`` the heat a peak needs. Of peaks that
    share a centre the hottest stays.
    """
    heat = maps[..., 0]
    peaks = (heat >= limit) & (heat == cv2.dilate(heat, np.ones((3, 3), np.uint8)))
    found: list[tuple[Box, float]] = []
    rows, columns = np.nonzero(peaks)
    for row, column in sorted(zip(rows, columns, strict=True), key=lambda at: -heat[at]):
        dx, dy, log_w, log_h = maps[row, column, 1:]
        w, h = np.exp(np.clip([log_w, log_h], -3, 5))
        box = Box(
            round(float(column + 0.5 + dx - w / 2) * unit),
            round(float(row + 0.5 + dy - h / 2) * unit),
            max(1, round(float(w) * unit)),
            max(1, round(float(h) * unit)),
        )
        if all(apart(box, other) for other, _ in found):
            found.append((box, float(heat[row, column])))
    return found


def apart(box: Box, other: Box) -> bool:
    """Two of a kind never share a centre: half a size is the least between two fingers or two touching cells."""
    (x, y), (other_x, other_y) = box.centre, other.centre
    return max(abs(x - other_x) / (box.w + other.w), abs(y - other_y) / (box.h + other.h)) > 0.3


def steadied(maps: NDArray[np.float32]) -> NDArray[np.float32]:
    """The maps with every box the mean of what its 3 x 3 neighbours say of it, weighed by the square of their heat.

    Neighbours of a centre were trained to name the same box; their mean wavers less than the middle one alone.
    """
    rows, columns = maps.shape[:2]
    around = np.pad(maps, ((1, 1), (1, 1), (0, 0)))
    boxes, weights = np.zeros((rows, columns, 4), np.float32), np.full((rows, columns, 1), 1e-9, np.float32)
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            part = around[1 + down : 1 + down + rows, 1 + across : 1 + across + columns]
            weight = part[..., :1] ** 2
            boxes += weight * (part[..., 1:] + np.array([across, down, 0, 0], np.float32))
            weights += weight
    return np.concatenate([maps[..., :1], boxes / weights], axis=2)
