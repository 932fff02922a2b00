"""Published examples, scikit-learn and hand counts."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from clinoscope.inference.agreement import bland_altman, cautious, correlation, kappa, mean_sensitivity, student

WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]
"""First peak flows of 17 people with two meters, l/min: Bland and Altman, Lancet 327:307 (1986), table 1."""


def pairs(table: list[list[int]]) -> tuple[np.ndarray, np.ndarray, list[str]]:
    truth = [row for row, counts in enumerate(table) for count in counts for _ in range(count)]
    said = [column for counts in table for column, count in enumerate(counts) for _ in range(count)]
    return np.array(truth), np.array(said), [str(index) for index in range(len(truth))]


def test_kappa_of_cohen_1960():
    # two psychiatrists, 200 people: 0.70 agreement, 0.41 by chance
    truth, said, groups = pairs([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
    found = kappa(truth, said, 3, groups)
    assert found["value"] == pytest.approx(0.492, abs=5e-4)
    # the large-sample error of kappa for this table is 0.05 (Fleiss, Cohen, Everitt 1969): about -+ 0.10
    assert found["low"] == pytest.approx(0.39, abs=0.02)
    assert found["high"] == pytest.approx(0.59, abs=0.02)


@pytest.mark.parametrize(("ordered", "weights"), [(False, None), (True, "quadratic")])
def test_kappa_is_that_of_scikit_learn(ordered, weights):
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 5, 300)
    said = np.clip(truth + rng.integers(-1, 2, 300), 0, 4)
    found = kappa(truth, said, 5, [str(index // 2) for index in range(300)], ordered=ordered)
    assert found["value"] == pytest.approx(cohen_kappa_score(truth, said, weights=weights))
    assert found["low"] < found["value"] < found["high"]


def test_a_near_miss_costs_less_where_labels_are_ordered():
    truth = np.array([0, 0, 1, 1, 2, 2] * 5)
    near, far = truth.copy(), truth.copy()
    near[0], far[0] = 1, 2
    names = [str(index) for index in range(30)]
    assert kappa(truth, near, 3, names)["value"] == pytest.approx(kappa(truth, far, 3, names)["value"], abs=0.01)
    assert kappa(truth, near, 3, names, ordered=True)["value"] > kappa(truth, far, 3, names, ordered=True)["value"]


def test_kappa_of_one_label_alone_is_not_defined():
    zeros = np.zeros(9, np.intp)
    assert kappa(zeros, zeros, 2, list("abcdefghi")) == {"value": None, "low": None, "high": None}


def test_pictures_of_one_patient_do_not_narrow_the_interval():
    truth, said, groups = pairs([[18, 6], [5, 21]])
    alone = kappa(truth, said, 2, groups)
    copied = kappa(np.repeat(truth, 4), np.repeat(said, 4), 2, list(np.repeat(groups, 4)))
    assert copied["value"] == pytest.approx(alone["value"])
    assert copied["low"] == pytest.approx(alone["low"], abs=0.02)


def test_peak_flow_of_bland_and_altman_1986():
    found = bland_altman(np.array(WRIGHT, float), np.array(MINI, float), [str(index) for index in range(17)])
    assert (found["n"], found["groups"]) == (17, 17)
    assert found["bias"]["value"] == pytest.approx(-2.1, abs=0.05)
    assert found["sd"] == pytest.approx(38.8, abs=0.05)
    # bias -22.0 to 17.8, lower limit -114.3 to -45.1, upper limit 40.9 to 110.1; the paper rounds on the way
    # and takes 2 sd for the limits where 1.96 is exact
    assert (found["bias"]["low"], found["bias"]["high"]) == pytest.approx((-22.0, 17.8), abs=0.15)
    assert found["lower"]["value"] == pytest.approx(-2.1 - 1.96 * 38.8, abs=0.2)
    assert found["upper"]["value"] == pytest.approx(-2.1 + 1.96 * 38.8, abs=0.2)
    assert found["upper"]["high"] - found["upper"]["low"] == pytest.approx(110.1 - 40.9, abs=0.5)


def test_several_pictures_of_a_person_do_not_narrow_the_limits():
    once = bland_altman(np.array(WRIGHT, float), np.array(MINI, float), [str(index) for index in range(17)])
    twice = bland_altman(
        np.array(WRIGHT * 2, float), np.array(MINI * 2, float), [str(index % 17) for index in range(34)]
    )
    assert twice["bias"]["high"] - twice["bias"]["low"] == pytest.approx(
        once["bias"]["high"] - once["bias"]["low"], rel=0.03
    )
    with pytest.raises(ValueError, match="three groups"):
        bland_altman(np.zeros(4), np.ones(4), list("aabb"))


@pytest.mark.parametrize(
    ("df", "t"), [(2, 4.303), (4, 2.776), (9, 2.262), (16, 2.120), (29, 2.045), (100, 1.984), (10_000, 1.960)]
)
def test_students_t_is_that_of_the_tables(df, t):
    assert student(df) == pytest.approx(t, abs=0.1 if df == 2 else 0.002)


def test_rank_correlation():
    rng = np.random.default_rng(0)
    x = rng.integers(0, 30, 200).astype(float)
    y = x + rng.normal(0, 8, 200)
    from scipy.stats import spearmanr

    found = correlation(x, y, [str(index) for index in range(200)])
    assert found["value"] == pytest.approx(spearmanr(x, y).statistic)
    assert found["low"] < found["value"] < found["high"]
    assert correlation(x, np.ones(200), [str(index) for index in range(200)])["value"] is None


def test_mean_sensitivity_of_some_labels():
    truth, said, groups = pairs([[8, 2, 0], [1, 4, 0], [3, 0, 0]])
    assert mean_sensitivity(truth, said, [0, 1], groups)["value"] == pytest.approx((0.8 + 0.8) / 2)
    assert mean_sensitivity(truth, said, [0, 1, 2], groups)["value"] == pytest.approx(1.6 / 3)


def test_all_right_of_ten_is_no_certainty():
    found = cautious({"value": 1.0, "low": 1.0, "high": 1.0}, 10)
    assert found == {"value": 1.0, "low": pytest.approx(0.722, abs=5e-4), "high": 1.0}
    wide = {"value": 0.5, "low": 0.1, "high": 0.9}
    assert cautious(wide, 100) == wide
    assert cautious({"value": None, "low": None, "high": None}, 10)["value"] is None
