"""The checks of one picture, put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.quality import Check, Finding, Quality, QualityLimits
from clinoscope.domain.region import Box, Region
from clinoscope.quality import blank, blocks, colour, exposure, focus, patch
from clinoscope.quality.advice import advice

_EDGE_ROOM = 0.25
"""Focus is judged with a quarter of the region's size around it: a nail has its edges outside."""
_AROUND = 0.6
_SMALL = 96
"""Haze is judged with the region's surroundings, where the shadows are; so many pixels are enough for that."""
_MOVED = 0.6
"""Below this evenness a picture that is not sharp was moved: docs/quality.md, "Which words"."""
_BEHIND = 1.5
"""The whole picture's light over that of a dark region, from which on the light is behind it."""


def check_still(pixels: Pixels, region: Region | None, limits: QualityLimits, kind: str) -> Quality:
    """What ``quality.check`` promises."""
    findings = tuple(of_pixels(pixels, region, limits, kind))
    if shows_nothing(findings):
        return Quality(findings)
    return Quality((*of_subject(region, limits, kind), *findings))


def shows_nothing(findings: Sequence[Finding]) -> bool:
    """Whether ``of_pixels`` found that there is nothing to see, and so nothing else to judge."""
    return any(finding.check is Check.BLANK and not finding.ok for finding in findings)


def of_subject(region: Region | None, limits: QualityLimits, kind: str) -> Iterator[Finding]:
    """``subject``: the finder's score, 0..1, at least the limit; no region always fails, with value 0."""
    if limits.subject is None:
        return
    value = region.score if region else 0.0
    yield _finding(Check.SUBJECT, region is not None and value >= limits.subject, value, limits.subject, kind)


def of_blocks(pixels: Pixels, region: Region, limits: QualityLimits, kind: str) -> Finding | None:
    """``blocks``: the step between the squares of JPEG in grey levels, at most the limit; None without a limit.

    ``pixels`` must be those of the full picture.
    """
    if limits.blocks is None:
        return None
    height, width = pixels.shape[:2]
    rooms = [box.padded(_EDGE_ROOM).clipped(width, height) for box in region.boxes]
    value = median(blocks.step(pixels, room) for room in rooms)
    return _finding(Check.BLOCKS, value <= limits.blocks, value, limits.blocks, kind)


def of_pixels(
    pixels: Pixels, region: Region | None, limits: QualityLimits, kind: str, scale: float = 1.0
) -> Iterator[Finding]:
    """Every check but subject and motion. ``scale`` is the full picture's width over that of ``pixels``.

    ``size`` is the short side of the region in pixels of the full picture; of several parts the median counts, as
    for all checks: one nail in the shade does not spoil four. What cannot be judged is left out: colours in the dark,
    the light of a picture without colour, and of a picture that shows nothing all but that.
    """
    height, width = pixels.shape[:2]
    boxes = patch.boxes_of(region, width, height)
    whole = Box(0, 0, width, height)
    small = patch.take(pixels, whole, _SMALL)
    if limits.blank is not None:
        value = blank.detail(small)
        ok = value >= limits.blank
        yield _finding(Check.BLANK, ok, value, limits.blank, kind, "" if ok else blank.cause(small))
        if not ok:
            return
    around = patch.take(pixels, region.box.padded(_AROUND).clipped(width, height), _SMALL) if region else small
    if limits.size is not None and region is not None:
        side = median(min(box.w, box.h) for box in region.boxes) * scale
        yield _finding(Check.SIZE, side >= limits.size, side, limits.size, kind)
    parts = [_Part.of(pixels, box) for box in boxes]
    yield from _of_detail(parts, around, limits, kind)
    yield from _of_light(pixels, region, parts, small, limits, kind)


def _of_detail(parts: Sequence[_Part], around: Pixels, limits: QualityLimits, kind: str) -> Iterator[Finding]:
    """Focus, haze and grain."""
    haze = exposure.haze(around) if limits.haze is not None else 0.0
    hazy = limits.haze is not None and haze > limits.haze
    judged = limits.focus is not None or limits.grain is not None
    seen = [focus.sharpness(part.roomy) for part in parts] if judged else []
    if limits.focus is not None:
        value, even = median(each.least for each in seen), median(each.even for each in seen)
        cause = "lens" if hazy else "moved" if even < _MOVED else ""
        yield _finding(Check.FOCUS, value >= limits.focus, value, limits.focus, kind, cause)
    if limits.haze is not None:
        yield _finding(Check.HAZE, not hazy, haze, limits.haze, kind)
    if limits.grain is not None:
        value = median(each.noise for each in seen)
        yield _finding(Check.GRAIN, value <= limits.grain, value, limits.grain, kind)


def _of_light(
    pixels: Pixels, region: Region | None, parts: Sequence[_Part], small: Pixels, limits: QualityLimits, kind: str
) -> Iterator[Finding]:
    """How bright it is, what is burnt or shines, and its colours; ``small`` is the whole picture."""
    lit = True
    if limits.dark is not None:
        value = median(exposure.light(part.inner) for part in parts)
        light = exposure.light(small)
        cause = "behind" if light > _BEHIND * value else ""
        lit = value >= limits.dark
        yield _finding(Check.DARK, lit, value, limits.dark, kind, cause)
    for check, limit, measure in (
        (Check.BRIGHT, limits.bright, exposure.burnt),
        (Check.GLARE, limits.glare, exposure.glare),
    ):
        if limit is not None:
            value = median(measure(part.inner, part.behind) for part in parts)
            yield _finding(check, value <= limit, value, limit, kind)
    coloured = True
    if limits.grey is not None and lit:  # in the dark everything is grey
        value = blank.chroma(small)
        coloured = value >= limits.grey
        yield _finding(Check.GREY, coloured, value, limits.grey, kind)
    if limits.colour is not None and coloured:
        value = colour.cast(pixels, region)
        yield _finding(Check.COLOUR, value <= limits.colour, value, limits.colour, kind)


@dataclass(frozen=True, eq=False)
class _Part:
    """One box as it is looked at: ``roomy`` with its edges, ``inner`` without, ``behind`` what is a white backdrop."""

    roomy: Pixels
    inner: Pixels
    behind: NDArray[np.bool_]

    @classmethod
    def of(cls, pixels: Pixels, box: Box) -> _Part:
        room = box.padded(_EDGE_ROOM).clipped(pixels.shape[1], pixels.shape[0])
        roomy = patch.take(pixels, room)
        across, down = roomy.shape[1] / room.w, roomy.shape[0] / room.h
        x, y = int((box.x - room.x) * across), int((box.y - room.y) * down)
        right, bottom = (
            max(x + 1, round((box.right - room.x) * across)),
            max(y + 1, round((box.bottom - room.y) * down)),
        )
        inside = slice(y, bottom), slice(x, right)
        return cls(roomy, np.ascontiguousarray(roomy[inside]), exposure.backdrop(roomy)[inside])


def _finding(check: Check, ok: bool, value: float, limit: float, kind: str, cause: str = "") -> Finding:
    return Finding(check, bool(ok), float(value), float(limit), "" if ok else advice(check, kind, cause))
