"""Generated pictures for a label that has too few: trained on one label of one training fold, measured, kept on disk.

Held-out pictures never come near: a generator is given the squares of its training fold and nothing else, and the
name of its file is a hash over those very pixels, so that no fold can find the generator of another.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.errors import KnownError
from clinoscope.training import gan
from clinoscope.training.progress import Report, ignore

Squares = NDArray[np.uint8]
"""RGB pictures of one size, (n, side, side, 3)."""
Floats = NDArray[np.float32]

SIDES = (32, 64, 128)
"""Sides that can be drawn, in pixels; 32 is for tests."""
KEPT_EVERY = 200
"""Steps between two states on disk."""
FEWEST = 8
"""Pictures needed to learn from; with fewer, what is drawn are copies."""
_COMPARED = 32
"""Side at which pictures are held against each other pixel by pixel."""


@dataclass(frozen=True, eq=False)
class Generator:
    """Draws pictures like those of one label. ``network`` is the Keras model of ``gan.drawer``."""

    network: Any
    side: int

    def draw(self, count: int, seed: int) -> Squares:
        """``count`` pictures (count, side, side, 3); the same for the same seed."""
        noise = np.random.default_rng([seed, count]).normal(0, 1, (count, gan.NOISE)).astype(np.float32)
        parts = [
            np.asarray(self.network(noise[start : start + gan.BATCH], training=False))
            for start in range(0, count, gan.BATCH)
        ]
        if not parts:
            return np.zeros((0, self.side, self.side, 3), np.uint8)
        return np.asarray(np.clip(np.concatenate(parts) * 127.5 + 128.0, 0, 255), np.uint8)


@dataclass(frozen=True)
class GeneratedFigures:
    """How the pictures of a generator compare with those it learned from.

    Distances are root mean squares over pixels at 32 x 32, 0..255, to the nearest training picture or its mirror
    image. ``nearest`` is the median over generated pictures, ``nearest_real`` the same between the training
    pictures themselves; a generator that learned by heart has ``nearest`` far below. ``copies`` is the share of
    generated pictures nearer to a training picture than 99 % of the training pictures are to each other.
    ``frechet`` is the Fréchet distance of the embeddings, ``frechet_real`` that between two halves of the training
    pictures: what chance alone gives with so few.
    """

    pictures: int
    generated: int
    nearest: float
    nearest_real: float
    copies: float
    frechet: float
    frechet_real: float


def train_generator(
    squares: Squares, folder: Path, seed: int, steps: int, report: Report = ignore, side: int = 64
) -> Generator:
    """Learn to draw pictures like ``squares`` (n, s, s, 3), those of one label in one training fold.

    Kept in ``folder``: a finished generator is read back, a killed run goes on from its last state and ends where
    it would have ended. Raises KnownError when there are too few pictures or the folder cannot be written to.
    """
    if len(squares) < FEWEST:
        raise KnownError(
            f"One label has {len(squares)} pictures to train on, too few to generate more; {FEWEST} are needed. "
            "Add pictures, or take generated out of the recipe."
        )
    if side not in SIDES:
        raise ValueError(f"side {side} is not one of {SIDES}")
    small = _resized(squares, side)
    name = _name(small, seed, steps)
    done = folder / f"{name}.npz"
    if not done.is_file():
        _fit(small, folder / f"{name}-state.npz", done, seed, steps, report)
    network = gan.drawer(side, np.random.default_rng(seed))
    with np.load(done, allow_pickle=False) as stored:
        network.set_weights([stored[f"a{number}"].astype(np.float32) for number in range(len(network.variables))])
    report(1.0)
    return Generator(network, side)


def extra(
    squares_by_label: Mapping[int, Squares],
    wanted: Mapping[int, int],
    folder: Path,
    seed: int,
    steps: int,
    report: Report = ignore,
    side: int = 64,
) -> tuple[Squares, NDArray[np.intp]]:
    """``wanted`` generated pictures for each label, of the size of the given ones, with their labels.

    ``squares_by_label`` holds the pictures of one training fold and no others.
    """
    parts, labels = [], []
    for number, (label, count) in enumerate(sorted(wanted.items())):
        squares = squares_by_label[label]

        def told(part: float, number: int = number) -> None:
            report((number + part) / len(wanted))

        generator = train_generator(squares, folder, seed, steps, told, side)
        parts.append(_resized(generator.draw(count, seed), squares.shape[1]))
        labels += [label] * count
    given = next(iter(squares_by_label.values()))
    pictures = np.concatenate(parts) if parts else np.zeros((0, *given.shape[1:]), np.uint8)
    return pictures, np.array(labels, np.intp)


def look(generated: Squares, training: Squares, seen_generated: Floats, seen_training: Floats) -> GeneratedFigures:
    """Hold generated pictures against those that trained their generator.

    ``seen_…`` are the embeddings (n, d) of the same pictures by a frozen backbone, in the same order.
    """
    drawn, real = _flat(generated), _flat(training)
    mirrored = _flat(training[:, :, ::-1])
    to_real = np.minimum(_distances(drawn, real), _distances(drawn, mirrored)).min(axis=1)
    among = np.minimum(_distances(real, real), _distances(real, mirrored))
    np.fill_diagonal(among, np.inf)
    among_real = among.min(axis=1)
    halves = np.random.default_rng(0).permutation(len(training))
    middle = len(training) // 2
    return GeneratedFigures(
        pictures=len(training),
        generated=len(generated),
        nearest=float(np.median(to_real)),
        nearest_real=float(np.median(among_real)),
        copies=float((to_real < np.percentile(among_real, 1)).mean()),
        frechet=frechet(seen_generated, seen_training),
        frechet_real=frechet(seen_training[halves[:middle]], seen_training[halves[middle:]]),
    )


def frechet(a: Floats, b: Floats) -> float:
    """Fréchet distance (Heusel et al., NeurIPS 2017) of two sets of embeddings (n, d) and (m, d), n and m over 1.

    |mean a - mean b|² + tr(A) + tr(B) - 2 tr((A B)^½) with the covariances A and B. The last trace is the sum of the
    singular values of a bᵀ, centred, over √((n-1)(m-1)), which a QR of each leaves as it is: exact also where there
    are fewer pictures than dimensions. It grows as pictures get fewer: compare it only with what two halves of the
    real pictures give.
    """
    wide = np.asarray(a, np.float64), np.asarray(b, np.float64)
    (mean_a, mean_b), (n, m) = (part.mean(axis=0) for part in wide), (len(part) - 1 for part in wide)
    root_a = np.asarray(np.linalg.qr(wide[0] - mean_a, mode="r"))
    root_b = np.asarray(np.linalg.qr(wide[1] - mean_b, mode="r"))
    spread = (root_a**2).sum() / n + (root_b**2).sum() / m
    shared = np.linalg.svd(root_a @ root_b.T, compute_uv=False).sum() / np.sqrt(n * m)
    return max(0.0, float(((mean_a - mean_b) ** 2).sum() + spread - 2 * shared))


def _fit(squares: Squares, state: Path, done: Path, seed: int, steps: int, report: Report) -> None:
    """Train from the kept state, or afresh, and leave the averaged drawer in ``done``."""
    pair, step = _planned(squares.shape[1])
    for variable, start in zip(pair.variables(), gan.build(squares.shape[1], seed).variables(), strict=True):
        variable.assign(start)
    first = _restore(pair, state)
    for number in range(first, steps):
        chance = np.random.default_rng([seed, number])
        real = squares[chance.integers(0, len(squares), gan.BATCH)].astype(np.float32) / 127.5 - 1
        mirrored = chance.random(gan.BATCH) < 0.5
        real[mirrored] = real[mirrored][:, :, ::-1]
        noise = chance.normal(0, 1, (2, gan.BATCH, gan.NOISE)).astype(np.float32)
        step(real, noise, seed, number)
        if (number + 1) % KEPT_EVERY == 0 and number + 1 < steps:
            _keep(state, [variable.numpy() for variable in pair.variables()], number + 1)
        report((number + 1) / steps)
    _keep(done, pair.kept.get_weights(), steps)
    state.unlink(missing_ok=True)


@functools.lru_cache(maxsize=1)
def _planned(side: int) -> tuple[gan.Pair, Callable[[Floats, Floats, int, int], float]]:
    """Networks and their compiled step, for one generator after another: planning a step takes seconds."""
    pair = gan.build(side, 0)
    return pair, gan.stepper(pair)


def _restore(pair: gan.Pair, state: Path) -> int:
    """Read a kept state into the networks; the number of steps done, 0 where nothing is kept."""
    if not state.is_file():
        return 0
    with np.load(state, allow_pickle=False) as stored:
        for number, variable in enumerate(pair.variables()):
            variable.assign(stored[f"a{number}"])
        return int(stored["steps"])


def _keep(path: Path, arrays: list[Any], steps: int) -> None:
    partial = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as stream:  # a kill leaves a .part, never a half file under the real name
            np.savez(stream, steps=np.int64(steps), **{f"a{number}": array for number, array in enumerate(arrays)})
        partial.replace(path)
    except OSError as error:
        raise KnownError(
            f"The generator of pictures cannot be kept in {path.parent}: {error.strerror}. Make room or choose "
            "another folder."
        ) from None


def _name(squares: Squares, seed: int, steps: int) -> str:
    digest = hashlib.sha256(np.ascontiguousarray(squares).tobytes())
    digest.update(repr((squares.shape, seed, steps, gan.BATCH)).encode())
    return f"generator-{digest.hexdigest()[:16]}"


def _resized(squares: Squares, side: int) -> Squares:
    if squares.shape[1] == side:
        return squares
    how = cv2.INTER_AREA if side < squares.shape[1] else cv2.INTER_CUBIC
    resized = [cv2.resize(square, (side, side), interpolation=how) for square in squares]
    return np.stack(resized).astype(np.uint8) if resized else np.zeros((0, side, side, 3), np.uint8)


def _flat(squares: Squares) -> Floats:
    return np.asarray(_resized(squares, _COMPARED).reshape(len(squares), -1), np.float32)


def _distances(a: Floats, b: Floats) -> Floats:
    """Root mean square differences (n, m) between the rows of a and those of b."""
    squared = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None] - 2 * a @ b.T
    return np.asarray(np.sqrt(np.maximum(squared, 0) / a.shape[1]), np.float32)
