"""``MODEL_CARD.md``: what a package was made from and how it did, in plain words and tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from clinoscope.training.sentences import how, weakness

if TYPE_CHECKING:
    from clinoscope.training.assess import Trained


def card(trained: Trained, command: str, agreement: Mapping[str, float]) -> str:
    """The whole card as Markdown. ``agreement`` is how the LiteRT file compares with the Keras model."""
    recipe = trained.recipe
    parts = [
        f"# {recipe.name} {recipe.version}",
        "Research use only; not a diagnosis.",
        weakness(trained),
        f"**Task:** `{recipe.task}`. **Intended use:** {recipe.intended_use}",
        f"**Trained on:** {recipe.trained_on}",
        "## How it did",
        how(trained) + " The likeliest label counts as the answer, except in the last two lines.",
        _main_table(trained),
        "### By label",
        _label_table(trained),
        *_elsewhere(trained),
        "### Pictures of another kind",
        _refusals(trained),
        "## Training pictures",
        _pictures(trained),
        _sources(trained),
        "## Known failures",
        "\n".join(f"- {line}" for line in recipe.known_failures),
        "## How it is made",
        _method(trained, agreement),
        "## Make it again",
        f"```\n{command} --backbones ../shared/backbones\n```",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def show(figure: Mapping[str, float | None] | None, percent: bool = False) -> str:
    """``0.71 (0.66 to 0.75)``, or a dash where it was not measured."""
    if figure is None or figure["value"] is None:
        return "–"
    scale, digits, unit = (100, 1, " %") if percent else (1, 3, "")
    value = f"{figure['value'] * scale:.{digits}f}{unit}"
    if figure.get("low") is None or figure.get("high") is None:
        return value
    low, high = figure["low"], figure["high"]
    return (
        f"{value} ({low * scale:.{digits}f} to {high * scale:.{digits}f})"
        if low is not None and high is not None
        else value
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; every row has as many cells as ``head``."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def _main_table(trained: Trained) -> str:
    measured = trained.figures
    rows = [
        ("accuracy", show(measured["accuracy"])),
        ("balanced accuracy", show(measured["balanced_accuracy"])),
        ("Matthews correlation", show(measured["mcc"])),
        ("AUC", show(measured["auc"])),
        ("expected calibration error", show(measured["ece"])),
        (
            f"sets that hold the true label (promised: {trained.recipe.coverage:.0%})",
            show(measured["conformal_coverage"]),
        ),
        ("share answered with one label", show(measured["share_answered"])),
        ("accuracy when answered", show(measured["accuracy_when_answered"])),
    ]
    return table(("figure", "value (95 % interval)"), [row for row in rows if row[1] != "–"])


def _label_table(trained: Trained) -> str:
    names = ("sensitivity", "specificity", "precision", "f1", "jaccard")
    rows = []
    for label, entry in trained.figures["per_class"].items():
        rows.append((label, str(entry["n"]), *(show(entry[name]) for name in names)))
    return table(("label", "n", *names), rows)


def _elsewhere(trained: Trained) -> list[str]:
    if not trained.elsewhere:
        return []
    rows = []
    for other in trained.elsewhere:
        figures: Mapping[str, Any] = other.figures
        rows.append(
            (
                other.name,
                str(figures["n"]),
                show(figures["accuracy"]),
                show(figures["balanced_accuracy"]),
                show(figures["conformal_coverage"]),
                show(figures["share_answered"]),
                show(figures["accuracy_when_answered"]),
                show(other.refused, percent=True),
                other.note,
            )
        )
    head = (
        "source",
        "n",
        "accuracy",
        "balanced accuracy",
        "coverage",
        "answered",
        "accuracy when answered",
        "refused",
        "note",
    )
    explained = (
        "Sources that did not train the head that is measured here; a source that is part of training was left out "
        "for its own line."
    )
    return ["### Other sources", explained, table(head, rows)]


def _refusals(trained: Trained) -> str:
    rows = [("own pictures (wrongly refused)", show(trained.own_refused, percent=True), "")]
    for name, figure in trained.foreign_refused.items():
        rows.append((name, show(figure, percent=True), show(trained.unseen_refused[name], percent=True)))
    text = (
        "Share refused with *cannot judge*: by a rule that learned from other pictures of the same set, and by one "
        "that never saw that set (what to expect of a kind of picture nobody thought of)."
    )
    return text + "\n\n" + table(("pictures", "refused", "refused, kind never seen"), rows)


def _pictures(trained: Trained) -> str:
    rows, labels = trained.gathered.rows, trained.recipe.labels
    sources = sorted({row.source for row in rows})
    counts = Counter((row.source, row.label) for row in rows)
    groups = {source: len({row.group for row in rows if row.source == source}) for source in sources}
    listed = table(
        ("source", "groups", *labels),
        [(source, str(groups[source]), *(str(counts[source, label]) for label in labels)) for source in sources],
    )
    left = trained.gathered.without_region
    return listed + (f"\n\n{left} pictures were left out because no region was found in them." if left else "")


def _sources(trained: Trained) -> str:
    rows = [(source.name, source.licence, source.what) for source in trained.recipe.sources]
    return table(("source", "licence", "what it shows"), rows)


def _method(trained: Trained, agreement: Mapping[str, float]) -> str:
    recipe, choice = trained.recipe, trained.choice
    found = "drawn by hand (in the running program: found)" if trained.gathered.rows[0].boxes else "found as it runs"
    size = f"{recipe.input.size} x {recipe.input.size}"
    folds = ", ".join(entry.backbone for entry in trained.held.choices)
    weights = "ImageNet weights" if recipe.weights == "pretrained" else "random weights"
    lines = (
        f"Region {found}, margin {recipe.input.margin:g}, resized to {size}, RGB 0..255.",
        f"Backbone `{choice.backbone}`, frozen, {weights}; chosen from {', '.join(recipe.backbones)} by inner grouped "
        f"folds (in the outer folds: {folds}).",
        f"Linear head, class-weighted, on {recipe.views} views of every picture; C = {choice.strength:g}.",
        f"Temperature {trained.temperature:.3f} and conformal quantile {trained.quantile:.4f}, both from held-out "
        "groups; the figures above use values from the other folds.",
        f"LiteRT float16 against Keras on {agreement['pictures']} pictures: largest difference of a probability "
        f"{agreement['largest_difference']:.4f}, same answers {agreement['same_answers']:.0%}.",
        f"{agreement['bytes'] / 1e6:.1f} MB; {agreement['milliseconds']:.1f} ms of processor time for a picture on one "
        "thread of the machine that trained it.",
    )
    return "\n".join(f"- {line}" for line in lines)
