"""Is a picture a field of a stained smear at all? Asked where no cell in it speaks for it.

A field without a white cell looks like nothing that the finder knows, and so does a hand. A rule on the watcher's
features (``inference.rejection``) tells them apart. It was fitted by ``clinoscope.training.field_rule``; how well it
does stands in ``models/cells/MODEL_CARD.md``.
"""

from __future__ import annotations

import functools

import numpy as np

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

SEEN = Input(size=watcher.SIDE)


def is_field(pixels: Pixels, region: Region) -> bool:
    """Whether the rule takes a region of an RGB picture (height, width, 3) for a field of a smear.

    Raises PackageError when the file of the rule or the watcher is missing or was changed.
    """
    reference, threshold = _rule()
    row = watcher.watched(pixels, middle(region.box), SEEN)[None]
    return not refused(row, reference, threshold)[0]


def middle(box: Box) -> Region:
    """The largest square in the middle of a box: what the rule looks at."""
    side = min(box.w, box.h)
    return Region(Box(box.x + (box.w - side) // 2, box.y + (box.h - side) // 2, side, side), "whole")


@functools.cache
def _rule() -> tuple[Reference, float]:
    data = networks.checked(FILE, SHA256)
    return load_reference(data, FILE), float(np.asarray(arrays.read(data)[THRESHOLD]))
