"""Found cells against the cells that were drawn."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from clinoscope.domain.region import Box
from clinoscope.domain.smear import Smear


def standing_boxes(smear: Smear) -> list[Box]:
    """The boxes of all cells that count, in the pixels of the first track."""
    places = {field.number: (field.x, field.y) for field in smear.fields}
    return [
        Box(
            cell.seen.box.x + places[cell.field][0],
            cell.seen.box.y + places[cell.field][1],
            cell.seen.box.w,
            cell.seen.box.h,
        )
        for cell in smear.standing()
    ]


def whole_cells_found(boxes: Iterable[Box], truth: Iterable[Any]) -> tuple[int, int, int]:
    """How many drawn cells nobody found, how many were found more than once, how many finds are no drawn cell."""
    drawn = [Box(*white.box) for white in truth]
    hits: Counter[int] = Counter()
    extra = 0
    for box in boxes:
        x, y = box.centre
        inside = [index for index, one in enumerate(drawn) if one.x <= x <= one.right and one.y <= y <= one.bottom]
        if inside:
            hits[inside[0]] += 1
        else:
            extra += 1
    return sum(not hits[index] for index in range(len(drawn))), sum(count > 1 for count in hits.values()), extra
