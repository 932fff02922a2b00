"""How often a site's own test ends how, by the number of pictures: simulated readings, no pictures.

    python tests/benchmarks/acceptance_power.py

Five labels, equally frequent, each read with the evidence of a Gaussian class signal, so that probabilities are exact
and the conformal sets hold the label in 0.90 of all. *The same* is that model on its own pictures (accuracy 0.83); in
the other rows the probabilities of a share of the pictures are shifted to the next label, as another camera may do.
Two labels are looked for and must not be lost. Forty tests for each line.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from clinoscope import modes
from clinoscope.domain.reading import UNSURE, ModelRef, Reading
from clinoscope.domain.task import Kind
from clinoscope.inference.card import Conformal, Figure, Figures, LabelFigures, PackageInfo
from clinoscope.workflow.acceptance_figures import Entry, judged
from clinoscope.workflow.labelled import Labelled

TASK = modes.task("skin/lesion-photo")
NAMES = tuple(label.id for label in TASK.labels)
MODEL = ModelRef("simulated", "1.0.0", "0" * 64)
SIGNAL = 2.2
TESTS = 40


def drawn(n: int, chance: np.random.Generator, shifted: float) -> tuple[np.ndarray, np.ndarray]:
    """True labels (n,) and the probabilities (n, k) that were read."""
    truth = chance.integers(0, len(NAMES), n)
    evidence = chance.normal(0, 1, (n, len(NAMES)))
    evidence[np.arange(n), truth] += SIGNAL
    shares = np.exp(SIGNAL * evidence)
    shares /= shares.sum(axis=1, keepdims=True)
    wrong = chance.random(n) < shifted
    shares[wrong] = np.roll(shares[wrong], 1, axis=1)
    return truth, shares


def package() -> PackageInfo:
    """What the model says of itself, from 20,000 pictures."""
    truth, shares = drawn(20_000, np.random.default_rng(0), 0.0)
    quantile = float(np.quantile(1 - shares[np.arange(len(truth)), truth], 0.9))
    right = shares.argmax(axis=1) == truth
    labels = tuple(
        LabelFigures(label=name, n=4000, sensitivity=Figure(value=float(right[truth == place].mean())))
        for place, name in enumerate(NAMES)
    )
    answered = float(((shares >= 1 - quantile).sum(axis=1) == 1).mean())
    return PackageInfo(
        format=1,
        name=MODEL.name,
        version=MODEL.version,
        task=TASK.id,
        kind=Kind.CLASSIFY,
        intended_use="",
        labels=NAMES,
        conformal=Conformal(coverage=0.9, quantile=quantile),
        figures=Figures(n=20_000, groups=20_000, how="", answered=Figure(value=answered), labels=labels),
    )


def outcomes(model: PackageInfo, n: int, shifted: float) -> Counter[str]:
    """How the tests ended."""
    assert model.conformal is not None
    least = 1 - model.conformal.quantile
    ends: Counter[str] = Counter()
    for seed in range(TESTS):
        truth, shares = drawn(n, np.random.default_rng(1000 + seed), shifted)
        entries = []
        for index in range(n):
            named = tuple(NAMES[place] for place in np.argsort(-shares[index]) if shares[index, place] >= least)
            reading = Reading(
                TASK.id,
                named[0] if len(named) == 1 else UNSURE,
                MODEL,
                labels=named,
                probabilities=dict(zip(NAMES, map(float, shares[index]), strict=True)),
            )
            row = Labelled(str(index), NAMES[truth[index]], str(index))
            entries.append(Entry(row, reading, "camera", "light", str(index)))
        ends[str(judged(TASK, model, entries)[2])] += 1
    return ends


def main() -> None:
    model = package()
    print("| shifted | pictures | passed | too few to say | not passed |\n|---|---|---|---|---|")
    for shifted in (0.0, 0.15, 0.35):
        for n in (100, 200, 300, 500):
            ends = outcomes(model, n, shifted)
            counts = (ends[name] for name in ("passed", "too few pictures to say", "not passed"))
            print(
                f"| {shifted:.0%} | {n} | " + " | ".join(f"{count / TESTS:.0%}" for count in counts) + " |", flush=True
            )


if __name__ == "__main__":
    main()
