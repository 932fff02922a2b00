from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope.domain.picture import Origin
from clinoscope.domain.reading import ModelRef, Reading
from clinoscope.domain.record import Exam, ExamState, PictureRef, Review
from clinoscope.ui.pages.lane import ExamCard, Lane, grades, same_pictures, series

EXAM = Exam(
    id="e",
    version=1,
    patient_id="p",
    task="anemia/lip",
    state=ExamState.SIGNED,
    created_at=datetime(2026, 11, 20, tzinfo=UTC),
    program="test",
)


def test_each_point_stands_under_its_visit_and_drafts_have_none(pallor: Any) -> None:
    exams = [
        replace(EXAM, id="a", reading=pallor(52)),
        replace(EXAM, id="b"),
        replace(EXAM, id="c", reading=pallor(47)),
        replace(EXAM, id="d", reading=pallor(40), state=ExamState.DRAFT),
    ]
    ((name, unit, points),) = series(exams)
    assert (name, unit) == ("pallor index", "")
    assert [point.value for point in points] == [52, 47]
    lane = Lane(exams)
    lane.resize(1200, 400)
    lane.show()
    for point, card in zip(points, (lane.cards[0], lane.cards[2]), strict=True):
        assert abs(card.geometry().center().x() - point.x) <= 1
    lane.deleteLater()


def test_one_value_makes_no_plot(pallor: Any) -> None:
    assert series([replace(EXAM, reading=pallor(52))]) == []


def test_a_card_opens_by_key_and_click_and_says_what_it_is(host: QWidget, pallor: Any) -> None:
    card, opened = ExamCard(replace(EXAM, reading=pallor(52), state=ExamState.DRAFT)), []
    card.setParent(host)
    card.opened.connect(opened.append)
    card.show()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        QTest.keyClick(card, key)
    QTest.mouseClick(card, Qt.MouseButton.LeftButton)
    assert opened == [card.exam] * 3
    assert "Pallor index 52 ± 4" in card.accessibleName()
    assert card.accessibleName().endswith("draft")


def photo(sha256: str, pixels: str = "", phantom: bool = False, page: int = 0) -> PictureRef:
    return PictureRef(
        sha256=sha256,
        media_type="image/png",
        width=8,
        height=8,
        origin=Origin.FILE,
        device="",
        taken_at=EXAM.created_at,
        phantom=phantom,
        page=page,
        pixels=pixels,
    )


def test_a_visit_with_the_very_picture_of_an_earlier_one_says_so(host: QWidget) -> None:
    shown = [photo("a", "1"), photo("b", "1"), photo("c", "2"), photo("a"), photo("a", page=1), photo("d", "3", True)]
    visits = [
        replace(EXAM, id=str(place), picture=picture, created_at=EXAM.created_at + timedelta(days=place))
        for place, picture in enumerate([*shown, photo("d", "3", True), None])
    ]
    assert same_pictures(visits) == {"1": visits[0], "3": visits[0]}, "no page beside it, and no phantom"
    lane = Lane(visits)
    lane.setParent(host)
    assert "same picture as 20 Nov 2026" in lane.cards[1].accessibleName()
    assert "same picture" not in lane.cards[2].accessibleName()


def hair(said: str, agrees: bool = True, suggested: str = "") -> Exam:
    reading = Reading("scalp/hair-loss", suggested or said, ModelRef("hair", "1.0.0", "f" * 64))
    review = Review(answer=said, agrees=agrees)
    return replace(EXAM, task="scalp/hair-loss", reading=reading, review=review)


def test_grades_are_plotted_as_the_clinician_stood_by_them() -> None:
    exams = [
        hair("mild"),
        hair("severe", agrees=False, suggested="moderate"),
        replace(hair("mild"), state=ExamState.DRAFT),
        hair("cannot_judge"),
        hair("moderate"),
    ]
    (plot,) = grades(exams)
    assert [(point.value, str(point)) for point in plot.points] == [(0, "Mild"), (2, "Severe"), (1, "Moderate")]
    assert plot.accessibleName() == "Grade, oldest first: Mild, Severe, Moderate"
    heights = [plot._y(point.value) for point in plot.points]
    assert heights[1] < heights[2] < heights[0]
    lane = Lane(exams)
    lane.resize(1400, 500)
    lane.show()
    assert [type(each) for each in lane.plots] == [type(plot)]
    assert not lane.grab().isNull()
    lane.deleteLater()


def test_one_grade_or_a_task_without_grades_makes_no_plot(pallor: Any) -> None:
    assert grades([hair("mild")]) == []
    assert grades([replace(EXAM, reading=pallor(52)), replace(EXAM, reading=pallor(50))]) == []
