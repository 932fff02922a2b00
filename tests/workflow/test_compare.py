from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from clinoscope.domain.picture import Picture
from clinoscope.domain.reading import MEASURED, Measure, ModelRef, Reading
from clinoscope.domain.record import Exam, ExamState, Patient
from clinoscope.domain.region import Box, Region
from clinoscope.records import Vault
from clinoscope.workflow import compare, exams

MODEL = ModelRef("drawn", "1.0.0", "0" * 64)
FIRST = Exam(
    id="a",
    version=1,
    patient_id="p",
    task="anemia/lip",
    state=ExamState.SIGNED,
    created_at=datetime(2026, 5, 1, tzinfo=UTC),
    program="test",
)


def visit(days: int, *measures: Measure, model: ModelRef = MODEL) -> Exam:
    reading = Reading("anemia/lip", MEASURED, model, measures=measures)
    return replace(FIRST, id=f"e{days}", created_at=FIRST.created_at + timedelta(days=days), reading=reading)


@pytest.mark.parametrize(
    ("now", "exceeds", "words"),
    [
        (41.0, False, "Pallor index: −11 ± 6. That is within the uncertainty of two measurements (up to 11, "),
        (
            38.0,
            True,
            "Pallor index: −14 ± 6. That is more than the uncertainty of two measurements explains (up to 11, ",
        ),
        (52.0, False, "Pallor index: 0 ± 6. That is within"),
        (66.0, True, "Pallor index: +14 ± 6. That is more than"),
    ],
)
def test_a_change_is_held_against_the_uncertainty_of_both(now: float, exceeds: bool, words: str) -> None:
    (change,) = compare.changes(
        visit(0, Measure("pallor index", 52.0, 4.0)), visit(9, Measure("pallor index", now, 4.0))
    )
    assert change.exceeds is exceeds
    assert change.uncertainty == pytest.approx(5.657, abs=0.001)
    sentence = compare.sentence(change)
    assert sentence.startswith(words)
    assert not {"better", "worse", "improved", "good", "bad"} & set(sentence.split())


def test_without_an_uncertainty_it_cannot_be_said() -> None:
    (change,) = compare.changes(visit(0, Measure("cells", 12, 0.0)), visit(9, Measure("cells", 15, 0.0)))
    assert change.exceeds is None
    assert compare.sentence(change) == "Cells: +3. How far off it may be is not known for this measure."


def test_only_what_was_measured_the_same_way_is_compared() -> None:
    one = visit(0, Measure("pallor index", 52, 4), Measure("redness, with a card", 3, 1))
    other = visit(9, Measure("Change from earlier", -2, 7), Measure("pallor index", 50, 4), Measure("redness", 4, 1))
    assert [change.after.name for change in compare.changes(one, other)] == ["pallor index"]
    assert "measured the same way" in compare.cautions(one, other)[0]
    assert compare.changes(one, replace(other, reading=None)) == ()
    assert compare.cautions(one, replace(other, reading=None)) == ()


def test_two_models_are_named() -> None:
    newer = ModelRef("drawn", "1.1.0", "1" * 64)
    said = compare.cautions(visit(0, Measure("x", 1, 1)), visit(9, Measure("x", 1, 1), model=newer))
    assert said == ("Read by different models (drawn 1.0.0, drawn 1.1.0).",)


def test_the_very_same_picture_at_both_visits_is_told(vault: Vault, patient: Patient, lesion: Picture) -> None:
    one, other = (exams.take(vault, patient, "skin/lesion-photo", lesion) for _ in range(2))
    assert compare.cautions(one, other) == ("Both visits hold the very same picture: nothing was looked at again.",)
    assert other.picture is not None
    another = replace(other, picture=replace(other.picture, sha256="1" * 64, pixels="2" * 64))
    assert compare.cautions(one, another) == ()


def test_the_earlier_visit_comes_first() -> None:
    one, other = visit(0), visit(9)
    assert compare.in_order(other, one) == compare.in_order(one, other) == (one, other)
    assert not compare.can_compare(one), "without a picture there is nothing to compare"


def test_a_picture_that_cannot_be_read_says_why(vault: Vault, patient: Patient, lesion: Picture) -> None:
    exam = exams.take(vault, patient, "skin/lesion-photo", lesion)
    assert compare.can_compare(exam)
    picture, problem = compare.opened(vault, exam)
    assert picture is not None
    assert problem == ""
    vault.pictures.path(lesion.sha256).write_bytes(b"damaged")
    picture, problem = compare.opened(vault, exam)
    assert picture is None
    assert problem.endswith(".")


def test_pictures_are_laid_by_details_then_by_regions(lesion: Picture) -> None:
    region = Region(Box(100, 100, 200, 200), "contrast")
    laid = compare.lay("skin/lesion-photo", lesion.pixels, region, lesion.pixels, region)
    assert laid is not None
    assert laid.sure
    assert laid.place.scale == pytest.approx(1, abs=0.01)
    flat = lesion.pixels * 0 + 90
    laid = compare.lay("skin/lesion-photo", flat, region, lesion.pixels, Region(Box(0, 0, 400, 400), "drawn"))
    assert laid is not None
    assert not laid.sure
    assert laid.place.scale == pytest.approx(2)
    assert compare.lay("skin/lesion-photo", flat, None, lesion.pixels, region) is None
    assert compare.lay("neutrophil/cells", lesion.pixels, region, lesion.pixels, region) is None, (
        "another drop of blood"
    )
