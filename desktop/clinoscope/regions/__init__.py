"""What is looked at in a picture, and the square around it that a model reads.

``find`` picks the finder of a kind by name; each finder is a module with
``find(pixels) -> Region | None`` and is imported when first used, so that a task pays only for its own.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box, Region

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = ("lips", "nails", "conjunctiva", "lesion", "skin", "scalp", "vertex", "field", "cell")
"""Every kind a task's ``region`` may name."""

_PLACES = {"vertex": ("scalp", "find_vertex"), "field": ("cells", "find_field"), "cell": ("cells", "find")}


def find(kind: str, pixels: Pixels) -> Region | None:
    """The region of that kind in an RGB picture (height, width, 3), in its pixels.

    None when there is nothing of that kind to be seen. Raises KeyError for an unknown kind.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    module, name = _PLACES.get(kind, (kind, "find"))
    finder: Callable[[Pixels], Region | None] = getattr(importlib.import_module(f"{__name__}.{module}"), name)
    return finder(pixels)


def crop(pixels: Pixels, box: Box, margin: float = 0.0) -> Pixels:
    """The square around ``box``, grown by ``margin`` of its longer side on every side.

    Where the square leaves the picture it is filled by reflection without repeating the edge
    (cv2 ``BORDER_REFLECT_101``). Returns its own memory, (side, side, 3).
    """
    from clinoscope.regions.geometry import cut_square

    return cut_square(pixels, box, margin)
