import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from clinoscope.inference.calibration import balanced_loss
from clinoscope.training.head import STRENGTHS, choose, fit, folds


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


def test_a_label_without_pictures_is_never_the_likeliest(cloud):
    features, labels, _ = cloud
    for missing in range(3):
        part = labels != missing
        head = fit([features[part]], labels[part], 0.01, count=3)
        assert head.weights.shape == (40, 3)
        logits = head.logits(features)
        assert not (logits.argmax(axis=1) == missing).any()
        others = [label for label in range(3) if label != missing]
        assert (np.array(others)[logits[part][:, others].argmax(axis=1)] == labels[part]).mean() > 0.9


def test_rare_labels_weigh_as_much_only_if_balanced(cloud):
    features, labels, _ = cloud
    kept = (labels != 0) | (np.arange(120) < 12)
    shares = {
        balanced: (fit([features[kept]], labels[kept], 0.0003, balanced).logits(features).argmax(axis=1) == 0).mean()
        for balanced in (True, False)
    }
    assert shares[True] > 2 * shares[False]


def test_the_strength_is_one_of_the_list_and_the_best_there(cloud):
    features, labels, groups = cloud
    best = choose([features], labels, groups, seed=1)
    assert best.strength in STRENGTHS
    assert best.loss < np.log(3)
    # where the features say nothing the weakest head is the best
    blind = np.random.default_rng(0).normal(size=features.shape).astype(np.float32)
    assert choose([blind], labels, groups, seed=1).strength == STRENGTHS[0]


def test_the_choice_parts_no_group(cloud):
    _, labels, groups = cloud
    # every group has its own look: with its pictures in training a strong head would know its label
    look = np.random.default_rng(1).normal(0, 3, (30, 40))[np.array(groups, int)].astype(np.float32)
    assert choose([look], labels, groups, seed=1).loss > 0.9
    assert choose([look], labels, [str(index) for index in range(120)], seed=1).loss < 0.6


def test_the_balanced_loss_by_hand():
    logits = np.log([[0.5, 0.5], [0.5, 0.5], [0.5, 0.5], [0.2, 0.8]])
    labels = np.array([0, 0, 0, 1])
    assert balanced_loss(logits, labels) == pytest.approx((np.log(2) - np.log(0.8)) / 2)
