"""The checks of one picture, put together."""

from collections.abc import Callable, Iterator
from statistics import median

from clinoscope.domain.picture import Pixels
from clinoscope.domain.quality import Check, Finding, Quality, QualityLimits
from clinoscope.domain.region import Box, Region
from clinoscope.quality import colour, exposure, focus, patch
from clinoscope.quality.advice import advice

_EDGE_ROOM = 0.25
"""Focus is judged with a quarter of the region's size around it: a nail has its edges outside."""


def check_still(pixels: Pixels, region: Region | None, limits: QualityLimits, kind: str) -> Quality:
    """What ``quality.check`` promises."""
    return Quality((*of_subject(region, limits, kind), *of_pixels(pixels, region, limits, kind)))


def of_subject(region: Region | None, limits: QualityLimits, kind: str) -> Iterator[Finding]:
    """``subject``: the finder's score, 0..1, at least the limit; no region always fails, with value 0."""
    if limits.subject is None:
        return
    value = region.score if region else 0.0
    yield _finding(Check.SUBJECT, region is not None and value >= limits.subject, value, limits.subject, kind)


def of_pixels(
    pixels: Pixels, region: Region | None, limits: QualityLimits, kind: str, scale: float = 1.0
) -> Iterator[Finding]:
    """Every check but subject and motion. ``scale`` is the full picture's width over that of ``pixels``.

    ``size`` is the short side of the region in pixels of the full picture; of several parts the median counts, as
    for all checks: one nail in the shade does not spoil four.
    """
    height, width = pixels.shape[:2]
    boxes = patch.boxes_of(region, width, height)
    if limits.size is not None and region is not None:
        side = median(min(box.w, box.h) for box in region.boxes) * scale
        yield _finding(Check.SIZE, side >= limits.size, side, limits.size, kind)
    if limits.focus is not None:
        roomy = [box.padded(_EDGE_ROOM).clipped(width, height) for box in boxes]
        value = _median(focus.sharpness, pixels, roomy)
        yield _finding(Check.FOCUS, value >= limits.focus, value, limits.focus, kind)
    patches = [patch.take(pixels, box) for box in boxes]
    if limits.dark is not None:
        value = median(map(exposure.light, patches))
        yield _finding(Check.DARK, value >= limits.dark, value, limits.dark, kind)
    for check, limit, measure in (
        (Check.BRIGHT, limits.bright, exposure.burnt),
        (Check.GLARE, limits.glare, exposure.glare),
    ):
        if limit is not None:
            value = median(map(measure, patches))
            yield _finding(check, value <= limit, value, limit, kind)
    if limits.colour is not None:
        value = colour.cast(pixels, region)
        yield _finding(Check.COLOUR, value <= limits.colour, value, limits.colour, kind)


def _median(measure: Callable[[Pixels], float], pixels: Pixels, boxes: list[Box]) -> float:
    return median(measure(patch.take(pixels, box)) for box in boxes)


def _finding(check: Check, ok: bool, value: float, limit: float, kind: str) -> Finding:
    return Finding(check, bool(ok), float(value), float(limit), "" if ok else advice(check, kind))
