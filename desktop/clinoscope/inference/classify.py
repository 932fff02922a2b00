"""Reads a region with the network of a model package, and says when it should not be read."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.errors import PackageError
from clinoscope.domain.picture import Pixels
from clinoscope.domain.reading import CANNOT_JUDGE, UNSURE, Reading
from clinoscope.domain.region import Box, Region
from clinoscope.domain.task import Task
from clinoscope.inference import network, steps, watcher
from clinoscope.inference.calibration import conformal_set, softmax
from clinoscope.inference.card import Input, Package
from clinoscope.inference.flags import flags
from clinoscope.inference.rejection import is_foreign, unusual

FOREIGN = "This does not look like the pictures this model learned from."
BLANK = "There is nothing to be seen in this region."

BLANK_SPREAD = 2.0
"""Standard deviation of the liveliest channel, 0..255, under which a region is blank. The flattest middle of
every 25th training picture of all tasks has 6.6."""


def classify(
    task: Task, pixels: Pixels, region: Region, package: Package, phantom: bool = False, validated: bool = False
) -> Reading:
    """One reading of a region; several parts (nails) are read one by one and averaged.

    The answer is a label when the conformal set holds only that one, else *unsure*; *cannot
    judge* when the region is blank or the package's rejection rule refuses the picture, which is not
    asked of a ``phantom``; such a reading has no flags. Where the package is not ``validated`` at this site it is read
    with the package's caution, if it has one. Raises PackageError.
    """
    temperature, quantile = _certainty(package, validated=validated)
    squares = [prepare(pixels, region, box, _input(package)) for box in region.boxes]
    outputs = [network.run(package, square) for square in squares]
    logits = np.mean([part.logits for part in outputs], axis=0)
    embedding = np.asarray(np.mean([part.embedding for part in outputs], axis=0), np.float32)
    probabilities = softmax(logits, temperature)
    kept = conformal_set(probabilities, quantile)
    labels = tuple(package.labels[index] for index in kept)
    answer, reason = labels[0] if len(labels) == 1 else UNSURE, ""
    if all(float(square.std(axis=(0, 1)).max()) < BLANK_SPREAD for square in squares):
        answer, reason = CANNOT_JUDGE, BLANK
    elif not phantom and _foreign(pixels, region, embedding, package):
        answer, reason = CANNOT_JUDGE, FOREIGN

    def texture(margin: float) -> NDArray[np.float32]:
        return watcher.watched(pixels, region, Input(size=watcher.SIDE, margin=margin))

    return Reading(
        task=task.id,
        answer=answer,
        model=package.ref,
        labels=labels,
        probabilities={label: float(value) for label, value in zip(package.labels, probabilities, strict=True)},
        flags=() if answer == CANNOT_JUDGE else flags(package, probabilities, embedding, texture),
        reason=reason,
        cautious=package.caution is not None and not validated,
    )


def _input(package: Package) -> Input:
    if package.input is None:
        raise ValueError("a package of kind classify always has an input section")
    return package.input


def _certainty(package: Package, *, validated: bool) -> tuple[float, float]:
    """The temperature and the conformal quantile that a reading takes."""
    if package.calibration is None or package.conformal is None:
        raise ValueError("a package of kind classify always has these sections")
    if package.caution is not None and not validated:
        return package.caution.temperature, package.caution.quantile
    return package.calibration.temperature, package.conformal.quantile


def embedded(pixels: Pixels, region: Region, package: Package) -> tuple[NDArray[np.float32], float]:
    """What the last layer sees of a region (d,), the mean of its parts, and how unusual the rejection rule finds it.

    0 where the package has no such rule. Raises PackageError.
    """
    rows = [network.run(package, prepare(pixels, region, box, _input(package))).embedding for box in region.boxes]
    embedding = np.asarray(np.mean(rows, axis=0), np.float32)
    return embedding, unusual(_looked_at(pixels, region, embedding, package), package)


def _foreign(pixels: Pixels, region: Region, embedding: NDArray[np.float32], package: Package) -> bool:
    """Whether the package's rule refuses the region. Raises PackageError when it was made with another watcher."""
    return is_foreign(_looked_at(pixels, region, embedding, package), package)


def _looked_at(pixels: Pixels, region: Region, embedding: NDArray[np.float32], package: Package) -> NDArray[np.float32]:
    """The features (d,) that the package's rejection rule judges: the watcher's, or the network's own."""
    rule = package.rejection
    if rule is None or not rule.watcher:
        return embedding
    if rule.watcher != watcher.SHA256:
        raise PackageError(f"Model package {package.name} was made with another version of Clinoscope. Update it.")
    return watcher.watched(pixels, region, package.input or Input(size=watcher.SIDE))


def strange(pixels: Pixels, region: Region, package: Package) -> bool:
    """Whether the package's rule refuses the region by what the watcher sees of it; False where it has no such rule.

    Raises PackageError when it was made with another watcher.
    """
    rule = package.rejection
    if rule is None or not rule.watcher:
        return False
    return _foreign(pixels, region, np.zeros(0, np.float32), package)


def distribution(
    pixels: Pixels, region: Region, box: Box, package: Package, validated: bool = False
) -> Mapping[str, float]:
    """Calibrated probabilities of one box alone, one for every label of the package; ``validated`` as ``classify``."""
    temperature, _quantile = _certainty(package, validated=validated)
    outputs = network.run(package, prepare(pixels, region, box, _input(package)))
    probabilities = softmax(outputs.logits, temperature)
    return {label: float(value) for label, value in zip(package.labels, probabilities, strict=True)}


def explain(pixels: Pixels, region: Region, package: Package, label: str) -> NDArray[np.float32]:
    """Where in the picture (height, width) the network saw the label, 0..1; 0 outside the region.

    The class activation map of the label minus the mean of all labels' maps (only differences
    between logits count), what speaks against the label cut off, scaled to a maximum of 1.
    Raises ValueError when the package does not know the label.
    """
    import cv2

    index = package.labels.index(label)
    height, width = pixels.shape[:2]
    heat = np.zeros((height, width), np.float32)
    for box in region.boxes:
        maps = network.run(package, prepare(pixels, region, box, _input(package))).maps
        square = box.padded(_input(package).margin).squared()
        part = np.maximum(maps[..., index] - maps.mean(axis=-1), 0).astype(np.float32)
        part = cv2.resize(part, (square.w, square.h), interpolation=cv2.INTER_LINEAR)
        seen = square.clipped(width, height)
        inside = part[seen.y - square.y :, seen.x - square.x :][: seen.h, : seen.w]
        target = heat[seen.y : seen.bottom, seen.x : seen.right]
        np.maximum(
            target[: inside.shape[0], : inside.shape[1]], inside, out=target[: inside.shape[0], : inside.shape[1]]
        )
    peak = float(heat.max())
    return heat / peak if peak > 0 else heat


def prepare(pixels: Pixels, region: Region, box: Box, how: Input) -> Pixels:
    """What the network sees of one box: a square (size, size, 3), RGB 0..255.

    Cut out with the margin, padded by reflection, put through the package's steps, then resized by
    pixel areas when it shrinks and bilinearly when it grows (cv2 ``INTER_AREA`` and ``INTER_LINEAR``).
    Raises PackageError for a step that this program does not know.
    """
    from clinoscope.regions import crop

    # the steps come before the outside is painted black: one that evens out light or colour must not see the paint
    square = steps.apply(crop(pixels, box, how.margin), how.steps)
    if how.outline_only and region.outlines:
        square = _outside_black(square, region, box.padded(how.margin).squared())
    return resize(square, how.size)


def resize(square: Pixels, size: int) -> Pixels:
    """A square picture at another side length; see ``prepare``."""
    import cv2

    method = cv2.INTER_AREA if square.shape[0] > size else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(square, (size, size), interpolation=method), np.uint8)


def _outside_black(square: Pixels, region: Region, place: Box) -> Pixels:
    """The square, cut out at ``place``, with black outside the region's outlines."""
    import cv2

    mask = np.zeros(square.shape[:2], np.uint8)
    for outline in region.outlines:
        cv2.fillPoly(mask, [np.array(outline, np.int32) - np.array([place.x, place.y], np.int32)], (255,))
    return np.asarray(np.where(mask[..., None] > 0, square, 0), np.uint8)
