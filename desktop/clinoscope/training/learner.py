"""One way to fit and one way to read for every variant, whatever part of its network it trains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.inference import watcher
from clinoscope.inference.classify import resize
from clinoscope.inference.linear_head import LinearHead
from clinoscope.training import generate, head
from clinoscope.training.features import Subject
from clinoscope.training.head import Floats, Indices
from clinoscope.training.progress import Report, ignore, part_of
from clinoscope.training.recipe import Recipe
from clinoscope.training.seen import Eye, Seen, keep, pooled, prepared
from clinoscope.training.tune import Plan, Tuned, Tuner


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted variant: its head, the weights of its tail (none when only the head is trained), the
    strength of a head alone, the mean loss of every epoch, and how long it took in seconds."""

    head: LinearHead
    weights: tuple[NDArray[Any], ...] = ()
    strength: float = 0.0
    history: tuple[float, ...] = ()
    seconds: float = 0.0


class Learner:
    """Fits and reads one variant of a recipe on what it has seen of the pictures."""

    def __init__(self, eye: Eye, recipe: Recipe, subjects: Sequence[Subject], seen: Seen, folder: Path) -> None:
        self.eye, self.seen = eye, seen
        self._recipe, self._subjects, self._folder = recipe, subjects, folder
        self._tuner = None if eye.tail is None else Tuner(eye.tail, self.labels)
        self._views = seen.views if eye.variant.augment else seen.views[:1]

    @property
    def labels(self) -> int:
        """How many labels there are: the width of the logits."""
        return len(self._recipe.labels)

    @property
    def key(self) -> list[object]:
        """What a fit depends on besides the pictures (anything JSON can hold)."""
        variant, recipe = self.eye.variant, self._recipe
        plan = [recipe.epochs, recipe.rate, recipe.seed, recipe.weights, recipe.generator_steps, len(self._views)]
        return [variant.backbone, self.eye.key, variant.balance, variant.augment, variant.generated, plan]

    def fit(self, labels: Indices, groups: Sequence[str], pictures: Indices, report: Report = ignore) -> Fit:
        """Learn from some of the pictures and from nothing else; ``labels`` and ``groups`` are those of all.

        A head alone takes ``balance = "repeat"`` as weights: to it they are the same. Raises KnownError where
        pictures are to be generated from too few.
        """
        variant, recipe = self.eye.variant, self._recipe
        made = None
        if variant.generated:
            made = self._generated(labels, pictures, part_of(report, 0.0, 0.5))
            report = part_of(report, 0.5, 1.0)
        if self._tuner is not None:
            plan = Plan(epochs=recipe.epochs, rate=recipe.rate, balance=variant.balance, fresh=recipe.weights == "none")
            seen = Seen(self._views, self.seen.owner)
            tuned = self._tuner.train(seen, labels, pictures, plan, recipe.seed, made, report)
            return Fit(tuned.head, tuned.weights, history=tuned.history)
        count = len(self._subjects)
        views = [pooled(np.asarray(view, np.float32), self.seen.owner, count)[pictures] for view in self._views]
        truth, names = labels[pictures], [groups[index] for index in pictures]
        balanced = variant.balance != "none"
        strength = head.choose(views, truth, names, recipe.seed, balanced).strength
        if made is not None:
            views = [np.concatenate([view, np.asarray(made[0], np.float32)]) for view in views]
            truth = np.concatenate([truth, made[1]])
        return Fit(head.fit(views, truth, strength, balanced, self.labels), strength=strength)

    def read(self, fit: Fit, seen: Seen, subjects: int) -> tuple[NDArray[np.float64], Floats]:
        """Logits (subjects, k) and embeddings (subjects, d) of the unchanged view."""
        if self._tuner is not None:
            return self._tuner.read(Tuned(fit.weights, fit.head, ()), seen, subjects)
        embeddings = pooled(np.asarray(seen.views[0], np.float32), seen.owner, subjects)
        return fit.head.logits(embeddings), embeddings

    def network(self, fit: Fit) -> Any:
        """The whole Keras network from squares to the last map, with the weights of the fit in it."""
        if self.eye.tail is not None:
            self.eye.tail.set_weights(list(fit.weights))
        return self.eye.network

    def generated_figures(self, labels: Indices, pictures: Indices) -> generate.GeneratedFigures:
        """How the generator that learned from some pictures compares with them; it is the one ``fit`` has used."""
        real, drawn, _ = self._draw(labels, pictures, ignore)
        seen_drawn, seen_real = (
            np.stack([watcher.features([resize(square, watcher.SIDE)]) for square in squares])
            for squares in (drawn, real)
        )
        return generate.look(drawn, real, seen_drawn, seen_real)

    def _generated(self, labels: Indices, pictures: Indices, report: Report) -> tuple[NDArray[Any], Indices]:
        """What the variant keeps of pictures drawn by a generator that learned from ``pictures`` alone."""
        _, drawn, made = self._draw(labels, pictures, report)
        return keep(self.eye, drawn), made

    def _draw(self, labels: Indices, pictures: Indices, report: Report) -> tuple[Pixels, Pixels, Indices]:
        """The pictures of the rarest label among ``pictures``, drawn ones like them, and the labels of those."""
        recipe = self._recipe
        rarest = int(np.argmin(np.bincount(labels[pictures], minlength=len(recipe.labels))))
        chosen = [self._subjects[index] for index in pictures if labels[index] == rarest]
        squares = prepared(self.eye, chosen, recipe.input)
        wanted = {rarest: self.eye.variant.generated}
        folder = self._folder / "generators"
        drawn, made = generate.extra({rarest: squares}, wanted, folder, recipe.seed, recipe.generator_steps, report)
        return squares, drawn, made
