"""A consent noted, an exam begun against a refusal, and a patient erased, all from the keyboard."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt

from clinoscope.domain.consent import Consented, Purpose
from clinoscope.workflow import consent


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
    assert "refused the exam" in page.choose.notice.text()
    hands.press("1")  # an emergency does not wait
    hands.settle()
    assert "consent.passed" in [event.act for event in vault.events()]


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
