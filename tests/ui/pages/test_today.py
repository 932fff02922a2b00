from typing import Any

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from clinoscope.domain.access import Role
from clinoscope.domain.notice import RESEARCH_ONLY
from clinoscope.domain.reading import ModelRef, Reading
from clinoscope.domain.record import Patient
from clinoscope.ui.pages.today import TodayPage
from clinoscope.ui.shell import Shell
from clinoscope.workflow import agreement


def test_an_empty_day_says_what_to_do(shell: Shell, at_once: None) -> None:
    page, went = TodayPage(shell), []
    shell.went.connect(lambda place, what: went.append((place, what)))
    page.show()
    page.enter()
    assert page.empty.isVisible()
    page.empty.button.click()
    assert went == [("people", {"add": True})]


def test_who_may_add_nobody_is_led_to_find_somebody(shell: Shell, at_once: None) -> None:
    custody = shell.open_vault.custody
    custody.set_roles(shell.open_vault.user.id, [Role.ADMINISTRATOR, Role.AUDITOR])
    QTest.qWait(10)
    page = TodayPage(shell)
    page.show()
    page.activateWindow()
    QTest.qWaitForWindowActive(page)
    page.enter()
    assert page.empty.isVisible()
    assert not page.empty.button.isVisible()
    assert page.find_patient.hasFocus()


def test_drafts_and_signed_exams_are_apart_and_open(
    shell: Shell, ada: Patient, add_exam: Any, pallor: Any, at_once: None
) -> None:
    draft, signed = add_exam(ada.id, 0.1, None), add_exam(ada.id, 1.5, pallor(41))
    page, went = TodayPage(shell), []
    shell.went.connect(lambda place, what: went.append((place, what)))
    page.show()
    page.enter()
    assert [row.texts[1] for row in page.drafts.rows()] == ["Lip photo · Check the region"]
    assert [row.texts[1] for row in page.signed.rows()] == ["Lip photo · Pallor index 41 ± 4 · lip-colour 1.0.0"]
    assert all(row.image is not None for row in (*page.drafts.rows(), *page.signed.rows()))
    page.drafts.select(0)
    page.drafts.open_current()
    page.signed.select(0)
    page.signed.open_current()
    assert [what["exam"].id for _place, what in went] == [draft.id, signed.id]
    assert shell.patient == ada


def test_what_a_clinician_overruled_does_not_stand_alone(
    shell: Shell, ada: Patient, add_exam: Any, at_once: None
) -> None:
    model = ModelRef("skin-rash", "2.1.0", "0" * 64)
    reading = Reading("skin/rash", "mpox", model, ("mpox",), {"mpox": 0.91})
    add_exam(ada.id, 1.0, reading, "skin/rash", instead="measles")
    page = TodayPage(shell)
    page.show()
    page.enter()
    (row,) = page.signed.rows()
    assert row.texts[1] == "Rash · Clinician: Measles · read as Mpox"


def test_it_follows_what_is_saved_while_it_is_up(shell: Shell, ada: Patient, add_exam: Any, at_once: None) -> None:
    page = TodayPage(shell)
    page.show()
    page.enter()
    add_exam(ada.id, 0.1, None)
    QTest.qWait(10)
    assert len(page.drafts.rows()) == 1


def test_the_first_exam_has_the_keyboard_after_an_empty_day(
    shell: Shell, ada: Patient, add_exam: Any, at_once: None
) -> None:
    page = TodayPage(shell)
    page.show()
    page.activateWindow()
    QTest.qWaitForWindowActive(page)
    page.enter()
    page.empty.button.setFocus()
    add_exam(ada.id, 0.1, None)
    QTest.qWait(10)
    assert page.drafts.hasFocus()


def test_the_notice_stands_where_readings_are_shown(shell: Shell, at_once: None) -> None:
    page = TodayPage(shell)
    assert RESEARCH_ONLY in [words.text() for words in page.findChildren(QLabel)]


def test_a_drop_in_agreement_stands_on_top(shell: Shell, monkeypatch: Any, at_once: None) -> None:
    page = TodayPage(shell)
    page.show()
    page.enter()
    assert not page.dropped.isVisible()
    monkeypatch.setattr(agreement, "drops", lambda _vault: (agreement.Drop("skin/rash", "Agreement has dropped."),))
    page.enter()
    assert page.dropped.isVisible()
    assert "Agreement has dropped" in page.dropped.text
