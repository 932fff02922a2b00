from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from clinoscope import modes
from clinoscope.domain.task import Task
from clinoscope.inference import site as sites
from clinoscope.ui.exam.choose_step import ChooseStep


@pytest.fixture
def chosen() -> list[Task]:
    return []


@pytest.fixture
def choose(host: QWidget, chosen: list[Task]) -> ChooseStep:
    made = ChooseStep(host)
    made.resize(1200, 600)
    made.chosen.connect(chosen.append)
    made.show()
    host.activateWindow()
    QTest.qWaitForWindowActive(host)
    return made


def press(key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget(), key)


def test_every_offered_task_has_a_tile_in_the_order_of_the_modes(choose: ChooseStep) -> None:
    choose.show_choice(None, None)
    offered = [task.name for mode in modes.all_modes() for task in mode.tasks if task.offered and task.shipped]
    assert [tile.accessibleName().partition(": ")[2] for tile in choose.tiles] == [*offered, "Differential count"]


def test_a_digit_chooses(choose: ChooseStep, chosen: list[Task]) -> None:
    choose.show_choice(None, None)
    press(Qt.Key.Key_4)
    assert [task.id for task in chosen] == ["skin/lesion-photo"]


def test_after_the_digits_come_letters(choose: ChooseStep, chosen: list[Task]) -> None:
    choose.show_choice(None, None)
    keys = [tile.key for tile in choose.tiles]
    assert keys == list("1234567890AB")
    press(Qt.Key.Key_A)
    assert [task.id for task in chosen] == ["neutrophil/stage"]


def test_many_fields_of_a_smear_are_asked_for_beside_the_tasks(choose: ChooseStep, chosen: list[Task]) -> None:
    asked: list[bool] = []
    choose.smear_chosen.connect(lambda: asked.append(True))
    choose.show_choice(None, None)
    press(Qt.Key.Key_B)
    assert asked == [True]
    assert chosen == []
    choose.show_choice(None, "skin")
    assert "Differential count" not in [tile.accessibleName().partition(": ")[2] for tile in choose.tiles]


def test_enter_takes_what_was_taken_last_time(choose: ChooseStep, chosen: list[Task]) -> None:
    choose.show_choice(modes.task("scalp/disease"), None)
    press(Qt.Key.Key_Return)
    assert [task.id for task in chosen] == ["scalp/disease"]


def test_one_mode_alone_and_then_all(choose: ChooseStep, chosen: list[Task]) -> None:
    choose.show_choice(modes.task("scalp/disease"), "skin")
    assert len(choose.tiles) == 3, "the last choice is of another mode"
    press(Qt.Key.Key_1)
    assert [task.id for task in chosen] == ["skin/lesion-photo"]


def test_arrows_walk(choose: ChooseStep, chosen: list[Task]) -> None:
    choose.show_choice(None, None)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    assert [task.id for task in chosen] == ["anemia/nail"]


def test_a_task_that_ships_no_package_is_offered_once_one_is_in_use(choose: ChooseStep, site: Path) -> None:
    anomaly = modes.task("skin/anomaly")
    choose.show_choice(anomaly, None)
    assert anomaly.name not in [tile.accessibleName().partition(": ")[2] for tile in choose.tiles]
    with sites.alone(site):
        sites.choose(site, anomaly.id, "1" * 64)
    choose.show_choice(anomaly, None)
    named = [tile.accessibleName().partition(": ")[2] for tile in choose.tiles]
    assert named.count(anomaly.name) == 2, "as the last choice, and among its mode's"


def test_what_is_to_be_known_stops_nobody_and_goes_once_it_is_answered(choose: ChooseStep, chosen: list[Task]) -> None:
    wanted: list[bool] = []
    choose.consent_wanted.connect(lambda: wanted.append(True))
    choose.show_choice(None, None, "Consent is not noted yet.", may_note=True)
    assert choose.notice is not None
    assert choose.note is not None
    assert choose.notice.isVisible()
    choose.note.click()
    assert wanted == [True]
    choose.tell("")
    assert not choose.notice.isVisible()
    assert not choose.note.isVisible()
    press(Qt.Key.Key_4)
    assert [task.id for task in chosen] == ["skin/lesion-photo"]


def test_who_may_not_note_a_consent_is_only_told(choose: ChooseStep) -> None:
    choose.show_choice(None, None, "Consent is not noted yet.")
    assert choose.notice is not None
    assert choose.note is not None
    assert choose.notice.isVisible()
    assert not choose.note.isVisible()
