"""Where an earlier picture lies in a later one, from details that both show; None when it cannot be told.

SIFT key points (Lowe, IJCV 60, 2004) near the region of the earlier picture are looked for all over the later one;
RANSAC keeps the similarity that most of them agree on. ``tests/benchmarks/alignment.py`` measures how right it is on
simulated visits and how often it is fooled by pictures of two people; its figures stand in ``docs/compare.md``.

``by_regions`` is for when that fails: two pictures of a face have a mouth each, but seldom the same details.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.alignment import Alignment, Similarity
from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box, Region
from clinoscope.regions.geometry import shrunk

LONGEST = 560
"""Both pictures are looked at with their longer side this many pixels: about 110 ms of one core for the later one."""
AROUND = 0.5
"""How far around its region the earlier picture is looked at, as a share of the region's longer side: skin near a spot
tells where it is, a wall behind a face would tell where the wall is."""
MOST_POINTS = 900
GRID = 6
"""Points are kept evenly over GRID x GRID parts, MOST_POINTS in all at most."""
RATIO = 0.8
"""A match counts when its distance is less than this share of the second best's (Lowe 2004, section 7.1)."""
NEAR = 4.0
"""Pixels of the shrunk copy that a match may miss its place by."""
LEAST = 12
"""Matches that must agree."""
LEAST_SHARE = 0.2
"""Share of all matches that must agree."""
LEAST_LIKENESS = 0.35
"""Correlation, -1..1, of the two pictures' brightness around the region once one is laid over the other."""
SCALES = (0.3, 3.3)
LARGEST = 8.0
"""Regions that differ in size by more say nothing of how two pictures lie to each other."""
WHOLE = "whole"
"""The ``how`` of a region that is no more than the picture."""

Grey = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Landmarks:
    """What is remembered of an earlier picture: see ``landmarks``. ``factor`` is that of the shrunk copy."""

    grey: Grey = field(repr=False)
    around: Box
    factor: float
    points: NDArray[np.float32] = field(repr=False)
    descriptors: NDArray[np.float32] = field(repr=False)


def landmarks(pixels: Pixels, box: Box | None) -> Landmarks:
    """The details of an RGB picture (height, width, 3) around ``box`` (in its pixels), or of all of it."""
    grey, factor = _grey(pixels)
    height, width = grey.shape
    whole = Box(0, 0, width, height)
    near = whole if box is None else _shrunk(box, factor).padded(AROUND).clipped(width, height)
    points, descriptors = _details(np.ascontiguousarray(grey[near.y : near.bottom, near.x : near.right]))
    points = points + np.array([near.x, near.y], np.float32)
    return Landmarks(grey, near, factor, points, descriptors)


def align(before: Landmarks, pixels: Pixels) -> Alignment | None:
    """Where the earlier picture lies in ``pixels``, RGB (height, width, 3); None when too little agrees.

    The same two pictures always give the same answer.
    """
    grey, factor = _grey(pixels)
    points, descriptors = _details(grey)
    if len(before.points) < LEAST or len(points) < LEAST:
        return None
    pairs = _matches(before.descriptors, descriptors)
    if len(pairs) < LEAST:
        return None
    here, there = before.points[pairs[:, 0]], points[pairs[:, 1]]
    cv2.setRNGSeed(0)
    matrix, kept = cv2.estimateAffinePartial2D(
        here, there, method=cv2.RANSAC, ransacReprojThreshold=NEAR, maxIters=2000, confidence=0.995, refineIters=10
    )
    if matrix is None:
        return None
    support = int(np.count_nonzero(kept))
    place = _similarity(np.asarray(matrix, np.float64))
    if support < max(LEAST, LEAST_SHARE * len(pairs)) or not SCALES[0] < place.scale < SCALES[1]:
        return None
    if _likeness(before, grey, np.asarray(matrix, np.float64)) < LEAST_LIKENESS:
        return None
    full = Similarity(factor).after(place).after(Similarity(1 / before.factor))
    return Alignment(full, support)


def by_regions(then: Region | None, now: Region | None) -> Alignment | None:
    """The region of the earlier picture laid over that of the later one, upright, without any detail that agrees.

    None without two regions that stand out from what is around them, or when their sizes differ too much.
    """
    if then is None or now is None or WHOLE in (then.how, now.how):
        return None
    scale = math.sqrt(now.box.w * now.box.h / (then.box.w * then.box.h))
    if not 1 / LARGEST < scale < LARGEST:
        return None
    return Alignment(Similarity.onto(then.box.centre, now.box.centre, scale), 0)


def _grey(pixels: Pixels) -> tuple[Grey, float]:
    """A small grey copy whose contrast does not depend on the light, and the factor back."""
    small, factor = shrunk(pixels, LONGEST)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    evened = cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8)).apply(grey)
    return np.asarray(evened, np.uint8), factor


def _details(grey: Grey) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    # Skin has little contrast: Lowe's 0.04 would leave almost nothing of it.
    sift = cv2.SIFT.create(contrastThreshold=0.015, edgeThreshold=12)
    found, descriptors = sift.compute(grey, _spread(sift.detect(grey, None), grey.shape))
    if descriptors is None or not found:
        return np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32)
    # RootSIFT (Arandjelović and Zisserman, CVPR 2012): Hellinger's distance instead of Euclid's.
    rooted = np.sqrt(descriptors / np.maximum(descriptors.sum(axis=1, keepdims=True), 1e-6))
    return np.array([point.pt for point in found], np.float32), np.asarray(rooted, np.float32)


def _spread(found: Sequence[cv2.KeyPoint], shape: tuple[int, ...]) -> list[cv2.KeyPoint]:
    """The strongest points of every part: the strongest of all would lie on a patterned wall, and none on a face."""
    height, width = shape[:2]
    kept: dict[tuple[int, int], int] = defaultdict(int)
    chosen = []
    for point in sorted(found, key=lambda point: -point.response):
        part = (int(GRID * point.pt[0] / width), int(GRID * point.pt[1] / height))
        if kept[part] < MOST_POINTS // GRID**2:
            kept[part] += 1
            chosen.append(point)
    return chosen


def _matches(before: NDArray[np.float32], now: NDArray[np.float32]) -> NDArray[np.intp]:
    """Pairs (row of before, row of now) that are each other's best and clearly better than the next, (n, 2)."""
    likeness = before @ now.T
    rows = np.arange(len(before))
    best = likeness.argmax(axis=1)
    first = likeness[rows, best]
    likeness[rows, best] = -1
    second = likeness.max(axis=1)
    likeness[rows, best] = first
    # Both are unit vectors: the squared distance is 2 - 2 · likeness.
    clear = 1 - first < RATIO**2 * (1 - second)
    mutual = likeness.argmax(axis=0)[best] == rows
    kept = clear & mutual
    return np.stack([rows[kept], best[kept]], axis=1)


def _likeness(before: Landmarks, grey: Grey, matrix: NDArray[np.float64]) -> float:
    """How alike the two are where the earlier region lies, without the slow changes of brightness; -1 outside."""
    height, width = before.grey.shape
    back = cv2.warpAffine(grey, matrix, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    seen = cv2.warpAffine(
        np.full_like(grey, 255), matrix, (width, height), flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    )
    near = before.around
    part = np.s_[near.y : near.bottom, near.x : near.right]
    inside = seen[part] > 0
    if np.count_nonzero(inside) < 0.25 * inside.size:
        return -1.0
    one, two = (_flattened(image[part])[inside] for image in (before.grey, back))
    spread = float(one.std() * two.std())
    return float(((one - one.mean()) * (two - two.mean())).mean() / spread) if spread > 1e-6 else -1.0


def _flattened(grey: Grey) -> NDArray[np.float32]:
    soft = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 1.5)
    slow = cv2.GaussianBlur(soft, (0, 0), max(grey.shape) / 8)
    return np.asarray(soft - slow, np.float32)


def _similarity(matrix: NDArray[np.float64]) -> Similarity:
    a, b = float(matrix[0, 0]), float(matrix[1, 0])
    return Similarity(math.hypot(a, b), math.degrees(math.atan2(b, a)), float(matrix[0, 2]), float(matrix[1, 2]))


def _shrunk(box: Box, factor: float) -> Box:
    return Box(
        round(box.x / factor), round(box.y / factor), max(1, round(box.w / factor)), max(1, round(box.h / factor))
    )
