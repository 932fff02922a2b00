"""Geometry that the finders share: working copies, way back to picture pixels, cutting out."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box, Point, Region

Mask = NDArray[np.uint8]
"""0 or 255, shape (height, width)."""


def cut_square(pixels: Pixels, box: Box, margin: float) -> Pixels:
    """See ``regions.crop``. Slices first and pads after, so the cost is that of the square alone."""
    height, width = pixels.shape[:2]
    square = box.padded(margin).squared()
    inner = square.clipped(width, height)
    if inner == square:
        return pixels[inner.y : inner.bottom, inner.x : inner.right].copy()
    # a box wholly outside keeps the nearest pixel, hence the lower bound of 0 on every side
    top, left = max(inner.y - square.y, 0), max(inner.x - square.x, 0)
    bottom, right = max(square.h - inner.h - top, 0), max(square.w - inner.w - left, 0)
    # what is mirrored outside lies just inside the border: take as much of it as the rim is wide
    source = Box(inner.x - right, inner.y - bottom, inner.w + left + right + 1, inner.h + top + bottom + 1).clipped(
        width, height
    )
    part = pixels[source.y : source.bottom, source.x : source.right]
    padded = cv2.copyMakeBorder(part, top, bottom, left, right, cv2.BORDER_REFLECT_101)
    x, y = inner.x - source.x, inner.y - source.y
    return np.ascontiguousarray(padded[y : y + square.h, x : x + square.w], np.uint8)


def shrunk(pixels: Pixels, longest: int) -> tuple[Pixels, float]:
    """A copy whose longer side is at most ``longest`` pixels, and the factor back to the picture.

    Both sides stay at least 1 pixel. A picture already small enough is returned as it is, factor 1.
    """
    height, width = pixels.shape[:2]
    factor = max(height, width) / longest
    if factor <= 1:
        return pixels, 1.0
    size = max(1, round(width / factor)), max(1, round(height / factor))
    return np.asarray(averaged(pixels, size), np.uint8), factor


_LAST_STEP = 1.5
"""The uneven step at the end shrinks at least so much: it knows no finer parts than the pixels that are left."""


def averaged(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """The picture (h, w, ...) averaged down to ``size`` (width, height).

    It is halved first for as long as that is an exact mean of four: OpenCV takes 4 ms for that on 12 megapixels, and
    33 ms for any uneven step. Values differ from those of a single step by roundings, and where a pixel is parted.
    """
    while all(
        side % 2 == 0 and side // 2 >= _LAST_STEP * wanted
        for side, wanted in zip(pixels.shape[1::-1], size, strict=True)
    ):
        half = pixels.shape[1] // 2, pixels.shape[0] // 2
        pixels = np.asarray(cv2.resize(pixels, half, interpolation=cv2.INTER_AREA))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))


def whole(pixels: Pixels, score: float) -> Region:
    """The region that is the whole picture."""
    height, width = pixels.shape[:2]
    return Region(Box(0, 0, width, height), "whole", score)


def enlarged(box: Box, factor: float, pixels: Pixels) -> Box:
    """A box of a shrunk copy in the pixels of the picture, clipped to it."""
    height, width = pixels.shape[:2]
    left, top = round(box.x * factor), round(box.y * factor)
    right, bottom = round(box.right * factor), round(box.bottom * factor)
    return Box(left, top, max(1, right - left), max(1, bottom - top)).clipped(width, height)


def outline(mask: Mask, factor: float, smooth: float = 0.006) -> tuple[Point, ...]:
    """The outer polygon of the largest part of a mask, in picture pixels.

    ``smooth`` is the tolerance of the polygon as a share of its length. Empty when the mask is.
    """
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return ()
    contour = max(contours, key=cv2.contourArea)
    polygon = cv2.approxPolyDP(contour, smooth * cv2.arcLength(contour, True), True)
    return tuple((round((int(x) + 0.5) * factor), round((int(y) + 0.5) * factor)) for x, y in polygon[:, 0])


def disc(radius: float) -> Mask:
    """A round structuring element; radius below 1 gives a single pixel."""
    size = 2 * max(0, round(radius)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)


def filled(mask: Mask) -> Mask:
    """The mask without holes."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    out = np.zeros_like(mask)
    cv2.drawContours(out, contours, -1, 255, cv2.FILLED)
    return out


def bounds(mask: Mask) -> Box:
    """The smallest box around a mask that is not empty."""
    return Box(*(int(value) for value in cv2.boundingRect(mask)))


def ramp(value: float, low: float, high: float) -> float:
    """0 up to ``low``, 1 from ``high`` on, a straight line between."""
    return float(np.clip((value - low) / (high - low), 0, 1))
