"""White cells in a stained smear: where they lie in a field, and the one cell of a crop."""

from __future__ import annotations

import functools
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box, Region
from clinoscope.regions import heatmap, networks, second_look
from clinoscope.regions.geometry import Mask, bounds, disc, enlarged, outline, shrunk, whole
from clinoscope.regions.stain import Plane, densities, evened, nuclear

if TYPE_CHECKING:
    from ai_edge_litert.interpreter import Interpreter

FILE = "cells/cells.tflite"
SHA256 = "c4ca4537ad775ea993de8eb9480d60586c7762ad950dfa5cbe582676eee104da"
"""The network under ``models`` and its hash."""

STRIDE = 8
"""Pixels of the network's input per cell of its maps."""

LIMIT = 0.3
"""Heat at a cell's centre above which it is looked at again."""

SURE = 0.45
"""Mean heat of both looks above which it is one."""


@dataclass(frozen=True)
class _Look:
    """The picture ``side`` pixels long at row ``y``, column ``x`` of the network's input; it answers for cells of
    ``least`` to ``most`` of these pixels."""

    side: int
    y: int
    x: int
    least: int
    most: int


INPUT_SHAPE = (512, 704)
"""Height and width of the network's input, which holds all looks side by side."""

LOOKS = (_Look(512, 0, 0, 10, 140), _Look(160, 0, 544, 10, 140), _Look(96, 192, 544, 44, 140))
"""Far, near and nearest: cells of 0.02 to 0.27, of 0.06 to 0.9, and of 0.45 and more of the field's longer side. The
network was trained on cells of 18 to 125 pixels; positions are multiples of STRIDE, 32 pixels apart."""

_NUCLEAR = 0.15
"""Nuclear stain (``stain.nuclear``) of a pixel above which it counts: red cells lie below."""

_LEAST_NUCLEUS = 0.3
"""Nuclear stain of a cell over that of the most stained one of its field. White cells measured 0.43 and more,
platelets and red cells with specks, which the network can take for distant cells, mostly below 0.28."""

_MAYBE_NUCLEUS = 0.15
"""The same at the first look: what holds less is not looked at again."""

_MOST_BLUE = 0.22
"""Blue's share of the density of a cell's nuclear stain above which it is none: the dyes of a nucleus let blue through,
melanin and blood do not. Cells of seven sources held 0.20 at most, finds on skin, faces and eyes 0.3 as a rule."""

PLAN = second_look.Plan(shape=INPUT_SHAPE, stride=STRIDE, tile=96, gap=8, sizes=(24, 32, 44, 60), ground=255)

_CROP_SIDE = 160
_lock = threading.Lock()


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

    Raises PackageError when the network's file is missing or changed.
    """
    return cells_by(_run, pixels)


def cells_by(run: second_look.Run, pixels: Pixels) -> tuple[FoundCell, ...]:
    """What ``find_cells`` finds with any network of its kind: the training measures its own so.

    What looks like a cell at first is looked at again alone, at four sizes: clumps of red cells, folds and specks that
    lie as cells do in the whole field seldom do then, and the mean of all boxes fits better than the first.
    """
    if min(pixels.shape[:2]) < 32:
        return ()
    seen = looks(pixels)
    first = decode(run(seen.view), seen)
    factor = 1 / seen.scales[0]
    again = second_look.again(seen.even, [box for box, _ in first], PLAN, run)
    height, width = pixels.shape[:2]
    found = []
    for (box, heat), second in zip(first, again, strict=True):
        score = float(np.mean([heat, *second.heats]))
        if score >= SURE:
            x, y, w, h = (second_look.mean_box(box, heat, second) * factor).tolist()
            better = Box(round(x), round(y), max(1, round(w)), max(1, round(h)))
            found.append((better.clipped(width, height), score))
    kept = _once(found)
    stained = _stained(kept, seen, seen.scales[0], _LEAST_NUCLEUS)
    return tuple(FoundCell(kept[index][0], round(kept[index][1], 3)) for index in stained)


@dataclass(frozen=True)
class Looks:
    """All looks at a field. ``view``: side by side on white ground, shape (*INPUT_SHAPE, 3), 0..255; ``scales``: each
    look's pixels per picture pixel; ``even``, ``density`` and ``stain``: the far look alone, its optical densities and
    its nuclear stain."""

    view: NDArray[np.float32]
    scales: tuple[float, ...]
    even: Pixels
    density: NDArray[np.float32]
    stain: Plane


def looks(pixels: Pixels) -> Looks:
    """The far look is never enlarged; the others are always as long as their ``side``."""
    small, factor = shrunk(pixels, LOOKS[0].side)
    density = densities(small)
    even = evened(density)
    view = np.full((*INPUT_SHAPE, 3), 255, np.float32)
    view[: even.shape[0], : even.shape[1]] = even
    scales = [1 / factor]
    for look in LOOKS[1:]:
        scale = look.side / max(even.shape[:2])
        size = max(1, round(even.shape[1] * scale)), max(1, round(even.shape[0] * scale))
        shown = cv2.resize(even, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        view[look.y : look.y + size[1], look.x : look.x + size[0]] = shown
        scales.append(scale / factor)
    return Looks(view, tuple(scales), even, density, nuclear(density))


def decode(maps: NDArray[np.float32], seen: Looks) -> list[tuple[Box, float]]:
    """What may be a cell on the maps of all looks, hottest first, in pixels of the far look: of copies the hotter."""
    height, width = seen.even.shape[:2]
    found = []
    for look, scale in zip(LOOKS, seen.scales, strict=True):
        nearness = scale / seen.scales[0]
        top, left, cells = look.y // STRIDE, look.x // STRIDE, look.side // STRIDE + 1
        part = heatmap.steadied(maps[top : top + cells, left : left + cells])
        for box, heat in heatmap.decode(part, STRIDE / nearness, LIMIT):
            if look.least < max(box.w, box.h) * nearness < look.most:
                found.append((box.clipped(width, height), heat))
    kept = _once(found)
    return [kept[index] for index in _stained(kept, seen, 1.0, _MAYBE_NUCLEUS)]


def _once(found: list[tuple[Box, float]]) -> list[tuple[Box, float]]:
    """Of those that share a centre the surest, surest first."""
    kept: list[tuple[Box, float]] = []
    for box, score in sorted(found, key=lambda one: -one[1]):
        if all(heatmap.apart(box, other) for other, _ in kept):
            kept.append((box, score))
    return kept


def _stained(found: list[tuple[Box, float]], seen: Looks, scale: float, least: float) -> list[int]:
    """Which of these boxes hold a nucleus: nuclear stain, at least that share of what the most stained one holds, and
    of a colour that nuclei have. ``scale``: pixels of the far look per pixel of the boxes."""
    nuclei = [_nucleus(box, seen, scale) for box, _ in found]
    limit = max(least * max((held for held, _ in nuclei), default=0.0), 1e-6)
    return [index for index, (held, blue) in enumerate(nuclei) if held >= limit and blue <= _MOST_BLUE]


def _nucleus(box: Box, seen: Looks, scale: float) -> tuple[float, float]:
    """All nuclear stain inside a box, how much of it and how deep; and blue's share of its density, 0..1."""
    rows = slice(int(box.y * scale), int(box.bottom * scale) + 1)
    columns = slice(int(box.x * scale), int(box.right * scale) + 1)
    stain = seen.stain[rows, columns]
    inside = stain > _NUCLEAR
    if not inside.any():
        return 0.0, 1.0
    colour = seen.density[rows, columns][inside].mean(axis=0)
    return float(stain[inside].sum()), float(colour[2] / max(float(colour.sum()), 1e-6))


@functools.cache
def _network() -> Interpreter:
    return networks.load(FILE, SHA256)


def _run(view: NDArray[np.float32]) -> NDArray[np.float32]:
    network = _network()
    with _lock:
        network.set_tensor(network.get_input_details()[0]["index"], view[None])
        network.invoke()
        return np.asarray(network.get_tensor(network.get_output_details()[0]["index"])[0])


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
