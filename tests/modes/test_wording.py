import re

import pytest

from clinoscope import modes
from clinoscope.domain.quality import Check, Finding
from clinoscope.domain.reading import (
    CANNOT_JUDGE,
    COUNTED,
    MEASURED,
    UNSURE,
    CellReading,
    Flag,
    Measure,
    ModelRef,
    Reading,
)
from clinoscope.domain.region import Box, Region
from clinoscope.domain.task import Kind
from clinoscope.inference import packages
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


def test_a_minus_is_a_minus() -> None:
    assert wording.number(Measure("change from earlier", -2.4, 7.1)) == "\N{MINUS SIGN}2 ± 7"


FIELD = modes.task("neutrophil/cells")
TYPES = modes.task("neutrophil/type")


def cell(**probabilities: float) -> CellReading:
    return CellReading(Box(0, 0, 9, 9), 1.0, probabilities)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ((), "No white cell"),
        ((cell(neutrophil=0.9),), "1 white cell"),
        ((cell(neutrophil=0.9), cell(monocyte=0.8), cell(erythroblast=0.9), cell()), "3 white cells"),
    ],
)
def test_a_count_leads_with_its_white_cells(cells: tuple[CellReading, ...], words: str) -> None:
    assert wording.headline(FIELD, Reading(FIELD.id, COUNTED, MODEL, cells=cells)) == words


def test_the_count_that_was_measured_is_the_one_that_is_said() -> None:
    reading = Reading(FIELD.id, COUNTED, MODEL, measures=(Measure("white cells", 11, 3.3),), cells=(cell(),))
    assert wording.headline(FIELD, reading) == "11 white cells"


def test_the_differential_adds_up_and_says_what_is_not_counted() -> None:
    cells = (cell(neutrophil=0.9, monocyte=0.1), cell(neutrophil=0.6), cell(monocyte=0.8), cell(), cell(platelet=0.7))
    lines = wording.differential(TYPES, cells)
    assert [(line.name, line.count, line.share) for line in lines] == [
        ("Neutrophil", 2, 0.5),
        ("Type not read", 1, 0.25),
        ("Monocyte", 1, 0.25),
        ("Platelet", 1, None),
    ]


def test_no_white_cell_among_those_found() -> None:
    assert [line.share for line in wording.differential(TYPES, (cell(erythroblast=0.9),))] == [None]


def test_all_types_but_two_are_white_cells() -> None:
    white = {"neutrophil", "immature_granulocyte", "eosinophil", "basophil", "lymphocyte", "monocyte"}
    assert {label.id for label in TYPES.labels} - white == wording.NOT_WHITE


@pytest.mark.parametrize(
    ("share", "words"), [(0, "0 %"), (0.004, "< 1 %"), (0.456, "46 %"), (0.995, "> 99 %"), (1, "100 %")]
)
def test_a_share_is_never_rounded_to_certainty(share: float, words: str) -> None:
    assert wording.percent(share) == words


FLAGS = (
    Flag("vacuoles", "Vacuoles", 0.9, True, "Bright holes."),
    Flag("odd", "Unusual cell", 0.2, False),
    Flag("nec", "NEC granules", 0.1, False),
)


def test_raised_flags_and_what_was_only_looked_for_are_told_apart() -> None:
    reading = Reading(PHOTO.id, "melanoma", MODEL, flags=FLAGS)
    assert wording.raised_flags(reading) == FLAGS[:1]
    assert wording.checked(reading) == "Checked, not flagged: unusual cell, NEC granules"
    assert wording.checked(Reading(PHOTO.id, "melanoma", MODEL, flags=FLAGS[:1])) == ""
    assert wording.checked(Reading(PHOTO.id, "melanoma", MODEL)) == ""


SCREENED = Flag(
    "screen",
    "Melanoma cannot be excluded",
    0.1,
    False,
    "Melanoma cannot be excluded by the screening threshold; the threshold was chosen for sensitivity.",
)


def test_a_screening_flag_that_is_not_raised_is_not_read_as_its_contrary() -> None:
    reading = Reading(PHOTO.id, "melanocytic_nevus", MODEL, flags=(SCREENED,))
    assert wording.checked(reading) == "Checked, not flagged: melanoma"


def test_a_note_does_not_say_the_name_again() -> None:
    assert wording.flag_note(SCREENED) == "The threshold was chosen for sensitivity."
    assert wording.flag_note(FLAGS[0]) == "Bright holes."
    assert wording.flag_note(FLAGS[1]) == ""
    vacuoles = Flag("v", "Vacuoles", 0.9, True, "Vacuoles in the cytoplasm; raised on others, too.")
    assert wording.flag_note(vacuoles) == vacuoles.note, "it says where"


@pytest.mark.parametrize("task", [task for task in modes.shipped_ids() if modes.task(task).kind is Kind.CLASSIFY])
def test_no_flag_that_ships_speaks_of_thresholds(task: str) -> None:
    package = packages.for_task(task)
    for rule in package.flags:
        told = wording.flag_note(Flag(rule.id, rule.name, 0.9, True, rule.note))
        assert not re.search("threshold|sensitiv|%", told), told


def test_what_a_flag_of_a_package_means_is_said_plainly() -> None:
    screening = (
        "Mpox cannot be excluded by the screening threshold; the threshold was chosen for sensitivity, to raise this on"
        " at least 90 % of such pictures, so it is also raised on others."
    )
    told = wording.flag_note(Flag("m", "Mpox cannot be excluded", 0.9, True, screening))
    assert told == "It is set to come up for at least 90 of 100 such pictures, so it also comes up for others."
    assert wording.plain_note("Bright holes; seen twice.") == "Bright holes; seen twice."


def test_what_cannot_be_judged_has_no_flags() -> None:
    reading = Reading(PHOTO.id, CANNOT_JUDGE, MODEL, flags=FLAGS)
    assert wording.raised_flags(reading) == ()
    assert wording.checked(reading) == ""


def test_how_likely_an_answer_is() -> None:
    shares = {"melanoma": 0.84, "melanocytic_nevus": 0.16}
    assert wording.certainty(Reading(PHOTO.id, "melanoma", MODEL, probabilities=shares)) == "84 %"
    assert wording.certainty(Reading(PHOTO.id, UNSURE, MODEL, probabilities=shares)) == ""
    assert wording.certainty(Reading("anemia/lip", MEASURED, MODEL)) == ""


@pytest.mark.parametrize(
    ("region", "words"),
    [
        (Region(Box(0, 0, 200, 100), "whole", 1.0), "whole picture"),
        (Region(Box(50, 0, 80, 80), "whole", 0.2), "middle of the picture"),
        (Region(Box(9, 9, 180, 80), "whole", 1.0, outlines=(((9, 9), (189, 9), (99, 89)),)), "whole picture"),
        (Region(Box(50, 0, 80, 80), "contrast", 0.9), ""),
        (Region(Box(0, 0, 200, 100), "drawn"), ""),
    ],
)
def test_what_is_read_where_nothing_was_found(region: Region, words: str) -> None:
    assert wording.read_without_finding(region, 200, 100) == words


@pytest.mark.parametrize(
    ("kind", "how", "told"), [("lips", "colour", True), ("lips", "landmarks", False), ("conjunctiva", "colour", False)]
)
def test_only_lips_want_a_face_to_go_by(kind: str, how: str, told: bool) -> None:
    assert wording.without_a_face(kind, Region(Box(0, 0, 10, 10), how)) is told


def test_every_check_has_a_word_for_well_and_for_failed() -> None:
    assert set(wording.CHECK_WORDS) == set(Check)
    assert wording.check_words(Finding(Check.GREY, True, 9, 3)) == "In colour"
    assert wording.check_words(Finding(Check.GREY, False, 0, 3, "No colour: switch the camera")) == "No colour"
    assert wording.check_words(Finding(Check.BLOCKS, False, 4, 2)) == "Saved with strong compression"
    assert wording.check_words(Finding(Check.MOTION, False, 1, 0, "Hold still")) == "Moving"
