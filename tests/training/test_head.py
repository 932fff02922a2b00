import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from clinoscope.training.head import choose, fit, folds, held_out


@pytest.fixture
def cloud():
    """Three clouds of 40-number features, four pictures of each of 30 groups, and the labels."""
    rng = np.random.default_rng(2)
    group = np.repeat(np.arange(30), 4)
    labels = group % 3
    centres = rng.normal(0, 1.0, (3, 40))
    features = centres[labels] + rng.normal(0, 1.5, (120, 40)) + rng.normal(0, 0.5, (30, 40))[group]
    return features.astype(np.float32), labels.astype(np.intp), [str(number) for number in group]


def test_the_head_is_the_one_of_scikit_learn(cloud):
    features, labels, _ = cloud
    head = fit([features], labels, 0.01)
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-3
    reference = LogisticRegression(C=0.01, class_weight="balanced", max_iter=2000, tol=1e-8)
    reference.fit((features - mean) / spread, labels)
    expected = reference.predict_proba((features - mean) / spread)
    logits = head.logits(features)
    grown = np.exp(logits - logits.max(axis=1, keepdims=True))
    assert grown / grown.sum(axis=1, keepdims=True) == pytest.approx(expected, abs=5e-3)


def test_two_labels_get_two_columns_that_mirror_each_other(cloud):
    features, labels, _ = cloud
    two = labels < 2
    head = fit([features[two]], labels[two], 0.01)
    assert head.weights.shape == (40, 2)
    assert head.weights[:, 0] == pytest.approx(-head.weights[:, 1])


def test_a_view_counts_as_its_share_of_a_picture(cloud):
    features, labels, _ = cloud
    once, thrice = fit([features], labels, 0.01), fit([features] * 3, labels, 0.01)
    assert thrice.weights == pytest.approx(once.weights, abs=2e-3)


def test_no_group_lies_on_both_sides(cloud):
    _, labels, groups = cloud
    seen = []
    for train, held in folds(labels, groups, 5, 1):
        assert not {groups[index] for index in train} & {groups[index] for index in held}
        seen += list(held)
    assert sorted(seen) == list(range(120))


def test_the_backbone_that_sees_more_is_chosen(cloud):
    features, labels, groups = cloud
    blind = np.random.default_rng(0).normal(size=features.shape).astype(np.float32)
    best, other = choose({"blind": [blind], "sees": [features]}, labels, groups, seed=1)
    assert best.backbone == "sees"
    assert best.loss < other.loss


def test_labels_without_any_signal_are_not_learned(cloud):
    _, labels, groups = cloud
    rng = np.random.default_rng(1)
    # every group has its own look: pictures of a group in training would give its label away
    look = rng.normal(0, 3, (30, 40))[np.array(groups, int)] + rng.normal(0, 0.1, (120, 40))
    found = held_out({"it": [look.astype(np.float32)]}, labels, groups, 5, 1)
    assert (found.logits.argmax(axis=1) == labels).mean() < 0.6
    assert sorted(set(found.fold.tolist())) == [0, 1, 2, 3, 4]
