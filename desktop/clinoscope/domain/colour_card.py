"""The printed colour card: where on it what is, for who draws it and for who finds it.

Lengths are millimetres from the card's top left corner, x to the right and y down.
"""

from __future__ import annotations

from typing import NamedTuple

SIDE = 40.0
"""Fits beside a mouth and into a hand, and shows more than 100 pixels in a 1080p picture of a face."""

METHOD = "printed card 1"
"""The layout and how it is read; a change of either gets the next number."""

WHITE = 0.85
"""Share of light that plain office paper sends back. Papers differ by about 0.05, which moves brightness and no colour.
The lips' package takes the same number for a plain white sheet (``card_reflectance``)."""


class Patch(NamedTuple):
    """An upright rectangle: its top left corner and its size."""

    x: float
    y: float
    w: float
    h: float

    def turned(self) -> Patch:
        """The same patch after a quarter turn of the card, clockwise."""
        return Patch(SIDE - self.y - self.h, self.x, self.h, self.w)


MARKERS: tuple[tuple[int, Patch], ...] = (
    (23, Patch(2, 2, 10, 10)),
    (26, Patch(28, 2, 10, 10)),
    (29, Patch(28, 28, 10, 10)),
    (43, Patch(2, 28, 10, 10)),
)
"""Numbers in OpenCV's dictionary DICT_4X4_50, unlike each other also when turned, and places, clockwise from the top
left."""

MODULES = 6
"""Cells across a marker: four that carry its number, and a black one on each side."""

_GREY, _BLANK = Patch(14.5, 2.5, 5, 9), Patch(20.5, 2.5, 5, 9)
"""The two patches between the upper markers; the other sides have the same, turned."""

GREYS: tuple[tuple[float, Patch], ...] = (
    (0.25, _GREY),
    (0.50, _GREY.turned()),
    (0.75, _GREY.turned().turned()),
    (1.00, _GREY.turned().turned().turned()),
)
"""Share of black ink asked of the printer, and places, clockwise from the top. What comes out is the printer's own."""

PAPERS: tuple[Patch, ...] = (
    Patch(14, 14, 12, 12),
    _BLANK,
    _BLANK.turned(),
    _BLANK.turned().turned(),
    _BLANK.turned().turned().turned(),
)
"""Unprinted paper, in the middle and on each side: the only patches whose colour is relied on."""
