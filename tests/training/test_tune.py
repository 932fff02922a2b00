import itertools

import numpy as np
import pytest

from clinoscope.training import backbones
from clinoscope.training.seen import Seen
from clinoscope.training.tune import BATCH, Plan, Tuner, _batches


def plan(**fields):
    return Plan(**{"epochs": 3, "rate": 0.01, "balance": "none", "fresh": False, **fields})


@pytest.fixture(scope="module")
def maps():
    """40 maps (8, 8, 32) of two labels, each bright in channels of its own, in two views; and the labels."""
    rng = np.random.default_rng(5)
    labels = np.arange(40) % 2
    bright = (np.arange(32) % 2 == labels[:, None])[:, None, None]
    views = tuple(rng.normal(1, 0.2, (40, 8, 8, 32)) + bright for _ in range(2))
    return Seen(tuple(view.astype(np.float16) for view in views), np.arange(40)), labels


@pytest.fixture(scope="module")
def tuner():
    return Tuner(backbones.split(backbones.build("tiny", 32, None), "conv1")[1], 2)


@pytest.fixture(scope="module")
def small():
    """A tail with batch normalisation and its input: (tail, maps)."""
    tail = backbones.split(backbones.build("small_cnn", 32, None), "small2_pool")[1]
    return tail, np.random.default_rng(0).normal(3, 1, (32, *tail.input.shape[1:])).astype(np.float32)


def numbers(tuned):
    return [*tuned.weights, tuned.head.weights, tuned.head.bias]


def equal(one, other):
    return all((a == b).all() for a, b in zip(numbers(one), numbers(other), strict=True))


def test_it_learns_what_can_be_learned(tuner, maps):
    seen, labels = maps
    trained = tuner.train(seen, labels, np.arange(30), plan(epochs=40), 1)
    logits, embeddings = tuner.read(trained, seen.of(np.arange(30, 40)), 10)
    assert (logits.argmax(axis=1) == labels[30:]).all()
    assert embeddings.shape == (10, 64)
    assert logits == pytest.approx(trained.head.logits(embeddings))
    assert len(trained.history) == 37  # the mean loss of every epoch, of less than a step each
    assert trained.history[-1] < trained.history[0]


def test_what_was_trained_before_does_not_matter(tuner, maps):
    seen, labels = maps
    part = np.arange(0, 40, 2) // 2 * 2 + np.arange(20) % 2
    first = tuner.train(seen, labels, part, plan(epochs=8), 1)
    tuner.train(seen, labels, np.arange(40), plan(epochs=5), 2)
    assert equal(tuner.train(seen, labels, part, plan(epochs=8), 1), first)
    # a new one, as in a run that goes on after a kill
    anew = Tuner(backbones.split(backbones.build("tiny", 32, None), "conv1")[1], 2)
    assert equal(anew.train(seen, labels, part, plan(epochs=8), 1), first)
    assert not equal(tuner.train(seen, labels, part, plan(epochs=8), 2), first)


def test_pictures_that_are_not_trained_on_leave_no_trace(tuner, maps):
    seen, labels = maps
    part = np.arange(24)
    first = tuner.train(seen, labels, part, plan(balance="weights"), 1)
    others = labels.copy()
    others[24:] = 1 - others[24:]
    noise = tuple(
        np.where((np.arange(40) < 24)[:, None, None, None], view, 9).astype(np.float16) for view in seen.views
    )
    assert equal(tuner.train(Seen(noise, seen.owner), others, part, plan(balance="weights"), 1), first)
    others[0] = 1 - others[0]
    assert not equal(tuner.train(seen, others, part, plan(balance="weights"), 1), first)


def test_the_squares_of_a_picture_are_averaged(tuner, maps):
    seen, labels = maps
    trained = tuner.train(seen, labels, np.arange(40), plan(), 1)
    apart = tuner.read(trained, Seen((seen.views[0][:2],), np.array([0, 1])), 2)[1]
    together = tuner.read(trained, Seen((seen.views[0][:2],), np.array([0, 0])), 1)[1]
    assert together[0] == pytest.approx(apart.mean(axis=0), abs=1e-5)
    assert tuner.read(trained, seen.of(np.array([], np.intp)), 0)[1].shape == (0, 64)


def test_batch_normalisation_keeps_its_statistics_unless_nothing_is_pretrained(small):
    tail, rows = small
    start = [np.array(values) for values in tail.get_weights()]
    names = [variable.path for variable in tail.variables]
    labels = np.arange(32) % 2
    tuner = Tuner(tail, 2)
    for fresh in (False, True):
        trained = tuner.train(Seen((rows,), np.arange(32)), labels, np.arange(32), plan(epochs=6, fresh=fresh), 1)
        moved = {
            name.rsplit("/", 1)[1]: bool((one != other).any())
            for name, one, other in zip(names, trained.weights, start, strict=True)
            if "_bn/" in name
        }
        assert set(moved) == {"gamma", "beta", "moving_mean", "moving_variance"}
        assert set(moved.values()) == {fresh}


def drawn(maps, how, pictures, extra=None, steps=60):
    """Labels (n,), weights (n,) and batches of many steps."""
    batches = list(_batches(*maps, pictures, plan(balance=how), steps, 1, extra))
    return tuple(np.concatenate([batch[part] for batch in batches]) for part in (1, 2, 0))


@pytest.fixture
def uneven(maps):
    """32 pictures of the first label and 8 of the second."""
    return maps[0], (np.arange(40) >= 32).astype(np.intp)


@pytest.mark.parametrize(
    ("how", "share", "weight"),
    [("none", 0.2, 1.0), ("repeat", 0.5, 1.0), ("weights", 0.2, 2.0)],
)
def test_rare_labels_are_balanced_as_the_variant_says(uneven, how, share, weight):
    truth, weights, _ = drawn(uneven, how, np.arange(40))
    assert truth.mean() == pytest.approx(share, abs=0.04)
    # the weight of a rare picture over that of a common one: the square root of 32 / 8
    assert weights[truth == 1][0] / weights[truth == 0][0] == pytest.approx(weight)


def test_every_view_and_square_is_shown_and_no_other_picture(maps):
    views = tuple(np.full((6, 1), 10.0 * number) + np.arange(6)[:, None] for number in range(2))
    seen = Seen(views, np.array([0, 0, 1, 2, 3, 3]))
    shown = drawn((seen, np.zeros(4, np.intp)), "none", np.array([0, 2]))[2]
    assert set(shown.ravel()) == {0, 1, 3, 10, 11, 13}


def test_generated_pictures_are_shown_with_their_labels(maps):
    seen, labels = maps
    made = np.full((10, 8, 8, 32), 77, np.float16), np.full(10, 1, np.intp)
    truth, _, batches = drawn((seen, labels), "none", np.arange(30), made, steps=8)
    generated = batches[:, 0, 0, 0] == 77
    assert generated.mean() == pytest.approx(0.25, abs=0.1)
    assert (truth[generated] == 1).all()


def test_an_epoch_shows_as_many_pictures_as_there_are(tuner, maps):
    told = []
    tuner.train(*maps, np.arange(40), plan(epochs=4), 1, report=told.append)
    assert len(told) == 4 * 40 // BATCH
    assert told[-1] == 1.0
    assert all(one < other for one, other in itertools.pairwise(told))
