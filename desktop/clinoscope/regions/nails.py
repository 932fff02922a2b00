"""The nails of a hand, by a small network trained on hands on a white table (see models/nails/MODEL_CARD.md)."""

import functools
import threading
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box, Region
from clinoscope.regions import heatmap, networks

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
"""Heat at a nail's centre above which it counts: on hands never seen in training nearly all below it were knuckles."""

SURE = 0.65
"""Heat that the surest nail must reach for the rest to be believed: palms, faces and knuckles stay below it."""

_WHOLE = 0.22
"""Share of the picture above which one nail, sure or not, makes it a close-up of a nail."""

_MAX_NAILS = 10
_lock = threading.Lock()


def find(pixels: Pixels) -> Region | None:
    """Every nail (``parts``, left to right) and the box around them; None when no nail is found.

    ``how`` is ``network``, or ``whole`` on a close-up of one nail that has no edge to be found. ``score`` is the mean
    heat of the nails' centres. Raises PackageError when the network's file is missing or changed.
    """
    height, width = pixels.shape[:2]
    found = near = _nails(pixels, INPUT_SIDE)
    if not _convincing(near):
        # A nail wider than the network looks is an ordinary one when seen from further away.
        found = far = _nails(pixels, INPUT_SIDE // 2)
        if not _convincing(far):
            return _whole([*near, *far], width, height)
    score = float(np.mean([score for _, score in found]))
    parts = tuple(sorted((box for box, _ in found), key=lambda box: box.x))
    x, y = min(box.x for box in parts), min(box.y for box in parts)
    right, bottom = max(box.right for box in parts), max(box.bottom for box in parts)
    return Region(box=Box(x, y, right - x, bottom - y), how="network", score=score, parts=parts)


def _whole(found: list[tuple[Box, float]], width: int, height: int) -> Region | None:
    """The whole picture when something like a nail fills a good part of it, else None."""
    scores = [score for box, score in found if box.w * box.h > _WHOLE * width * height]
    return Region(box=Box(0, 0, width, height), how="whole", score=max(scores)) if scores else None


def _nails(pixels: Pixels, side: int) -> list[tuple[Box, float]]:
    """Every nail of the picture shown to the network ``side`` pixels long, best first."""
    height, width = pixels.shape[:2]
    square, scale = letterboxed(pixels, side)
    network = _network()
    with _lock:
        network.set_tensor(network.get_input_details()[0]["index"], square[None])
        network.invoke()
        maps = network.get_tensor(network.get_output_details()[0]["index"])[0]
    return [(box.clipped(width, height), score) for box, score in decode(maps, scale, LIMIT)[:_MAX_NAILS]]


def _convincing(found: list[tuple[Box, float]]) -> bool:
    return bool(found) and found[0][1] >= SURE


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
