"""Compares the variants of a recipe in the same folds, every fold kept on disk as soon as it is done."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clinoscope.inference.calibration import balanced_loss, fit_temperature
from clinoscope.inference.linear_head import LinearHead
from clinoscope.training.head import Indices
from clinoscope.training.learner import Fit, Learner
from clinoscope.training.progress import Report, ignore

Logits = NDArray[np.float64]
Folds = Sequence[tuple[Indices, Indices]]


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Logits (n, k) of pictures by networks that never saw their group, and the fold (n,) of each.

    ``fits`` are those of the folds.
    """

    logits: Logits
    fold: Indices
    fits: tuple[Fit, ...]

    @property
    def seconds(self) -> float:
        """The time all fits took together."""
        return sum(fit.seconds for fit in self.fits)


def held_out(
    learner: Learner,
    labels: Indices,
    groups: Sequence[str],
    folds: Folds,
    cache: Cache,
    report: Report = ignore,
) -> HeldOut:
    """Fit on each fold's training part, read its held-out part; ``labels`` (n,) and ``groups`` are of all pictures."""
    logits = np.zeros((len(labels), learner.labels))
    fold_of = np.zeros(len(labels), np.intp)
    fits = []
    for number, (train, held) in enumerate(folds):

        def told(part: float, number: int = number) -> None:
            report((number + part) / len(folds))

        fit = fitted(learner, labels, groups, train, cache, told)
        logits[held] = learner.read(fit, learner.seen.of(held), len(held))[0]
        fold_of[held] = number
        fits.append(fit)
    return HeldOut(logits, fold_of, tuple(fits))


def fitted(
    learner: Learner, labels: Indices, groups: Sequence[str], pictures: Indices, cache: Cache, report: Report = ignore
) -> Fit:
    """A fit on some of the pictures, or the one that was made before."""

    def make() -> dict[str, NDArray[Any]]:
        start = time.monotonic()
        fit = learner.fit(labels, groups, pictures, report)
        tail = {f"tail{number:04d}": values for number, values in enumerate(fit.weights)}
        told = {"strength": np.array(fit.strength), "history": np.array(fit.history)}
        seconds = np.array(time.monotonic() - start)
        return {"weights": fit.head.weights, "bias": fit.head.bias, **tail, **told, "seconds": seconds}

    done = cache.made([learner.key, labels.tolist(), list(groups), pictures.tolist()], make)
    return Fit(
        head=LinearHead(done["weights"], done["bias"]),
        weights=tuple(done[name] for name in sorted(done) if name.startswith("tail")),
        strength=float(done["strength"]),
        history=tuple(float(loss) for loss in done["history"]),
        seconds=float(done["seconds"]),
    )


def scaled(logits: Logits, labels: Indices, rest: NDArray[np.bool_]) -> Logits:
    """Logits over the temperature that fits the pictures of ``rest`` best: so networks can be compared."""
    return logits / fit_temperature(logits[rest], labels[rest])


def chosen(held: Mapping[str, HeldOut], labels: Indices, rest: NDArray[np.bool_] | None = None) -> str:
    """The variant with the least balanced log loss on the pictures of ``rest`` (all, if None)."""
    part = np.ones(len(labels), np.bool_) if rest is None else rest
    losses = {name: balanced_loss(scaled(each.logits, labels, part)[part], labels[part]) for name, each in held.items()}
    return min(losses, key=losses.__getitem__)


def of_the_choice(held: Mapping[str, HeldOut], labels: Indices) -> Logits:
    """Logits (n, k) of the whole procedure: each fold is read by the variant that did best on the other folds.

    So that the choice among variants flatters nothing (Tsamardinos et al., Mach Learn 107:1895, 2018).
    """
    first = next(iter(held.values()))
    out = np.zeros_like(first.logits)
    for number in np.unique(first.fold):
        here = first.fold == number
        name = chosen(held, labels, ~here)
        out[here] = scaled(held[name].logits, labels, ~here)[here]
    return out


class Cache:
    """Arrays kept in a folder under the hash of everything they depend on."""

    def __init__(self, folder: Path, key: object) -> None:
        self._folder, self._key = folder, key
        folder.mkdir(parents=True, exist_ok=True)

    def made(self, key: object, make: Callable[[], dict[str, NDArray[Any]]]) -> dict[str, NDArray[Any]]:
        """``make()``, or what it gave before for the same ``key`` (anything JSON can hold)."""
        text = json.dumps([self._key, key], sort_keys=True, default=str)
        path = self._folder / f"{hashlib.sha256(text.encode()).hexdigest()[:20]}.npz"
        if not path.is_file():
            partial = path.with_suffix(".part")
            with partial.open("wb") as stream:  # a kill leaves a .part, never a half file under the real name
                np.savez(stream, **make())  # type: ignore[arg-type]
            partial.replace(path)
        # read back even when just made: a run that goes on must give the same numbers as one that did not stop
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
