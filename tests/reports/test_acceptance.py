"""The validation report of made-up figures: read back from the PDF."""

from typing import Any

import pypdfium2
import pytest

from clinoscope import modes
from clinoscope.domain.reading import ModelRef
from clinoscope.reports import AcceptanceReport, acceptance_pdf

MODEL = ModelRef("made-up", "1.2.0", "f" * 64)


def figure(value: float, wide: float = 0.05) -> dict[str, float]:
    return {"value": value, "low": value - wide, "high": value + wide}


def part(n: int) -> dict[str, Any]:
    return {
        "n": n,
        "groups": n,
        "accuracy": figure(0.8),
        "balanced_accuracy": figure(0.75),
        "share_answered": figure(0.6),
    }


def figures(task_id: str, outcome: str = "passed") -> dict[str, Any]:
    labels = [label.id for label in modes.task(task_id).labels]
    names = ("sensitivity", "specificity", "precision", "f1", "jaccard")
    return {
        "at": "2026-11-20T08:00:00+00:00",
        "by": "Grace Mensah",
        "outcome": outcome,
        "criteria": [
            {
                "name": "Agreement",
                "asked": "at least 0.40",
                "found": "0.60 (0.50 to 0.70)",
                "met": "met",
                "reason": "Why.",
            }
        ],
        "earlier": [{"at": "2026-10-01T08:00:00+00:00", "by": "X", "outcome": "not passed", "n": 61}],
        "unreadable": 2,
        "copies": 1,
        "not_judged": 4,
        "n": 90,
        "groups": 80,
        "ordered": False,
        "kappa": figure(0.6),
        "accuracy": figure(0.8),
        "balanced_accuracy": figure(0.79),
        "mcc": figure(0.6),
        "auc": None,
        "ece": figure(0.05),
        "ece_by_chance": 0.08,
        "conformal_coverage": figure(0.9),
        "share_answered": figure(0.7),
        "accuracy_when_answered": figure(0.9),
        "per_class": {label: {"n": 15, **{name: figure(0.7) for name in names}} for label in labels},
        "confusion": [[10 if row == column else 1 for column in range(len(labels))] for row in range(len(labels))],
        "reliability": [
            {"from": i / 10, "to": (i + 1) / 10, "n": 9 * (i > 2), "confidence": i / 10 + 0.05, "right": figure(0.5)}
            for i in range(10)
        ],
        "tested": labels[:2],
        "untested": labels[2:],
        "screening": [
            {
                "label": labels[0],
                "how": "leave it open",
                "n": 15,
                "sensitivity": figure(0.9),
                "specificity": figure(0.7),
            }
        ],
        "numbers": [],
        "cameras": {"Microscope HD": part(60), "not stated": part(30)},
        "tones": {"light": part(50), "dark": part(40)},
        "worse": ["dark"],
    }


NUMBERS = {
    "unit": "g/dL",
    "name": "Haemoglobin",
    "read": 60,
    "limit": 1.0,
    "why_not": "",
    "correlation": figure(0.8),
    "agreement": {
        "n": 60,
        "groups": 55,
        "sd": 0.4,
        "bias": figure(-0.1),
        "lower": figure(-0.9),
        "upper": figure(0.7),
    },
    "points": [[10 + index / 10, (-1) ** index * index / 90] for index in range(60)],
}


def words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = []
        for page in document:
            text = page.get_textpage()
            pages.append(text.get_text_range())
            text.close()
            page.close()
        return " ".join(" ".join(pages).split())
    finally:
        document.close()


@pytest.mark.parametrize("task_id", ["anemia/nail", "skin/rash", "skin/lesion-dermoscopy", "neutrophil/type"])
def test_all_is_in_it_whatever_the_number_of_labels(task_id: str) -> None:
    task = modes.task(task_id)
    said = words(acceptance_pdf(AcceptanceReport(task, MODEL, figures(task_id))))
    for expected in (
        "Passed",
        "made-up 1.2.0",
        "f" * 64,
        "Grace Mensah",
        "90 in 80 groups",
        "4 not judged",
        "2 could not be opened",
        "1 the same as another",
        "at least 0.40",
        "2026-10-01 not passed, 61 pictures",
        "0.080 would be shown by chance",
        "Microscope HD",
        "Less often right than overall, interval and all: dark",
        "Research use only; not a diagnosis",
        task.labels[0].name,
    ):
        assert expected in said


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        ("passed", "may stand without the words"),
        ("not passed", "marked “failed here”"),
        ("too few pictures to say", "Its readings stay “not validated here”"),
    ],
)
def test_each_outcome_says_what_it_means(outcome: str, sentence: str) -> None:
    assert sentence in words(
        acceptance_pdf(AcceptanceReport(modes.task("skin/rash"), MODEL, figures("skin/rash", outcome)))
    )


def test_too_few_pictures_speak_neither_for_nor_against_a_model() -> None:
    rash = modes.task("skin/rash")
    made = figures("skin/rash", "too few pictures to say")
    asked = made["criteria"] * 2
    assert "neither for it nor against it" in words(acceptance_pdf(AcceptanceReport(rash, MODEL, made)))
    more = words(acceptance_pdf(AcceptanceReport(rash, MODEL, made | {"criteria": asked})))
    assert "Nothing speaks against the model here" in more


def test_a_rehearsal_says_that_nothing_is_recorded() -> None:
    rash = modes.task("skin/rash")
    made = figures("skin/rash")
    assert "A rehearsal" not in words(acceptance_pdf(AcceptanceReport(rash, MODEL, made | {"rehearsal": False})))
    said = words(acceptance_pdf(AcceptanceReport(rash, MODEL, made | {"rehearsal": True, "earlier": []})))
    assert "A rehearsal: no vault was opened, so nothing is recorded" in said
    assert "Not known: no vault was opened" in said


def test_how_the_intervals_were_reckoned_is_told_of_numbers_as_it_was_done() -> None:
    assert "limits of agreement by Student's t" in only_numbers()
    of_labels = words(acceptance_pdf(AcceptanceReport(modes.task("skin/rash"), MODEL, figures("skin/rash"))))
    assert "Student's t" not in of_labels


def test_labels_that_the_model_cannot_name_are_told() -> None:
    made = figures("skin/rash") | {"unknown": ["measles"]}
    said = words(acceptance_pdf(AcceptanceReport(modes.task("skin/rash"), MODEL, made)))
    assert "The model cannot name, and is wrong about: Measles" in said


def test_a_list_without_groups_is_told() -> None:
    made = figures("skin/rash") | {"ungrouped": True}
    said = words(acceptance_pdf(AcceptanceReport(modes.task("skin/rash"), MODEL, made)))
    assert "90, each taken for a person or slide of its own: the list names no groups" in said


def test_what_was_tested_on_can_be_held_against_the_list_again() -> None:
    made = figures("skin/rash")
    task = modes.task("skin/rash")
    assert "Pictures and labels" not in words(acceptance_pdf(AcceptanceReport(task, MODEL, made)))
    said = words(acceptance_pdf(AcceptanceReport(task, MODEL, made | {"pictures_sha256": "ab" * 32})))
    assert f"Pictures and labels SHA-256 {'ab' * 32}" in said
    assert "vouches that the model learned from none of these pictures" in said


def only_numbers(**changes: Any) -> str:
    base = figures("skin/rash")
    kept = ("at", "by", "outcome", "criteria", "earlier", "unreadable", "copies", "not_judged", "n", "groups")
    made = {name: base[name] for name in kept} | {"numbers": [{**NUMBERS, **changes}]}
    return words(acceptance_pdf(AcceptanceReport(modes.task("anemia/lip"), MODEL, made)))


def test_a_task_that_measures_has_bland_and_altmans_figures() -> None:
    said = only_numbers()
    assert "Bias \N{MINUS SIGN}0.10 g/dL" in said
    assert "60 readings of 55 groups" in said
    assert "Reading less your value, g/dL" in said
    assert "It decides nothing" in said
    assert "By label" not in said


def test_where_nothing_could_be_compared_it_says_why() -> None:
    said = only_numbers(agreement=None, points=[], why_not="Units differ: no test is made.")
    assert "Units differ: no test is made." in said
    assert "Bias" not in said
