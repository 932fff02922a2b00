"""How one picture lies over another: scale, turn and shift."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Similarity:
    """Takes (x, y) to ``scale`` · R(``turn``) · (x, y) + (``dx``, ``dy``), all in pixels.

    ``turn`` is in degrees, clockwise as seen on the screen (y points down).
    """

    scale: float = 1.0
    turn: float = 0.0
    dx: float = 0.0
    dy: float = 0.0

    def apply(self, x: float, y: float) -> tuple[float, float]:
        """Where the point (x, y) goes."""
        a, b = self._parts()
        return a * x - b * y + self.dx, b * x + a * y + self.dy

    def after(self, first: Similarity) -> Similarity:
        """``first``, then this one."""
        dx, dy = self.apply(first.dx, first.dy)
        return Similarity(self.scale * first.scale, _turned(self.turn + first.turn), dx, dy)

    @classmethod
    def onto(
        cls, centre: tuple[float, float], other: tuple[float, float], scale: float, turn: float = 0.0
    ) -> Similarity:
        """The one with this scale and turn that takes ``centre`` to ``other``."""
        x, y = cls(scale, turn).apply(*centre)
        return cls(scale, turn, other[0] - x, other[1] - y)

    def _parts(self) -> tuple[float, float]:
        angle = math.radians(self.turn)
        return self.scale * math.cos(angle), self.scale * math.sin(angle)


@dataclass(frozen=True)
class Alignment:
    """Where an earlier picture lies in a later one: ``place`` takes pixels of the earlier to the later.

    ``support`` is how many details of the two agree on it; 0 when only their regions were laid over each other.
    """

    place: Similarity
    support: int

    @property
    def sure(self) -> bool:
        """Whether both pictures show the same details."""
        return self.support > 0


def _turned(degrees: float) -> float:
    """The same angle between -180 and 180."""
    return (degrees + 180) % 360 - 180
