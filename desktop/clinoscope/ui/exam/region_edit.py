"""Changing a region: plain functions from one region to the next. No Qt.

A changed region is ``drawn`` with a score of 1: a person set it. Outlines (lips) go along with
their box. ``part`` counts the boxes that are read (``Region.boxes``).
"""

from __future__ import annotations

from clinoscope.domain.region import Box, Point, Region

SMALLEST = 12
"""Pixels: no box becomes thinner than this, so that it can still be taken hold of."""

HANDLES = ("nw", "n", "ne", "e", "se", "s", "sw", "w")
BODY = "body"


def drawn(box: Box) -> Region:
    """A region that a person drew."""
    return Region(box, "drawn")


def fresh(region: Region | None, middle: tuple[float, float], size: tuple[int, int]) -> Box:
    """A box around ``middle``, as large as the parts there are or a third of the picture; never just on another one."""
    boxes = region.boxes if region is not None else ()
    third = max(min(size) // 3, SMALLEST)
    w = round(sum(box.w for box in boxes) / len(boxes)) if boxes else third
    h = round(sum(box.h for box in boxes) / len(boxes)) if boxes else third
    x, y = round(middle[0] - w / 2), round(middle[1] - h / 2)
    while any(abs(x - box.x) < w // 4 and abs(y - box.y) < h // 4 for box in boxes) and x + w < size[0]:
        x += max(w // 2, 1)
    return Box(min(max(x, 0), max(size[0] - w, 0)), min(max(y, 0), max(size[1] - h, 0)), w, h)


def step(region: Region, part: int) -> int:
    """By how many pixels one key grows a part on each side: a fiftieth of it, at least 4."""
    return max(4, round(max(region.boxes[part].w, region.boxes[part].h) / 50))


def dragged(region: Region, part: int, handle: str, dx: int, dy: int, size: tuple[int, int]) -> Region:
    """Move one handle of one part, or all of it with ``BODY``; stays inside ``size`` (width, height)."""
    box = region.boxes[part]
    if handle == BODY:
        x = min(max(box.x + dx, 0), max(size[0] - box.w, 0))
        y = min(max(box.y + dy, 0), max(size[1] - box.h, 0))
        return _replaced(region, part, Box(x, y, box.w, box.h))
    left, top, right, bottom = box.x, box.y, box.right, box.bottom
    if "w" in handle:
        left = min(max(left + dx, 0), right - SMALLEST)
    if "e" in handle:
        right = max(min(right + dx, size[0]), left + SMALLEST)
    if "n" in handle:
        top = min(max(top + dy, 0), bottom - SMALLEST)
    if "s" in handle:
        bottom = max(min(bottom + dy, size[1]), top + SMALLEST)
    return _replaced(region, part, Box(left, top, right - left, bottom - top))


def grown(region: Region, part: int, by: int, size: tuple[int, int]) -> Region:
    """Every side of one part moved outwards by ``by`` pixels (inwards when negative)."""
    box = region.boxes[part]
    by = max(by, -((min(box.w, box.h) - SMALLEST) // 2))
    grown_box = Box(box.x - by, box.y - by, box.w + 2 * by, box.h + 2 * by).clipped(*size)
    return _replaced(region, part, grown_box)


def without(region: Region, part: int) -> Region:
    """One part less; the last one cannot be taken away."""
    boxes = tuple(box for index, box in enumerate(region.boxes) if index != part)
    if not boxes:
        return region
    return Region(_around(boxes), "drawn", 1.0, boxes if region.parts else ())


def with_part(region: Region, box: Box) -> Region:
    """One part more."""
    boxes = (*region.boxes, box)
    return Region(_around(boxes), "drawn", 1.0, boxes)


def _replaced(region: Region, part: int, box: Box) -> Region:
    before = region.boxes[part]
    if box == before:
        return region
    if region.parts:
        parts = tuple(box if index == part else other for index, other in enumerate(region.parts))
        return Region(_around(parts), "drawn", 1.0, parts)
    outlines = tuple(tuple(_carried(point, before, box) for point in ring) for ring in region.outlines)
    return Region(box, "drawn", 1.0, (), outlines)


def _carried(point: Point, before: Box, after: Box) -> Point:
    x = after.x + (point[0] - before.x) * after.w / before.w
    y = after.y + (point[1] - before.y) * after.h / before.h
    return round(x), round(y)


def _around(boxes: tuple[Box, ...]) -> Box:
    x = min(box.x for box in boxes)
    y = min(box.y for box in boxes)
    return Box(x, y, max(box.right for box in boxes) - x, max(box.bottom for box in boxes) - y)
