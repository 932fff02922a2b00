"""Trains what lies behind the cut of a network, with a linear head, on views kept beforehand.

Batch normalisation keeps the statistics it was pretrained with: a few hundred pictures of one clinic
would replace them by that clinic's light. AdamW (Loshchilov and Hutter, ICLR 2019) with a cosine rate,
labels smoothed by 0.05 (Szegedy et al., CVPR 2016).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clinoscope.inference.linear_head import LinearHead
from clinoscope.training.head import Floats, Indices
from clinoscope.training.progress import Report, ignore
from clinoscope.training.seen import Seen, pooled

BATCH = 32
SMOOTHING = 0.05
DROPPED = 0.2
WARM_UP = 0.08
"""Share of the steps in which the rate rises from 0."""
WEIGHT_DECAY = 1e-4


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How long and how to train; see ``recipe.Recipe`` and ``recipe.Variant``."""

    epochs: int
    rate: float
    balance: str
    fresh: bool
    """Nothing is pretrained: batch normalisation learns its statistics too."""


@dataclass(frozen=True, eq=False)
class Tuned:
    """The weights of a trained tail, its head, and the mean loss of every epoch."""

    weights: tuple[NDArray[Any], ...]
    head: LinearHead
    history: tuple[float, ...]


class Tuner:
    """A tail with a head for ``labels`` labels, started anew for every training.

    Trainings are the same whatever was trained before on the same tail, so that a run that goes on gives the
    numbers of one that did not stop.
    """

    def __init__(self, tail: Any, labels: int) -> None:
        import keras
        import tensorflow as tf
        from keras import layers

        self._tail, self._labels = tail, labels
        features = layers.GlobalAveragePooling2D()(tail.output)
        self._dense = layers.Dense(labels, dtype="float32")
        dropped = layers.Dropout(DROPPED)(features)
        self._model = keras.Model(tail.input, [self._dense(dropped), features])
        self._start = [np.array(values) for values in tail.get_weights()]
        self._embed = tf.function(lambda batch: self._model(batch, training=False)[1])
        self._steps: dict[bool, tuple[Any, Callable[..., Any]]] = {}

    def train(
        self,
        seen: Seen,
        labels: Indices,
        pictures: Indices,
        plan: Plan,
        seed: int,
        extra: tuple[NDArray[Any], Indices] | None = None,
        report: Report = ignore,
    ) -> Tuned:
        """Train on the ``pictures`` (indices) of ``seen``, whose ``labels`` (n,) are those of all.

        ``extra`` are generated pictures, kept as those of ``seen`` are, (m, …), with their labels (m,).
        """
        import keras
        import tensorflow as tf

        steps = max(1, plan.epochs * len(pictures) // BATCH)
        rising = max(1, round(steps * WARM_UP))
        rate = keras.optimizers.schedules.CosineDecay(
            0.0, max(1, steps - rising), warmup_target=plan.rate, warmup_steps=rising
        )
        optimiser, learn = self._step(plan.fresh)
        self._start_anew(seed, optimiser)
        losses: list[float] = []
        for number, (batch, truth, weight) in enumerate(_batches(seen, labels, pictures, plan, steps, seed, extra)):
            target = np.eye(self._labels, dtype=np.float32)[truth]
            optimiser.learning_rate.assign(rate(number))
            losses.append(float(learn(tf.constant(batch), tf.constant(target), tf.constant(weight))))
            report((number + 1) / steps)
        history = tuple(float(part.mean()) for part in np.array_split(losses, min(plan.epochs, steps)))
        weights, bias = self._dense.get_weights()
        return Tuned(tuple(np.array(values) for values in self._tail.get_weights()), LinearHead(weights, bias), history)

    def read(self, tuned: Tuned, seen: Seen, subjects: int) -> tuple[NDArray[np.float64], Floats]:
        """Logits (subjects, k) and embeddings (subjects, d) of the unchanged view."""
        import tensorflow as tf

        self._tail.set_weights(list(tuned.weights))
        rows = [np.zeros((0, len(tuned.head.weights)), np.float32)]
        for start in range(0, len(seen.views[0]), BATCH):
            kept = np.asarray(seen.views[0][start : start + BATCH], np.float32)
            full = np.zeros((BATCH, *kept.shape[1:]), np.float32)
            full[: len(kept)] = kept
            rows.append(np.asarray(self._embed(tf.constant(full)))[: len(kept)])
        embeddings = pooled(np.concatenate(rows), seen.owner, subjects)
        return tuned.head.logits(embeddings), embeddings

    def _start_anew(self, seed: int, optimiser: Any) -> None:
        """The weights of the beginning, a head of zeros, and the same chance in every layer that drops something."""
        self._tail.set_weights(self._start)
        self._dense.set_weights([np.zeros_like(values) for values in self._dense.get_weights()])
        for number, layer in enumerate(self._model.layers):
            if (generator := getattr(layer, "seed_generator", None)) is not None:
                generator.state.assign([seed + number, 0])
        for variable in optimiser.variables:
            variable.assign(np.zeros(variable.shape, variable.dtype))

    def _step(self, fresh: bool) -> tuple[Any, Callable[..., Any]]:
        """An optimiser, and one step of training with it: a batch, its targets and weights to its loss.

        Kept for the next training: planning a step takes seconds, as long as many a fold of a small set.
        """
        import keras
        import tensorflow as tf

        norms = [layer for layer in self._tail.layers if isinstance(layer, keras.layers.BatchNormalization)]
        for layer in norms:
            layer.trainable = fresh  # an untrainable one also keeps its statistics while the others train
        if fresh in self._steps:
            return self._steps[fresh]
        variables = self._model.trainable_variables
        optimiser = keras.optimizers.AdamW(0.0, weight_decay=WEIGHT_DECAY, global_clipnorm=1.0)
        optimiser.build(variables)
        loss_of = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=SMOOTHING)

        @tf.function
        def learn(batch: Any, target: Any, weight: Any) -> Any:
            with tf.GradientTape() as tape:
                logits, _ = self._model(batch, training=True)
                loss = loss_of(target, logits, sample_weight=weight)
            optimiser.apply(tape.gradient(loss, variables), variables)
            return loss

        self._steps[fresh] = optimiser, learn
        return self._steps[fresh]


def _batches(
    seen: Seen,
    labels: Indices,
    pictures: Indices,
    plan: Plan,
    steps: int,
    seed: int,
    extra: tuple[NDArray[Any], Indices] | None,
) -> Iterator[tuple[NDArray[np.float32], Indices, NDArray[np.float32]]]:
    """Batches of what was kept (BATCH, …), labels and weights: a random view and square of random pictures."""
    chance = np.random.default_rng(seed)
    truth = labels[pictures]
    made = np.zeros(0, np.intp) if extra is None else extra[1]
    everything = np.concatenate([truth, made])
    counts = np.maximum(np.bincount(everything), 1)
    share = 1 / counts[everything] if plan.balance == "repeat" else np.ones(len(everything))
    # the square root: with a few dozen pictures of a rare label its full weight would be learnt by heart
    weight = np.sqrt(1 / counts[everything]) if plan.balance == "weights" else np.ones(len(everything))
    weight = weight / weight.mean()
    share = share / share.sum()
    squares: list[list[int]] = [[] for _ in range(len(labels))]
    for row, picture in enumerate(seen.owner):
        squares[picture].append(row)
    for _ in range(steps):
        drawn = chance.choice(len(everything), BATCH, p=share)
        batch = []
        for place in drawn:
            if place >= len(pictures):
                batch.append(np.asarray(extra[0][place - len(pictures)], np.float32))  # type: ignore[index]
            else:
                row = int(chance.choice(squares[pictures[place]]))
                batch.append(np.asarray(seen.views[int(chance.integers(len(seen.views)))][row], np.float32))
        yield np.stack(batch), everything[drawn], weight[drawn].astype(np.float32)
