"""The checks on a live picture, cheap enough for every frame."""

from clinoscope.domain.picture import Pixels
from clinoscope.domain.quality import Check, Finding, Quality, QualityLimits
from clinoscope.domain.region import Box, Region
from clinoscope.quality import checks, motion, patch
from clinoscope.quality.advice import advice

WIDTH = 480
"""Frames are checked at this width, in pixels."""


class LiveCheck:
    """Looks at one frame after the other and remembers the last one, to see motion.

    ``kind`` is the task's kind of region; ``fill`` the share of the frame's height that the guide takes: without a
    found region, what is inside the guide is checked. Not to be shared between threads.
    """

    def __init__(self, limits: QualityLimits, kind: str = "", fill: float = 0.6) -> None:
        self._limits = limits
        self._kind = kind
        self._fill = fill
        self._before: motion.Thumbnail | None = None

    def look(self, pixels: Pixels, region: Region | None = None, searched: bool = False) -> Quality:
        """All checks of one RGB frame (height, width, 3), with motion from the second frame on.

        ``region``, in pixels of the frame, is what a finder saw in this or a recent frame. ``searched`` says that a
        finder has looked, so that no region means no subject; the size check needs a region as well.
        """
        width = pixels.shape[1]
        scale = max(1.0, width / WIDTH)
        small = patch.shrink(pixels, round(width / scale), max(1, round(pixels.shape[0] / scale)))
        found = _shrunk(region, scale) if region else None
        area = found or Region(_guide(small.shape[1], small.shape[0], self._fill), "whole")
        seen = [
            finding
            for finding in checks.of_pixels(small, area, self._limits, self._kind, scale)
            if finding.check is not Check.SIZE or region
        ]
        if checks.shows_nothing(seen):
            self._before = None
            return Quality(tuple(seen))
        subject = checks.of_subject(region, self._limits, self._kind) if searched or region else ()
        return Quality((*subject, *self._motion(small), *seen))

    def _motion(self, small: Pixels) -> list[Finding]:
        limit = self._limits.motion
        if limit is None:
            return []
        # The guide's place and not the region's: a region that follows the subject would hide that it moves.
        now = motion.thumbnail(patch.take(small, _guide(small.shape[1], small.shape[0], self._fill)))
        before, self._before = self._before, now
        if before is None:
            return []
        value = motion.change(before, now)
        ok = value <= limit
        return [Finding(Check.MOTION, ok, value, limit, "" if ok else advice(Check.MOTION, self._kind))]


def _shrunk(region: Region, scale: float) -> Region:
    def small(box: Box) -> Box:
        return Box(
            round(box.x / scale), round(box.y / scale), max(1, round(box.w / scale)), max(1, round(box.h / scale))
        )

    return Region(small(region.box), region.how, region.score, tuple(small(box) for box in region.parts))


def _guide(width: int, height: int, fill: float) -> Box:
    """The square the guide stands in: ``fill`` of the frame's height, in the middle."""
    side = max(1, min(round(height * fill), width))
    return Box((width - side) // 2, (height - side) // 2, side, side)
