"""Opens pictures with the region the task reads in them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.errors import KnownError
from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box, Region
from clinoscope.inference.card import Input
from clinoscope.inference.classify import prepare
from clinoscope.training.augment import view, without_mark
from clinoscope.training.data import Row
from clinoscope.training.progress import Report, ignore
from clinoscope.training.recipe import Augment

Floats = NDArray[np.float32]

BATCH = 32
_MARKED_SOURCES = ("dermnet_com",)


class NoPicture(KnownError):
    """A file that is not there or not a picture."""


@dataclass(frozen=True, eq=False)
class Subject:
    """A picture with the region the task reads in it."""

    pixels: Pixels
    region: Region


def open_subject(row: Row, kind: str) -> Subject | None:
    """Decode a picture and find its region; None when nothing of that kind is in it.

    Raises NoPicture.
    """
    pixels = decode(row.path)
    if row.source in _MARKED_SOURCES:
        pixels = without_mark(pixels)
    if row.boxes:
        x, y = min(box.x for box in row.boxes), min(box.y for box in row.boxes)
        right, bottom = max(box.right for box in row.boxes), max(box.bottom for box in row.boxes)
        return Subject(pixels, Region(Box(x, y, right - x, bottom - y), "drawn", parts=row.boxes))
    return found(pixels, kind)


def found(pixels: Pixels, kind: str) -> Subject | None:
    """A picture with the region found in it as the running program does, or None."""
    from clinoscope import regions

    region = regions.find(kind, pixels)
    return None if region is None else Subject(pixels, region)


def embed(
    subjects: Sequence[Subject],
    backbones: dict[str, Any],
    how: Input,
    change: Augment,
    view_number: int,
    seed: int,
    report: Report = ignore,
) -> dict[str, Floats]:
    """The pooled features (n, d) of one view of every subject, from every backbone.

    View 0 is what the running program sees; the parts of a region are averaged. The changes of
    the other views depend on nothing but ``seed``, the view and the subject's place in the list.
    """
    runs = {name: _compiled(model) for name, model in backbones.items()}
    sums: dict[str, list[Floats]] = {name: [] for name in backbones}
    owners: list[int] = []
    for squares, indices in _batches(_squares(subjects, how, change, view_number, seed)):
        owners.extend(indices)
        for name, run in runs.items():
            sums[name].append(run(squares))
        report((indices[-1] + 1) / max(1, len(subjects)))
    owner = np.array(owners, np.intp)
    count = np.bincount(owner, minlength=len(subjects)).astype(np.float32)[:, None]
    pooled: dict[str, Floats] = {}
    for name, parts in sums.items():
        rows = np.concatenate(parts) if parts else np.zeros((0, 1), np.float32)
        total = np.zeros((len(subjects), rows.shape[1]), np.float32)
        np.add.at(total, owner, rows)
        pooled[name] = np.asarray(total / np.maximum(count, 1), np.float32)
    return pooled


def _squares(
    subjects: Sequence[Subject], how: Input, change: Augment, view_number: int, seed: int
) -> Iterator[tuple[int, Pixels]]:
    for index, subject in enumerate(subjects):
        chance = np.random.default_rng([seed, view_number, index])
        for box in subject.region.boxes:
            if view_number == 0:
                yield index, prepare(subject.pixels, subject.region, box, how)
            else:
                yield index, view(subject.pixels, subject.region, box, how, change, chance)


def _batches(squares: Iterator[tuple[int, Pixels]]) -> Iterator[tuple[Floats, list[int]]]:
    pending: list[tuple[int, Pixels]] = []
    for entry in squares:
        pending.append(entry)
        if len(pending) == BATCH:
            yield np.stack([square for _, square in pending]).astype(np.float32), [index for index, _ in pending]
            pending = []
    if pending:
        yield np.stack([square for _, square in pending]).astype(np.float32), [index for index, _ in pending]


@functools.lru_cache(maxsize=4)
def _compiled(model: Any) -> Callable[[Floats], Floats]:
    import tensorflow as tf

    @tf.function
    def pooled(batch: Any) -> Any:
        return tf.reduce_mean(model(batch, training=False), axis=[1, 2])

    def run(batch: Floats) -> Floats:
        # one shape only: every other one would be traced and planned anew
        full = np.zeros((BATCH, *batch.shape[1:]), np.float32)
        full[: len(batch)] = batch
        return np.asarray(pooled(tf.constant(full)), np.float32)[: len(batch)]

    return run


def decode(path: Path) -> Pixels:
    """The picture of a file, RGB, upright as OpenCV turns it. Raises NoPicture."""
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise NoPicture(f"{path} is not a picture that can be read. Remove it from the training pictures.")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
