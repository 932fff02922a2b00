from types import SimpleNamespace

from clinoscope.training.assess import WORSENED
from clinoscope.training.sentences import how, weakness


def figure(value):
    return {"value": value, "low": value - 0.05, "high": value + 0.05}


def trained(own, *elsewhere, auc=False):
    def figures(value, n):
        return {"n": n, "groups": 40, "balanced_accuracy": figure(value), "auc": figure(value) if auc else None}

    return SimpleNamespace(
        recipe=SimpleNamespace(weak_below=0.6, group_word="patients", folds=5),
        figures=figures(own, 120),
        elsewhere=[
            SimpleNamespace(name=name[0] if name else "clinic B", figures=figures(value, n))
            for value, n, *name in elsewhere
        ],
    )


def test_how_it_was_measured_in_one_sentence():
    assert how(trained(0.7)) == (
        "Measured on 120 pictures of 40 patients never seen in training, by 5 folds; "
        "intervals are 95 %, by bootstrap over patients."
    )


def test_a_good_package_says_nothing_of_weakness():
    assert weakness(trained(0.7, (0.65, 100))) == ""


def test_a_weak_package_says_so_with_its_figure():
    assert weakness(trained(0.55)) == (
        "Weak: balanced accuracy 0.55 (0.50 to 0.60) on patients never seen in training; do not rely on it."
    )
    assert weakness(trained(0.55, auc=True)).startswith("Weak: AUC 0.55")


def test_weak_elsewhere_is_said_when_no_large_source_does_well():
    said = weakness(trained(0.9, (0.3, 200), (0.5, 60), (0.9, 10)))
    assert (
        said == "Weak elsewhere: balanced accuracy 0.30 to 0.50 on pictures of other sources; do not rely on it there."
    )
    assert weakness(trained(0.9, (0.3, 200), (0.7, 60))) == ""


def test_own_pictures_made_worse_are_no_other_source():
    assert weakness(trained(0.9, (0.3, 200), (0.8, 200, WORSENED))).startswith("Weak elsewhere: balanced accuracy 0.30")
    assert weakness(trained(0.9, (0.3, 200, WORSENED))) == ""
