"""A white card in the picture: what colour the light is, and how bright."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box
from clinoscope.regions.light import linear

Floats = NDArray[np.float32]

_WORK_SIDE = 320
"""Longer side, pixels, of the copy that is searched."""

_MIN_SHARE, _MAX_SHARE = 0.006, 0.35
"""Share of the picture a card may take: smaller is a tooth or a button, larger is a wall."""

_MIN_RECTANGLE = 0.82
"""Area over that of the smallest turned rectangle around it; a square seen 30 degrees aslant still has 0.87."""

_MAX_TEXTURE = 3.5
"""Spread of L* inside the card (interquartile, over 1.35): paper is even, cloth and hair are not."""

_REDDER, _YELLOWER, _DARKER = 1.2, 1.3, 1.1
"""How many times R/G and R/B of skin, and the card's green over the skin's, must at least exceed the other's. Whatever
the lamp, skin sends back more red than green and blue where paper sends back all alike (R/G of skin is 1.3 to 2)."""

_MAX_CHROMA = 30.0
"""CIE chroma under which a thing may be white paper in coloured light; lamps of 2700 K give about 25."""


@dataclass(frozen=True)
class Card:
    """``light`` is the card's mean linear RGB (0..1) as photographed; ``box`` where it is, in pixels."""

    light: tuple[float, float, float]
    box: Box


def find(pixels: Pixels, avoid: Box, skin: Floats) -> Card | None:
    """The largest even, bright, nearly neutral quadrilateral outside ``avoid`` (the mouth), or None.

    ``skin`` is the linear RGB of the skin beside the lips: a card is brighter and less red, under any lamp.

    Looked for among what is brighter than the rest at several levels, since the card may be in light or shade. A
    card with a burnt channel is no use and is not returned; neither is one that touches two sides of the picture,
    which is most often a wall or a shirt.
    """
    height, width = pixels.shape[:2]
    scale = min(1.0, _WORK_SIDE / max(height, width))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    # every n-th pixel first: averaging all of a large still costs more than the whole search
    step = max(1, int(1 / scale) // 2)
    small = cv2.resize(pixels[::step, ::step], size, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(cv2.GaussianBlur(small, (3, 3), 0), cv2.COLOR_RGB2LAB).astype(np.float32)
    light, chroma = lab[..., 0] / 2.55, np.hypot(lab[..., 1] - 128, lab[..., 2] - 128)
    even = cv2.morphologyEx(light, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) < 6
    plain = even & (chroma < _MAX_CHROMA)
    plain[round(avoid.y * scale) : round(avoid.bottom * scale), round(avoid.x * scale) : round(avoid.right * scale)] = 0
    best: tuple[float, Card] | None = None
    for level in np.percentile(light[::2, ::2], (60, 75, 88, 95)):
        if level < 35:
            continue
        mask = cv2.morphologyEx((plain & (light > level)).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        for blob in _cards(mask, light):
            area = float(blob.sum())
            card = _read(blob, small, scale)
            if card is not None and _unlike_skin(card, skin) and (best is None or area > best[0]):
                best = area, card
    return best[1] if best else None


def _unlike_skin(card: Card, skin: Floats) -> bool:
    red, green, blue = (part / max(float(of_skin), 1e-4) for part, of_skin in zip(card.light, skin, strict=True))
    return green > _REDDER * red and blue > _YELLOWER * red and green > _DARKER


def _cards(mask: NDArray[np.uint8], light: Floats) -> list[NDArray[np.uint8]]:
    """The blobs of the mask that have a card's shape and evenness."""
    rows, columns = mask.shape
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    found = []
    for index in range(1, count):
        x, y, w, h, area = stats[index]
        touched = int(x == 0) + int(y == 0) + int(x + w == columns) + int(y + h == rows)
        if not _MIN_SHARE * mask.size <= area <= _MAX_SHARE * mask.size or touched > 1:
            continue
        blob = (labels == index).astype(np.uint8)
        low, high = np.percentile(light[blob > 0], (25, 75))
        if _quadrilateral(blob, float(area)) and (high - low) / 1.35 < _MAX_TEXTURE:
            found.append(blob)
    return found


def _quadrilateral(blob: NDArray[np.uint8], area: float) -> bool:
    contours, _ = cv2.findContours(blob, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull = cv2.convexHull(max(contours, key=cv2.contourArea))
    _, (w, h), _ = cv2.minAreaRect(hull)
    corners = cv2.approxPolyDP(hull, 0.05 * cv2.arcLength(hull, True), True)
    solid = area > 0.9 * cv2.contourArea(hull)
    return bool(
        solid and len(corners) == 4 and w > 0 and h > 0 and area > _MIN_RECTANGLE * w * h and max(w, h) < 3 * min(w, h)
    )


def _read(blob: NDArray[np.uint8], small: Pixels, scale: float) -> Card | None:
    x, y, w, h = cv2.boundingRect(blob)
    side = max(3, min(w, h) // 6) | 1
    inside = cv2.erode(blob, np.ones((side, side), np.uint8), borderValue=0) > 0
    if inside.sum() < 12:
        return None
    colours = small[inside]
    if np.percentile(colours.max(axis=1), 75) >= 250:
        return None
    red, green, blue = (float(value) for value in linear(colours).mean(axis=0))
    box = Box(round(x / scale), round(y / scale), max(1, round(w / scale)), max(1, round(h / scale)))
    return Card(light=(red, green, blue), box=box)
