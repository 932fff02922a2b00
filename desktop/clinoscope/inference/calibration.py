"""From logits to an answer: temperature, conformal sets, and how both are fitted.

Plain numpy, so that training and the running program use the same lines.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]

_GOLDEN = (np.sqrt(5.0) - 1.0) / 2.0


def softmax(logits: Floats, temperature: float = 1.0) -> NDArray[np.float64]:
    """Probabilities along the last axis, of logits divided by ``temperature``."""
    scaled = np.asarray(logits, np.float64) / temperature
    grown = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return grown / grown.sum(axis=-1, keepdims=True)


def negative_log_likelihood(logits: Floats, truth: NDArray[np.intp], temperature: float = 1.0) -> float:
    """Mean of -ln p(true label); ``logits`` (n, k), ``truth`` (n,) indices."""
    probabilities = softmax(logits, temperature)
    return float(-np.log(np.maximum(probabilities[np.arange(len(truth)), truth], 1e-12)).mean())


def balanced_loss(logits: Floats, truth: NDArray[np.intp]) -> float:
    """The mean over the labels that occur of the mean of -ln p(true label) of their pictures."""
    losses = -np.log(np.maximum(softmax(logits)[np.arange(len(truth)), truth], 1e-9))
    return float(np.mean([losses[truth == label].mean() for label in np.unique(truth)]))


def fit_temperature(logits: Floats, truth: NDArray[np.intp]) -> float:
    """The temperature with the least negative log likelihood (Guo et al., ICML 2017).

    Golden-section search over ln T in [-3, 3]; the function is unimodal in 1/T.
    """
    low, high = -3.0, 3.0
    for _ in range(60):
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        if negative_log_likelihood(logits, truth, float(np.exp(left))) < negative_log_likelihood(
            logits, truth, float(np.exp(right))
        ):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))


def conformal_quantile(probabilities: Floats, truth: NDArray[np.intp], coverage: float) -> float:
    """The quantile of the scores 1 - p(true label) that promises ``coverage`` on new pictures.

    The ceil((n + 1) coverage)-th smallest of n scores (Vovk's split conformal rule); 1.0, which
    puts every label in the set, when n is too small for the promise.
    """
    scores = np.sort(1.0 - np.asarray(probabilities)[np.arange(len(truth)), truth])
    # 1e-9: (n + 1) * coverage must not step to the next whole number by rounding alone
    rank = int(np.ceil((len(scores) + 1) * coverage - 1e-9))
    return 1.0 if rank > len(scores) else float(scores[rank - 1])


def conformal_set(probabilities: Floats, quantile: float) -> tuple[int, ...]:
    """Indices of the labels that cannot be excluded, likeliest first; at least the likeliest.

    ``probabilities`` (k,). Least ambiguous set: every label with 1 - p <= quantile.
    """
    order = np.argsort(-np.asarray(probabilities), kind="stable")
    kept = [int(index) for index in order if 1.0 - probabilities[index] <= quantile]
    return tuple(kept) or (int(order[0]),)


def conformal_sets(probabilities: Floats, quantile: float) -> NDArray[np.bool_]:
    """The sets of many pictures at once: ``probabilities`` (n, k) to a mask (n, k)."""
    probabilities = np.asarray(probabilities)
    mask = (1.0 - probabilities) <= quantile
    mask[np.arange(len(mask)), probabilities.argmax(axis=1)] = True
    return np.asarray(mask, np.bool_)


def calibrated(logits: Floats, truth: NDArray[np.intp], coverage: float) -> tuple[float, float]:
    """The temperature of held-out ``logits`` (n, k), and the conformal quantile under it."""
    temperature = fit_temperature(logits, truth)
    return temperature, conformal_quantile(softmax(logits, temperature), truth, coverage)


def cross_calibrated(
    logits: Floats, truth: NDArray[np.intp], fold: NDArray[np.intp], coverage: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Probabilities and sets (n, k) of held-out pictures, each fold's by the calibration of the other folds.

    ``fold`` (n,) numbers the folds: so the figures are those of new pictures.
    """
    probabilities, sets = np.zeros(logits.shape), np.zeros(logits.shape, np.bool_)
    for number in np.unique(fold):
        here = fold == number
        temperature, quantile = calibrated(logits[~here], truth[~here], coverage)
        probabilities[here] = softmax(logits[here], temperature)
        sets[here] = conformal_sets(probabilities[here], quantile)
    return probabilities, sets
