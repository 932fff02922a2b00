"""Finds every white cell of a smear field, and reads the type and stage of each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from clinoscope.domain.errors import PackageError
from clinoscope.domain.picture import Pixels
from clinoscope.domain.reading import CANNOT_JUDGE, COUNTED, CellReading, Measure, Reading
from clinoscope.domain.region import Box, Region
from clinoscope.inference import fields, packages
from clinoscope.inference.classify import distribution
from clinoscope.modes.wording import NOT_WHITE, WHITE_CELLS, likeliest

if TYPE_CHECKING:
    from clinoscope.inference.card import Package
    from clinoscope.regions.cells import FoundCell

TASK, TYPE_TASK, STAGE_TASK = "neutrophil/cells", "neutrophil/type", "neutrophil/stage"
NEUTROPHIL_LINE = ("neutrophil", "immature_granulocyte")

NO_FIELD = "This does not look like a field of a stained smear. Take a picture of one."
ASKED = 7
"""So many cells tell whether a picture is a smear: each takes a few milliseconds."""


def count(pixels: Pixels, region: Region, phantom: bool = False) -> Reading:
    """Every white cell inside the region's box, surest first, with type and, in the neutrophil line, stage.

    Measures: ``white cells`` (a count; uncertainty its square root, Poisson) and ``neutrophils``,
    their share of the white cells in percent with its binomial standard deviation; a cell counts
    as its likeliest type. What is no field of a smear (see ``strange``) cannot be judged; a ``phantom``, a drawn
    picture, is not asked. Raises PackageError when a package is missing, altered, or not the one
    this package was measured with.
    """
    from clinoscope.regions.cells import find_cells

    package = packages.for_task(TASK)
    types, stages = used(package, TYPE_TASK), used(package, STAGE_TASK)
    found = [cell for cell in find_cells(pixels) if _inside(cell.box, region.box)]
    if not phantom and _strange(pixels, region, found, types):
        return Reading(task=TASK, answer=CANNOT_JUDGE, model=package.ref, reason=NO_FIELD)
    cells = tuple(_read(pixels, cell.box, cell.score, types, stages) for cell in found)
    return Reading(task=TASK, answer=COUNTED, model=package.ref, measures=_measures(cells), cells=cells)


def strange(pixels: Pixels, region: Region) -> bool:
    """Whether nothing in the region's box speaks for a field of a smear.

    Where most of the surest cells look like cells to the rule of their types it is one. Otherwise, and where none is
    found, the field itself is asked (``inference.fields``). Raises PackageError as ``count`` does.
    """
    from clinoscope.regions.cells import find_cells

    found = [cell for cell in find_cells(pixels) if _inside(cell.box, region.box)]
    return _strange(pixels, region, found, used(packages.for_task(TASK), TYPE_TASK))


def _strange(pixels: Pixels, region: Region, found: Sequence[FoundCell], types: Package) -> bool:
    from clinoscope.inference.classify import strange as is_strange

    surest = found[:ASKED]
    told = [is_strange(pixels, Region(cell.box, "network", cell.score), types) for cell in surest]
    return nothing_speaks(pixels, region, told)


def nothing_speaks(pixels: Pixels, region: Region, told: Sequence[bool]) -> bool:
    """As ``strange``, where it was asked already: ``told`` says of the ``ASKED`` surest cells, or of as many as there
    are, which ones do not look like cells. Raises PackageError.
    """
    if told and 2 * sum(told) <= len(told):
        return False
    return not fields.is_field(pixels, region)


def used(package: Package, task: str) -> Package:
    """The very package of a task that the counting package was measured with, whichever is in use for single cells.

    Raises PackageError.
    """
    named = next((use for use in package.uses if use.task == task), None)
    if named is None:
        raise PackageError(f"Model package {package.name} does not say which package reads {task}. Install it again.")
    return packages.exact(task, named.sha256)


def _inside(box: Box, outer: Box) -> bool:
    x, y = box.centre
    return outer.x <= x <= outer.right and outer.y <= y <= outer.bottom


def _read(pixels: Pixels, box: Box, score: float, types: Package, stages: Package) -> CellReading:
    region = Region(box, "network", score)
    type_of = distribution(pixels, region, box, types)
    stage_of: Mapping[str, float] = {}
    if likeliest(type_of) in NEUTROPHIL_LINE:
        stage_of = distribution(pixels, region, box, stages)
    return CellReading(box, score, type_of, stage_of)


def _measures(cells: tuple[CellReading, ...]) -> tuple[Measure, ...]:
    tops = [likeliest(cell.type) for cell in cells]
    white = sum(top not in NOT_WHITE for top in tops)
    measures = [Measure(WHITE_CELLS, white, math.sqrt(white))]
    if white:
        share = sum(top == "neutrophil" for top in tops) / white
        measures.append(Measure("neutrophils", 100 * share, 100 * math.sqrt(share * (1 - share) / white), "%"))
    return tuple(measures)
