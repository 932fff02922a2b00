"""How much of a picture leaves the clinic with its region, and what must not be seen in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box, Region

BOXES = "region"
"""The key of the ``boxes`` column's JSON under which the regions stand, as [x, y, w, h] lists."""


@dataclass(frozen=True)
class Cut:
    """How much of a picture leaves with its region.

    ``margin`` is added on every side, as a share of the region's longer side: a little more than the recipes
    cut themselves. ``square`` keeps the square that they cut. ``whole`` says whether the rest may leave, too.
    """

    margin: float
    square: bool = True
    whole: bool = True


CUTS: Mapping[str, Cut] = {
    "lips": Cut(0.25, square=False, whole=False),  # the rest is a face
    "conjunctiva": Cut(0.1, square=False, whole=False),  # the rest is an eye: an iris is as good as a name
    "nails": Cut(0.8),
    "lesion": Cut(0.5),
    "skin": Cut(0.1),
    "scalp": Cut(0.1),
    "vertex": Cut(0.15),
    "cell": Cut(0.5),
    "field": Cut(0.0),
}
"""By the kind of region. Faces are looked for in every cut of a person."""

MICROSCOPE = ("cell", "field")
_FACE = 0.5
"""From this landmark score on something is a face. Measured in ``docs/decisions/0026``: it finds few profiles."""


def cut(kind: str, region: Region, everything: Box) -> Box:
    """The part of a picture that leaves with a region of that kind, inside ``everything``."""
    rule = CUTS[kind]
    grown = [box.padded(rule.margin) for box in region.boxes]
    boxes = [region.box, *(box.squared() if rule.square else box for box in grown)]
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.right for box in boxes), max(box.bottom for box in boxes)
    return Box(left, top, right - left, bottom - top).clipped(everything.w, everything.h)


def shows_a_face(pixels: Pixels) -> bool:
    """Whether a face is found in a cut, turned whichever way: people lie down to be looked at.

    Raises PackageError when the face networks are missing or changed.
    """
    import numpy as np

    from clinoscope.regions import faces

    for quarters in range(4):
        face = faces.find(np.ascontiguousarray(np.rot90(pixels, quarters)))
        if face is not None and face.score >= _FACE:
            return True
    return False


def boxes_json(region: Region | None, kept: Box) -> str:
    """Where the regions are in the picture that leaves."""
    if region is None:
        return ""
    moved = [Box(box.x - kept.x, box.y - kept.y, box.w, box.h).clipped(kept.w, kept.h) for box in region.boxes]
    return json.dumps({BOXES: [[box.x, box.y, box.w, box.h] for box in moved]})
