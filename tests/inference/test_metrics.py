import time

import numpy as np
import pytest
from sklearn import metrics as reference

from clinoscope.inference.metrics import Readings, measure, share


def drawn(n: int, k: int, seed: int = 0, groups: int | None = None) -> Readings:
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.ones(k), n)
    truth = (rng.random((n, 1)) > probabilities.cumsum(axis=1)).sum(axis=1).clip(0, k - 1)
    names = [f"g{index % (groups or n)}" for index in range(n)]
    sets = probabilities > 0.3
    return Readings(
        tuple(f"label{index}" for index in range(k)), truth, probabilities, names, sets.sum(axis=1) == 1, sets
    )


@pytest.mark.parametrize("k", [2, 3, 6])
def test_the_figures_are_those_of_scikit_learn(k):
    readings = drawn(400, k)
    found = measure(readings)
    truth, said = readings.truth, readings.probabilities.argmax(axis=1)
    assert found["accuracy"]["value"] == pytest.approx(reference.accuracy_score(truth, said))
    assert found["balanced_accuracy"]["value"] == pytest.approx(reference.balanced_accuracy_score(truth, said))
    assert found["mcc"]["value"] == pytest.approx(reference.matthews_corrcoef(truth, said))
    assert found["confusion"] == reference.confusion_matrix(truth, said).tolist()
    precision, sensitivity, f1, support = reference.precision_recall_fscore_support(truth, said)
    jaccard = reference.jaccard_score(truth, said, average=None)
    for index, label in enumerate(readings.labels):
        entry = found["per_class"][label]
        assert entry["n"] == support[index]
        assert entry["precision"]["value"] == pytest.approx(precision[index])
        assert entry["sensitivity"]["value"] == pytest.approx(sensitivity[index])
        assert entry["f1"]["value"] == pytest.approx(f1[index])
        assert entry["jaccard"]["value"] == pytest.approx(jaccard[index])
        others = reference.recall_score(truth != index, said != index)
        assert entry["specificity"]["value"] == pytest.approx(others)


def test_the_area_under_the_curve_is_that_of_scikit_learn_ties_included():
    readings = drawn(300, 2)
    rounded = np.round(readings.probabilities, 1)
    readings = Readings(readings.labels, readings.truth, rounded, readings.groups, readings.answered, readings.sets)
    found = measure(readings)["auc"]
    assert found["value"] == pytest.approx(reference.roc_auc_score(readings.truth == 0, rounded[:, 0]))
    assert found["low"] < found["value"] < found["high"]
    assert measure(drawn(50, 3))["auc"] is None


def test_calibration_error_by_hand():
    # two pictures in the bin 0.8..0.9, confidence 0.85 both, one right: gap 0.35;
    # two in the bin 0.6..0.7, confidence 0.65, both right: gap 0.35; each bin holds half
    probabilities = np.array([[0.85, 0.15], [0.85, 0.15], [0.65, 0.35], [0.65, 0.35]])
    truth = np.array([0, 1, 0, 0])
    readings = Readings(("a", "b"), truth, probabilities, list("wxyz"), np.ones(4, bool), np.ones((4, 2), bool))
    assert measure(readings)["ece"]["value"] == pytest.approx(0.5 * 0.35 + 0.5 * 0.35)


def test_answers_and_coverage_by_hand():
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.45, 0.55], [0.3, 0.7]])
    truth = np.array([0, 1, 0, 1])
    sets = np.array([[True, False], [True, False], [True, True], [False, True]])
    answered = np.array([True, True, False, False])  # the last was refused: cannot judge
    found = measure(Readings(("a", "b"), truth, probabilities, list("wxyz"), answered, sets))
    assert found["conformal_coverage"]["value"] == pytest.approx(3 / 4)
    assert found["share_answered"]["value"] == pytest.approx(1 / 2)
    assert found["accuracy_when_answered"]["value"] == pytest.approx(1 / 2)


def test_a_label_that_no_picture_has_is_not_measured():
    probabilities = np.array([[0.9, 0.1, 0.0], [0.2, 0.8, 0.0]])
    readings = Readings(
        ("a", "b", "c"), np.array([0, 1]), probabilities, ["1", "2"], np.ones(2, bool), probabilities > 0
    )
    found = measure(readings)
    assert found["per_class"]["c"]["sensitivity"] == {"value": None, "low": None, "high": None}
    assert found["balanced_accuracy"]["value"] == 1.0


def test_intervals_are_wider_when_pictures_come_in_groups():
    def width(groups: int) -> float:
        rng = np.random.default_rng(1)
        member = np.arange(600) % groups
        right = (rng.random(groups) < 0.5)[member]  # whole groups are right or wrong
        probabilities = np.where(right[:, None], [0.9, 0.1], [0.1, 0.9])
        names = [str(index) for index in member]
        readings = Readings(("a", "b"), np.zeros(600, np.intp), probabilities, names, right, probabilities > 0.5)
        found = measure(readings)["accuracy"]
        return found["high"] - found["low"]

    assert width(20) > 3 * width(600)


def test_the_interval_is_about_the_binomial_one_and_repeats_exactly():
    readings = drawn(1000, 2, seed=4)
    found = measure(readings)["accuracy"]
    error = np.sqrt(found["value"] * (1 - found["value"]) / 1000)
    assert found["high"] - found["low"] == pytest.approx(2 * 1.96 * error, rel=0.15)
    assert measure(readings)["accuracy"] == found


def test_two_thousand_pictures_in_seconds():
    start = time.perf_counter()
    measure(drawn(2000, 7))
    measure(drawn(2000, 2))
    assert time.perf_counter() - start < 5


def test_share_by_hand():
    found = share([True, False, True, True], ["a", "b", "c", "d"])
    assert found["value"] == pytest.approx(0.75)
    assert 0 <= found["low"] <= 0.75 <= found["high"] <= 1


def test_arrays_that_do_not_fit_are_refused():
    whole = drawn(5, 2)
    with pytest.raises(ValueError, match="do not fit"):
        measure(Readings(("a", "b", "c"), whole.truth, whole.probabilities, whole.groups, whole.answered, whole.sets))
    empty = np.zeros((0, 2))
    with pytest.raises(ValueError, match="no readings"):
        measure(Readings(("a", "b"), np.zeros(0, np.intp), empty, [], np.zeros(0, bool), empty > 0))
