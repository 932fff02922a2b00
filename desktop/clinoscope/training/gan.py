"""The two networks behind generated pictures: one draws, one judges what is drawn.

The shapes are those of DCGAN (Radford et al., ICLR 2016). What makes it work with a few dozen to a few hundred
pictures is newer: the hinge loss with spectral normalisation (Miyato et al., ICLR 2018), and the same random changes
to real and drawn pictures before the judge sees them (differentiable augmentation, Zhao et al., NeurIPS 2020), so
that the judge cannot learn the real pictures by heart. Drawn with are the averaged weights (Yazici et al., ICLR 2019).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

NOISE = 128
"""Numbers a picture is drawn from."""
BATCH = 32
_WIDTH = 32
"""Channels at full resolution; they double with every halving, up to 256."""
_WIDEST = 256
_SMALLEST = 4
_DRAWER_RATE, _JUDGE_RATE = 2e-4, 4e-4
"""The judge learns faster, so that it need not be trained twice as often (Heusel et al., NeurIPS 2017)."""
_AVERAGED = 0.999
"""How slowly the averaged weights follow; faster in the first steps."""


@dataclass(frozen=True, eq=False)
class Pair:
    """Both networks with their optimisers. ``kept`` draws with the averaged weights of ``drawer``."""

    drawer: Any
    judge: Any
    kept: Any
    drawer_steps: Any
    judge_steps: Any

    def variables(self) -> list[Any]:
        """Everything that a training step changes, in a fixed order."""
        return [
            *self.drawer.variables,
            *self.judge.variables,
            *self.kept.variables,
            *self.drawer_steps.variables,
            *self.judge_steps.variables,
        ]


def build(size: int, seed: int) -> Pair:
    """Fresh networks for pictures of ``size`` (a power of two, 16 or more), the same for the same seed."""
    import keras

    chance = np.random.default_rng([seed, size])
    drawn, judged = drawer(size, chance), judge(size, chance)
    kept = drawer(size, chance)
    kept.set_weights(drawn.get_weights())
    steps = [keras.optimizers.Adam(rate, beta_1=0.5, beta_2=0.999) for rate in (_DRAWER_RATE, _JUDGE_RATE)]
    for optimizer, model in zip(steps, (drawn, judged), strict=True):
        optimizer.build(model.trainable_variables)
    return Pair(drawn, judged, kept, *steps)


def drawer(size: int, chance: np.random.Generator) -> Any:
    """Noise (n, NOISE) → pictures (n, size, size, 3), -1..1."""
    import keras
    from keras import layers

    widths = _widths(size)[::-1]
    noise = keras.Input((NOISE,), name="noise")
    x = layers.Dense(_SMALLEST * _SMALLEST * widths[0], use_bias=False, kernel_initializer=_start(chance))(noise)
    x = layers.Reshape((_SMALLEST, _SMALLEST, widths[0]))(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    for width in (*widths[1:], _WIDTH):
        x = layers.Conv2DTranspose(width, 4, 2, "same", use_bias=False, kernel_initializer=_start(chance))(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    # a plain convolution at full resolution: without it the chequers of the strided ones stay to be seen
    last = layers.Conv2D(3, 3, 1, "same", activation="tanh", kernel_initializer=_start(chance))
    return keras.Model(noise, last(x), name="drawer")


def judge(size: int, chance: np.random.Generator) -> Any:
    """Pictures (n, size, size, 3), -1..1 → marks (n, 1): high for what looks real."""
    import keras
    from keras import layers

    picture = keras.Input((size, size, 3), name="picture")
    x = picture
    normed = []
    for width in _widths(size):
        normed.append(
            layers.SpectralNormalization(layers.Conv2D(width, 4, 2, "same", kernel_initializer=_start(chance)))
        )
        x = layers.LeakyReLU(negative_slope=0.2)(normed[-1](x))
    normed.append(layers.SpectralNormalization(layers.Dense(1, kernel_initializer=_start(chance))))
    model = keras.Model(picture, normed[-1](layers.Flatten()(x)), name="judge")
    for layer in normed:  # Keras draws this vector without a seed
        layer.vector_u.assign(chance.normal(0, 1, layer.vector_u.shape))
    return model


def stepper(pair: Pair) -> Callable[[Floats, Floats, int, int], float]:
    """A compiled step (real pictures (BATCH, s, s, 3) in -1..1, noise (2, BATCH, NOISE), seed, number) → judge's loss.

    All chance inside comes from ``seed`` and the number of the step, so that a run that goes on after a kill
    does what it would have done.
    """
    import tensorflow as tf

    @tf.function
    def step(real: Any, noise: Any, seed: Any, averaged: Any) -> Any:
        drawn = pair.drawer(noise[0], training=True)
        with tf.GradientTape() as tape:
            marks = pair.judge(changed(tf.concat([real, drawn], 0), seed), training=True)
            loss = tf.reduce_mean(tf.nn.relu(1 - marks[:BATCH])) + tf.reduce_mean(tf.nn.relu(1 + marks[BATCH:]))
        _apply(pair.judge_steps, tape.gradient(loss, pair.judge.trainable_variables), pair.judge)
        with tf.GradientTape() as tape:
            drawn = pair.drawer(noise[1], training=True)
            again = tf.random.experimental.stateless_fold_in(seed, 1)
            wanted = -tf.reduce_mean(pair.judge(changed(drawn, again), training=True))
        _apply(pair.drawer_steps, tape.gradient(wanted, pair.drawer.trainable_variables), pair.drawer)
        for kept, now in zip(pair.kept.variables, pair.drawer.variables, strict=True):
            kept.assign(averaged * kept + (1 - averaged) * now)
        return loss

    def run(real: Floats, noise: Floats, seed: int, number: int) -> float:
        averaged = min(_AVERAGED, (1 + number) / (10 + number))
        return float(
            step(
                tf.constant(real),
                tf.constant(noise),
                tf.constant([seed, number], tf.int32),
                tf.constant(averaged, tf.float32),
            )
        )

    return run


def changed(pictures: Any, seed: Any) -> Any:
    """Random colour, place and a grey patch for each picture (n, s, s, 3); gradients pass through.

    The three policies and their ranges are those of Zhao et al., section 4: brightness ±0.5, saturation 0..2,
    contrast 0.5..1.5, a shift of up to an eighth of the side, and a patch of half the side.
    """
    import tensorflow as tf

    count, size = pictures.shape[0], pictures.shape[1]

    def uniform(place: int, low: float, high: float, *shape: int) -> Any:
        return tf.random.stateless_uniform(
            (count, *shape), tf.random.experimental.stateless_fold_in(seed, place), low, high
        )

    pictures += uniform(2, -0.5, 0.5, 1, 1, 1)
    grey = tf.reduce_mean(pictures, 3, keepdims=True)
    pictures = (pictures - grey) * uniform(3, 0, 2, 1, 1, 1) + grey
    mean = tf.reduce_mean(pictures, (1, 2, 3), keepdims=True)
    pictures = (pictures - mean) * uniform(4, 0.5, 1.5, 1, 1, 1) + mean
    shift = tf.round(uniform(5, -size / 8, size / 8, 2))
    one, none = tf.ones((count,)), tf.zeros((count,))
    pictures = tf.raw_ops.ImageProjectiveTransformV3(
        images=pictures,
        transforms=tf.stack([one, none, shift[:, 0], none, one, shift[:, 1], none, none], 1),
        output_shape=(size, size),
        fill_value=0.0,
        interpolation="NEAREST",
        fill_mode="CONSTANT",
    )
    centre = uniform(6, 0, size, 2)
    places = tf.range(size, dtype=tf.float32)
    inside_x = tf.abs(places[None] - centre[:, :1]) < size / 4
    inside_y = tf.abs(places[None] - centre[:, 1:]) < size / 4
    patch = inside_y[:, :, None] & inside_x[:, None, :]
    return tf.where(patch[..., None], 0.0, pictures)


def _apply(optimizer: Any, gradients: Any, model: Any) -> None:
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))


def _widths(size: int) -> list[int]:
    """Channels after each halving, from full resolution down to 4 x 4."""
    halvings = int(np.log2(size // _SMALLEST))
    return [min(_WIDEST, _WIDTH * 2**number) for number in range(halvings)]


def _start(chance: np.random.Generator) -> Any:
    """Normal weights of spread 0.02, as in DCGAN, seeded."""
    import keras

    return keras.initializers.RandomNormal(0.0, 0.02, seed=int(chance.integers(2**31)))
