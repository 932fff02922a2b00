from datetime import date
from typing import Any

from PySide6.QtTest import QTest

from clinoscope.domain.access import Role
from clinoscope.domain.reading import UNSURE, ModelRef, Reading
from clinoscope.domain.record import Patient
from clinoscope.ui.pages.patient import PatientPage
from clinoscope.ui.shell import Shell
from clinoscope.workflow import labs


def test_without_exams_the_way_on_is_a_new_one(shell: Shell, ada: Patient, at_once: None) -> None:
    page, went = PatientPage(shell), []
    shell.went.connect(lambda place, what: went.append((place, what)))
    page.show()
    page.enter(patient_id=ada.id)
    assert shell.patient == ada
    assert page.empty.isVisible()
    page.empty.button.click()
    assert went == [("exam", {"patient_id": ada.id, "mode": None})]


def test_who_may_take_no_exams_is_offered_none(shell: Shell, ada: Patient, at_once: None) -> None:
    vault = shell.open_vault
    vault.custody.set_roles(vault.user.id, [Role.ADMINISTRATOR, Role.AUDITOR])
    QTest.qWait(10)
    page = PatientPage(shell)
    page.show()
    page.enter(patient_id=ada.id)
    assert page.empty.isVisible()
    assert not page.empty.button.isVisible()


def test_what_is_typed_right_after_the_key_of_the_details_is_not_lost(
    shell: Shell, ada: Patient, at_once: None
) -> None:
    page = PatientPage(shell)
    page.show()
    page.enter(patient_id=ada.id)
    page.shortcut.activated.emit()
    assert not page.details.isDown()
    assert page.panel.isVisible()


def test_one_lane_per_task_the_newest_on_top_and_visits_in_order(
    shell: Shell, ada: Patient, add_exam: Any, pallor: Any, at_once: None
) -> None:
    add_exam(ada.id, 30, pallor(47))
    add_exam(ada.id, 60, pallor(52))
    unsure = Reading("skin/rash", UNSURE, ModelRef("m", "1.0.0", "0" * 64))
    newest = add_exam(ada.id, 2, unsure, "skin/rash")
    page, went = PatientPage(shell), []
    shell.went.connect(lambda place, what: went.append((place, what)))
    page.show()
    page.enter(patient_id=ada.id)
    assert [[card.exam.task for card in lane.cards] for lane in page.lanes] == [["skin/rash"], ["anemia/lip"] * 2]
    assert [card.answer.text() for card in page.lanes[1].cards] == ["Pallor index 52 ± 4", "Pallor index 47 ± 4"]
    assert page.lanes[0].cards[0].answer.property("tone") == "amber"
    page.lanes[0].cards[0].opened.emit(page.lanes[0].cards[0].exam)
    assert went[-1][1]["exam"] == newest


def test_lab_values_stand_beside_the_time_line_and_follow_what_is_added(
    shell: Shell, ada: Patient, at_once: None
) -> None:
    page = PatientPage(shell)
    page.show()
    page.enter(patient_id=ada.id)
    assert page.labs.none.isVisible()
    labs.add(shell.open_vault, ada, labs.HAEMOGLOBIN, "11.8", "g/dL", date(2026, 3, 1))
    assert [row.lab.value for row in page.labs.rows] == [11.8]
    assert shell.patient == ada
