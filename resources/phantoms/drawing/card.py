"""The printed colour card, as it lies on its page: the same layout that the program prints and looks for."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.colour_card import GREYS, MARKERS, SIDE, WHITE

Light = NDArray[np.float32]

_TONER = 0.03
"""Share of light that black toner sends back."""


def printed(dots: int = 20) -> Light:
    """The card in linear light (height, width, 3), ``dots`` pixels a millimetre."""
    side = round(SIDE * dots)
    card = np.ones((side, side), np.float32)
    book = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    for number, (x, y, w, _) in MARKERS:
        square = cv2.aruco.generateImageMarker(book, number, round(w * dots)).astype(np.float32) / 255
        card[round(y * dots) : round((y + w) * dots), round(x * dots) : round((x + w) * dots)] = square
    for ink, (x, y, w, h) in GREYS:
        card[round(y * dots) : round((y + h) * dots), round(x * dots) : round((x + w) * dots)] = 1 - ink
    return np.repeat((_TONER + (WHITE - _TONER) * card)[..., None], 3, axis=2)


def held(scene: Light, corners: NDArray[np.floating], card: Light | None = None) -> Light:
    """A scene in linear light with the card's corners (clockwise from its top left, pixels) there."""
    card = printed() if card is None else card
    side = card.shape[0]
    # shrunk to about its size first: what is warped down in one step would flicker
    size = float(np.linalg.norm(np.roll(corners, 1, axis=0) - corners, axis=1).mean())
    small = cv2.resize(
        card, None, fx=min(1.0, 2 * size / side), fy=min(1.0, 2 * size / side), interpolation=cv2.INTER_AREA
    )
    edge = small.shape[0] - 1
    source = np.array([(0, 0), (edge, 0), (edge, edge), (0, edge)], np.float32)
    place = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    height, width = scene.shape[:2]
    over = cv2.warpPerspective(small, place, (width, height), flags=cv2.INTER_AREA)
    cover = cv2.warpPerspective(np.ones(small.shape[:2], np.float32), place, (width, height))
    return np.asarray(scene * (1 - cover[..., None]) + over * cover[..., None], np.float32)


def square(centre: tuple[float, float], side: float, turn: float) -> NDArray[np.float64]:
    """The corners of a card of ``side`` pixels turned by ``turn`` degrees, clockwise from its top left."""
    angle = np.radians(turn)
    turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    flat = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * side / 2
    return np.asarray(flat @ turned.T + np.array(centre))
