import numpy as np
import pytest

from clinoscope.domain.errors import PackageError
from clinoscope.inference.rejection import (
    Reference,
    distance,
    fit_distance,
    foreignness,
    load_reference,
    save_reference,
)


def test_distance_by_hand():
    # two axes of four; spread 4 along x, 1 along y; variance 0.25 in each of the two others
    reference = Reference(
        mean=np.array([1.0, 0, 0, 0]),
        axes=np.eye(4)[:2],
        spread=np.array([4.0, 1.0]),
        rest=0.25,
        kind_weights=np.zeros(4),
        kind_bias=0.0,
    )
    rows = np.array([[1.0, 0, 0, 0], [3.0, 1, 0, 0], [1.0, 0, 0.5, 0.5], [3.0, 1, 0.5, 0.5]])
    # along: ((2^2 / 4) + (1 / 1)) / 2 = 1; off: (0.25 + 0.25) / (2 * 0.25) = 1; half of each
    assert distance(rows, reference) == pytest.approx([0, 0.5, 0.5, 1])


def test_training_rows_are_at_about_one_and_others_far(rng):
    mixing = rng.normal(size=(40, 40))
    own = rng.normal(size=(2000, 40)) @ mixing + 3
    reference = fit_distance(own, axes=10)
    assert distance(own, reference).mean() == pytest.approx(1, abs=0.05)
    foreign = rng.normal(size=(100, 40)) @ mixing + 30
    assert distance(foreign, reference).min() > np.quantile(distance(own, reference), 0.99)


def test_few_rows_do_not_break_the_fit(rng):
    reference = fit_distance(rng.normal(size=(9, 40)))
    assert reference.axes.shape == (2, 40)
    assert np.isfinite(distance(rng.normal(size=(3, 40)), reference)).all()


def test_the_linear_rule_by_hand():
    reference = Reference(np.zeros(2), np.eye(2)[:1], np.ones(1), 1.0, np.array([1.0, -2.0]), 0.5)
    assert foreignness(np.array([[1.0, 0.0], [0.0, 1.0]]), reference) == pytest.approx([1.5, -1.5])


def test_saved_numbers_come_back(rng):
    reference = fit_distance(rng.normal(size=(200, 30)), axes=8)
    back = load_reference(save_reference(reference), "toy")
    rows = rng.normal(size=(5, 30))
    assert distance(rows, back) == pytest.approx(distance(rows, reference), rel=2e-3)


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\x03\x04 cut off"])
def test_a_broken_reference_file_is_a_sentence(data):
    with pytest.raises(PackageError, match="Model package toy: its reference file cannot be read"):
        load_reference(data, "toy")
