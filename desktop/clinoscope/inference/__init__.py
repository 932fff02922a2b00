"""Model packages and what they say about a region.

``read`` is the one call that the rest of the program needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clinoscope.domain.task import Kind

if TYPE_CHECKING:
    from clinoscope.domain.picture import Pixels
    from clinoscope.domain.reading import Reading
    from clinoscope.domain.region import Region
    from clinoscope.domain.task import Task


def read(
    task: Task,
    pixels: Pixels,
    region: Region,
    earlier: Sequence[Reading] = (),
    phantom: bool = False,
    against_paper: bool = False,
    validated: bool = False,
) -> Reading:
    """The reading of a task's region in an RGB picture (height, width, 3).

    ``earlier`` are the same patient's readings of this task, oldest first; only measuring
    tasks use them. Of a ``phantom``, a drawn picture, it is not asked whether it looks like those the model
    learned from: it never does. ``against_paper`` says that the pixels were brought to the white paper of the printed
    colour card before: then the lips look for no plain white sheet. Where the package is not ``validated`` at this site
    it is read with its caution, if it has one. Raises PackageError when the task has no whole model package.
    """
    from clinoscope.inference import packages

    package = packages.for_task(task.id)
    match task.kind:
        case Kind.MEASURE:
            from clinoscope.inference import eyelid, lips

            if task.id == eyelid.TASK:
                return eyelid.measure(pixels, region, package, earlier)
            return lips.measure(pixels, region, package, earlier, against_paper)
        case Kind.COUNT:
            from clinoscope.inference import cells

            return cells.count(pixels, region, phantom)
        case Kind.CLASSIFY:
            from clinoscope.inference import classify

            return classify.classify(task, pixels, region, package, phantom, validated)


def foreign(task: Task, pixels: Pixels, region: Region) -> bool:
    """Whether a region is plainly of another kind than what the task's model learned from; False where no rule tells.

    The rule is the one by which ``read`` cannot judge; a field is asked by its cells, and by a rule of
    its own where they do not speak for it.
    Raises PackageError when there is no whole package.
    """
    from clinoscope.inference import classify, packages

    if task.kind is Kind.CLASSIFY:
        return classify.strange(pixels, region, packages.for_task(task.id))
    if task.kind is Kind.COUNT:
        from clinoscope.inference import cells

        return cells.strange(pixels, region)
    return False
