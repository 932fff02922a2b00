from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope import modes
from clinoscope.domain.picture import Clock, Origin
from clinoscope.domain.reading import CANNOT_JUDGE, UNSURE, Flag, ModelRef, Reading
from clinoscope.domain.record import Exam, ExamState, PictureRef, Review
from clinoscope.domain.region import Box, Region
from clinoscope.ui.exam.canvas import PictureCanvas
from clinoscope.ui.exam.reading_step import ReadingStep
from clinoscope.ui.exam.work import Trust
from clinoscope.workflow import look

SPOT = modes.task("skin/lesion-photo")
MODEL = ModelRef("m", "1.0.0", "0" * 64)
SHARES = {label.id: share for label, share in zip(SPOT.labels, (0.5, 0.3, 0.1, 0.06, 0.04), strict=True)}
DRAFT = Exam(
    id="e",
    version=1,
    patient_id="p1",
    task=SPOT.id,
    state=ExamState.DRAFT,
    created_at=datetime(2026, 5, 1, tzinfo=UTC),
    program="test",
    region=Region(Box(10, 10, 40, 30), "contrast", 0.9),
    reading=Reading(SPOT.id, UNSURE, MODEL, ("melanoma", "melanocytic_nevus"), SHARES),
)
PICTURE = PictureRef(
    sha256="0" * 64,
    media_type="image/jpeg",
    width=640,
    height=480,
    origin=Origin.FILE,
    device="",
    taken_at=datetime(2026, 5, 1, 12, tzinfo=UTC),
    phantom=False,
    clock=Clock.FILE,
)
MAPPED = Trust("Right 7 times in 10.", "Not validated here.", failed=False, no_heatmap="")
JUDGES_NOTHING = replace(DRAFT, reading=Reading(SPOT.id, CANNOT_JUDGE, MODEL, ("melanoma",), SHARES, reason="Odd."))


@pytest.fixture
def show(host: QWidget) -> Callable[[Exam], ReadingStep]:
    def shown(exam: Exam) -> ReadingStep:
        canvas = PictureCanvas(host)
        step = ReadingStep(canvas, host)
        step.show()
        step.begin(SPOT, exam, (), (exam,))
        return step

    return shown


@pytest.fixture
def given() -> list[tuple[str, str]]:
    return []


def test_there_is_nothing_to_sign_before_the_clinician_has_spoken(
    show: Callable[[Exam], ReadingStep], given: list[tuple[str, str]]
) -> None:
    step = show(DRAFT)
    step.reviewed.connect(lambda answer, comment: given.append((answer, comment)))
    assert not step.sign.isEnabled()
    step.agree_with()
    assert step.sign.isEnabled()
    assert step.agree.isChecked()
    step.overrule_number(4)
    assert not step.agree.isChecked()
    assert step.rows is not None
    assert [label for label, row in step.rows.rows.items() if row.isChecked()] == [SPOT.labels[3].id]
    step.say_cannot()
    assert step.cannot.isChecked()
    step.overrule_number(9)
    assert given == [(UNSURE, ""), (SPOT.labels[3].id, ""), (CANNOT_JUDGE, "")], "there is no ninth answer"


def test_a_comment_is_handed_out_without_an_answer_and_with_one(
    show: Callable[[Exam], ReadingStep], given: list[tuple[str, str]]
) -> None:
    step = show(DRAFT)
    step.reviewed.connect(lambda answer, comment: given.append((answer, comment)))
    step.comment.setPlainText("bleeds")
    step.flush()
    step.agree_with()
    step.comment.setPlainText("bleeds now")
    step.flush()
    step.flush()
    assert given == [("", "bleeds"), (UNSURE, "bleeds"), (UNSURE, "bleeds now")]


def test_who_never_rests_is_saved_all_the_same(
    show: Callable[[Exam], ReadingStep], given: list[tuple[str, str]]
) -> None:
    step = show(DRAFT)
    step.reviewed.connect(lambda answer, comment: given.append((answer, comment)))
    step._longest.setInterval(150)
    for length in range(30):
        step.comment.setPlainText("a" * length)
        QTest.qWait(10)
    assert given
    assert given[0][1]


def test_a_comment_is_handed_out_when_the_step_goes_out_of_sight(
    show: Callable[[Exam], ReadingStep], given: list[tuple[str, str]]
) -> None:
    step = show(DRAFT)
    step.reviewed.connect(lambda answer, comment: given.append((answer, comment)))
    step.comment.setPlainText("bleeds")
    step.hide()
    assert given == [("", "bleeds")]


def test_a_comment_that_is_kept_without_an_answer_shows_again(
    show: Callable[[Exam], ReadingStep], given: list[tuple[str, str]]
) -> None:
    step = show(replace(DRAFT, comment="bleeds"))
    step.reviewed.connect(lambda answer, comment: given.append((answer, comment)))
    assert step.comment.toPlainText() == "bleeds"
    step.flush()
    assert given == [], "it is kept already"


def test_a_comment_that_was_not_kept_is_handed_out_again(
    show: Callable[[Exam], ReadingStep], given: list[tuple[str, str]]
) -> None:
    step = show(DRAFT)
    step.comment.setPlainText("bleeds")
    step.flush()
    step.reviewed.connect(lambda answer, comment: given.append((answer, comment)))
    step.begin(SPOT, DRAFT, (), (DRAFT,))
    assert step.comment.toPlainText() == "bleeds"
    step.flush()
    assert given == [("", "bleeds")]


def test_a_comment_outlives_a_look_back_at_the_region(show: Callable[[Exam], ReadingStep]) -> None:
    step = show(DRAFT)
    step.comment.setPlainText("pale since May")
    step.begin_wait(SPOT)
    step.begin(SPOT, DRAFT, (), (DRAFT,))
    assert step.comment.toPlainText() == "pale since May"
    other = replace(DRAFT, id="f")
    step.begin(SPOT, other, (), (other,))
    assert step.comment.toPlainText() == "", "another exam has no comment yet"


def test_a_kept_comment_has_room_and_an_empty_field_takes_none(show: Callable[[Exam], ReadingStep]) -> None:
    step = show(DRAFT)
    closed = step.comment.height()
    step.begin(SPOT, replace(DRAFT, review=Review(answer=UNSURE, agrees=True, comment="bleeds")), (), (DRAFT,))
    assert step.comment.height() > closed
    step.begin(SPOT, DRAFT, (), (DRAFT,))
    assert step.comment.height() == closed


def test_what_cannot_be_judged_shows_labels_without_percentages(show: Callable[[Exam], ReadingStep]) -> None:
    step = show(JUDGES_NOTHING)
    assert step.rows is not None
    assert [row.accessibleName() for row in step.rows.rows.values()] == [label.name for label in SPOT.labels]
    assert not step.heat.link.isVisible()
    assert not step.cannot.isVisible(), "to agree is to say so"
    step.overrule("melanoma")
    assert step.answered == "melanoma"
    assert show(replace(JUDGES_NOTHING, state=ExamState.SIGNED)).rows is None


def test_tab_goes_from_the_picture_down_the_side(show: Callable[[Exam], ReadingStep]) -> None:
    step = show(DRAFT)
    assert step.rows is not None
    wanted = [*step.rows.rows.values(), step.about]
    walked: list[QWidget] = []
    widget: QWidget = step._canvas
    while step.about not in walked:
        widget = widget.nextInFocusChain()
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            walked.append(widget)
    assert walked == wanted


def test_a_signed_exam_takes_no_answer(show: Callable[[Exam], ReadingStep], given: list[tuple[str, str]]) -> None:
    step = show(replace(DRAFT, state=ExamState.SIGNED))
    step.reviewed.connect(lambda answer, comment: given.append((answer, comment)))
    step.overrule("melanoma")
    assert given == []
    assert not step.sign.isVisible()
    assert step.report.isVisible()


def test_only_the_newest_version_can_be_amended(host: QWidget) -> None:
    step = ReadingStep(PictureCanvas(host), host)
    step.show()
    signed = replace(DRAFT, state=ExamState.SIGNED)
    newer = replace(signed, version=2)
    step.begin(SPOT, signed, (), (signed, newer))
    assert not step.amend.isVisible()
    step.begin(SPOT, newer, (), (signed, newer))
    assert step.amend.isVisible()


@pytest.mark.parametrize("why", ["", look.UNCHECKED, look.FAILED, look.UNKNOWN])
def test_a_map_is_offered_where_the_package_has_one(show: Callable[[Exam], ReadingStep], why: str) -> None:
    step = show(DRAFT)
    assert not step.heat.link.isVisible(), "it is not known yet"
    step.show_trust(replace(MAPPED, no_heatmap=why))
    assert step.heat.link.isVisible() == (why == "")


def test_what_cannot_be_judged_has_no_map_and_the_key_says_why(show: Callable[[Exam], ReadingStep]) -> None:
    step, said = show(JUDGES_NOTHING), []
    step.said.connect(said.append)
    step.show_trust(MAPPED)
    assert not step.heat.link.isVisible()
    step.heat.toggle()
    assert said == ["No heatmap: what cannot be judged has no answer that the picture speaks for."]


def test_when_the_picture_was_taken_and_by_which_clock_stands_there(show: Callable[[Exam], ReadingStep]) -> None:
    step = show(DRAFT)
    assert not step._taken.isVisible()
    step.begin(SPOT, replace(DRAFT, picture=PICTURE), (), (DRAFT,))
    assert "not known; its file is dated 1 May 2026" in step._taken.text()


def test_the_side_is_scrolled_by_keys_where_there_is_more_than_fits(show: Callable[[Exam], ReadingStep]) -> None:
    step = show(DRAFT)
    step.resize(376, 2000)
    QTest.qWait(10)
    assert not step.scroll_by(Qt.Key.Key_PageDown), "all is in sight"
    step.resize(376, 420)
    QTest.qWait(10)
    assert step.scroll_by(Qt.Key.Key_PageDown)
    assert step._scroll.verticalScrollBar().value() > 0
    assert step.scroll_by(Qt.Key.Key_PageUp)
    assert step._scroll.verticalScrollBar().value() == 0
    assert not step.scroll_by(Qt.Key.Key_Down)


def test_model_standing_and_figures_stand_beside_the_answer(show: Callable[[Exam], ReadingStep]) -> None:
    step = show(DRAFT)
    assert step._meaning.text() == "Read by m 1.0.0.", "known without asking anybody"
    step.show_trust(MAPPED)
    assert step._meaning.text() == "Read by m 1.0.0. Not validated here. Right 7 times in 10."
    assert step._meaning.property("tone") == "secondary"
    step.show_trust(replace(MAPPED, standing="Failed here.", failed=True))
    assert step._meaning.property("tone") == "amber"


def test_flags_stand_under_the_answer(show: Callable[[Exam], ReadingStep]) -> None:
    assert DRAFT.reading is not None
    flag = Flag("v", "Vacuoles", 0.9, True, "Bright holes.")
    step = show(replace(DRAFT, reading=replace(DRAFT.reading, flags=(flag,))))
    assert step.flags.text.splitlines() == ["Vacuoles", "Bright holes."]
    step.begin_wait(SPOT)
    assert not step.flags.isVisible()
