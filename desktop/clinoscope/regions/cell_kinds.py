"""How well a found cell can be seen: whole, touching another one, smudged, or cut by the edge of the field."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box
from clinoscope.domain.smear import CellKind

EDGE = 0.02
"""Share of a box's side within which the field's edge cuts the cell, two pixels at least."""

TOUCHING = 0.10
"""Part of the smaller box that two boxes share when their cells touch: round cells that only just touch side by side
share nothing, those that touch aslant up to 0.09 of their boxes."""

BLURRED_RIM = 0.10
"""Steepness of a nucleus's rim, as a share of its depth of stain per pixel at 72 pixels a cell, under which a cell is
smudged. 2 of 900 ordinary cells of six sources lie below; of the same cells blurred by 6 and by 10 % of their size 35
and 99.9 % do (tests/benchmarks/smear_kinds.py)."""

_SIDE = 72


def kinds(pixels: Pixels, boxes: Sequence[Box]) -> tuple[CellKind, ...]:
    """The kind of each found cell of a field, in order. Cut goes before touching, touching before smudged."""
    height, width = pixels.shape[:2]
    found = []
    for index, box in enumerate(boxes):
        others = [other for place, other in enumerate(boxes) if place != index]
        if _cut(box, width, height):
            found.append(CellKind.CUT)
        elif any(box.shared(other) > TOUCHING for other in others):
            found.append(CellKind.TOUCHING)
        else:
            rim = rim_steepness(pixels[box.y : box.bottom, box.x : box.right])
            found.append(CellKind.SMUDGED if rim is not None and rim < BLURRED_RIM else CellKind.WHOLE)
    return tuple(found)


def rim_steepness(cell: Pixels) -> float | None:
    """How steeply nuclear stain rises at the rim of a cell's nucleus, per pixel of a cell 72 pixels wide.

    Smudged nuclei have lost their rim. None where there is no nucleus to be seen.
    """
    if min(cell.shape[:2]) < 8:
        return None
    small = np.asarray(cv2.resize(cell, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.uint8)
    light = np.log(small.astype(np.float32) + 6.0)
    density = np.maximum(np.log(np.percentile(small.reshape(-1, 3), 95, axis=0) + 6.0).astype(np.float32) - light, 0)
    # Nuclei absorb red and green and let blue through (regions.stain); a surface for the lamp is not needed so near.
    stain = np.maximum(density @ np.array([1, 1, -1], np.float32), 0)
    scaled = np.clip(stain * 80, 0, 255).astype(np.uint8)
    level = float(cv2.threshold(scaled.reshape(1, -1), 0, 255, cv2.THRESH_OTSU)[0]) / 80
    nucleus = (stain > level).astype(np.uint8)
    if nucleus.sum() < 20 or nucleus.all():
        return None
    depth = float(stain[nucleus > 0].mean() - stain[nucleus == 0].mean())
    slope = np.hypot(cv2.Sobel(stain, cv2.CV_32F, 1, 0, scale=0.125), cv2.Sobel(stain, cv2.CV_32F, 0, 1, scale=0.125))
    rim = cv2.morphologyEx(nucleus, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    return float(np.median(slope[rim])) / max(depth, 1e-3)


def _cut(box: Box, width: int, height: int) -> bool:
    across, down = max(2.0, EDGE * box.w), max(2.0, EDGE * box.h)
    return box.x <= across or box.y <= down or width - box.right <= across or height - box.bottom <= down
