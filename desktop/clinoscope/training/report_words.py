"""The sentences and figures of a training report in words, the same in the PDF and in the model card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clinoscope.modes.wording import percent
from clinoscope.training.report import Report


def show(figure: Mapping[str, float | None] | None, as_percent: bool = False) -> str:
    """``0.71 (0.66 to 0.75)``, or a dash where it was not measured."""
    if figure is None or figure["value"] is None:
        return "–"
    scale, digits, unit = (100, 1, " %") if as_percent else (1, 3, "")
    value = f"{figure['value'] * scale:.{digits}f}{unit}"
    low, high = figure.get("low"), figure.get("high")
    if low is None or high is None:
        return value
    return f"{value} ({low * scale:.{digits}f} to {high * scale:.{digits}f})"


def words(label: str) -> str:
    """A label as people write it."""
    return label.replace("_", " ")


def duration(seconds: float) -> str:
    """Seconds, minutes or hours, whichever reads best."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def summary(report: Report) -> str:
    """One paragraph in plain words: what it learned from, how it did, when it does not answer."""
    recipe, figures = report.recipe, report.figures
    labels = [words(label) for label in recipe["labels"]]
    key, name = report.main
    parts = [
        f"{recipe['name']} {recipe['version']} suggests which of {len(labels)} labels a picture shows: "
        f"{', '.join(labels)}. It was measured on {figures['n']} pictures of {figures['groups']} "
        f"{recipe['group_word']}, each read by a network that had learned from other {recipe['group_word']} only. "
        f"The {name} was {show(figures[key])}."
    ]
    answered, right = figures["share_answered"]["value"], figures["accuracy_when_answered"]["value"]
    if answered is not None and right is not None:
        parts.append(
            f"It named one label for {percent(answered)} of them and was right in {percent(right)} of those; "
            "for all others it says that it is unsure."
        )
    return " ".join(parts)


def group_line(report: Report) -> str:
    """What is kept together, and why it matters."""
    recipe = report.recipe
    return (
        f"Pictures are grouped by {recipe['group_word']}: those of one group are alike, so a group is never parted "
        f"between learning and measuring. {recipe['folds']} folds, seed {recipe['seed']}; all intervals are 95 %, "
        "by drawing whole groups again and again (bootstrap)."
    )


def trained(entry: Mapping[str, Any]) -> str:
    """How much of the network was trained."""
    cut = entry.get("cut", "half")
    layer = {"half": "from half-way on", "last": "its last block"}.get(cut, f"from {cut} on")
    said = {"head": "only its head trained", "top": f"trained {layer}", "all": "wholly trained"}
    return said.get(entry["train"], f"trained: {entry['train']}")


def method(report: Report) -> list[str]:
    """How a picture becomes an answer, a sentence each."""
    recipe, chosen = report.recipe, report.chosen
    seen = recipe["input"]
    added = () if chosen is None else chosen.get("steps", ())
    steps = [*seen["steps"], *added, f"resized to {seen['size']} x {seen['size']}"]
    lines = [
        f"Region cut out with margin {seen['margin']:g}; then, in order: {', '.join(steps)}; {seen['colour'].upper()}."
    ]
    weights = "ImageNet weights to start from" if recipe["weights"] == "pretrained" else "started from random weights"
    if chosen is not None:
        # training.backbones.named_in finds the network by this beginning of a line of the card
        lines.append(f"Backbone `{chosen['backbone']}`, {trained(chosen)}, {weights}.")
        views = f"{recipe['views'] if chosen.get('augment', True) else 1} views of every picture"
        if chosen["train"] == "head":
            lines.append(f"A linear head on {views}; its strength was chosen by inner grouped folds.")
        else:
            lines.append(f"{recipe['epochs']} epochs at a learning rate of {recipe['rate']:g}, on {views}.")
    lines += report.notes
    if report.temperature is not None and report.quantile is not None:
        lines.append(
            f"Temperature {report.temperature:.3f} and conformal quantile {report.quantile:.4f}, both from held-out "
            "groups; the figures above use values from the other folds."
        )
    if report.caution is not None:
        caution = report.caution
        lines.append(
            f"Caution where it is not validated: temperature {caution.temperature:.3f} and conformal quantile "
            f"{caution.quantile:.4f} for sets that promise {percent(caution.coverage)}, from {caution.pictures} "
            f"pictures of {', '.join(caution.fitted_on)}, each read by a network that never saw its source."
        )
    return lines
