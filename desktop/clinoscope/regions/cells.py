"""White cells in a stained smear: where they lie in a field, and the one cell of a crop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box, Region
from clinoscope.regions.geometry import Mask, bounds, disc, enlarged, outline, shrunk, whole
from clinoscope.regions.stain import Plane, densities, held, nuclear

Contour = NDArray[np.int32]
"""Points of an outline in the working copy, shape (n, 2) or cv2's (n, 1, 2)."""

_FIELD_SIDE = 640
_CROP_SIDE = 160

# Chosen on the half "tune" of tests/benchmarks/cells_found.py; lengths in diameters of the field's red cells.
_LEAST_STAIN = 0.2
_FAINT = 0.33
_MOST_PATCHES = 80
_LEAST_LOBE = 0.015
_LOBE_GAP = 0.5
_NUCLEUS_SPAN = 2.0
_CYTOPLASM = 0.15
_WEIGHTS = (1.25, 2.90, 4.37, 0.50, -0.80, 2.12)
_CUT = 0.9
_LEAST_SCORE = 0.45


@dataclass(frozen=True)
class FoundCell:
    """A white cell of a field: its box in picture pixels; ``score`` 0..1, how sure the finder is."""

    box: Box
    score: float


def find_field(pixels: Pixels) -> Region | None:
    """The whole picture: every white cell of a field counts. None below 32 pixels on a side."""
    if min(pixels.shape[:2]) < 32:
        return None
    return whole(pixels, 1.0)


def find_cells(pixels: Pixels) -> tuple[FoundCell, ...]:
    """Every white cell of a stained field, surest first. Empty for a picture below 32 pixels on a side.

    Nuclei are told by stain, lobes that lie close are joined, each nucleus is grown to its cell; sizes
    are judged against the red cells of the same field, so the objective does not matter.
    """
    if min(pixels.shape[:2]) < 32:
        return ()
    small, factor = shrunk(pixels, _FIELD_SIDE)
    density = densities(np.asarray(cv2.GaussianBlur(small, (0, 0), 1.2), np.uint8))
    stain = np.asarray(cv2.GaussianBlur(nuclear(density), (0, 0), 1.2), np.float32)
    diameter = _red_diameter(density, stain)
    height, width = stain.shape
    nuclei = [_nucleus(points, stain, diameter) for points in _joined(_lobes(stain, diameter), diameter)]
    darkest = max((nucleus.depth * min(1.0, nucleus.size / 0.6) for nucleus in nuclei), default=1.0)
    found = []
    for nucleus in nuclei:
        score = _score(nucleus, darkest)
        box = nucleus.core.padded(_CYTOPLASM)
        if box.x < 0 or box.y < 0 or box.right > width or box.bottom > height:
            score *= _CUT
        if score >= _LEAST_SCORE:
            found.append(FoundCell(enlarged(box.clipped(width, height), factor, pixels), round(score, 3)))
    return tuple(sorted(found, key=lambda cell: -cell.score))


def _red_diameter(density: NDArray[np.float32], stain: Plane) -> float:
    """The diameter of the field's red cells in pixels: round parts that hold stain but no nuclear stain.

    The median weighs by area, so that debris does not count. Where cells are fused, the thickness of
    what holds stain stands in; where nothing is seen, a tenth of the picture's width.
    """
    total, something = held(density)
    mask = np.asarray(((total > something) & (stain < _LEAST_STAIN)) * 255, np.uint8)
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, disc(2)), np.uint8)
    height, width = stain.shape
    least, most = 0.035 * max(height, width), 0.4 * max(height, width)
    diameters = []
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for contour in contours:
        area = cv2.contourArea(contour)
        x, y, w, h = cv2.boundingRect(contour)
        diameter = 2 * float(np.sqrt(area / np.pi))
        inside = x > 0 and y > 0 and x + w < width and y + h < height
        solid = area > 0.9 * cv2.contourArea(cv2.convexHull(contour))
        if inside and least < diameter < most and solid and 0.7 < w / h < 1.43:
            diameters.append(diameter)
    if len(diameters) >= 2:
        return _weighted_median(np.array(diameters), np.array(diameters) ** 2)
    thick = cv2.distanceTransform(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, disc(0.01 * width)), cv2.DIST_L2, 5)
    peaks = thick[(thick == cv2.dilate(thick, disc(0.03 * width))) & (thick > least / 2)]
    if peaks.size >= 3:
        return float(np.clip(2 * _weighted_median(peaks, peaks**2), least, most))
    return 0.1 * width


def _weighted_median(values: NDArray[np.floating[Any]], weights: NDArray[np.floating[Any]]) -> float:
    order = np.argsort(values)
    share = np.cumsum(weights[order])
    return float(values[order][int(np.searchsorted(share, 0.5 * share[-1]))])


def _lobes(stain: Plane, diameter: float) -> list[Contour]:
    """The outlines of dark lobes. Each patch of nuclear stain sets its own limit, so that a pale
    monocyte and a dark neutrophil of one field are both cut where their own nucleus ends."""
    mask = np.asarray((stain > _LEAST_STAIN) * 255, np.uint8)
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, disc(0.05 * diameter)), np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    least = _LEAST_LOBE * diameter**2
    patches: list[tuple[float, Box, int]] = []
    for index in range(1, count):
        x, y, w, h, area = (int(value) for value in stats[index])
        if area >= least:
            part, own = stain[y : y + h, x : x + w], labels[y : y + h, x : x + w] == index
            patches.append((float(np.percentile(part[own], 90)), Box(x, y, w, h), index))
    # what is far paler than the darkest patch is the rim of red cells, and there can be hundreds
    darkest = max((depth for depth, box, _ in patches if max(box.w, box.h) > 0.4 * diameter), default=0.0)
    strong = sorted((patch for patch in patches if patch[0] > _FAINT * darkest), reverse=True)[:_MOST_PATCHES]
    lobes: list[Contour] = []
    for depth, box, index in strong:
        part = stain[box.y : box.bottom, box.x : box.right]
        own = labels[box.y : box.bottom, box.x : box.right] == index
        cut = np.asarray((own & (part > 0.45 * depth)) * 255, np.uint8)
        outlines, _ = cv2.findContours(cut, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE, offset=(box.x, box.y))
        lobes += [lobe.reshape(-1, 2) for lobe in outlines if cv2.contourArea(lobe) > least]
    return lobes


def _joined(lobes: list[Contour], diameter: float) -> list[Contour]:
    """The points of each nucleus: lobes are joined nearest first, while the whole stays one nucleus' size."""
    thin = [lobe[:: max(1, len(lobe) // 40)].astype(np.float32) for lobe in lobes]
    boxes = [Box(*(int(value) for value in cv2.boundingRect(lobe))) for lobe in lobes]
    reach = _LOBE_GAP * diameter
    pairs = []
    for i, one in enumerate(boxes):
        for j in range(i + 1, len(boxes)):
            other = boxes[j]
            apart = max(one.x - other.right, other.x - one.right, one.y - other.bottom, other.y - one.bottom)
            if apart < reach:
                gap = float(np.sqrt(((thin[i][:, None] - thin[j][None]) ** 2).sum(-1).min()))
                if gap < reach:
                    pairs.append((gap, i, j))
    group = list(range(len(lobes)))
    for _, i, j in sorted(pairs):
        one_group, other_group = group[i], group[j]
        if one_group == other_group:
            continue
        both = [index for index in range(len(lobes)) if group[index] in (one_group, other_group)]
        if 2 * cv2.minEnclosingCircle(np.concatenate([thin[index] for index in both]))[1] <= _NUCLEUS_SPAN * diameter:
            group = [one_group if member == other_group else member for member in group]
    return [
        np.concatenate([lobes[index] for index in range(len(lobes)) if group[index] == number])
        for number in dict.fromkeys(group)
    ]


@dataclass(frozen=True)
class _Nucleus:
    """What a nucleus is judged by: ``size`` in red-cell diameters, ``depth`` of stain, the share of its
    hull that is dark, stain just around it, and how much of the round around it it fills."""

    core: Box
    size: float
    depth: float
    dark: float
    around: float
    roundness: float


def _nucleus(points: Contour, stain: Plane, diameter: float) -> _Nucleus:
    height, width = stain.shape
    core = Box(*(int(value) for value in cv2.boundingRect(points)))
    rim = max(2, round(0.2 * diameter))
    room = Box(core.x - rim, core.y - rim, core.w + 2 * rim, core.h + 2 * rim).clipped(width, height)
    part = stain[room.y : room.bottom, room.x : room.right]
    hull = cv2.convexHull(points)
    inside = np.zeros(part.shape, np.uint8)
    cv2.fillPoly(inside, [hull], 1, offset=(-room.x, -room.y))
    dark = (inside > 0) & (part > _LEAST_STAIN)
    ring = part[(cv2.dilate(inside, disc(rim)) > 0) & (inside == 0)]
    span = 2 * cv2.minEnclosingCircle(hull.astype(np.float32))[1]
    return _Nucleus(
        core=core,
        size=2 * float(np.sqrt(np.count_nonzero(dark) / np.pi)) / diameter,
        depth=float(np.percentile(part[dark], 75)) if dark.any() else 0.0,
        dark=int(np.count_nonzero(dark)) / max(1, int(np.count_nonzero(inside))),
        around=float(np.percentile(ring, 75)) if ring.size else 0.0,
        roundness=float(np.count_nonzero(inside) / (np.pi / 4 * span**2 + 1)),
    )


def _score(nucleus: _Nucleus, darkest: float) -> float:
    """The chance 0..1 that a nucleus is that of a white cell, by logistic regression over the drawn boxes."""
    if nucleus.depth <= 0 or nucleus.size <= 0:
        return 0.0
    terms = (
        1.0,
        np.log(min(nucleus.size, 1.5)),
        np.log(np.clip(nucleus.depth / darkest, 0.05, 1.0)),
        nucleus.dark,
        np.log((nucleus.around + 0.03) / nucleus.depth),
        np.log(max(nucleus.roundness, 0.05)),
    )
    return float(1 / (1 + np.exp(-np.dot(_WEIGHTS, terms))))


def find(pixels: Pixels) -> Region | None:
    """The one cell (or platelet) in the middle of a crop; the whole crop (score 0.2) when none stands out.

    None for a picture below 8 pixels on a side.
    """
    if min(pixels.shape[:2]) < 8:
        return None
    small, factor = shrunk(pixels, _CROP_SIDE)
    density = densities(np.asarray(cv2.GaussianBlur(small, (0, 0), 1.2), np.uint8), order=1)
    nucleus = _central_nucleus(nuclear(density))
    if nucleus is None:
        return whole(pixels, 0.2)
    cell = _whole_cell(nucleus, np.asarray(density.sum(axis=2), np.float32))
    share = float((cell > 0).mean())
    score = 0.9 if 0.01 < share < 0.8 else 0.5
    return Region(
        enlarged(bounds(cell), factor, pixels), "colour", score, outlines=(outline(cell, factor, smooth=0.004),)
    )


def _central_nucleus(stain: Plane) -> Mask | None:
    """The stained parts in the middle: those near the most central one belong to it."""
    height, width = stain.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    central = np.exp(-(((x / width - 0.5) / 0.3) ** 2) - ((y / height - 0.5) / 0.3) ** 2).astype(np.float32)
    near = central > 0.15
    scaled = np.clip(stain * 80, 0, 255).astype(np.uint8)
    level = float(cv2.threshold(scaled[near].reshape(1, -1), 0, 255, cv2.THRESH_OTSU)[0]) / 80
    if level < 0.06:
        return None
    mask = np.asarray((stain > level) * 255, np.uint8)
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, disc(1)), np.uint8)
    count, labels = cv2.connectedComponents(np.asarray(cv2.dilate(mask, disc(0.04 * max(height, width))), np.uint8))
    if count < 2:
        return None
    pull = np.bincount(labels.ravel(), (central * stain * (mask > 0)).ravel(), minlength=count)
    pull[0] = 0
    nucleus = np.asarray(((labels == int(np.argmax(pull))) & (mask > 0)) * 255, np.uint8)
    return nucleus if nucleus.any() else None


_RAYS = 72


def _whole_cell(nucleus: Mask, total: Plane) -> Mask:
    """The nucleus grown over its cytoplasm, along rays from its middle to where stain ends.

    A ray that runs on into a touching neighbour is cut at 1.12 of the middle ray: cells are round,
    and most of their rim is free.
    """
    height, width = total.shape
    points = cv2.findNonZero(nucleus)
    (cx, cy), span = cv2.minEnclosingCircle(cv2.convexHull(points).astype(np.float32))
    something = max(0.08, 0.06 * float(np.median(total[nucleus > 0])))
    furthest = 1.6 * span + 3
    radius = np.arange(1, furthest, 1.0, dtype=np.float32)
    angle = np.linspace(0, 2 * np.pi, _RAYS, endpoint=False, dtype=np.float32)[:, None]
    across, down = (cx + np.cos(angle) * radius).astype(np.float32), (cy + np.sin(angle) * radius).astype(np.float32)
    # outside the picture nothing is held: a cell at the edge ends there
    stained = cv2.remap(total, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    inside = cv2.remap(nucleus, across, down, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=0) > 0
    core = np.where(inside.any(axis=1), len(radius) - np.argmax(inside[:, ::-1], axis=1), 0)
    ends = np.empty(_RAYS, np.float32)
    for ray in range(_RAYS):
        empty = np.flatnonzero(stained[ray, core[ray] :] < something)
        ends[ray] = core[ray] + (empty[0] if empty.size else len(radius) - core[ray])
    ends = np.maximum(np.minimum(ends, 1.12 * float(np.median(ends))), core)
    around = np.concatenate([ends[-4:], ends, ends[:4]])
    smooth = np.array([np.median(around[index : index + 9]) for index in range(_RAYS)])
    smooth = np.maximum(smooth, core)
    rim = np.stack([cx + np.cos(angle[:, 0]) * smooth, cy + np.sin(angle[:, 0]) * smooth], axis=1)
    cell = np.zeros((height, width), np.uint8)
    cv2.fillPoly(cell, [np.round(rim).astype(np.int32)], 255)
    return np.asarray(cell | nucleus, np.uint8)
