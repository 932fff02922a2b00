from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from clinoscope import modes
from clinoscope.domain.quality import Check, Finding, Quality
from clinoscope.domain.reading import CANNOT_JUDGE, COUNTED, MEASURED, UNSURE, CellReading, Measure, ModelRef, Reading
from clinoscope.domain.record import Exam, ExamState, Review
from clinoscope.domain.region import Box, Region
from clinoscope.domain.task import Kind
from clinoscope.inference.card import Figure, FlagRule, PackageInfo
from clinoscope.modes import wording
from clinoscope.ui.exam import words
from clinoscope.ui.exam.words import Tone

MODEL = ModelRef("m", "1.0.0", "0" * 64)
SPOT = modes.task("skin/lesion-photo")
LIPS = modes.task("anemia/lip")


def test_a_label_is_suggested_and_never_coloured() -> None:
    for label in SPOT.labels:
        said = words.answer(SPOT, Reading(SPOT.id, label.id, MODEL, (label.id,)))
        assert said.above == "The picture suggests"
        assert said.words == label.name
        assert said.tone is Tone.PLAIN


def test_unsure_names_what_cannot_be_excluded() -> None:
    said = words.answer(SPOT, Reading(SPOT.id, UNSURE, MODEL, ("seborrheic_keratosis", "melanocytic_nevus")))
    assert (said.words, said.below) == ("Unsure", "Seborrheic keratosis or melanocytic nevus")
    assert said.tone is Tone.UNSURE


def test_unsure_among_many_says_how_many() -> None:
    labels = tuple(label.id for label in SPOT.labels[:4])
    said = words.answer(SPOT, Reading(SPOT.id, UNSURE, MODEL, labels))
    assert said.below == "4 of 5 answers cannot be excluded"


def test_unsure_with_nothing_left_names_the_nearest() -> None:
    reading = Reading(SPOT.id, UNSURE, MODEL, (), {"melanoma": 0.4, "melanocytic_nevus": 0.3})
    assert words.answer(SPOT, reading).below == "Nothing fits well; nearest is melanoma"


def test_cannot_judge_says_why() -> None:
    said = words.answer(SPOT, Reading(SPOT.id, CANNOT_JUDGE, MODEL, reason="Too dark to judge."))
    assert (said.words, said.below, said.tone) == ("Cannot judge", "Too dark to judge.", Tone.CANNOT)


def test_a_measure_and_a_count_in_words() -> None:
    measured = Reading(LIPS.id, MEASURED, MODEL, measures=(Measure("pallor index", 41.2, 4.1),))
    said = words.answer(LIPS, measured)
    assert (said.above, said.words, said.below) == ("Pallor index", "41 ± 4", LIPS.purpose)
    field = modes.task("neutrophil/cells")
    cells = (CellReading(Box(0, 0, 9, 9), 0.9),)
    assert words.answer(field, Reading(field.id, COUNTED, MODEL, cells=cells)).words == "1 white cell"
    assert words.answer(field, Reading(field.id, COUNTED, MODEL)).words == "No white cell"


def test_one_cell_in_words() -> None:
    cell = CellReading(Box(0, 0, 9, 9), 0.9, {"neutrophil": 0.92}, {"band": 0.7, "segmented": 0.3})
    assert words.cell_words(cell) == "Neutrophil 92 %, band 70 %"


@pytest.mark.parametrize(
    ("advice", "word", "todo"),
    [
        ("Too dark: face the window", "Too dark", "Face the window"),
        ("Hold still", "Moving", "Hold still"),
    ],
)
def test_a_failed_check_says_what_to_do(advice: str, word: str, todo: str) -> None:
    finding = Finding(Check.MOTION, False, 1.0, 0.5, advice)
    assert (wording.check_words(finding), words.check_advice(finding)) == (word, todo)


def test_a_check_that_passes_asks_for_nothing() -> None:
    finding = Finding(Check.FOCUS, True, 1.0, 0.5)
    assert (wording.check_words(finding), words.check_advice(finding)) == ("Sharp", "")


def exam(version: int, state: ExamState, review: Review | None = None) -> Exam:
    return Exam(
        id="e",
        version=version,
        patient_id="p",
        task=SPOT.id,
        state=state,
        created_at=datetime(2026, 5, 1, tzinfo=UTC),
        program="test",
        review=review,
    )


def test_versions_in_words() -> None:
    first, second, third = (exam(version, ExamState.SIGNED) for version in (1, 2, 3))
    draft = exam(2, ExamState.DRAFT)
    assert words.version_words(first, (first,)) == ""
    assert words.version_words(first, (first, second)) == "Version 1 of 2 · replaced by version 2"
    assert words.version_words(first, (first, third)) == "Version 1 of 3 · replaced by version 3"
    assert words.version_words(second, (first, second)) == "Version 2 of 2"
    assert words.version_words(draft, (first, draft)) == "Version 2 of 2 · not signed yet"


def test_a_draft_replaces_nothing_yet() -> None:
    first, draft = exam(1, ExamState.SIGNED), exam(2, ExamState.DRAFT)
    assert words.version_words(first, (first, draft)) == "Version 1 of 1 · amendment begun, not signed yet"


def test_the_flags_of_a_package_with_their_figures() -> None:
    rules = (
        FlagRule(
            id="s",
            name="Anemia cannot be excluded",
            note="Threshold chosen for sensitivity.",
            kind="label",
            threshold=0.2,
            sensitivity=Figure(value=0.95, low=0.9, high=0.98),
            specificity=Figure(value=0.4, low=0.3, high=0.5),
        ),
        FlagRule(id="v", name="Vacuoles", note="", kind="linear", threshold=0.5),
    )
    package = PackageInfo(
        format=1, name="m", version="1", task="anemia/nail", kind=Kind.CLASSIFY, intended_use="", flags=rules
    )
    assert words.flag_figures(package) == (
        "Anemia cannot be excluded. Threshold chosen for sensitivity. Sensitivity 0.95 (0.90 to 0.98), "
        "specificity 0.40 (0.30 to 0.50).\nVacuoles."
    )


def test_the_clinician_in_words() -> None:
    assert words.said(SPOT, None) == ""
    assert words.said(SPOT, Review(answer=UNSURE, agrees=True)) == "Agrees with the reading"
    assert words.said(SPOT, Review(answer="melanoma", agrees=False)) == "Melanoma"
    assert words.said(SPOT, Review(answer=CANNOT_JUDGE, agrees=False)) == "Cannot judge"


def failed(*checks: Check) -> Quality:
    return Quality(tuple(Finding(check, check not in checks, 0, 1) for check in Check))


def test_what_a_picture_is_taken_again_for_fits_what_failed() -> None:
    assert {*words.SURER, Check.BLANK, Check.SUBJECT} == set(Check)
    said = words.take_again(failed(Check.FOCUS, Check.MOTION))
    assert said == "Take it again: a clearer picture gives a surer reading."
    assert words.take_again(failed(Check.GREY)) == "Take it again: a picture in colour gives a surer reading."
    said = words.take_again(failed(Check.BLOCKS))
    assert said == "Take it again: a picture of higher quality gives a surer reading."
    said = words.take_again(failed(Check.SIZE, Check.DARK, Check.FOCUS))
    assert said == "Take it again: a clearer picture, better light and a closer picture give a surer reading."
    assert words.take_again(failed(Check.SUBJECT, Check.DARK)) == "Take it again."


def test_lips_found_by_their_colour_are_a_doubt_beside_the_reading(pallor: Any) -> None:
    exam = Exam(
        id="e",
        version=1,
        patient_id="p",
        task=LIPS.id,
        state=ExamState.DRAFT,
        created_at=datetime(2026, 11, 20, tzinfo=UTC),
        program="test",
        region=Region(Box(0, 0, 9, 9), "colour", 0.9),
        reading=pallor(52),
    )
    assert words.doubt(LIPS, exam).startswith("No face shows")
    assert words.doubt(LIPS, replace(exam, region=Region(Box(0, 0, 9, 9), "drawn"))) == ""


@pytest.mark.parametrize(
    ("review", "said"),
    [
        (None, ""),
        (Review(answer="melanoma", agrees=True), "Said before the region was changed: agreed with “Melanoma”."),
        (Review(answer=CANNOT_JUDGE, agrees=False), "Said before the region was changed: “Cannot judge”."),
        (Review(answer=MEASURED, agrees=True), "Said before the region was changed: agreed with the numbers."),
    ],
)
def test_what_was_said_before_the_region_was_changed(review: Review | None, said: str) -> None:
    assert words.held(SPOT, review) == said
