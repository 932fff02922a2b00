"""Fitting a head to a site: it learns what moved, leaves alone what it was not shown, and is measured on others."""

import numpy as np
import pytest

from clinoscope.inference.adapt import OUTER, Calibrated, Pictures, adapt, folds
from clinoscope.inference.linear_head import LinearHead
from clinoscope.inference.metrics import measure

LABELS = ("a", "b", "c")
WIDE = 12


def _site(shift: float, labels: tuple[int, ...] = (0, 1, 2), each: int = 30, seed: int = 0) -> Pictures:
    """Three clusters that the trained head parts, moved as another stain would: along a feature that parts them."""
    chance = np.random.default_rng(seed)
    truth = np.repeat(np.array(labels, np.intp), each)
    rows = 4 * np.eye(3, WIDE)[truth] + chance.normal(0, 0.6, (len(truth), WIDE))
    rows[:, 0] += shift
    groups = [f"g{index // 2}" for index in range(len(truth))]
    fitted = np.flatnonzero(np.bincount(truth) >= 10)
    return Pictures(rows, truth, groups, fitted, np.abs(chance.normal(1, 0.2, len(truth))))


def _trained() -> Calibrated:
    return Calibrated(LinearHead(np.eye(WIDE, 3) * 2, np.zeros(3)), 1.0, 0.9, 1.2)


def test_what_another_stain_moved_is_put_right() -> None:
    made = adapt(_site(4.0), _trained(), LABELS, 0.9, 0.05)
    before, after = measure(made.before), measure(made.after)
    assert before["accuracy"]["value"] < 0.8
    assert after["accuracy"]["value"] > 0.95
    assert made.losses[1] < made.losses[0]
    assert np.isfinite(made.strength)
    fresh = _site(4.0, seed=1)
    assert (made.now.head.logits(fresh.embeddings).argmax(axis=1) == fresh.labels).mean() > 0.95


def test_a_label_without_pictures_is_neither_favoured_nor_pushed_away() -> None:
    start, site = _trained(), _site(4.0, labels=(0, 1))
    made = adapt(site, start, LABELS, 0.9, 0.05)
    np.testing.assert_allclose(made.now.head.weights[:, 2], start.head.weights[:, 2])
    mean = made.now.head.logits(site.embeddings)[:, :2].mean(axis=1)
    np.testing.assert_allclose(mean, start.head.logits(site.embeddings)[:, :2].mean(axis=1), atol=1e-6)


def test_labels_that_are_chance_teach_nothing() -> None:
    site = _site(0.0)
    chance = np.random.default_rng(5).permutation(site.labels)
    made = adapt(
        Pictures(site.embeddings, chance, site.groups, site.fitted, site.distances), _trained(), LABELS, 0.9, 0.05
    )
    assert measure(made.after)["accuracy"]["value"] < 0.55, "held-out figures must not know the labels"


def test_the_threshold_lets_the_sites_pictures_in_and_is_never_lowered() -> None:
    start, site = _trained(), _site(0.0)
    made = adapt(site, start, LABELS, 0.9, 0.05)
    assert made.refused_before.mean() > 0.1 > made.refused_after.mean()
    assert made.now.threshold > start.threshold
    far = Calibrated(start.head, 1.0, 0.9, 50.0)
    assert adapt(site, far, LABELS, 0.9, 0.05).now.threshold == 50.0


def test_folds_keep_groups_whole_and_spread_the_labels() -> None:
    site = _site(0.0)
    fold = folds(site.labels, site.groups, OUTER)
    assert all(len(set(fold[np.array(site.groups) == group])) == 1 for group in set(site.groups))
    counts = np.array([np.bincount(site.labels[fold == number], minlength=3) for number in range(OUTER)])
    assert counts.min() >= 4
    np.testing.assert_array_equal(fold, folds(site.labels, site.groups, OUTER))
    with pytest.raises(ValueError, match="cannot be parted"):
        folds(site.labels[:4], site.groups[:4], OUTER)
