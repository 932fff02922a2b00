"""What a site's own test asks of a model: the limits of ``acceptance.toml``, and how the figures meet them."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from clinoscope.domain.counts import many

Figure = Mapping[str, float | None]


class Outcome(StrEnum):
    """How one test ended."""

    PASSED = "passed"
    NOT_PASSED = "not passed"
    TOO_FEW = "too few pictures to say"
    NO_TEST = "no test could be made"


class Met(StrEnum):
    """How one criterion ended."""

    YES = "met"
    NO = "not met"
    TOO_FEW = "too few to say"


@dataclass(frozen=True)
class Criterion:
    """One thing asked: ``name`` of it, what is ``asked``, what was ``found``, and why it is asked; all in words."""

    name: str
    asked: str
    found: str
    met: Met
    reason: str


@functools.cache
def limits() -> Mapping[str, Any]:
    """The limits of ``acceptance.toml``."""
    return tomllib.loads(Path(__file__).with_name("acceptance.toml").read_text(encoding="utf-8"))


def outcome(criteria: Sequence[Criterion]) -> Outcome:
    """Not passed when one criterion is not met; passed when all are; else too few pictures to say."""
    states = {criterion.met for criterion in criteria}
    if Met.NO in states:
        return Outcome.NOT_PASSED
    return Outcome.PASSED if states == {Met.YES} else Outcome.TOO_FEW


def for_labels(figures: Mapping[str, Any], name_of: Mapping[str, str]) -> tuple[Criterion, ...]:
    """The criteria of a task with labels; ``figures`` as ``acceptance`` gathers them, ``name_of`` a label's words.

    With too few pictures nothing else is asked: what so few say, for or against, would be chance.
    """
    enough = _enough(figures, name_of)
    if enough.met is not Met.YES:
        return (enough,)
    found = [enough, _kappa(figures), *_screening(figures, name_of), _calibration(figures)]
    if figures["own"]["sensitivity"] is not None:
        found.insert(2, _sensitivity(figures))
    if figures["own"]["coverage"] is not None:
        found.append(_coverage(figures))
    if figures["own"]["answered"] is not None:
        found.append(_answered(figures))
    return (*found, *_numbers(figures))


def for_numbers(figures: Mapping[str, Any]) -> tuple[Criterion, ...]:
    """The criteria of a task that gives numbers only."""
    asked = limits()["pictures"]
    n, groups = figures["n"], figures["groups"]
    enough = n >= asked["least"] and groups >= asked["groups"]
    pictures = Criterion(
        "Enough pictures",
        f"at least {asked['least']} readings with a known value, of {asked['groups']} groups",
        f"{many(n, 'reading', 'readings')} of {many(groups, 'group', 'groups')}",
        Met.YES if enough else Met.TOO_FEW,
        asked["reason"],
    )
    return (pictures, *_numbers(figures)) if enough else (pictures,)


def at_least(figure: Figure, limit: float) -> Met:
    """Whether a figure and the lower end of its interval reach a limit."""
    value, low = figure["value"], figure["low"]
    if value is None or low is None:
        return Met.TOO_FEW
    return Met.NO if value < limit else Met.YES if low >= limit else Met.TOO_FEW


def at_most(figure: Figure, limit: float) -> Met:
    """Whether a figure and the upper end of its interval stay within a limit."""
    value, high = figure["value"], figure["high"]
    if value is None or high is None:
        return Met.TOO_FEW
    return Met.NO if value > limit else Met.YES if high <= limit else Met.TOO_FEW


def words(figure: Figure, digits: int = 2) -> str:
    """``0.84 (0.76 to 0.91)``."""
    value, low, high = figure["value"], figure["low"], figure["high"]
    if value is None or low is None or high is None:
        return "not defined"
    return f"{value:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})".replace("-", "\N{MINUS SIGN}")


def _enough(figures: Mapping[str, Any], name_of: Mapping[str, str]) -> Criterion:
    asked = limits()["pictures"]
    n, groups, tested = figures["n"], figures["groups"], figures["tested"]
    met = n >= asked["least"] and groups >= asked["groups"] and len(tested) >= asked["labels"]
    names = ", ".join(name_of[label] for label in tested) or "none"
    return Criterion(
        "Enough pictures",
        f"at least {asked['least']} pictures of {asked['groups']} groups, "
        f"and {asked['per_label']} pictures from {asked['groups_per_label']} groups for each of {asked['labels']} "
        "labels",
        f"{many(n, 'picture', 'pictures')} of {many(groups, 'group', 'groups')}; labels with enough: {names}",
        Met.YES if met else Met.TOO_FEW,
        asked["reason"],
    )


def _kappa(figures: Mapping[str, Any]) -> Criterion:
    asked = limits()["kappa"]
    name = "Agreement with your labels, Cohen's kappa"
    return Criterion(
        name + (", quadratic weights" if figures["ordered"] else ""),
        f"at least {asked['least']:.2f}",
        words(figures["kappa"]),
        at_least(figures["kappa"], asked["least"]),
        asked["reason"],
    )


def _sensitivity(figures: Mapping[str, Any]) -> Criterion:
    asked = limits()["sensitivity"]
    own = figures["own"]["sensitivity"]
    limit = own - asked["margin"]
    return Criterion(
        "As good as on its own pictures, mean sensitivity",
        f"at least {limit:.2f}: {own:.2f} there, less {asked['margin']:.2f}",
        words(figures["sensitivity"]),
        at_least(figures["sensitivity"], limit),
        asked["reason"],
    )


def _screening(figures: Mapping[str, Any], name_of: Mapping[str, str]) -> list[Criterion]:
    asked = limits()["screening"]
    found = []
    for entry in figures["screening"]:
        if entry["label"] not in figures["tested"]:
            continue
        found.append(
            Criterion(
                f"{name_of[entry['label']]} is not lost, sensitivity",
                f"at least {asked['least']:.2f} of its pictures {entry['how']}",
                f"{words(entry['sensitivity'])}, n = {entry['n']}",
                at_least(entry["sensitivity"], asked["least"]),
                asked["reason"],
            )
        )
    return found


def _calibration(figures: Mapping[str, Any]) -> Criterion:
    asked = limits()["calibration"]
    chance = figures["ece_by_chance"]
    beyond = {name: max(0.0, value - chance) if value is not None else None for name, value in figures["ece"].items()}
    return Criterion(
        "Percentages mean what they say, calibration error",
        f"at most {asked['most']:.2f} beyond the {chance:.2f} of chance",
        f"{words(beyond)} beyond it",
        at_most(beyond, asked["most"]),
        asked["reason"],
    )


def _coverage(figures: Mapping[str, Any]) -> Criterion:
    """Held against the figure alone: an interval within five points would need some 140 pictures at least."""
    asked = limits()["coverage"]
    promised, found = figures["own"]["coverage"], figures["conformal_coverage"]
    limit = promised - asked["below"]
    high = found["high"]
    met = Met.YES if found["value"] >= limit else Met.NO if high < limit else Met.TOO_FEW
    return Criterion(
        "The true label is among those named",
        f"in at least {limit:.2f}: {promised:.2f} promised, less {asked['below']:.2f}",
        words(found),
        met,
        asked["reason"],
    )


def _answered(figures: Mapping[str, Any]) -> Criterion:
    asked = limits()["answered"]
    own = figures["own"]["answered"]
    return Criterion(
        "Gives one answer",
        f"in at least {own * asked['share']:.2f}: half of its own {own:.2f}",
        words(figures["share_answered"]),
        at_least(figures["share_answered"], own * asked["share"]),
        asked["reason"],
    )


def _numbers(figures: Mapping[str, Any]) -> list[Criterion]:
    """One for each number whose agreement could be measured and has a limit."""
    asked = limits()["numbers"]
    found = []
    for number in figures["numbers"]:
        if number["agreement"] is None or number["limit"] is None:
            continue
        limit, unit, apart = number["limit"], number["unit"], number["agreement"]
        lower, upper = apart["lower"], apart["upper"]
        farthest = {
            "value": max(-lower["value"], upper["value"]),
            "low": None,
            "high": max(-lower["low"], upper["high"]),
        }
        found.append(
            Criterion(
                f"{number['name']} agrees, limits of agreement",
                f"within \N{PLUS-MINUS SIGN}{limit:g} {unit}",
                f"{words(lower, 1)} and {words(upper, 1)} {unit}, n = {apart['n']}",
                at_most(farthest, limit),
                asked["reason"],
            )
        )
    return found
