"""Opens the pictures of a run and finds their regions as the running program does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clinoscope.domain.errors import KnownError
from clinoscope.training import features
from clinoscope.training.data import Row
from clinoscope.training.features import Subject
from clinoscope.training.head import Indices
from clinoscope.training.progress import Report, ignore
from clinoscope.training.recipe import Recipe

_NAMED = 5
"""So many files are named in one sentence."""


@dataclass(frozen=True, eq=False)
class Gathered:
    """The pictures of a run with their regions; ``labels`` (n,) index the recipe's labels.

    ``without_region`` counts pictures left out because nothing of the task's kind was found; ``left_out`` says in
    sentences what of a clinic's own pictures was left out before.
    """

    rows: tuple[Row, ...]
    subjects: tuple[Subject, ...]
    labels: Indices
    without_region: int
    left_out: tuple[str, ...] = ()

    @property
    def groups(self) -> list[str]:
        return [row.group for row in self.rows]


def gather(
    recipe: Recipe, rows: Sequence[Row], region_kind: str, report: Report = ignore, done: Gathered | None = None
) -> Gathered:
    """Open the pictures and find their regions as the running program does; those of ``done`` are taken from there.

    Raises KnownError that names the files which are no pictures.
    """
    opened = () if done is None else zip(done.rows, done.subjects, strict=True)
    known = {(row.path, row.boxes): subject for row, subject in opened}
    kept, subjects, bad = [], [], []
    for number, row in enumerate(rows):
        try:
            subject = known.get((row.path, row.boxes)) or features.open_subject(row, region_kind)
        except features.NoPicture:
            bad.append(str(row.path))
            continue
        if subject is not None:
            kept.append(row)
            subjects.append(subject)
        if number % 20 == 0:
            report(number / len(rows))
    if bad:
        raise KnownError(_no_pictures(bad))
    labels = np.array([recipe.labels.index(row.label) for row in kept], np.intp)
    return Gathered(tuple(kept), tuple(subjects), labels, len(rows) - len(kept))


def _no_pictures(bad: Sequence[str]) -> str:
    more = f" and {len(bad) - _NAMED} more" if len(bad) > _NAMED else ""
    what = "is not a picture" if len(bad) == 1 else "are not pictures"
    return f"{', '.join(bad[:_NAMED])}{more} {what} that can be read. Take them out of the training pictures."
