"""What the figures of a package mean, in plain sentences for the package file and the card."""

from __future__ import annotations

from clinoscope.training.assess import WORSENED, Measured, Trained

ENOUGH = 50
"""Pictures another source must have to say that a package is weak elsewhere."""


def how(trained: Trained) -> str:
    """One plain sentence on how the figures came about."""
    recipe, measured = trained.recipe, trained.figures
    return (
        f"Measured on {measured['n']} pictures of {measured['groups']} {recipe.group_word} never seen in training, "
        f"by {recipe.folds} folds; intervals are 95 %, by bootstrap over {recipe.group_word}."
    )


def weakness(trained: Trained) -> str:
    """Plain sentences when the package does not deserve trust by its recipe's own limit, else ""."""
    limit, word = trained.recipe.weak_below, trained.recipe.group_word
    name, key = ("AUC", "auc") if trained.figures["auc"] is not None else ("balanced accuracy", "balanced_accuracy")
    said = []
    figure = trained.figures[key]
    if figure["value"] is not None and figure["value"] < limit:
        interval = f"{figure['value']:.2f} ({figure['low']:.2f} to {figure['high']:.2f})"
        said.append(f"Weak: {name} {interval} on {word} never seen in training; do not rely on it.")
    away = [other.figures[key]["value"] for other in trained.elsewhere if _counts(other)]
    if away and max(away) < limit:
        span = f"{min(away):.2f}" if len(away) == 1 else f"{min(away):.2f} to {max(away):.2f}"
        said.append(f"Weak elsewhere: {name} {span} on pictures of other sources; do not rely on it there.")
    return " ".join(said)


def _counts(other: Measured) -> bool:
    """Whether the figures say something about another source: it is one, and large enough."""
    return other.name != WORSENED and other.figures["n"] >= ENOUGH
