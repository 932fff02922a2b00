"""Pictures as Qt paints them: without a copy where possible, and in smaller sizes made ahead.

Called from worker threads; nothing here touches a widget.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from clinoscope.domain.picture import Pixels

SMALLEST_LEVEL = 900
"""Halving stops once the longer side is at most this many pixels."""


@dataclass(frozen=True, eq=False)
class Raster:
    """A picture of ``width`` x ``height`` pixels, at one or more sizes, largest first.

    ``held`` keeps the arrays alive that the images point into.
    """

    width: int
    height: int
    levels: tuple[QImage, ...]
    held: tuple[Pixels, ...] = field(default=(), repr=False)

    def level_for(self, scale: float) -> QImage:
        """The smallest image that still has a pixel for every device pixel at ``scale``
        (device pixels for one picture pixel), so that painting shrinks by less than half."""
        wanted = self.width * scale
        fitting = [image for image in self.levels if image.width() >= wanted - 1]
        return fitting[-1] if fitting else self.levels[0]


def raster_of(pixels: Pixels) -> Raster:
    """A still (h, w, 3) RGB with its halved sizes. Takes about 10 ms for 1920x1080."""
    import cv2
    import numpy as np

    full = np.ascontiguousarray(pixels)
    held = [full]
    images = [_rgb(full)]
    small = full
    while max(small.shape[:2]) > SMALLEST_LEVEL:
        height, width = small.shape[:2]
        small = cv2.resize(small, (max(width // 2, 1), max(height // 2, 1)), interpolation=cv2.INTER_AREA)
        painted = cv2.cvtColor(small, cv2.COLOR_RGB2BGRA)
        held.append(painted)
        images.append(_bgrx(painted))
    return Raster(pixels.shape[1], pixels.shape[0], tuple(images), tuple(held))


def frame_raster(pixels: Pixels, room: tuple[int, int]) -> Raster:
    """A live frame shrunk to ``room`` (device pixels), so that painting it is a plain copy."""
    import cv2
    import numpy as np

    height, width = pixels.shape[:2]
    fit = min(room[0] / width, room[1] / height)
    small = pixels
    if fit < 1:
        size = (max(round(width * fit), 1), max(round(height * fit), 1))
        # INTER_AREA costs twice as much and its gain cannot be seen in a moving picture below half size.
        small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if fit < 0.5 else cv2.INTER_LINEAR)
    painted = np.ascontiguousarray(cv2.cvtColor(small, cv2.COLOR_RGB2BGRA))
    return Raster(width, height, (_bgrx(painted),), (painted,))


def heat_image(heat: Pixels) -> QImage:
    """A grey heatmap (h, w) 0..255 as a see-through picture, dark violet to yellow.

    The colours are matplotlib's *inferno* (CC0): even in lightness, readable without colour vision.
    """
    import cv2
    import numpy as np

    coloured = cv2.applyColorMap(np.ascontiguousarray(heat), cv2.COLORMAP_INFERNO)
    alpha = np.clip(heat.astype(np.float32) * 1.1, 0, 215).astype(np.uint8)
    merged = np.ascontiguousarray(np.dstack([coloured, alpha]))
    height, width = heat.shape[:2]
    # .copy(): the overlay outlives this function's arrays.
    return QImage(merged.data, width, height, width * 4, QImage.Format.Format_ARGB32).copy()


def heat_scale() -> QImage:
    """The colours of a heatmap from least to most, one pixel high."""
    import numpy as np

    return heat_image(np.arange(256, dtype=np.uint8)[np.newaxis])


def _rgb(pixels: Pixels) -> QImage:
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, width * 3, QImage.Format.Format_RGB888)


def _bgrx(pixels: Pixels) -> QImage:
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32)
