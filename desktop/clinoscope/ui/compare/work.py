"""What the compare page does on a worker: open both pictures and lay them over each other. No widgets here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clinoscope.domain.alignment import Alignment, Similarity
from clinoscope.domain.record import Exam
from clinoscope.ui.exam.raster import Raster, raster_of
from clinoscope.workflow import compare, follow

if TYPE_CHECKING:
    from clinoscope.records import Vault


@dataclass(frozen=True, eq=False)
class Visit:
    """One exam and its picture; without a picture ``problem`` says why."""

    exam: Exam
    raster: Raster | None
    problem: str = ""


@dataclass(frozen=True, eq=False)
class Pair:
    """The earlier visit, the later one, and how the earlier picture lies over the later: ``plain`` frame over frame,
    ``laid`` by what they show, None where that cannot be told."""

    before: Visit
    after: Visit
    plain: Similarity
    laid: Alignment | None


def load(vault: Vault, before: Exam, after: Exam) -> Pair:
    """Both pictures at every size. One that cannot be read costs only itself. Raises VaultError."""
    first, why_first = compare.opened(vault, before)
    second, why_second = compare.opened(vault, after)
    one = Visit(before, raster_of(first.pixels) if first else None, why_first)
    other = Visit(after, raster_of(second.pixels) if second else None, why_second)
    if first is None or second is None:
        return Pair(one, other, Similarity(), None)
    plain = follow.fitted((first.width, first.height), (second.width, second.height))
    laid = compare.lay(after.task, first.pixels, before.region, second.pixels, after.region)
    return Pair(one, other, plain, laid)
