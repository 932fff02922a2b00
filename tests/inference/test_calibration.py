import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinoscope.inference.calibration import (
    calibrated,
    conformal_quantile,
    conformal_set,
    conformal_sets,
    cross_calibrated,
    fit_temperature,
    negative_log_likelihood,
    softmax,
)


def test_softmax_by_hand():
    logits = np.log([1.0, 2.0, 5.0])
    assert softmax(logits) == pytest.approx([0.125, 0.25, 0.625])
    # at temperature 1/2 the odds are squared: 1, 4, 25
    assert softmax(logits, 0.5) == pytest.approx([1 / 30, 4 / 30, 25 / 30])
    assert softmax(np.array([1000.0, 0.0])) == pytest.approx([1.0, 0.0])


def test_negative_log_likelihood_by_hand():
    logits = np.log([[0.5, 0.5], [0.25, 0.75]])
    assert negative_log_likelihood(logits, np.array([0, 1])) == pytest.approx((math.log(2) - math.log(0.75)) / 2)


def test_the_temperature_that_made_the_labels_is_found():
    rng = np.random.default_rng(3)
    logits = rng.normal(0, 4, (20000, 3))
    drawn = softmax(logits, 2.5).cumsum(axis=1)
    truth = (rng.random((20000, 1)) > drawn).sum(axis=1)
    assert fit_temperature(logits, truth) == pytest.approx(2.5, rel=0.05)


def test_the_quantile_is_the_right_order_statistic():
    # scores 1 - p(true): 0.1, 0.2, ... 0.9
    probabilities = np.array([[1 - k / 10, k / 10] for k in range(1, 10)])
    truth = np.zeros(9, np.intp)
    # ceil(10 * 0.8) = 8th smallest
    assert conformal_quantile(probabilities, truth, 0.8) == pytest.approx(0.8)
    # ceil(10 * 0.9) = 9th smallest
    assert conformal_quantile(probabilities, truth, 0.9) == pytest.approx(0.9)
    # ceil(10 * 0.95) = 10: nine pictures cannot promise 95 %
    assert conformal_quantile(probabilities, truth, 0.95) == 1.0


def test_sets_by_hand():
    probabilities = np.array([0.15, 0.6, 0.25])
    assert conformal_set(probabilities, 0.39) == (1,)  # nothing reaches 0.61: the likeliest stays
    assert conformal_set(probabilities, 0.5) == (1,)
    assert conformal_set(probabilities, 0.75) == (1, 2)
    assert conformal_set(probabilities, 1.0) == (1, 2, 0)


@given(st.integers(0, 10_000))
def test_many_sets_at_once_are_the_same_sets(seed):
    rng = np.random.default_rng(seed)
    probabilities, quantile = rng.dirichlet(np.ones(4), 5), float(rng.random())
    masks = conformal_sets(probabilities, quantile)
    for row, mask in zip(probabilities, masks, strict=True):
        assert set(conformal_set(row, quantile)) == set(np.flatnonzero(mask))


def test_the_promise_holds_on_new_pictures():
    rng = np.random.default_rng(5)
    probabilities = rng.dirichlet(np.ones(4), 8000)
    truth = (rng.random((8000, 1)) > probabilities.cumsum(axis=1)).sum(axis=1).clip(0, 3)
    quantile = conformal_quantile(probabilities[:4000], truth[:4000], 0.9)
    covered = conformal_sets(probabilities[4000:], quantile)[np.arange(4000), truth[4000:]]
    assert covered.mean() == pytest.approx(0.9, abs=0.015)


def test_each_fold_is_calibrated_by_the_others():
    rng = np.random.default_rng(5)
    truth, fold = rng.integers(0, 3, 300), rng.integers(0, 3, 300)
    logits = rng.normal(0, 1, (300, 3))
    logits[np.arange(300), truth] += 1
    probabilities, sets = cross_calibrated(logits, truth, fold, 0.9)
    here = fold == 1
    temperature, quantile = calibrated(logits[~here], truth[~here], 0.9)
    assert probabilities[here] == pytest.approx(softmax(logits[here], temperature))
    assert (sets[here] == conformal_sets(probabilities[here], quantile)).all()
    assert sets[np.arange(300), truth].mean() == pytest.approx(0.9, abs=0.06)
