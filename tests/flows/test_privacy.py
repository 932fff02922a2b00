"""A consent noted, an exam begun against a refusal, and a patient erased, all from the keyboard."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import Qt

from clinoscope.domain.consent import Consented, Purpose
from clinoscope.records import Vault
from clinoscope.workflow import consent, exams, labs, retention


def test_a_consent_is_noted_and_asked_for_before_an_exam(with_ada: Any) -> None:
    hands, vault = with_ada, with_ada.window.shell.vault
    block = hands.window.page.consent
    hands.ctrl("g")
    hands.until(lambda: block.panel.isVisible(), "the panel is open")
    hands.wait(200)
    hands.press(Qt.Key.Key_Left)  # round from "not asked"
    hands.press(Qt.Key.Key_Tab)
    hands.press(Qt.Key.Key_Tab)
    hands.press(Qt.Key.Key_Return)
    hands.settle()
    found = consent.standing(vault, "p1")
    assert found.said(Purpose.CLINICAL) is Consented.REFUSED
    assert "refused" in block.lines[Purpose.CLINICAL].text()
    hands.ctrl(Qt.Key.Key_E)
    hands.on("exam")
    page = hands.window.page
    assert page.choose.notice is not None
    assert "refused the exam" in page.choose.notice.text()
    hands.press("1")  # an emergency does not wait
    hands.settle()
    assert "consent.passed" in [event.act for event in vault.events()]


def test_a_consent_is_noted_where_it_is_asked_for(with_ada: Any) -> None:
    hands, vault = with_ada, with_ada.window.shell.vault
    hands.ctrl(Qt.Key.Key_E)
    hands.on("exam")
    page = hands.window.page
    assert "not noted yet" in page.choose.notice.text()
    hands.ctrl("g")
    hands.until(lambda: page.acts.panel is not None, "the panel is open")
    hands.wait(200)
    hands.press(Qt.Key.Key_Right)  # round from "not asked"
    hands.press(Qt.Key.Key_Tab)
    hands.press(Qt.Key.Key_Tab)
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: not page.choose.notice.isVisible(), "nothing is left to be told")
    hands.settle()
    assert consent.standing(vault, "p1").said(Purpose.CLINICAL) is Consented.GIVEN
    hands.press("1")
    hands.settle()
    assert page.task is not None
    assert "consent.passed" not in [event.act for event in vault.events()]


def test_a_patient_is_erased(with_ada: Any) -> None:
    hands, vault = with_ada, with_ada.window.shell.vault
    page = hands.window.page
    hands.click(page.consent.erase)
    hands.until(lambda: page._erase is not None and page._erase.isVisible(), "the panel is open")
    hands.wait(200)
    hands.settle()
    hands.press(Qt.Key.Key_Tab)
    hands.type("1001-7")
    hands.press(Qt.Key.Key_Tab)
    hands.type(hands.password)
    hands.press(Qt.Key.Key_Return)
    hands.on("people")
    assert vault.patients.search("") == ()
    assert vault.verify().ok
    assert hands.window.shell.patient is None


def test_who_is_past_the_rule_is_kept_for_a_reason(logged_in: Any) -> None:
    hands, vault = logged_in, logged_in.window.shell.vault
    for name in ("Ada Okafor", "Mbali Dube", "Nils Andersson"):
        patient = exams.new_patient(vault, name=name, identifier=vault.patients.suggest_identifier())
        labs.add(vault, patient, labs.HAEMOGLOBIN, "12", "g/dL", date(2012, 3, 3))
    retention.set_rule(vault, retention.Rule(5, 5))
    kept = retention.due(vault)[0].patient
    retention.keep(vault, kept.id, "a lawsuit")
    hands.ctrl(",")
    hands.on("settings")
    section = hands.window.page.privacy
    assert section.past.text() == "2 patients are past the clinic's rule. 1 more is kept for a reason."
    section.list_due.setFocus()
    hands.press(Qt.Key.Key_Return)
    hands.settle()
    panel = section.panels[0]
    hands.wait(200)
    hands.press(Qt.Key.Key_Return)
    hands.type("treatment goes on")
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: panel.rows[0].isHidden(), "the line is done with")
    hands.settle()
    assert panel.rows[1].keep.hasFocus(), "the next one has the keyboard"
    hands.press(Qt.Key.Key_Escape)
    hands.wait(200)
    hands.settle()
    assert section.past.text() == "1 patient is past the clinic's rule. 2 more are kept for a reason."
    assert section.list_due.hasFocus()


def test_a_rule_just_chosen_is_kept_when_the_page_is_left_and_when_the_window_is_closed(logged_in: Any) -> None:
    hands, vault = logged_in, logged_in.window.shell.vault
    hands.ctrl(",")
    hands.on("settings")
    section = hands.window.page.privacy
    section.years.setFocus()
    hands.press(Qt.Key.Key_Down)
    hands.ctrl("1")
    hands.on("today")
    first = retention.rule(vault)
    assert first is not None
    hands.ctrl(",")
    hands.on("settings")
    section.years.setFocus()
    hands.press(Qt.Key.Key_Down)
    folder = vault.folder
    hands.window.close()
    opened = Vault.open(folder, hands.user, hands.password)
    kept = retention.rule(opened)
    opened.close()
    assert kept is not None
    assert kept.years > first.years
