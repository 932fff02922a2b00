"""What a reader of the PDF finds on it: text is taken back out of the finished file."""

import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pypdfium2
import pypdfium2.raw
import pytest

from clinoscope import modes
from clinoscope.domain.correction import Correction, Reference
from clinoscope.domain.picture import Clock, Origin
from clinoscope.domain.reading import COUNTED, MEASURED, CellReading, Flag, Measure, ModelRef, Reading
from clinoscope.domain.record import ExamState, Review
from clinoscope.domain.region import Box, Region
from clinoscope.regions import around
from clinoscope.reports import ExamReport, exam_pdf

MODEL = ModelRef("m", "1", "0" * 64)


def words(pdf: bytes) -> str:
    """All text of a PDF, white space folded."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)
    finally:
        document.close()


def pages(pdf: bytes) -> int:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


def test_the_signed_exam_is_told_whole(report: ExamReport) -> None:
    told = words(exam_pdf(report))
    for expected in (
        "Żofia Ångström",
        "34 years",
        "No. 2187-4",
        "Melanocytic nevus",
        "Regular <b>network</b> & no change.",
        "Signed by Dr Ada Okafor",
        "Unsure",
        "Seborrheic keratosis or melanocytic nevus",
        "46 %",
        "Quality checks failed: glare",
        "Right 7 times in 10 when it answers.",
        modes.task("skin/lesion-photo").cannot_see[:40],
        "Research use only; not a diagnosis.",
        "ab" * 32,
        "cd" * 32,
        "1 of 1",
    ):
        assert expected in told
    assert "Draft" not in told
    assert "Phantom" not in told


def test_flags_model_and_standing_stand_beside_the_answer(report: ExamReport) -> None:
    assert report.exam.reading is not None
    flags = (
        Flag("s", "Anemia cannot be excluded", 0.4, True, "Screening: threshold chosen for sensitivity."),
        Flag("v", "Vacuoles", 0.1, False, "Bright holes."),
    )
    flagged = replace(report.exam, reading=replace(report.exam.reading, flags=flags))
    told = words(exam_pdf(replace(report, exam=flagged, standing="As of 2026-11-20, not validated here.")))
    assert "Anemia cannot be excluded Screening: threshold chosen for sensitivity." in told
    assert "Checked, not flagged: vacuoles." in told
    assert "Bright holes." not in told
    assert "skin-lesion-photo 1.0. As of 2026-11-20, not validated here." in told
    plain = words(exam_pdf(report))
    assert "Checked" not in plain


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows does not change its zone for one process")
def test_the_age_is_that_of_the_day_in_the_clinic(report: ExamReport, monkeypatch: pytest.MonkeyPatch) -> None:
    late = replace(report.exam, created_at=datetime(2026, 5, 16, 20, 0, tzinfo=UTC))
    told = replace(report, exam=late, patient=replace(report.patient, born=date(1990, 5, 17)))
    with monkeypatch.context() as here:
        here.setenv("TZ", "Asia/Tokyo")  # where it is the morning of the 17th
        time.tzset()
        found = words(exam_pdf(told))
    time.tzset()
    assert "36 years" in found


def test_a_draft_says_so(report: ExamReport) -> None:
    draft = replace(report, exam=replace(report.exam, state=ExamState.DRAFT, signature=None, review=None))
    told = words(exam_pdf(draft))
    assert "Draft" in told
    assert "Not reviewed yet." in told


def test_a_phantom_says_so(report: ExamReport) -> None:
    drawn = replace(report, picture=replace(report.picture, phantom=True))
    assert "Phantom: a picture drawn by Clinoscope" in words(exam_pdf(drawn))


def test_an_amended_exam_gives_its_reason_and_a_replaced_one_says_so(report: ExamReport) -> None:
    amended = replace(report, exam=replace(report.exam, version=2, amendment="the other arm " * 20), versions=2)
    assert ("the other arm " * 20).strip() in words(exam_pdf(amended))
    assert "A later version replaces this one." in words(exam_pdf(replace(report, versions=2)))


@pytest.mark.parametrize(
    "name",
    [
        "محمد عبد الله",
        "王小明",
        "राम कुमार",
        "Иван",
        "Z\u0307\u0323oe",
        "A" * 200,
        "A\0\x1b[31m\u202eB",
        "😀",
        "<b>&x;</b>",
    ],
)
def test_any_name_is_printed_or_missed_aloud(report: ExamReport, name: str) -> None:
    assert report.exam.signature
    signature = replace(report.exam.signature, user=replace(report.exam.signature.user, name=name))
    exam = replace(report.exam, signature=signature, amendment=name)
    told = words(exam_pdf(replace(report, exam=exam, patient=replace(report.patient, name=name))))
    assert "No. 2187-4" in told
    if name == "محمد عبد الله":
        assert told.count("[11 letters that cannot be printed here]") == 3


@pytest.mark.parametrize("comment", ["word " * 4000, "x" * 5000, "two\nlines", "<para>&nbsp;</para>" * 30])
def test_any_comment_fits(report: ExamReport, comment: str) -> None:
    long = replace(report, exam=replace(report.exam, review=Review(answer="melanoma", agrees=False, comment=comment)))
    pdf = exam_pdf(long)
    assert words(pdf).replace(" ", "").count(comment.split()[0][:40]) >= 1
    assert pages(pdf) == (1 if len(comment) < 1000 else pages(pdf))


def test_cannot_judge_shows_its_reason_and_no_bars(report: ExamReport) -> None:
    assert report.exam.reading is not None
    refused = replace(report.exam.reading, answer="cannot judge", labels=(), reason="Too dark: face the window.")
    told = words(exam_pdf(replace(report, exam=replace(report.exam, reading=refused))))
    assert "Cannot judge" in told
    assert "Too dark: face the window." in told
    assert "46 %" not in told


def test_an_assessment_that_is_unsure_says_that_it_leaves_it_open(report: ExamReport) -> None:
    assert report.exam.review is not None
    assert "Left open" not in words(exam_pdf(report))
    unsure = replace(report.exam.review, answer="unsure", agrees=True)
    told = words(exam_pdf(replace(report, exam=replace(report.exam, review=unsure))))
    assert "Left open: from this picture the clinician names no single answer." in told


def test_lip_measures_stand_beside_the_earlier_ones(report: ExamReport) -> None:
    measures = (Measure("pallor index", 41.2, 4.1), Measure("lip a*", 18.3, 0.6))
    before = Reading("anemia/lip", MEASURED, MODEL, measures=(Measure("pallor index", 52.0, 4.0),))
    exam = replace(
        report.exam,
        task="anemia/lip",
        reading=Reading("anemia/lip", MEASURED, MODEL, measures=measures),
        region=Region(Box(10, 10, 60, 30), "landmarks", outlines=(((10, 10), (70, 10), (40, 40)),)),
        review=Review(answer=MEASURED, agrees=True),
    )
    told = words(exam_pdf(replace(report, exam=exam, earlier=(before,))))
    for expected in ("Pallor index 41 ± 4", "52 ± 4", "18.3 ± 0.6", "Numbers accepted"):
        assert expected in told


def test_counted_cells_become_a_table(report: ExamReport) -> None:
    cells = tuple(CellReading(Box(20 * i, 20, 15, 15), 0.9, {"neutrophil": 0.9, "monocyte": 0.1}) for i in range(12))
    cells += (CellReading(Box(300, 20, 15, 15), 0.9, {"erythroblast": 0.9}),)
    reading = Reading("neutrophil/cells", COUNTED, MODEL, measures=(Measure("white cells", 12, 0),), cells=cells)
    exam = replace(report.exam, task="neutrophil/cells", reading=reading, review=Review(answer=COUNTED, agrees=True))
    told = words(exam_pdf(replace(report, exam=exam)))
    assert "12 white cells" in told
    assert "Neutrophil 12 100 %" in told
    assert "Erythroblast 1 not counted" in told
    assert "not yet reviewed cell by cell" in told


def test_fonts_are_embedded(report: ExamReport, tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(exam_pdf(report))
    assert b"/FontFile2" in (tmp_path / "report.pdf").read_bytes()


def embedded(pdf: bytes) -> np.ndarray:
    """The one picture inside a PDF, RGB, as it lies in the file."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        (image,) = document[0].get_objects([pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])
        return np.asarray(image.get_bitmap().to_pil().convert("RGB"))
    finally:
        document.close()


def test_the_pixels_around_the_region_are_not_in_the_file(report: ExamReport) -> None:
    pixels = report.picture.pixels.copy()
    pixels[:100] = (250, 20, 240)  # what must not leave
    report = replace(report, picture=replace(report.picture, pixels=pixels))
    shown, hidden = embedded(exam_pdf(report)), embedded(exam_pdf(replace(report, whole=False)))
    assert shown.shape == hidden.shape
    assert (np.abs(shown[:80].astype(int) - (250, 20, 240)) < 12).all()
    assert (np.abs(hidden[:80].astype(int) - around.GREY) < 3).all()
    inside = slice(200, 280), slice(280, 360)
    assert np.abs(shown[inside].astype(int) - hidden[inside]).max() < 12
    share = (np.abs(hidden.astype(int) - around.GREY).max(axis=2) > 12).mean()
    assert share == pytest.approx(150 * 150 / (640 * 480), rel=0.1)
    assert "Left out around the region" in words(exam_pdf(replace(report, whole=False)))
    assert "Left out around the region" not in words(exam_pdf(report))


@pytest.mark.parametrize(
    ("region", "said"),
    [
        (Region(Box(0, 0, 640, 480), "whole", 1.0), "The whole picture was read."),
        (Region(Box(128, 48, 384, 384), "whole", 0.2), "The middle of the picture was read."),
        (Region(Box(270, 190, 100, 100), "contrast"), "Region found automatically."),
        (Region(Box(270, 190, 100, 100), "drawn"), "Region drawn by hand."),
    ],
)
def test_how_the_region_came_about(report: ExamReport, region: Region, said: str) -> None:
    assert said in words(exam_pdf(replace(report, exam=replace(report.exam, region=region))))


def test_lips_without_a_face_are_told_as_such(report: ExamReport) -> None:
    region = Region(Box(270, 190, 100, 100), "colour")
    exam = replace(report.exam, task="anemia/lip", reading=None, region=region)
    assert "the lips were found by their red colour alone" in words(exam_pdf(replace(report, exam=exam)))


def test_where_nothing_was_found_the_picture_is_left_out(report: ExamReport) -> None:
    bare = replace(report, whole=False, exam=replace(report.exam, region=None))
    pdf = exam_pdf(bare)
    document = pypdfium2.PdfDocument(pdf)
    assert not list(document[0].get_objects([pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))
    document.close()
    assert "The picture is left out" in words(pdf)


def test_where_the_time_of_a_picture_comes_from_is_told(report: ExamReport) -> None:
    assert report.exam.picture is not None
    exam = replace(report.exam, picture=replace(report.exam.picture, clock=Clock.FILE))
    assert "When it was taken is not known; its file is dated 20" in words(exam_pdf(replace(report, exam=exam)))
    assert "by which clock is not known" in words(exam_pdf(report)), "from before it was kept"


@pytest.mark.parametrize("origin", list(Origin))
def test_size_and_source_of_the_picture_are_told_in_words(report: ExamReport, origin: Origin) -> None:
    assert report.exam.picture is not None
    exam = replace(report.exam, picture=replace(report.exam.picture, origin=origin))
    assert "640 × 480 px, from " in words(exam_pdf(replace(report, exam=exam)))
    named = replace(exam, picture=replace(report.exam.picture, device="Microscope HD"))
    assert "640 × 480 px, Microscope HD." in words(exam_pdf(replace(report, exam=named)))


def test_what_corrected_the_colours_is_told(report: ExamReport) -> None:
    assert report.exam.picture is not None
    correction = Correction(reference=Reference.CARD, gains=(1.09, 1.39, 2.17), score=0.88, method="printed card 1")
    exam = replace(report.exam, picture=replace(report.exam.picture, correction=correction))
    told = words(exam_pdf(replace(report, exam=exam)))
    assert "Colours corrected with the colour card before the picture was checked and read" in told
    assert "red × 1.09, green × 1.39, blue × 2.17; printed card 1, quality 88 %" in told
    assert "shown here as it was taken" in told
    assert "Colours corrected" not in words(exam_pdf(report))
