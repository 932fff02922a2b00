"""The two networks of the generator: shapes, seeds, and changes that treat every picture alike."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pytest

from clinoscope.training import gan


def noise(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 1, (count, gan.NOISE)).astype(np.float32)


@pytest.mark.parametrize("size", [32, 64])
def test_what_is_drawn_is_what_is_judged(size: int) -> None:
    chance = np.random.default_rng(0)
    drawer, judge = gan.drawer(size, chance), gan.judge(size, chance)
    drawn = np.asarray(drawer(noise(3), training=False))
    assert drawn.shape == (3, size, size, 3)
    assert np.abs(drawn).max() <= 1
    assert np.asarray(judge(drawn, training=False)).shape == (3, 1)


def test_the_same_seed_starts_the_same_networks() -> None:
    one, same, other = (gan.build(32, seed) for seed in (5, 5, 6))
    for a, b in zip(one.variables(), same.variables(), strict=True):
        assert np.array_equal(a.numpy(), b.numpy())
    assert not np.array_equal(one.drawer.get_weights()[0], other.drawer.get_weights()[0])
    assert np.array_equal(one.drawer.get_weights()[0], one.kept.get_weights()[0])


def test_changes_are_seeded_differ_between_pictures_and_leave_most_of_each() -> None:
    pictures = np.tile(np.linspace(-0.5, 0.5, 32, dtype=np.float32)[None, :, None, None], (8, 1, 32, 3))
    one, same, other = (np.asarray(gan.changed(pictures, (1, number))) for number in (4, 4, 5))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert not np.array_equal(one[0], one[1])
    blank = (one == 0).all(axis=-1).mean(axis=(1, 2))
    assert (blank > 0.05).all()
    assert (blank < 0.6).all()


def test_gradients_reach_the_drawer_through_the_changes() -> None:
    import tensorflow as tf

    drawer = gan.drawer(32, np.random.default_rng(0))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(gan.changed(drawer(noise(4), training=True), (1, 2)))
    gradients = tape.gradient(loss, drawer.trainable_variables)
    assert all(float(np.abs(np.asarray(part)).max()) > 0 for part in gradients)
