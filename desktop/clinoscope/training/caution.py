"""The wider calibration of a laboratory that nobody has tested the model in: fitted on sources left out of training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clinoscope.inference.calibration import calibrated, conformal_sets, softmax
from clinoscope.inference.card import Caution
from clinoscope.inference.metrics import Readings
from clinoscope.training.head import Indices, folds

COVERAGE = 0.9
"""What the sets promise at a laboratory never seen, whatever they promise at those of training."""
FEWEST = 100
"""Pictures of other sources that a calibration needs."""
_PARTS = 5


@dataclass(frozen=True, eq=False)
class Outside:
    """A source as a network reads it that saw none of it: ``logits`` (n, k), ``truth`` (n,) indices of labels, n
    ``groups``."""

    name: str
    logits: NDArray[np.float64]
    truth: Indices
    groups: Sequence[str]


def fit_caution(outside: Sequence[Outside]) -> Caution | None:
    """Temperature and quantile over all these sources together; None when there are fewer than ``FEWEST`` pictures.

    A source of fewer than five groups says too little of its laboratory to teach anything.
    """
    outside = _teachers(outside)
    if sum(len(each.truth) for each in outside) < FEWEST:
        return None
    logits, truth = _together(outside)
    temperature, quantile = calibrated(logits, truth, COVERAGE)
    names = tuple(each.name for each in outside)
    return Caution(temperature=temperature, coverage=COVERAGE, quantile=quantile, pictures=len(truth), fitted_on=names)


def cautious_readings(outside: Sequence[Outside], labels: tuple[str, ...]) -> list[Readings]:
    """Each source read with the caution that the others give, as at one more laboratory.

    Where the others have fewer than ``FEWEST`` pictures, the groups of the source's own other parts are added to them:
    that says how the calibration does on new pictures, not on a new laboratory. Only for sources of which
    ``fit_caution`` makes a caution.
    """
    made = []
    for each in outside:
        others = [other for other in _teachers(outside) if other is not each]
        alone = sum(len(other.truth) for other in others) < FEWEST and len(set(each.groups)) >= _PARTS
        parts = list(folds(each.truth, each.groups, _PARTS, 0)) if alone else [(np.array([], np.intp), _all(each))]
        probabilities = np.zeros(each.logits.shape)
        sets = np.zeros(each.logits.shape, np.bool_)
        for rest, here in parts:
            own = Outside(each.name, each.logits[rest], each.truth[rest], [each.groups[index] for index in rest])
            temperature, quantile = calibrated(*_together([*others, own]), COVERAGE)
            probabilities[here] = softmax(each.logits[here], temperature)
            sets[here] = conformal_sets(probabilities[here], quantile)
        made.append(Readings.by_sets(labels, each.truth, each.groups, probabilities, sets))
    return made


def _teachers(outside: Sequence[Outside]) -> list[Outside]:
    return [each for each in outside if len(set(each.groups)) >= _PARTS]


def _together(outside: Sequence[Outside]) -> tuple[NDArray[np.float64], Indices]:
    return np.concatenate([each.logits for each in outside]), np.concatenate([each.truth for each in outside])


def _all(each: Outside) -> Indices:
    return np.arange(len(each.truth))
