from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from clinoscope.domain.alignment import Alignment, Similarity
from clinoscope.domain.reading import Reading
from clinoscope.domain.record import Exam, Patient
from clinoscope.ui.compare.canvas import Mode
from clinoscope.ui.compare.page import FRAMES, NOT_BOTH, SURE, UNSURE, ComparePage
from clinoscope.ui.compare.work import Pair
from clinoscope.ui.shell import Shell


@pytest.fixture
def page(
    shell: Shell, at_once: None, ada: Patient, add_exam: Callable[..., Exam], pallor: Callable[[float], Reading]
) -> ComparePage:
    made = ComparePage(shell)
    made.resize(1278, 712)
    made.show()
    made.enter(exams=(add_exam(ada.id, 2, pallor(41)), add_exam(ada.id, 9, pallor(52))))
    return made


def test_the_earlier_visit_is_at_the_left_whichever_was_ticked_first(page: ComparePage) -> None:
    assert page.pair is not None
    assert page.pair.before.exam.created_at < page.pair.after.exam.created_at
    assert page.facts.sentences[0].startswith("Pallor index: −11")
    page.close()


def test_it_says_how_they_are_laid(page: ComparePage, pair: Callable[..., Pair]) -> None:
    page._show(pair())
    assert page.said.text() == SURE
    page._show(replace(pair(), laid=Alignment(Similarity(2.0), 0)))
    assert page.said.text() == UNSURE
    QTest.keyClick(page, Qt.Key.Key_A)
    assert page.said.text() == FRAMES
    page._show(pair(missing=0))
    assert page.said.text() == NOT_BOTH
    assert not page.controls.aligned.isEnabled()
    page.close()


def test_two_pictures_of_one_day_are_told_apart_by_the_hour(page: ComparePage, pair: Callable[..., Pair]) -> None:
    made = pair()
    later = made.before.exam.created_at.replace(hour=9)
    page._show(replace(made, after=replace(made.after, exam=replace(made.after.exam, created_at=later))))
    assert page.canvas._dates[0] != page.canvas._dates[1]
    page.close()


def test_keys_choose_how_they_are_shown(page: ComparePage) -> None:
    for key, mode in ((Qt.Key.Key_2, Mode.WIPE), (Qt.Key.Key_3, Mode.BLEND), (Qt.Key.Key_1, Mode.SIDE)):
        QTest.keyClick(page, key)
        assert page.canvas.mode is mode
    page.close()


def test_nothing_of_the_patient_stays_behind(page: ComparePage) -> None:
    page.leave()
    assert page.pair is None
    assert page.canvas._pair is None
    page.close()
