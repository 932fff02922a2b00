"""Is the picture of the task's kind at all? Looks at the network's embedding.

Distance: the embedding is taken apart along the main axes of the training embeddings; the
squared lengths along the axes, each over its spread, and the rest, over the training rest, are
summed and divided by their number (Mahalanobis distance with a pooled tail, as in probabilistic
PCA, Tipping and Bishop 1999). 1 is usual for a training picture.

Kind: a linear rule fitted to tell the task's own pictures from those of other tasks and from
drawn patterns; above 0 means foreign.
"""

from __future__ import annotations

import functools
import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.errors import PackageError
from clinoscope.inference import arrays
from clinoscope.inference.card import Package

Array = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Reference:
    """Statistics of the training embeddings; no picture can be rebuilt from them.

    ``mean`` (d,), ``axes`` (k, d) orthonormal, ``spread`` (k,) variances along them, ``rest`` the
    mean variance off them, ``kind_weights`` (d,) and ``kind_bias`` of the linear rule; the
    rule is all zeros where none was fitted.
    """

    mean: Array
    axes: Array
    spread: Array
    rest: float
    kind_weights: Array
    kind_bias: float


def distance(embeddings: Array, reference: Reference) -> NDArray[np.float64]:
    """How unusual each embedding (n, d) is, (n,); about 1 for a training picture."""
    centred = np.asarray(embeddings, np.float64) - reference.mean
    along = centred @ reference.axes.T
    off = np.maximum((centred**2).sum(axis=1) - (along**2).sum(axis=1), 0.0)
    k, d = reference.axes.shape
    # the tail counts as much as all axes together: foreign pictures leave the space of the
    # task's own pictures, and one axis more or less would drown that
    return np.asarray(((along**2 / reference.spread).mean(axis=1) + off / ((d - k) * reference.rest)) / 2)


def foreignness(embeddings: Array, reference: Reference) -> NDArray[np.float64]:
    """The linear rule's value for each embedding (n, d), (n,); above 0 means foreign."""
    return np.asarray(np.asarray(embeddings, np.float64) @ reference.kind_weights + reference.kind_bias)


def refused(embeddings: Array, reference: Reference, threshold: float) -> NDArray[np.bool_]:
    """Whether distance or kind speaks against each embedding (n, d), (n,)."""
    return np.asarray((foreignness(embeddings, reference) > 0) | (distance(embeddings, reference) > threshold))


def fit_distance(embeddings: Array, axes: int = 64) -> Reference:
    """Statistics of embeddings (n, d) with at most ``axes`` main axes and no linear rule."""
    embeddings = np.asarray(embeddings, np.float64)
    mean = embeddings.mean(axis=0)
    centred = embeddings - mean
    count = max(1, min(axes, len(embeddings) // 4, embeddings.shape[1] - 1))
    values, vectors = np.linalg.eigh(centred.T @ centred / len(embeddings))
    order = np.argsort(values)[::-1]
    rest = float(values[order[count:]].mean())
    return Reference(
        mean=mean,
        axes=vectors[:, order[:count]].T,
        spread=np.maximum(values[order[:count]], 1e-9),
        rest=max(rest, 1e-9),
        kind_weights=np.zeros(embeddings.shape[1]),
        kind_bias=0.0,
    )


def is_foreign(embedding: Array, package: Package) -> bool:
    """Whether the package's rule refuses this embedding (d,). False where it has no rule."""
    if package.rejection is None:
        return False
    reference = _reference(package)
    row = np.asarray(embedding)[None]
    if package.rejection.rule == "distance+kind":
        return bool(refused(row, reference, package.rejection.threshold)[0])
    return bool(distance(row, reference)[0] > package.rejection.threshold)


def unusual(embedding: Array, package: Package) -> float:
    """The distance that the package's rule holds against its threshold, of an embedding (d,); 0 without a rule."""
    if package.rejection is None:
        return 0.0
    return float(distance(np.asarray(embedding)[None], _reference(package))[0])


@functools.lru_cache(maxsize=16)
def _reference(package: Package) -> Reference:
    if package.rejection is None:
        raise ValueError("a package without a rejection rule has no reference")
    return load_reference(package.content[package.rejection.reference], package.name)


def load_reference(data: bytes, name: str) -> Reference:
    """Read the numbers of ``reference.npz``. Raises PackageError."""
    try:
        stored = arrays.read(data)
        return Reference(
            mean=stored["mean"],
            axes=stored["axes"],
            spread=stored["spread"],
            rest=float(stored["rest"]),
            kind_weights=stored["kind_weights"],
            kind_bias=float(stored["kind_bias"]),
        )
    except (KeyError, ValueError, TypeError):
        raise PackageError(
            f"Model package {name}: its reference file cannot be read. Install the package again."
        ) from None


def save_reference(reference: Reference, **more: float) -> bytes:
    """The bytes of ``reference.npz``, in float16 and float32 to stay small; ``more`` are numbers to lie beside."""
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        mean=reference.mean.astype(np.float32),
        axes=reference.axes.astype(np.float16),
        spread=reference.spread.astype(np.float32),
        rest=np.float32(reference.rest),
        kind_weights=reference.kind_weights.astype(np.float32),
        kind_bias=np.float32(reference.kind_bias),
        **{name: np.float32(value) for name, value in more.items()},  # type: ignore[arg-type]
    )
    return buffer.getvalue()
