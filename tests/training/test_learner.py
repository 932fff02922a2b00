import itertools

import numpy as np
import pytest

from clinoscope.inference.calibration import balanced_loss
from clinoscope.training import learner as module
from clinoscope.training.seen import prepared

WAYS = ({"train": "head"}, {"train": "top"}, {"train": "all", "augment": False})
OUR = np.arange(24).reshape(3, 8)[:, :6].ravel()
"""Six of the eight pictures of each label."""


def numbers(fit):
    return [*fit.weights, fit.head.weights, fit.head.bias]


def equal(one, other):
    return all((a == b).all() for a, b in zip(numbers(one), numbers(other), strict=True))


@pytest.mark.parametrize("fields", WAYS, ids=lambda fields: fields["train"])
def test_a_fit_learns_from_its_pictures_and_from_nothing_else(learning, spots, fields):
    learner = learning(**fields)
    fit = learner.fit(spots.labels, spots.groups, OUR)
    assert bool(fit.weights) == (fields["train"] != "head")
    others = spots.labels.copy()
    rest = np.setdiff1d(np.arange(24), OUR)
    others[rest] = (others[rest] + 1) % 3
    groups = [group if index in OUR else "nobody" for index, group in enumerate(spots.groups)]
    assert equal(learner.fit(others, groups, OUR), fit)
    others[OUR[:3]] = 2
    assert not equal(learner.fit(others, groups, OUR), fit)


@pytest.mark.parametrize("fields", WAYS, ids=lambda fields: fields["train"])
def test_the_network_of_a_fit_says_what_was_read(learning, spots, spots_recipe, fields):
    learner = learning(**fields)
    fit = learner.fit(spots.labels, spots.groups, np.arange(24))
    learner.fit(spots.labels, spots.groups, OUR)  # a later fit on the same network takes nothing away
    logits, embeddings = learner.read(fit, learner.seen, 24)
    assert logits.shape == (24, 3)
    assert logits == pytest.approx(fit.head.logits(embeddings))
    squares = prepared(learner.eye, spots.subjects, spots_recipe.input).astype(np.float32)
    maps = np.asarray(learner.network(fit)(squares, training=False))
    assert embeddings == pytest.approx(maps.mean(axis=(1, 2)), rel=0.02, abs=0.02)


def test_a_linear_head_tells_the_spots_apart(learning, spots):
    learner = learning()
    fit = learner.fit(spots.labels, spots.groups, OUR)
    rest = np.setdiff1d(np.arange(24), OUR)
    logits = learner.read(fit, learner.seen.of(rest), len(rest))[0]
    assert (logits.argmax(axis=1) == spots.labels[rest]).all()
    assert balanced_loss(logits, spots.labels[rest]) < np.log(3) / 2


def test_a_label_without_pictures_is_never_read(learning, spots):
    learner = learning()
    part = np.flatnonzero(spots.labels != 2)
    logits = learner.read(learner.fit(spots.labels, spots.groups, part), learner.seen, 24)[0]
    assert logits.shape == (24, 3)
    assert not (logits.argmax(axis=1) == 2).any()


def test_generated_pictures_come_from_training_pictures_of_the_rarest_label_alone(
    learning, spots, spots_recipe, monkeypatch
):
    given = []

    def extra(squares, wanted, folder, seed, steps, report):
        given.append((squares, wanted))
        report(1.0)
        (label,) = wanted
        return np.full((wanted[label], 32, 32, 3), 255, np.uint8), np.full(wanted[label], label)

    monkeypatch.setattr(module.generate, "extra", extra)
    part = np.array([0, 1, 2, 3, 8, 9, 10, 16, 17, 18, 19])  # three of the label 1
    for fields in ({}, {"train": "top"}):
        learner = learning(generated=5, **fields)
        told = []
        made = learner.fit(spots.labels, spots.groups, part, told.append)
        ((squares, wanted),) = given
        given.clear()
        assert wanted == {1: 5}
        whole = prepared(learner.eye, spots.subjects, spots_recipe.input)
        assert (squares[1] == whole[[8, 9, 10]]).all()
        plain = learning(**fields).fit(spots.labels, spots.groups, part)
        assert not (plain.head.bias == made.head.bias).all(), "what was generated was not learned from"
        assert all(one <= other for one, other in itertools.pairwise(told))


def test_balance_reaches_the_head(learning, spots):
    part = np.concatenate([np.arange(8), [8, 10, 12], [16, 18, 20]])
    shares = {}
    for how in ("weights", "repeat", "none"):
        learner = learning(balance=how)
        logits = learner.read(learner.fit(spots.labels, spots.groups, part), learner.seen, 24)[0]
        chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        shares[how] = chances[:, 0].mean()
    assert shares["weights"] == shares["repeat"] < shares["none"]


def test_what_decides_a_fit_is_in_its_key(learning, spots_recipe):
    changes = (
        {},
        {"train": "top"},
        {"train": "top", "cut": "last"},
        {"train": "all"},
        {"balance": "none"},
        {"augment": False},
        {"generated": 9},
        {"steps": ("denoise",)},
        {"backbone": "small_cnn"},
        {"backbone": "small_cnn", "train": "all"},
    )
    keys = {str(learning(**fields).key) for fields in changes}
    assert len(keys) == len(changes)
    for name in ("epochs", "rate", "seed", "generator_steps", "weights"):
        assert getattr(spots_recipe, name) in learning().key[-1]
