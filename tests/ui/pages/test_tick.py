from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope.domain.reading import Reading
from clinoscope.domain.record import Exam, Patient
from clinoscope.ui.pages.lane import Lane

Make = Callable[..., Exam]


@pytest.fixture
def lane(host: QWidget, ada: Patient, add_exam: Make, pallor: Callable[[float], Reading]) -> Lane:
    made = Lane([add_exam(ada.id, days, pallor(value)) for days, value in ((30, 52), (20, 47), (1, 41))])
    made.setParent(host)
    made.resize(790, 400)
    made.show()
    return made


def test_a_third_tick_takes_the_place_of_the_first(lane: Lane) -> None:
    oldest, middle, newest = lane.cards
    for card in (oldest, middle, newest):
        QTest.keyClick(card, Qt.Key.Key_T)
    assert not oldest.tick.isChecked()
    assert lane.ticks.pair() == (middle.exam, newest.exam)
    assert "ticked to compare" in newest.accessibleName()
    assert "ticked to compare" not in oldest.accessibleName()
    QTest.mouseClick(newest.tick, Qt.MouseButton.LeftButton)
    assert lane.ticks.ids() == {middle.exam.id}
    assert lane.ticks.word.text() == "Tick one more visit"


def test_without_ticks_the_two_newest_with_one_it_and_the_newest_other(lane: Lane) -> None:
    oldest, middle, newest = lane.cards
    assert lane.ticks.pair() == (newest.exam, middle.exam)
    lane.ticks.restore([oldest.exam.id])
    assert lane.ticks.pair() == (oldest.exam, newest.exam)
    told: list[object] = []
    lane.compared.connect(told.append)
    lane.ticks.compare.click()
    assert told == [(oldest.exam, newest.exam)]


def test_one_visit_has_nothing_to_be_compared_with(host: QWidget, ada: Patient, add_exam: Make) -> None:
    lane = Lane([add_exam(ada.id, 1, None)])
    lane.setParent(host)
    lane.show()
    assert lane.ticks.pair() is None
    assert not lane.ticks.compare.isVisible()
    assert not lane.cards[0].tick.isVisible()
    QTest.keyClick(lane.cards[0], Qt.Key.Key_T)
    assert lane.ticks.ids() == frozenset()
