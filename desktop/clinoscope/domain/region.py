"""What is looked at: lips, lesion, scalp patch, nails, cell."""

from __future__ import annotations

from dataclasses import dataclass

Point = tuple[int, int]
"""(x, y) in pixels of the picture, origin top left."""


@dataclass(frozen=True)
class Box:
    """An upright rectangle in pixels: ``x, y`` is its top left corner."""

    x: int
    y: int
    w: int
    h: int

    @property
    def right(self) -> int:
        return self.x + self.w

    @property
    def bottom(self) -> int:
        return self.y + self.h

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.w / 2, self.y + self.h / 2

    @classmethod
    def parse(cls, text: str) -> Box:
        """``"x,y,w,h"`` as the command line takes it. Raises ValueError."""
        x, y, w, h = (int(part) for part in text.split(","))
        if w <= 0 or h <= 0:
            raise ValueError("a region needs a width and a height above zero")
        return cls(x, y, w, h)

    def clipped(self, width: int, height: int) -> Box:
        """The part inside a picture of ``width`` x ``height``; at least one pixel."""
        x = min(max(self.x, 0), width - 1)
        y = min(max(self.y, 0), height - 1)
        right = min(max(self.right, x + 1), width)
        bottom = min(max(self.bottom, y + 1), height)
        return Box(x, y, right - x, bottom - y)

    def padded(self, share: float) -> Box:
        """Grown on every side by ``share`` of its longer side."""
        pad = round(share * max(self.w, self.h))
        return Box(self.x - pad, self.y - pad, self.w + 2 * pad, self.h + 2 * pad)

    def squared(self) -> Box:
        """The smallest square around the same centre."""
        side = max(self.w, self.h)
        cx, cy = self.centre
        return Box(round(cx - side / 2), round(cy - side / 2), side, side)

    def shared(self, other: Box) -> float:
        """What two boxes share, of the smaller one, 0..1."""
        w = min(self.right, other.right) - max(self.x, other.x)
        h = min(self.bottom, other.bottom) - max(self.y, other.y)
        return max(w, 0) * max(h, 0) / min(self.w * self.h, other.w * other.h)

    def iou(self, other: Box) -> float:
        """Intersection over union, 0..1."""
        w = min(self.right, other.right) - max(self.x, other.x)
        h = min(self.bottom, other.bottom) - max(self.y, other.y)
        if w <= 0 or h <= 0:
            return 0.0
        shared = w * h
        return shared / (self.w * self.h + other.w * other.h - shared)


@dataclass(frozen=True)
class Region:
    """The part of a picture that a task reads.

    ``how`` names what found it (``landmarks``, ``colour``, ``contrast``, ``network``, ``whole``) or
    ``drawn`` when a person set it. ``score`` is 0..1, how sure the finder is. ``parts`` are
    the boxes that are read one by one (several nails); empty means ``box`` itself.
    ``outlines`` are closed polygons drawn on the picture (lips: outer, then inner ring).
    """

    box: Box
    how: str
    score: float = 1.0
    parts: tuple[Box, ...] = ()
    outlines: tuple[tuple[Point, ...], ...] = ()

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The boxes that are read: ``parts``, or ``box`` alone."""
        return self.parts or (self.box,)
