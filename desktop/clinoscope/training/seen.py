"""What the frozen part of every variant sees of the pictures, kept on disk so that a killed run goes on.

A variant that trains its head alone sees pooled features; one that trains the top sees the maps after
its cut; one that trains all sees the squares themselves. Views are shared: they are drawn once for all
variants with the same steps.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.inference.card import Input
from clinoscope.inference.classify import prepare
from clinoscope.training import backbones
from clinoscope.training.augment import view
from clinoscope.training.features import Subject
from clinoscope.training.progress import Report, ignore
from clinoscope.training.recipe import Augment, Variant

BATCH = 32
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Eye:
    """The network of a variant, cut where its training begins.

    ``frozen`` maps squares (n, size, size, 3) to what is kept: pooled features (n, d), maps
    (n, rows, columns, channels), or the squares themselves when it is None. ``tail`` maps what is
    kept to the last feature map; None when only the head is trained.
    """

    variant: Variant
    network: Any
    tail: Any
    frozen: Callable[[NDArray[Any]], NDArray[Any]] | None

    @property
    def key(self) -> list[object]:
        """What its sight depends on, besides the pictures and the weights of the backbone."""
        cut = "" if self.variant.train == "head" else self.variant.cut if self.variant.train == "top" else "squares"
        return [self.variant.backbone if cut != "squares" else "", self.variant.train, cut, self.variant.steps]


@dataclass(frozen=True, eq=False)
class Seen:
    """``views``: for every view what was kept of each square, (m, …); ``owner`` (m,) the picture
    each square belongs to: a picture with several regions (nails) has several squares."""

    views: tuple[NDArray[Any], ...]
    owner: Indices

    def of(self, pictures: Indices, view: int = 0) -> Seen:
        """One view of some pictures, numbered anew in their order."""
        place = np.full(int(self.owner.max()) + 1, -1, np.intp)
        place[pictures] = np.arange(len(pictures))
        rows = np.flatnonzero(place[self.owner] >= 0)
        return Seen((self.views[view][rows],), place[self.owner[rows]])


def eye(variant: Variant, size: int, weights: Path | None, seed: int = 1) -> Eye:
    """Build the network of a variant and cut it. Raises KnownError.

    Where there are no weights, ``seed`` draws them: a run that goes on must have the network it began with.
    """
    import keras

    keras.utils.set_random_seed(seed)
    network = backbones.build(variant.backbone, size, weights)
    if variant.train == "head":
        return Eye(variant, network, None, _runner(network, pool=True))
    if variant.train == "all":
        return Eye(variant, network, network, None)
    known = variant.cut in ("half", "last")
    cut = backbones.cut_layer(variant.backbone, variant.cut) if known else variant.cut  # type: ignore[arg-type]
    trunk, tail = backbones.split(network, cut)
    return Eye(variant, network, tail, _runner(trunk, pool=False))


def look(
    eyes: Sequence[Eye],
    subjects: Sequence[Subject],
    how: Input,
    change: Augment,
    views: int,
    seed: int,
    key: object,
    folder: Path,
    report: Report = ignore,
) -> dict[str, Seen]:
    """What each variant sees of the subjects, by the variant's name. View 0 is what the program sees.

    ``key`` (anything JSON can hold) stands for the pictures, regions, input, changes, seed and weights.
    """
    folder.mkdir(parents=True, exist_ok=True)
    out: dict[str, list[NDArray[Any]]] = {each.variant.name: [] for each in eyes}
    owner = _owner(subjects)
    treatments = tuple(dict.fromkeys(each.variant.steps for each in eyes))
    for turn, steps in enumerate(treatments):
        looking = [each for each in eyes if each.variant.steps == steps]
        stepped = dataclasses.replace(how, steps=(*how.steps, *steps))
        for number in range(views):
            paths = {each.variant.name: folder / f"{_digest([key, each.key, number])}.npy" for each in looking}
            missing = {paths[each.variant.name]: each for each in looking if not paths[each.variant.name].is_file()}
            if missing:
                _keep(missing, _squares(subjects, stepped, change, number, seed), len(owner))
            for name, path in paths.items():
                out[name].append(np.load(path, mmap_mode="r"))
            report((turn * views + number + 1) / (len(treatments) * views))
    return {name: Seen(tuple(kept), owner) for name, kept in out.items()}


def see(each: Eye, subjects: Sequence[Subject], how: Input, change: Augment | None = None) -> Seen:
    """A view of other subjects, in memory: the unchanged one, or one under ``change``."""
    return Seen((keep(each, prepared(each, subjects, how, change)),), _owner(subjects))


def _owner(subjects: Sequence[Subject]) -> Indices:
    """The subject (m,) that each square belongs to."""
    return np.array([number for number, subject in enumerate(subjects) for _ in subject.region.boxes], np.intp)


def prepared(each: Eye, subjects: Sequence[Subject], how: Input, change: Augment | None = None) -> Pixels:
    """The squares (m, size, size, 3) of subjects, unchanged or under ``change``, after the steps of the variant."""
    stepped = dataclasses.replace(how, steps=(*how.steps, *each.variant.steps))
    number = 0 if change is None else 1
    return np.stack(list(_squares(subjects, stepped, change or Augment(), number, 0)))


def keep(each: Eye, squares: Pixels) -> NDArray[Any]:
    """What the variant keeps of squares (m, size, size, 3)."""
    return np.concatenate([_kept(each, squares[start : start + BATCH]) for start in range(0, len(squares), BATCH)])


def pooled(rows: NDArray[Any], owner: Indices, subjects: int) -> NDArray[np.float32]:
    """Rows (m, d) of squares averaged within each picture, (subjects, d)."""
    total = np.zeros((subjects, rows.shape[1]), np.float32)
    np.add.at(total, owner, np.asarray(rows, np.float32))
    count = np.maximum(np.bincount(owner, minlength=subjects), 1).astype(np.float32)
    return np.asarray(total / count[:, None], np.float32)


def _squares(subjects: Sequence[Subject], how: Input, change: Augment, number: int, seed: int) -> Iterator[Pixels]:
    """One view of every square; it depends on nothing but ``seed``, the view and the subject's place in the list."""
    for index, subject in enumerate(subjects):
        chance = np.random.default_rng([seed, number, index])
        for box in subject.region.boxes:
            if number == 0:
                yield prepare(subject.pixels, subject.region, box, how)
            else:
                yield view(subject.pixels, subject.region, box, how, change, chance)


def _keep(missing: Mapping[Path, Eye], squares: Iterator[Pixels], count: int) -> None:
    """Write what each missing sight keeps of the ``count`` squares; the files appear only when they are whole."""
    kept: dict[Path, np.memmap[Any, Any]] = {}
    done = 0
    pending: list[Pixels] = []
    for square in squares:
        pending.append(square)
        if len(pending) < BATCH and done + len(pending) < count:
            continue
        for path, each in missing.items():
            values = _kept(each, np.stack(pending))
            if path not in kept:
                part = path.with_suffix(".part")
                shape = (count, *values.shape[1:])
                kept[path] = np.lib.format.open_memmap(part, "w+", values.dtype, shape)
                _allot(part)
            kept[path][done : done + len(values)] = values
        done, pending = done + len(pending), []
    for path in list(kept):
        kept.pop(path).flush()  # and closed: Windows does not rename an open file
        path.with_suffix(".part").replace(path)


def _allot(file: Path) -> None:
    """Take the room of a mapped file on the disk now. Raises OSError: writing into a map on a full disk would end the
    process without a word."""
    if hasattr(os, "posix_fallocate"):  # Windows takes the room by itself
        with file.open("r+b") as stream:
            os.posix_fallocate(stream.fileno(), 0, file.stat().st_size)


def _kept(each: Eye, squares: NDArray[np.uint8]) -> NDArray[Any]:
    return squares if each.frozen is None else each.frozen(squares).astype(np.float16)


def _runner(model: Any, pool: bool) -> Callable[[NDArray[Any]], NDArray[Any]]:
    import tensorflow as tf

    @tf.function
    def compute(batch: Any) -> Any:
        maps = model(batch, training=False)
        return tf.reduce_mean(maps, axis=[1, 2]) if pool else maps

    def run(squares: NDArray[Any]) -> NDArray[Any]:
        # one shape only: every other one would be traced and planned anew
        full = np.zeros((BATCH, *squares.shape[1:]), np.float32)
        full[: len(squares)] = squares
        return np.asarray(compute(tf.constant(full)))[: len(squares)]

    return run


def _digest(key: object) -> str:
    return hashlib.sha256(json.dumps(key, sort_keys=True, default=str).encode()).hexdigest()[:20]
