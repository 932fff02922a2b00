"""The nails of a hand, by a small network trained on hands on a white table (see models/nails/MODEL_CARD.md)."""

import functools
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box, Region
from clinoscope.regions import faces, heatmap, networks, second_look
from clinoscope.regions.geometry import enlarged, shrunk, whole
from clinoscope.regions.skin import hue_of_skin

if TYPE_CHECKING:
    from ai_edge_litert.interpreter import Interpreter

FILE = "nails/nails.tflite"
SHA256 = "23c52b860e4431e6d4d6048f7f521837940717e8f42b08dcb1f5bd0b12a45343"
"""The network under ``models`` and its hash."""

INPUT_SIDE = 256
"""Side of the square the network sees, pixels."""

STRIDE = 4
"""Pixels of that square per cell of the network's maps."""

LIMIT = 0.40
"""Heat at a nail's centre, at the first look and at the second, above which it counts: on hands never seen in training
nearly all below it were knuckles."""

SURE = 0.55
"""Second look's heat that the surest nail must reach for the rest to be believed. See docs/regions.md for what stays
below it; chosen looking at the pictures counted there."""

PLAN = second_look.Plan(shape=(INPUT_SIDE, INPUT_SIDE), stride=STRIDE, tile=80, gap=4, sizes=(14, 24, 44), ground=128)

_WORK_SIDE = 1024
"""Longer side, pixels, of the copy that all looks see: the second one enlarges a nail of 1 % of it threefold."""

_WHOLE = 0.22
"""Share of the picture above which one nail that was not sure at the first look makes it a close-up of a nail."""

_SURE_WHOLE = 0.5
"""Second heat from which a nail that large makes the picture a close-up when none was sure: bellies stay below it."""

_FIRST_SURE = 0.65
"""First heat under which a nail that large is the whole picture and not a part of it."""

_FLAT = 6.0
"""Standard deviation (0..255, of a 32 x 32 copy) under which a picture is a bare wall: the flattest close-up of a nail
measured 9."""

_SKIN_ON, _SKIN_AROUND = 0.5, 0.2
"""Shares of a nail, and of what lies around it, that have the hue of skin: of 752 nails on hands 1 in 100 had less;
letters, lamps and white things on a table do."""

_FACE = 0.9
"""Landmark score from which a face is one (``lips``)."""

_MAX_NAILS = 10
_lock = threading.Lock()


@dataclass(frozen=True)
class _Nail:
    """``first`` and ``second``: the heats of the two looks, the second one the geometric mean of its sizes."""

    box: Box
    first: float
    second: float


def find(pixels: Pixels) -> Region | None:
    """Every nail (``parts``, left to right) and the box around them; None when no nail is found.

    ``how`` is ``network``, or ``whole`` on a close-up of one nail that has no edge to be found. ``score`` is the mean
    of the nails' second heats. Raises PackageError when a network's file is missing or changed.
    """
    return find_by(_run, pixels)


def find_by(run: second_look.Run, pixels: Pixels) -> Region | None:
    """What ``find`` finds with any network of its kind: the training measures its own so."""
    small, factor = shrunk(pixels, _WORK_SIDE)
    large = 0.0
    # A nail wider than the network looks is an ordinary one when seen from further away.
    for side in (INPUT_SIDE, INPUT_SIDE // 2):
        found = seen(small, side, run)
        if found and found[0].second >= SURE and (found := _off_a_face(found, small)) and found[0].second >= SURE:
            return _region(found, factor, pixels)
        large = max([large, *(nail.second for nail in found if _fills(nail.box, small))])
    return whole(pixels, large) if large >= _SURE_WHOLE and _spread(small) > _FLAT else None


def seen(small: Pixels, side: int, run: second_look.Run) -> tuple[_Nail, ...]:
    """The nails that a network (``run``) sees in a picture shown to it ``side`` pixels long, surest first."""
    height, width = small.shape[:2]
    square, scale = letterboxed(small, side)
    first = [(box.clipped(width, height), heat) for box, heat in decode(run(square), scale, LIMIT)[:_MAX_NAILS]]
    first = [(box, heat) for box, heat in first if _on_skin(box, small)]
    found = []
    for (box, heat), second in zip(first, second_look.again(small, [box for box, _ in first], PLAN, run), strict=True):
        sure = float(np.prod(second.heats) ** (1 / len(second.heats)))
        if sure >= LIMIT:
            better = Box(*np.round(second_look.mean_box(box, heat, second)).astype(int).tolist())
            found.append(_Nail(better.clipped(width, height), heat, sure))
    return tuple(sorted(found, key=lambda nail: -nail.second))


def _region(found: tuple[_Nail, ...], factor: float, pixels: Pixels) -> Region:
    score = float(np.mean([nail.second for nail in found]))
    parts = tuple(sorted((enlarged(nail.box, factor, pixels) for nail in found), key=lambda box: box.x))
    if len(parts) == 1 and found[0].first < _FIRST_SURE and _fills(parts[0], pixels):
        return whole(pixels, score)
    x, y = min(box.x for box in parts), min(box.y for box in parts)
    right, bottom = max(box.right for box in parts), max(box.bottom for box in parts)
    return Region(box=Box(x, y, right - x, bottom - y), how="network", score=score, parts=parts)


def _fills(box: Box, picture: Pixels) -> bool:
    return box.w * box.h > _WHOLE * picture.shape[0] * picture.shape[1]


def _spread(small: Pixels) -> float:
    return float(cv2.resize(small, (32, 32), interpolation=cv2.INTER_AREA).std(axis=(0, 1)).mean())


def _on_skin(box: Box, small: Pixels) -> bool:
    """Whether box and surroundings have the hue of skin, at any tone (``skin.hue_of_skin``)."""
    height, width = small.shape[:2]
    outer = box.padded(0.4).clipped(width, height)
    part = cv2.resize(small[outer.y : outer.bottom, outer.x : outer.right], (40, 40), interpolation=cv2.INTER_AREA)
    skin = hue_of_skin(np.asarray(part, np.uint8))
    inside = np.zeros((40, 40), bool)
    across, down = 40 / outer.w, 40 / outer.h
    top, left = int((box.y - outer.y) * down), int((box.x - outer.x) * across)
    inside[top : int((box.bottom - outer.y) * down) + 1, left : int((box.right - outer.x) * across) + 1] = True
    around = skin[~inside]
    return bool(skin[inside].mean() >= _SKIN_ON and (around.size == 0 or around.mean() >= _SKIN_AROUND))


def _off_a_face(found: tuple[_Nail, ...], small: Pixels) -> tuple[_Nail, ...]:
    """Those that do not lie within a face: eyelids, lips and teeth are taken for nails."""
    face = faces.find(small)
    if face is None or face.score < _FACE:
        return found
    low, high = face.points.min(axis=0), face.points.max(axis=0)
    return tuple(nail for nail in found if not ((low < nail.box.centre) & (nail.box.centre < high)).all())


def _run(square: NDArray[np.float32]) -> NDArray[np.float32]:
    network = _network()
    with _lock:
        network.set_tensor(network.get_input_details()[0]["index"], square[None])
        network.invoke()
        return np.asarray(network.get_tensor(network.get_output_details()[0]["index"])[0])


def letterboxed(pixels: Pixels, side: int = INPUT_SIDE) -> tuple[NDArray[np.float32], float]:
    """The picture, ``side`` pixels long, in the top left of a grey INPUT_SIDE square, float32 0..255.

    Also returns the square's pixels per picture pixel.
    """
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    square = np.full((INPUT_SIDE, INPUT_SIDE, 3), 128, np.float32)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    square[: size[1], : size[0]] = cv2.resize(pixels, size, interpolation=method)
    return square, scale


def decode(maps: NDArray[np.float32], scale: float, limit: float) -> list[tuple[Box, float]]:
    """Boxes in picture pixels and their scores, best first, from maps (rows, columns, 5): heat, offset, log size."""
    return heatmap.decode(maps, STRIDE / scale, limit)


@functools.cache
def _network() -> "Interpreter":
    return networks.load(FILE, SHA256)
