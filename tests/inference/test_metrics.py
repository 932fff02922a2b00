import time

import numpy as np
import pytest
from sklearn import metrics as reference

from clinoscope.inference.metrics import (
    Readings,
    by,
    ece_by_chance,
    measure,
    packed,
    packed_labels,
    reliability,
    rounded,
    share,
    subset,
    top_k,
    wilson,
)


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
    macro = reference.precision_recall_fscore_support(truth, said, average="macro")
    assert found["macro"]["precision"]["value"] == pytest.approx(macro[0])
    assert found["macro"]["f1"]["value"] == pytest.approx(macro[2])
    assert found["macro"]["jaccard"]["value"] == pytest.approx(reference.jaccard_score(truth, said, average="macro"))
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


def test_all_right_of_few_is_no_certainty():
    probabilities = np.array([[0.9, 0.1]] * 6 + [[0.2, 0.8]] * 4)
    groups = ["a", "a", "b", "b", "c", "d", "e", "e", "f", "g"]
    right = Readings(
        ("x", "y"), np.array([0] * 6 + [1] * 4), probabilities, groups, np.ones(10, bool), probabilities > 0
    )
    found = measure(right)
    seven, four, three = (wilson(n, n)["low"] for n in (7, 4, 3))
    for name in ("accuracy", "balanced_accuracy", "conformal_coverage", "share_answered", "accuracy_when_answered"):
        assert found[name] == {"value": 1.0, "low": seven, "high": 1.0}, name
    of_x = found["per_class"]["x"]
    assert [of_x[name]["low"] for name in ("sensitivity", "specificity", "precision")] == [four, three, four]
    none = share([False] * 10, groups)
    assert (none["value"], none["low"]) == (0.0, 0.0)
    assert none["high"] == pytest.approx(1 - seven)


def test_a_label_without_pictures_has_no_f1_of_nothing():
    """One picture wrongly said to be of it would make an F1 and a Jaccard index of 0 (0 to 0)."""
    readings = drawn(50, 3)
    few = subset(readings, readings.truth != 2)
    assert (few.probabilities.argmax(axis=1) == 2).any()
    figures = measure(few)["per_class"]["label2"]
    none = {"value": None, "low": None, "high": None}
    assert (figures["n"], figures["sensitivity"], figures["f1"], figures["jaccard"]) == (0, none, none, none)
    assert figures["precision"]["value"] == 0.0


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


def test_the_neighbour_of_the_true_label_is_within_one():
    said = np.eye(4)[[0, 2, 3, 0]]
    readings = Readings(tuple("abcd"), np.array([0, 1, 1, 2]), said, list("wxyz"), np.ones(4, bool), said > 0)
    assert measure(readings)["within_one"]["value"] == pytest.approx(0.5)


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


def test_reliability_by_hand():
    # 0.85 twice, one right; 0.65 twice, both right; a probability of 1 belongs to the last bin
    probabilities = np.array([[0.85, 0.15], [0.85, 0.15], [0.65, 0.35], [0.65, 0.35], [1.0, 0.0]])
    truth = np.array([0, 1, 0, 0, 0])
    readings = Readings(("a", "b"), truth, probabilities, list("vwxyz"), np.ones(5, bool), np.ones((5, 2), bool))
    rows = reliability(readings)
    assert [row["n"] for row in rows] == [0, 0, 0, 0, 0, 0, 2, 0, 2, 1]
    assert (rows[8]["from"], rows[8]["to"]) == (0.8, 0.9)
    assert rows[8]["confidence"] == pytest.approx(0.85)
    assert rows[8]["right"]["value"] == 0.5
    assert rows[9]["right"]["value"] == 1.0
    assert rows[0] == {
        "from": 0.0,
        "to": 0.1,
        "n": 0,
        "confidence": None,
        "right": {"value": None, "low": None, "high": None},
    }


def test_the_gaps_of_the_reliability_table_add_up_to_the_calibration_error():
    readings = drawn(500, 4)
    gaps = sum(row["n"] * abs(row["confidence"] - row["right"]["value"]) for row in reliability(readings) if row["n"])
    assert gaps / 500 == pytest.approx(measure(readings)["ece"]["value"])


def test_of_nothing_there_is_no_share():
    assert wilson(0, 0) == {"value": None, "low": None, "high": None}


def test_one_of_the_k_likeliest():
    readings = drawn(200, 5)
    assert top_k(readings, 1)["value"] == pytest.approx(measure(readings)["accuracy"]["value"])
    expected = reference.top_k_accuracy_score(readings.truth, readings.probabilities, k=3, labels=range(5))
    assert top_k(readings, 3)["value"] == pytest.approx(expected)
    assert top_k(readings, 5)["value"] == 1.0


def test_parts_are_measured_apart():
    readings = drawn(300, 3)
    keys = ["new" if index % 3 == 0 else "old" for index in range(300)]
    found = by(readings, keys)
    assert list(found) == ["new", "old"]
    assert (found["new"]["n"], found["old"]["n"]) == (100, 200)
    alone = measure(subset(readings, np.array(keys) == "new"))
    assert found["new"]["accuracy"] == alone["accuracy"]
    assert found["new"]["share_answered"] == alone["share_answered"]


def test_right_probabilities_show_an_error_by_chance_alone():
    readings = drawn(100, 4)
    by_chance = ece_by_chance(readings)
    errors = [measure(drawn(100, 4, seed))["ece"]["value"] for seed in range(20)]
    assert by_chance == pytest.approx(np.mean(errors), abs=0.02)
    assert ece_by_chance(drawn(4000, 4)) < by_chance / 3


def test_a_package_file_holds_four_digits_and_nothing_that_is_not_defined():
    assert rounded({"value": 0.123456, "low": None, "high": 1.0}) == {"value": 0.1235, "high": 1.0}
    assert rounded({"value": None, "low": None, "high": None}) is None
    assert rounded(None) is None


def test_a_package_file_names_figures_and_labels_its_own_way():
    measured = measure(drawn(60, 3))
    told = packed(measured)
    assert told["coverage"] == rounded(measured["conformal_coverage"])
    assert told["auc"] is None, "of two labels only"
    first = next(iter(measured["per_class"]))
    (line,) = packed_labels(measured, [first])
    assert (line["label"], line["n"]) == (first, measured["per_class"][first]["n"])
    assert line["precision"] == rounded(measured["per_class"][first]["precision"])
