"""What was done to a region, to be undone and done again. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from clinoscope.domain.region import Region

MOST = 200
"""Steps that are kept; the oldest are forgotten first."""


@dataclass(frozen=True)
class Moment:
    """A region as it was, and the part and handle that were chosen then."""

    region: Region | None
    part: int
    handle: str


@dataclass(frozen=True)
class History:
    """Moments before now, oldest first, and those that were undone, next one first."""

    past: tuple[Moment, ...] = ()
    future: tuple[Moment, ...] = ()

    def noted(self, before: Moment) -> History:
        """One more step: what was undone until then cannot be done again."""
        return History((*self.past, before)[-MOST:])

    def undone(self, now: Moment) -> tuple[History, Moment] | None:
        """The history one step back, and how it was there. None at the beginning."""
        if not self.past:
            return None
        return History(self.past[:-1], (now, *self.future)), self.past[-1]

    def redone(self, now: Moment) -> tuple[History, Moment] | None:
        """The history one step on, and how it is there. None where nothing was undone."""
        if not self.future:
            return None
        return History((*self.past, now), self.future[1:]), self.future[0]
