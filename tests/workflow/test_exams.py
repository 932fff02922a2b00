"""An exam from the picture to the signature and beyond, on a real vault."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from clinoscope import modes
from clinoscope.domain.errors import NotAllowed, WrongPassword
from clinoscope.domain.picture import Picture
from clinoscope.domain.reading import CANNOT_JUDGE, UNSURE
from clinoscope.domain.record import Exam, ExamState, Patient
from clinoscope.records import Vault
from clinoscope.workflow import acceptance, exams
from clinoscope.workflow.look import look

TASK = "skin/lesion-photo"
PASSWORD = "a long enough one"


@pytest.fixture
def read(vault: Vault, patient: Patient, lesion: Picture) -> Exam:
    """A draft with its reading."""
    exam = exams.take(vault, patient, TASK, lesion)
    seen = look(modes.task(TASK), lesion, quality=False)
    exam = exams.set_region(vault, exam, seen.region, seen.quality)
    return exams.set_reading(vault, exam, seen.reading)


def test_each_step_is_in_the_vault_before_the_next(vault: Vault, patient: Patient, lesion: Picture) -> None:
    exam = exams.take(vault, patient, TASK, lesion)
    assert vault.exams.get(exam.id) == exam
    assert vault.pictures.get(lesion.sha256) == lesion.data
    seen = look(modes.task(TASK), lesion, quality=False)
    exam = exams.set_region(vault, exam, seen.region, seen.quality)
    assert vault.exams.get(exam.id) == exam
    exam = exams.set_reading(vault, exam, seen.reading)
    assert vault.exams.get(exam.id).reading == seen.reading


def test_the_picture_comes_back_as_it_was_taken(vault: Vault, read: Exam, lesion: Picture) -> None:
    picture = exams.picture_of(vault, read)
    assert picture.data == lesion.data
    assert picture.phantom
    assert (picture.pixels == lesion.pixels).all()
    assert picture.taken_at == lesion.taken_at


def test_overruling_and_agreeing(vault: Vault, read: Exam) -> None:
    assert read.reading is not None
    assert exams.review(vault, read, read.reading.answer).review.agrees  # type: ignore[union-attr]
    overruled = exams.review(vault, read, "melanoma", "  irregular  ")
    assert overruled.review is not None
    assert overruled.review.comment == "irregular"
    assert overruled.review.agrees == (read.reading.answer == "melanoma")
    assert exams.review(vault, read, CANNOT_JUDGE).review is not None


def test_a_comment_is_kept_before_there_is_an_answer(vault: Vault, read: Exam, lesion: Picture) -> None:
    draft = exams.comment(vault, read, "  bleeds ")
    assert vault.exams.get(read.id) == draft
    assert (draft.review, draft.comment, exams.spoken(draft)) == (None, "bleeds", "bleeds")
    with pytest.raises(NotAllowed, match="no review"):
        exams.sign(vault, draft, PASSWORD)
    assert draft.quality is not None
    moved = exams.set_region(vault, draft, None, draft.quality)
    assert moved.comment == "bleeds", "another region is the same picture"
    assert draft.reading is not None
    again = exams.set_reading(vault, moved, draft.reading)
    reviewed = exams.review(vault, again, "melanoma", exams.spoken(again))
    assert (reviewed.comment, exams.spoken(reviewed)) == ("", "bleeds")
    assert exams.set_region(vault, reviewed, read.region, draft.quality).comment == "bleeds"
    assert exams.retake(vault, draft, lesion).comment == "", "it was about the picture before"


def test_a_signed_exam_takes_no_comment(vault: Vault, read: Exam) -> None:
    signed = exams.sign(vault, exams.review(vault, read, "melanoma"), PASSWORD)
    with pytest.raises(NotAllowed, match="cannot be changed"):
        exams.comment(vault, signed, "too late")


def test_a_word_that_is_no_answer_is_refused(vault: Vault, read: Exam) -> None:
    with pytest.raises(NotAllowed, match="not an answer"):
        exams.review(vault, read, "benign")


def test_nothing_can_be_reviewed_before_it_is_read(vault: Vault, patient: Patient, lesion: Picture) -> None:
    exam = exams.take(vault, patient, TASK, lesion)
    with pytest.raises(NotAllowed, match="no reading"):
        exams.review(vault, exam, "melanoma")


def test_a_new_picture_drops_what_was_read_in_the_old(vault: Vault, read: Exam, lesion: Picture) -> None:
    again = exams.retake(vault, read, replace(lesion))
    assert (again.region, again.quality, again.reading, again.review) == (None, None, None, None)
    assert again.id == read.id


def test_a_new_region_drops_the_reading_of_the_old(vault: Vault, read: Exam) -> None:
    assert read.quality is not None
    assert exams.set_region(vault, read, None, read.quality).reading is None


@pytest.mark.parametrize(
    ("agreed", "said", "reads", "stands"),
    [
        (True, "melanocytic_nevus", "melanocytic_nevus", True),
        (True, "melanocytic_nevus", "melanoma", False),
        (True, UNSURE, UNSURE, False),
        (False, "melanoma", "melanocytic_nevus", True),
        (False, "melanoma", "melanoma", True),
        (False, CANNOT_JUDGE, "melanocytic_nevus", False),
    ],
)
def test_an_answer_outlives_a_change_of_region(
    vault: Vault, read: Exam, agreed: bool, said: str, reads: str, stands: bool
) -> None:
    assert read.reading is not None
    assert read.quality is not None
    first = replace(read.reading, answer=said if agreed else "seborrheic_keratosis")
    draft = exams.review(vault, exams.set_reading(vault, read, first), said, "bleeds")
    moved = exams.set_region(vault, draft, None, read.quality)
    assert vault.exams.get(read.id) == moved, "kept, also where somebody pulls the plug now"
    assert (moved.review, moved.held, moved.comment) == (None, draft.review, "bleeds")
    assert exams.set_region(vault, moved, read.region, read.quality).held == draft.review, "moved twice"

    again = exams.set_reading(vault, moved, replace(read.reading, answer=reads))
    assert vault.exams.get(read.id) == again
    assert exams.spoken(again) == "bleeds"
    if stands:
        assert again.review == replace(draft.review, agrees=said == reads)  # type: ignore[type-var]
        assert again.held is None
        return
    assert (again.review, again.held) == (None, draft.review)
    with pytest.raises(NotAllowed, match="no review"):
        exams.sign(vault, again, PASSWORD)
    confirmed = exams.review(vault, again, reads, "bleeds")
    assert confirmed.held is None
    assert exams.sign(vault, confirmed, PASSWORD).held is None


def test_the_region_that_was_read_gets_back_its_reading_and_its_answer(vault: Vault, read: Exam) -> None:
    assert read.quality is not None
    said = exams.review(vault, read, CANNOT_JUDGE, "bleeds")
    moved = exams.set_region(vault, said, None, read.quality)
    assert exams.put_back(vault, moved, said) == said
    assert vault.exams.get(read.id) == said
    with pytest.raises(NotAllowed, match="cannot be changed"):
        exams.put_back(vault, exams.sign(vault, said, PASSWORD), said)


def test_another_picture_takes_what_was_held_along(vault: Vault, read: Exam, lesion: Picture) -> None:
    assert read.quality is not None
    moved = exams.set_region(vault, exams.review(vault, read, "melanoma"), None, read.quality)
    assert exams.retake(vault, moved, lesion).held is None


def test_signed_is_signed(vault: Vault, read: Exam, lesion: Picture) -> None:
    reviewed = exams.review(vault, read, "melanoma")
    with pytest.raises(WrongPassword):
        exams.sign(vault, reviewed, "not the password")
    signed = exams.sign(vault, reviewed, PASSWORD)
    assert signed.state is ExamState.SIGNED
    for change in (
        lambda: exams.retake(vault, signed, lesion),
        lambda: exams.review(vault, signed, "melanoma"),
        lambda: exams.discard(vault, signed),
    ):
        with pytest.raises(NotAllowed, match="cannot be changed"):
            change()
    assert vault.exams.get(signed.id) == signed
    assert vault.verify().ok


def test_amending_adds_a_version_and_keeps_the_first(vault: Vault, read: Exam) -> None:
    signed = exams.sign(vault, exams.review(vault, read, "melanoma"), PASSWORD)
    amended = exams.amend(vault, signed, "the other spot was meant")
    assert (amended.version, amended.state) == (2, ExamState.DRAFT)
    second = exams.sign(vault, exams.review(vault, amended, "melanocytic_nevus"), PASSWORD)
    assert vault.exams.get(signed.id, 1) == signed
    assert vault.exams.get(signed.id, 2) == second
    assert exams.report(vault, second).startswith(b"%PDF")
    assert exams.report(vault, signed).startswith(b"%PDF")


def test_the_report_counts_by_the_number_signed_last_and_not_by_drafts(
    vault: Vault, read: Exam, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clinoscope import reports

    seen: list[tuple[int, int]] = []
    monkeypatch.setattr(reports, "exam_pdf", lambda report: seen.append((report.exam.version, report.versions)))
    signed = exams.sign(vault, exams.review(vault, read, "melanoma"), PASSWORD)
    exams.discard(vault, exams.amend(vault, signed, "a mistake"))
    exams.report(vault, signed)
    third = exams.amend(vault, signed, "the other spot was meant")
    for exam in (signed, third):
        exams.report(vault, exam)
    third = exams.sign(vault, third, PASSWORD)
    for exam in (signed, third):
        exams.report(vault, exam)
    assert seen == [(1, 1), (1, 1), (3, 3), (1, 3), (3, 3)]


def test_the_report_says_where_the_model_stands_on_the_day_it_is_made(
    vault: Vault, read: Exam, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clinoscope import reports

    seen: list[str] = []
    monkeypatch.setattr(reports, "exam_pdf", lambda report: seen.append(report.standing))
    exams.report(vault, read)
    today = datetime.now(UTC).astimezone().date().isoformat()
    assert seen[0].startswith(f"As of {today}, not validated here: ")
    stands = acceptance.Standing(acceptance.State.PASSED, "Validated here (80 pictures).")
    monkeypatch.setattr(acceptance, "standing", lambda _vault, _model: stands)
    exams.report(vault, read)
    assert seen[1] == f"As of {today}, validated here (80 pictures)."


def test_earlier_readings_are_signed_ones_of_this_task_oldest_first(
    vault: Vault, patient: Patient, lesion: Picture, read: Exam
) -> None:
    assert exams.earlier(vault, patient.id, TASK) == ()
    signed = exams.sign(vault, exams.review(vault, read, "melanoma"), PASSWORD)
    now = exams.take(vault, patient, TASK, lesion)
    assert exams.earlier(vault, patient.id, TASK, before=now) == (signed.reading,)
    assert exams.earlier(vault, patient.id, TASK, before=signed) == ()
    assert exams.earlier(vault, patient.id, "skin/rash") == ()


def test_a_discarded_draft_is_gone_from_the_time_line(vault: Vault, patient: Patient, read: Exam) -> None:
    exams.discard(vault, read)
    assert read.id not in {exam.id for exam in vault.exams.of_patient(patient.id) if exam.state is ExamState.DRAFT}
    assert vault.verify().ok
