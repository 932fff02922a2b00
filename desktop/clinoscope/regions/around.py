"""A copy of a picture without what lies around its region."""

from __future__ import annotations

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Region

MARGIN = 0.25
"""What stays around each box, as a share of its longer side: of a face the lips and a finger's breadth of skin, as in
the training sets (``workflow.export_dataset``)."""

GREY = 128


def hidden(pixels: Pixels, region: Region | None) -> Pixels:
    """A copy of RGB pixels (height, width, 3) that is neutral grey but for the region's boxes with a margin.

    Without a region nothing can be kept; a region that is the whole picture keeps all.
    """
    import numpy as np

    kept = np.full_like(pixels, GREY)
    height, width = pixels.shape[:2]
    for box in region.boxes if region else ():
        seen = box.padded(MARGIN).clipped(width, height)
        kept[seen.y : seen.bottom, seen.x : seen.right] = pixels[seen.y : seen.bottom, seen.x : seen.right]
    return kept
