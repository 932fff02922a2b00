from dataclasses import replace
from datetime import UTC, datetime

import pytest

from clinoscope.domain.picture import Origin
from clinoscope.domain.reading import CANNOT_JUDGE, COUNTED, MEASURED, UNSURE, Measure, ModelRef, Reading
from clinoscope.domain.record import Exam, ExamState, PictureRef, Review
from clinoscope.domain.smear_sheet import SmearSheet
from clinoscope.ui import exam_words

NOW = datetime(2026, 11, 20, tzinfo=UTC)
MODEL = ModelRef("m", "1.0.0", "0" * 64)
DRAFT = Exam(
    id="e", version=1, patient_id="p", task="scalp/disease", state=ExamState.DRAFT, created_at=NOW, program="test"
)
PICTURE = PictureRef(
    sha256="0" * 64,
    media_type="image/png",
    width=10,
    height=10,
    origin=Origin.FILE,
    device="",
    taken_at=NOW,
    phantom=True,
)


def read(answer: str) -> Exam:
    return replace(DRAFT, picture=PICTURE, reading=Reading("scalp/disease", answer, MODEL))


def test_the_answer_in_words() -> None:
    assert exam_words.answer(read("alopecia_areata")) == "Alopecia areata"
    assert exam_words.answer(read(UNSURE)) == "Unsure"
    assert exam_words.answer(DRAFT) == "No picture yet"
    assert exam_words.answer(replace(DRAFT, picture=PICTURE)) == "Not read yet"
    pallor = Reading("anemia/lip", MEASURED, MODEL, measures=(Measure("pallor index", 41, 4),))
    assert exam_words.answer(replace(DRAFT, task="anemia/lip", reading=pallor)) == "Pallor index 41 ± 4"


def test_how_likely_and_by_which_model() -> None:
    assert exam_words.read_by(DRAFT) == ""
    assert exam_words.read_by(read(UNSURE)) == "m 1.0.0"
    exam = read("psoriasis")
    assert exam.reading is not None
    sure = replace(exam, reading=replace(exam.reading, probabilities={"psoriasis": 0.84}))
    assert exam_words.read_by(sure) == "84 % · m 1.0.0"


def test_a_label_is_never_coloured() -> None:
    assert exam_words.tone(read("alopecia_areata")) == "ink"
    assert exam_words.tone(read(UNSURE)) == "amber"
    assert exam_words.tone(read(CANNOT_JUDGE)) == "slate"


def test_the_clinicians_word() -> None:
    exam = read("psoriasis")
    assert exam_words.clinician(exam) == ""
    agreed = replace(exam, review=Review(answer="psoriasis", agrees=True))
    assert exam_words.clinician(agreed) == "Clinician agrees"
    other = replace(exam, review=Review(answer="tinea_capitis", agrees=False))
    assert exam_words.clinician(other) == "Clinician: Tinea capitis"


@pytest.mark.parametrize(
    ("exam", "step"),
    [
        (DRAFT, "Take a picture"),
        (replace(DRAFT, picture=PICTURE), "Check the region"),
        (read("psoriasis"), "Review"),
        (replace(read("psoriasis"), review=Review(answer="psoriasis", agrees=True)), "Sign"),
    ],
)
def test_what_is_left_to_do(exam: Exam, step: str) -> None:
    assert exam_words.step(exam) == step


def test_a_task_that_is_gone_keeps_its_id() -> None:
    gone = replace(read("spots"), task="eye/spots")
    assert exam_words.task_name(gone) == "eye/spots"
    assert exam_words.answer(gone) == "spots"


def test_a_smear_in_words() -> None:
    begun = replace(DRAFT, task="neutrophil/cells", smear=SmearSheet())
    assert exam_words.task_name(begun) == exam_words.DIFFERENTIAL
    assert (exam_words.step(begun), exam_words.answer(begun)) == ("Add fields", "Not signed yet")
    assert exam_words.step(replace(begun, picture=PICTURE)) == "Count and review"
    counted = Reading("neutrophil/cells", COUNTED, MODEL, measures=(Measure("white cells", 112, 0),))
    signed = replace(begun, reading=counted, review=Review(answer=COUNTED, agrees=False))
    assert exam_words.answer(signed) == "112 white cells"
    assert exam_words.clinician(signed) == "Every cell reviewed"


def test_the_chip_names_drafts_and_amended_versions() -> None:
    assert exam_words.state_chip(DRAFT) == ("Draft", "accent")
    signed = replace(DRAFT, state=ExamState.SIGNED)
    assert exam_words.state_chip(signed) is None
    assert exam_words.state_chip(replace(signed, version=2)) == ("Amended", "ink")
