"""How figures meet limits: three ends, and never passed by a lucky few."""

import copy
from typing import Any

import pytest

from clinoscope.workflow import criteria
from clinoscope.workflow.criteria import Criterion, Met, Outcome, at_least, at_most, for_labels, limits, outcome, words

NAMES = {"a": "Alpha", "b": "Beta", "c": "Gamma"}


def figure(value: float, low: float, high: float) -> dict[str, float | None]:
    return {"value": value, "low": low, "high": high}


GOOD: dict[str, Any] = {
    "n": 120,
    "groups": 90,
    "tested": ["a", "b"],
    "ordered": False,
    "kappa": figure(0.8, 0.7, 0.9),
    "sensitivity": figure(0.85, 0.8, 0.9),
    "own": {"sensitivity": 0.85, "coverage": 0.9, "answered": 0.7},
    "screening": [{"label": "a", "how": "leave it open", "n": 40, "sensitivity": figure(0.95, 0.85, 0.99)}],
    "ece": figure(0.1, 0.05, 0.14),
    "ece_by_chance": 0.08,
    "conformal_coverage": figure(0.9, 0.85, 0.95),
    "share_answered": figure(0.7, 0.6, 0.8),
    "numbers": [],
}


def changed(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(GOOD), **changes}


def test_a_good_model_passes_every_criterion() -> None:
    found = for_labels(GOOD, NAMES)
    assert [one.met for one in found] == [Met.YES] * 7
    assert outcome(found) is Outcome.PASSED
    assert all(one.reason and one.asked and one.found for one in found)


@pytest.mark.parametrize(
    ("changes", "end"),
    [
        ({"n": 49}, Outcome.TOO_FEW),
        ({"groups": 29}, Outcome.TOO_FEW),
        ({"tested": ["a"]}, Outcome.TOO_FEW),
        ({"kappa": figure(0.5, 0.39, 0.6)}, Outcome.TOO_FEW),
        ({"kappa": figure(0.39, 0.2, 0.6)}, Outcome.NOT_PASSED),
        ({"sensitivity": figure(0.80, 0.74, 0.9)}, Outcome.TOO_FEW),
        ({"sensitivity": figure(0.74, 0.70, 0.9)}, Outcome.NOT_PASSED),
        ({"ece": figure(0.1, 0.05, 0.19)}, Outcome.TOO_FEW),
        ({"ece": figure(0.19, 0.12, 0.25)}, Outcome.NOT_PASSED),
        ({"conformal_coverage": figure(0.84, 0.79, 0.89)}, Outcome.TOO_FEW),
        ({"conformal_coverage": figure(0.80, 0.76, 0.84)}, Outcome.NOT_PASSED),
        ({"conformal_coverage": figure(1.0, 1.0, 1.0)}, Outcome.PASSED),
        ({"share_answered": figure(0.3, 0.2, 0.4)}, Outcome.NOT_PASSED),
        ({"own": {"sensitivity": None, "coverage": None, "answered": None}}, Outcome.PASSED),
    ],
)
def test_each_figure_has_its_limit(changes: dict[str, Any], end: Outcome) -> None:
    assert outcome(for_labels(changed(**changes), NAMES)) is end


def test_what_is_looked_for_must_not_be_lost() -> None:
    lost = {"label": "a", "how": "leave it open", "n": 20, "sensitivity": figure(0.70, 0.5, 0.9)}
    assert outcome(for_labels(changed(screening=[lost]), NAMES)) is Outcome.NOT_PASSED
    rare = {**lost, "label": "c"}  # too few pictures of it to be tested
    assert outcome(for_labels(changed(screening=[rare]), NAMES)) is Outcome.PASSED


def test_too_few_pictures_are_judged_by_nothing_else() -> None:
    found = for_labels(changed(n=10, kappa=figure(0.1, 0.0, 0.2)), NAMES)
    assert [one.met for one in found] == [Met.TOO_FEW]
    (alone,) = for_labels(changed(n=1, groups=1, tested=[]), NAMES)
    assert alone.found == "1 picture of 1 group; labels with enough: none"
    (alone,) = criteria.for_numbers({"n": 1, "groups": 1, "numbers": []})
    assert alone.found == "1 reading of 1 group"


def number(low: tuple[float, float, float], high: tuple[float, float, float], limit: float | None) -> dict[str, Any]:
    apart = {"n": 60, "lower": figure(*low), "upper": figure(*high)}
    return {"name": "Haemoglobin", "unit": "g/dL", "limit": limit, "agreement": apart}


@pytest.mark.parametrize(
    ("low", "high", "end"),
    [
        ((-0.8, -0.9, -0.7), (0.6, 0.5, 0.7), Outcome.PASSED),
        ((-0.8, -1.1, -0.5), (0.6, 0.5, 0.7), Outcome.TOO_FEW),
        ((-0.2, -0.3, -0.1), (1.2, 1.0, 1.4), Outcome.NOT_PASSED),
    ],
)
def test_both_limits_of_agreement_must_lie_within(low: Any, high: Any, end: Outcome) -> None:
    figures = {"n": 60, "groups": 60, "numbers": [number(low, high, 1.0)]}
    assert outcome(criteria.for_numbers(figures)) is end
    assert outcome(for_labels(changed(numbers=figures["numbers"]), NAMES)) is end


def test_a_number_without_a_limit_is_not_judged() -> None:
    figures = {"n": 60, "groups": 60, "numbers": [number((-9, -9, -9), (9, 9, 9), None)]}
    assert [one.name for one in criteria.for_numbers(figures)] == ["Enough pictures"]
    assert outcome(criteria.for_numbers({**figures, "n": 12})) is Outcome.TOO_FEW


def test_an_undefined_figure_is_neither_met_nor_not() -> None:
    nothing: dict[str, float | None] = {"value": None, "low": None, "high": None}
    assert at_least(nothing, 0.5) is Met.TOO_FEW
    assert at_most(nothing, 0.5) is Met.TOO_FEW
    assert words(nothing) == "not defined"
    assert words(figure(-0.5, -1, 0.25)) == "\N{MINUS SIGN}0.50 (\N{MINUS SIGN}1.00 to 0.25)"


def test_one_criterion_not_met_outweighs_too_few() -> None:
    made = [Criterion("", "", "", met, "") for met in (Met.YES, Met.TOO_FEW, Met.NO)]
    assert outcome(made) is Outcome.NOT_PASSED
    assert outcome(made[:2]) is Outcome.TOO_FEW
    assert outcome([]) is Outcome.TOO_FEW


def test_the_file_of_limits_names_tasks_and_labels_that_exist() -> None:
    from clinoscope import modes

    for task, labels in limits()["screening"]["labels"].items():
        assert set(labels) <= {label.id for label in modes.task(task).labels}
    for task in limits()["ordered"]["tasks"]:
        assert modes.task(task).labels
    assert set(limits()["tones"]["modes"]) <= {mode.id for mode in modes.all_modes()}
