import pytest

from clinoscope import modes
from clinoscope.domain.reading import CANNOT_JUDGE, COUNTED, MEASURED, UNSURE, CellReading, Measure, ModelRef, Reading
from clinoscope.domain.region import Box
from clinoscope.modes import wording

MODEL = ModelRef("m", "1", "0" * 64)
PHOTO = modes.task("skin/lesion-photo")


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (("melanoma", "melanocytic_nevus"), "Melanoma or melanocytic nevus"),
        (("melanoma", "melanocytic_nevus", "actinic_keratosis"), "Melanoma, melanocytic nevus or actinic keratosis"),
        (("melanoma",), "Melanoma"),
        ((), ""),
    ],
)
def test_unsure_says_between_what(labels: tuple[str, ...], words: str) -> None:
    reading = Reading(PHOTO.id, UNSURE, MODEL, labels)
    assert wording.headline(PHOTO, reading) == "Unsure"
    assert wording.detail(PHOTO, reading) == words


def test_cannot_judge_says_why() -> None:
    reading = Reading(PHOTO.id, CANNOT_JUDGE, MODEL, reason="Too dark.")
    assert wording.headline(PHOTO, reading) == "Cannot judge"
    assert wording.detail(PHOTO, reading) == "Too dark."


def test_a_label_is_said_by_its_name() -> None:
    assert wording.headline(PHOTO, Reading(PHOTO.id, "melanoma", MODEL, ("melanoma",))) == "Melanoma"


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        (Measure("pallor index", 41.23, 4.4), "41 ± 4"),
        (Measure("a*", 14.26, 0.84), "14.3 ± 0.8"),
        (Measure("erythema", 0.4567, 0.012), "0.46 ± 0.01"),
        (Measure("white cells", 12, 0), "12"),
        (Measure("neutrophils", 58.0, 9.0, "%"), "58 ± 9 %"),
    ],
)
def test_a_number_has_the_digits_its_uncertainty_deserves(measure: Measure, words: str) -> None:
    assert wording.number(measure) == words


def test_a_measured_reading_leads_with_its_first_number() -> None:
    lips = modes.task("anemia/lip")
    reading = Reading(lips.id, MEASURED, MODEL, measures=(Measure("pallor index", 41, 4),))
    assert wording.headline(lips, reading) == "Pallor index 41 ± 4"


def test_differential_counts_likeliest_types_most_first() -> None:
    cells = [CellReading(Box(0, 0, 9, 9), 1.0, {"neutrophil": 0.9, "monocyte": 0.1})] * 2
    cells.append(CellReading(Box(0, 0, 9, 9), 1.0, {"neutrophil": 0.2, "monocyte": 0.8}))
    assert wording.differential(tuple(cells)) == (("neutrophil", 2), ("monocyte", 1))
    field = modes.task("neutrophil/cells")
    reading = Reading(field.id, COUNTED, MODEL, measures=(Measure("white cells", 3, 0),), cells=tuple(cells))
    assert wording.headline(field, reading) == "White cells 3"
