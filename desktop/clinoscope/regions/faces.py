"""One face and its 468 landmarks, by MediaPipe's two networks (models/landmarks, Apache-2.0).

The detector is BlazeFace (Bazarevsky et al., arXiv 1907.05047), the landmarks are Face Mesh (Kartynnik et al.,
arXiv 1907.06724). Anchors, crop sizes and point numbers follow MediaPipe's published graphs
(face_detection_short_range.pbtxt, face_landmark_front_cpu.pbtxt).
"""

import functools
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.regions import networks
from clinoscope.regions.geometry import averaged, shrunk

if TYPE_CHECKING:
    from ai_edge_litert.interpreter import Interpreter

Floats = NDArray[np.float32]

_DETECTOR = "landmarks/face_detection_short_range.tflite"
_LANDMARKER = "landmarks/face_landmark.tflite"
HASHES = {
    _DETECTOR: "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
    _LANDMARKER: "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
}
"""SHA-256 of the networks, by their place under ``models``."""

_WORK_SIDE = 1280
"""Longer side, pixels, of the copy that both networks see: they see 128 and 192 pixels of it at a time."""

_DETECTOR_SIDE = 128
_LANDMARK_SIDE = 192
_MIN_DETECTION = 0.5
"""MediaPipe's default ``min_score_thresh``."""

_OVERLAP = 0.3
"""MediaPipe's ``min_suppression_threshold``: boxes that overlap more are one face."""

_CROP = 1.5
"""Landmark crop per face box side, as MediaPipe expands it."""

_RIGHT_EYE, _LEFT_EYE = 33, 263
"""Outer eye corners among the 468 points: they give the head's tilt for the second pass."""

# LiteRT interpreters are not thread-safe; the preview and the reading may both look for a face.
_lock = threading.Lock()


@dataclass(frozen=True, eq=False)
class Face:
    """``points`` are (468, 2) x, y in pixels of the picture; ``score`` 0..1 says how sure it is a face there."""

    points: Floats = field(repr=False)
    score: float


@dataclass(frozen=True)
class _Crop:
    """A turned square: centre and side in pixels, angle in radians (0 = upright)."""

    x: float
    y: float
    side: float
    angle: float


def find(pixels: Pixels) -> Face | None:
    """The largest face with its landmarks, or None when the detector sees no face.

    The landmarks run twice, the second time on a crop around the points of the first, which is what MediaPipe's own
    tracking does from the second frame on. Raises PackageError when a network's file is missing or changed.
    """
    small, factor = shrunk(pixels, _WORK_SIDE)
    with _lock:
        crop = _detect(small)
        if crop is None:
            return None
        first = _landmarks(small, crop)
        face = _landmarks(small, _around(first.points))
    return Face(points=face.points * np.float32(factor), score=face.score)


def _detect(pixels: Pixels) -> _Crop | None:
    height, width = pixels.shape[:2]
    side = max(height, width)
    scale = _DETECTOR_SIDE / side
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    pad_x, pad_y = (_DETECTOR_SIDE - size[0]) // 2, (_DETECTOR_SIDE - size[1]) // 2
    square = np.full((_DETECTOR_SIDE, _DETECTOR_SIDE, 3), -1.0, np.float32)
    small = averaged(pixels, size)
    square[pad_y : pad_y + size[1], pad_x : pad_x + size[0]] = small / np.float32(127.5) - 1
    maps = _run(_network(_DETECTOR), square)
    scores = 1 / (1 + np.exp(-np.clip(maps["classificators"][:, 0], -80, 80)))
    likely = np.flatnonzero(scores >= _MIN_DETECTION)
    if likely.size == 0:
        return None
    values = maps["regressors"][likely].reshape(-1, 8, 2) / _DETECTOR_SIDE
    values[:, [0, *range(2, 8)]] += _anchors()[likely][:, None]
    faces = _merged(values, scores[likely])
    face = max(faces, key=lambda one: float(one[1].prod()))
    # From shares of the padded square back to pixels of the picture.
    face = face * side
    face[[0, *range(2, 8)]] -= np.array([pad_x, pad_y], np.float32) / scale
    right_eye, left_eye = face[2], face[3]
    angle = float(np.arctan2(*(left_eye - right_eye)[::-1]))
    return _Crop(float(face[0, 0]), float(face[0, 1]), _CROP * float(face[1].max()), angle)


def _merged(values: Floats, scores: Floats) -> list[Floats]:
    """Overlapping candidates averaged by score (MediaPipe's weighted suppression); rows: centre, size, six points."""
    left = list(np.argsort(-scores))
    faces = []
    while left:
        best = values[left[0]]
        same = [index for index in left if _iou(best, values[index]) > _OVERLAP or index == left[0]]
        faces.append(np.average(values[same], axis=0, weights=scores[same]).astype(np.float32))
        left = [index for index in left if index not in same]
    return faces


def _iou(a: Floats, b: Floats) -> float:
    low = np.maximum(a[0] - a[1] / 2, b[0] - b[1] / 2)
    high = np.minimum(a[0] + a[1] / 2, b[0] + b[1] / 2)
    shared = float(np.clip(high - low, 0, None).prod())
    return shared / max(float(a[1].prod() + b[1].prod()) - shared, 1e-9)


@functools.cache
def _anchors() -> Floats:
    """(896, 2) anchor centres 0..1: two per cell at stride 8, six per cell at stride 16."""
    parts = []
    for cells, repeats in ((16, 2), (8, 6)):
        ys, xs = np.mgrid[:cells, :cells]
        centres = (np.stack([xs, ys], axis=-1).reshape(-1, 2) + 0.5) / cells
        parts.append(np.repeat(centres, repeats, axis=0))
    return np.concatenate(parts).astype(np.float32)


def _landmarks(pixels: Pixels, crop: _Crop) -> Face:
    scale = _LANDMARK_SIDE / crop.side
    cos, sin = np.cos(crop.angle) * scale, np.sin(crop.angle) * scale
    turn = np.array([[cos, sin], [-sin, cos]])
    shift = _LANDMARK_SIDE / 2 - turn @ np.array([crop.x, crop.y])
    source, matrix = _shrunk(pixels, np.hstack([turn, shift[:, None]]), scale)
    shown = cv2.warpAffine(source, matrix, (_LANDMARK_SIDE, _LANDMARK_SIDE), flags=cv2.INTER_LINEAR)
    face = _landmarks_of_crop(shown)
    back = (face.points - shift) @ np.linalg.inv(turn).T
    return Face(points=back.astype(np.float32), score=face.score)


def landmarks_of_crop(crop: Pixels) -> Face:
    """The landmarks of an upright face that fills a (192, 192, 3) picture as the network was trained to see it."""
    with _lock:
        return _landmarks_of_crop(crop)


def _landmarks_of_crop(crop: Pixels) -> Face:
    maps = _run(_network(_LANDMARKER), crop.astype(np.float32) / 255)
    logit = float(maps["conv2d_31"].ravel()[0])
    points = maps["conv2d_21"].reshape(468, 3)[:, :2].copy()
    return Face(points=points, score=float(1 / (1 + np.exp(-np.clip(logit, -80, 80)))))


def _shrunk(pixels: Pixels, matrix: NDArray[np.float64], scale: float) -> tuple[Pixels, NDArray[np.float64]]:
    """The picture averaged down first where the warp shrinks it more than twice: linear sampling would alias."""
    step = int(1 / scale) if scale < 0.5 else 1
    if step == 1:
        return pixels, matrix
    height, width = pixels.shape[:2]
    size = (max(1, width // step), max(1, height // step))
    grown = matrix.copy()
    grown[:, 0] *= width / size[0]
    grown[:, 1] *= height / size[1]
    return averaged(pixels, size), grown


def _around(points: Floats) -> _Crop:
    low, high = points.min(axis=0), points.max(axis=0)
    tilt = points[_LEFT_EYE] - points[_RIGHT_EYE]
    x, y = (low + high) / 2
    return _Crop(float(x), float(y), _CROP * float((high - low).max()), float(np.arctan2(tilt[1], tilt[0])))


def _run(network: "Interpreter", picture: NDArray[np.floating]) -> dict[str, Any]:
    network.set_tensor(network.get_input_details()[0]["index"], picture[None].astype(np.float32))
    network.invoke()
    return {out["name"]: network.get_tensor(out["index"])[0] for out in network.get_output_details()}


@functools.cache
def _network(name: str) -> "Interpreter":
    return networks.load(name, HASHES[name])
