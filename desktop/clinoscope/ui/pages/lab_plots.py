"""How each kind of lab value went over time: thin plots above the list, the days to scale."""

from __future__ import annotations

from collections.abc import Sequence

from clinoscope.domain.labs import LabValue
from clinoscope.ui.dates import in_words
from clinoscope.ui.widgets.series import Point, Series
from clinoscope.workflow import labs

_SIDE = 40  # pixels left and right of the outermost points, for their numbers


def plots(values: Sequence[LabValue], width: int) -> list[Series]:
    """A plot ``width`` pixels wide for every kind with two or more values; what is voided does not count."""
    standing = sorted((lab for lab in values if lab.void is None), key=lambda lab: lab.drawn_at)
    kinds = dict.fromkeys(lab.kind for lab in standing)
    each = {kind: [lab for lab in standing if lab.kind == kind] for kind in kinds}
    return [_plot(found, width) for found in each.values() if len(found) > 1]


def _plot(found: Sequence[LabValue], width: int) -> Series:
    kind = labs.kind(found[0].kind)
    first, last = found[0].drawn_at, found[-1].drawn_at
    whole = (last - first).total_seconds()
    room = width - 2 * _SIDE
    points = []
    for number, lab in enumerate(found):
        share = (lab.drawn_at - first).total_seconds() / whole if whole else number / (len(found) - 1)
        points.append(Point(_SIDE + round(share * room), lab.value, words=f"{lab.value:.{kind.decimals}f}"))
    days = f"{in_words(first.astimezone().date())} to {in_words(last.astimezone().date())}"
    return Series(f"{kind.name}, {days}", kind.unit, points)
