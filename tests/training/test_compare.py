import numpy as np
import pytest

from clinoscope.training.compare import Cache, HeldOut, chosen, fitted, held_out, of_the_choice, scaled
from clinoscope.training.head import folds


class Counting:
    """A learner that notes on which pictures it was fitted, and is killed at the fit of that number."""

    def __init__(self, learner, killed_at=None):
        self._learner, self._killed_at = learner, killed_at
        self.fits = []
        self.seen, self.labels, self.key, self.read = learner.seen, learner.labels, learner.key, learner.read

    def fit(self, labels, groups, pictures, report):
        if len(self.fits) == self._killed_at:
            raise KeyboardInterrupt
        self.fits.append(pictures.tolist())
        return self._learner.fit(labels, groups, pictures, report)


@pytest.fixture
def parts(spots):
    return list(folds(spots.labels, spots.groups, 3, 1))


@pytest.mark.parametrize("train", ["head", "top"])
def test_a_run_that_goes_on_gives_the_numbers_of_one_that_did_not_stop(learning, spots, parts, tmp_path, train):
    whole = held_out(learning(train=train), spots.labels, spots.groups, parts, Cache(tmp_path / "one", "key"))
    killed = Counting(learning(train=train), killed_at=2)
    with pytest.raises(KeyboardInterrupt):
        held_out(killed, spots.labels, spots.groups, parts, Cache(tmp_path / "two", "key"))
    assert len(list((tmp_path / "two").glob("*.npz"))) == 2
    resumed = Counting(learning(train=train))
    rest = held_out(resumed, spots.labels, spots.groups, parts, Cache(tmp_path / "two", "key"))
    assert resumed.fits == [parts[2][0].tolist()]
    assert (rest.logits == whole.logits).all()
    assert (rest.fold == whole.fold).all()
    for one, other in zip(rest.fits, whole.fits, strict=True):
        assert (one.head.weights == other.head.weights).all()
        assert one.history == other.history


def test_every_picture_is_read_by_a_network_that_saw_none_of_its_group(learning, spots, parts, tmp_path):
    counting, told = Counting(learning()), []
    held = held_out(counting, spots.labels, spots.groups, parts, Cache(tmp_path, "key"), told.append)
    for index, fold in enumerate(held.fold):
        learned_from = {spots.groups[other] for other in counting.fits[fold]}
        assert spots.groups[index] not in learned_from
        again = counting.read(held.fits[fold], counting.seen.of(np.array([index])), 1)[0]
        assert held.logits[index] == pytest.approx(again[0], abs=1e-5)
    assert held.seconds > 0


def test_the_labels_of_a_fold_do_not_reach_its_own_network(learning, spots, parts, tmp_path):
    labels = spots.labels.copy()
    here = parts[0][1]
    labels[here] = (labels[here] + 1) % 3
    first = fitted(learning(), spots.labels, spots.groups, parts[0][0], Cache(tmp_path / "one", "key"))
    other = fitted(learning(), labels, spots.groups, parts[0][0], Cache(tmp_path / "two", "key"))
    assert (first.head.weights == other.head.weights).all()


def test_a_fit_that_learned_of_something_else_is_another(learning, spots, tmp_path):
    cache, everything = Cache(tmp_path, "key"), np.arange(24)

    def count(learner, labels=spots.labels, groups=spots.groups, pictures=everything, cache=cache):
        counting = Counting(learner)
        fitted(counting, labels, groups, pictures, cache)
        return len(counting.fits)

    assert count(learning()) == 1
    assert count(learning()) == 0
    assert count(learning(), labels=(spots.labels + 1) % 3) == 1
    assert count(learning(), groups=["one", *spots.groups[1:]]) == 1
    assert count(learning(), pictures=everything[1:]) == 1
    assert count(learning(balance="none")) == 1
    assert count(learning(), cache=Cache(tmp_path, "other pictures")) == 1


def test_arrays_are_made_once_and_a_half_file_is_no_file(tmp_path):
    made = []

    def make():
        made.append(1)
        return {"it": np.array([1.0, 2.000123], np.float32)}

    def fail():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Cache(tmp_path, "key").made(["fold", 1], fail)
    first = Cache(tmp_path, "key").made(["fold", 1], make)
    assert (Cache(tmp_path, "key").made(["fold", 1], make)["it"] == first["it"]).all()
    assert len(made) == 1
    Cache(tmp_path, "key").made(["fold", 2], make)
    Cache(tmp_path, "other").made(["fold", 1], make)
    assert len(made) == 3


def variant(logits, fold):
    return HeldOut(np.asarray(logits, np.float64), np.asarray(fold), ())


@pytest.fixture
def two():
    """Two variants on 60 pictures of two labels in three folds: each is right on some folds alone."""
    rng = np.random.default_rng(4)
    labels, fold = np.arange(60) % 2, np.repeat([0, 1, 2], 20)
    sure = np.where(labels[:, None] == [0, 1], 3.0, 0.0) + rng.normal(0, 1, (60, 2))
    blind = rng.normal(0, 1, (60, 2))
    held = {
        "early": variant(np.where((fold == 0)[:, None], sure, blind), fold),
        "late": variant(np.where((fold > 0)[:, None], sure, blind), fold),
    }
    return held, labels, fold


def test_the_variant_with_the_least_loss_is_chosen(two):
    held, labels, fold = two
    assert chosen(held, labels) == "late"
    assert chosen(held, labels, fold == 0) == "early"
    # a scale of the logits alone makes no variant better
    loud = variant(held["late"].logits * 50, fold)
    assert chosen({"loud": loud, "early": held["early"]}, labels) == "loud"


def test_each_fold_is_read_by_what_did_best_on_the_others(two):
    held, labels, fold = two
    out = of_the_choice(held, labels)
    for number, name in enumerate(("late", "late", "late")):
        here = fold == number
        assert out[here] == pytest.approx(scaled(held[name].logits, labels, ~here)[here])
    # "early" is the right one on fold 0, which may not be known when fold 0 is read
    assert chosen(held, labels, fold == 0) == "early"


def test_the_labels_of_a_fold_do_not_choose_who_reads_it(two):
    held, labels, fold = two
    first = of_the_choice(held, labels)
    others = np.where(fold == 1, 1 - labels, labels)
    again = of_the_choice(held, others)
    assert (again[fold == 1] == first[fold == 1]).all()
    assert not (again[fold == 0] == first[fold == 0]).all()
