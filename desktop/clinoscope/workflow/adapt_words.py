"""What an adaptation found, in words and rows: for its card, the command line and the window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ROWS = (
    ("accuracy", "Right, likeliest label"),
    ("balanced_accuracy", "The same, every label counting alike"),
    ("ece", "Error of the stated certainty"),
    ("conformal_coverage", "Sets that hold the true label"),
    ("share_answered", "Answered with one label"),
    ("accuracy_when_answered", "Right when answered"),
)


def figure_rows(figures: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Name, as trained, fitted here: every figure with its interval."""
    rows = [(name, _said(figures["before"][key]), _said(figures["after"][key])) for key, name in ROWS]
    refused = figures["refused"]
    return [*rows, ("Good pictures refused", _said(refused["before"]), _said(refused["after"]))]


def left_out(figures: Mapping[str, Any]) -> str:
    """Why pictures were not used, and how many."""
    return "; ".join(f"{why}: {count}" for why, count in figures["left_out"].items())


def headline(figures: Mapping[str, Any]) -> str:
    """How it ended, in a few words."""
    if not figures["better"]:
        return "As good as it is"
    return "It reads better here" if _more_right(figures) else "It is less surely wrong here"


def verdict(figures: Mapping[str, Any]) -> str:
    """One sentence on how it ended."""
    n, groups = figures["after"]["n"], figures["groups"]
    if figures["better"]:
        what = "is right more often" if _more_right(figures) else "is right no more often, but less sure when wrong"
        return f"Fitted to {n} pictures of {groups} people or slides. On those it was not fitted to it {what}."
    return (
        f"Nothing was made: fitted to {n} pictures of {groups} people or slides, it reads others of them no better "
        "than the model does as it is."
    )


def _more_right(figures: Mapping[str, Any]) -> bool:
    return bool(figures["after"]["accuracy"]["value"] > figures["before"]["accuracy"]["value"])


def _said(figure: Mapping[str, float | None]) -> str:
    value, low, high = figure["value"], figure["low"], figure["high"]
    if value is None or low is None or high is None:
        return "–"
    return f"{value:.2f} ({low:.2f} to {high:.2f})"
