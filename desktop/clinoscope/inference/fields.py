"""Is a picture a field of a stained smear at all? Asked where no cell in it speaks for it.

A field without a white cell looks like nothing that the finder knows, and so does a hand. A rule on the watcher's
features (``inference.rejection``) tells them apart. It was fitted by ``clinoscope.training.field_rule``; how well it
does stands in ``models/cells/MODEL_CARD.md``. Frames with nothing but noise on them are told by a plain measure before.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box, Region
from clinoscope.inference import arrays, watcher
from clinoscope.inference.card import Input
from clinoscope.inference.rejection import Reference, load_reference, refused
from clinoscope.regions import networks

FILE = "cells/field.npz"
"""The numbers of the rule under ``models`` and their hash."""
SHA256 = "cc977f8c4e7c42ac96e67ffce95d86a343407bfac9ed031ff8413797c99a92d7"
THRESHOLD = "threshold"
"""The distance above which a picture is no field: a number of its own in ``FILE``."""

BLANK = 1.2
"""Standard deviation (0..255, the liveliest channel) of the middle square at 96 pixels, without the lamp's curved
surface, under which there is nothing on it. Blank frames with a sensor's noise have 0.5 at most; of 160 fields of four
sources the flattest has 3.6, of 256 quarters of them without a white cell the flattest has 2.3 (decision 0073)."""
_SIDE = 96

SEEN = Input(size=watcher.SIDE)


def is_field(pixels: Pixels, region: Region) -> bool:
    """Whether the rule takes a region of an RGB picture (height, width, 3) for a field of a smear; never a blank one.

    Raises PackageError when the file of the rule or the watcher is missing or was changed.
    """
    if is_blank(pixels, region):
        return False
    reference, threshold = _rule()
    row = watcher.watched(pixels, middle(region.box), SEEN)[None]
    return not refused(row, reference, threshold)[0]


def is_blank(pixels: Pixels, region: Region) -> bool:
    """Whether there is nothing in the middle of a region but the lamp and a sensor's noise."""
    import cv2

    box = middle(region.box).box
    square = pixels[box.y : box.bottom, box.x : box.right]
    small = cv2.resize(square, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).reshape(-1, 3).astype(np.float32)
    surfaces = _surfaces()
    return float((small - surfaces @ (surfaces.T @ small)).std(axis=0).max()) < BLANK


def middle(box: Box) -> Region:
    """The largest square in the middle of a box: what the rule looks at."""
    side = min(box.w, box.h)
    return Region(Box(box.x + (box.w - side) // 2, box.y + (box.h - side) // 2, side, side), "whole")


@functools.cache
def _surfaces() -> NDArray[np.float32]:
    """Every surface of second order over the square, as six columns at right angles to each other."""
    x, y = (grid.ravel() for grid in np.meshgrid(*2 * [np.linspace(-1, 1, _SIDE)]))
    return np.asarray(np.linalg.qr(np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1))[0], np.float32)


@functools.cache
def _rule() -> tuple[Reference, float]:
    data = networks.checked(FILE, SHA256)
    return load_reference(data, FILE), float(np.asarray(arrays.read(data)[THRESHOLD]))
