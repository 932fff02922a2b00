from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtWidgets import QLabel

from clinoscope.domain.access import Role
from clinoscope.domain.picture import Origin
from clinoscope.domain.record import Exam, Patient
from clinoscope.ui.pages.smears import ASK, SmearsPage
from clinoscope.ui.shell import Shell
from clinoscope.workflow.capture import from_frame
from clinoscope.workflow.smear import collect
from clinoscope.workflow.smear.bench import Bench


def begun(shell: Shell, ada: Patient) -> Exam:
    vault = shell.open_vault
    bench = Bench(vault, collect.begin(vault, ada))
    bench.add_field(from_frame(np.full((90, 120, 3), 90, np.uint8), Origin.CAMERA, "Microscope 2"))
    return bench.exam


def entered(shell: Shell) -> SmearsPage:
    page = SmearsPage(shell)
    page.resize(1200, 700)
    page.show()
    page.enter()
    return page


def test_without_a_smear_it_says_where_they_begin(shell: Shell, at_once: None) -> None:
    page, went, said = entered(shell), [], []
    shell.went.connect(lambda place, what: went.append((place, what)))
    shell.said.connect(said.append)
    assert page.empty.isVisible()
    assert not page.new.isVisible(), "one button is enough"
    page.empty.button.click()
    assert went == [("people", {"search": True})]
    assert said == [ASK]


def test_with_a_patient_open_a_new_one_is_a_click_away(shell: Shell, ada: Patient, at_once: None) -> None:
    page, went = entered(shell), []
    shell.went.connect(lambda place, what: went.append((place, what)))
    assert page.empty.button.text() == "Find a patient"
    shell.set_context(ada)
    assert page.empty.button.text() == "New smear", "it says what it does"
    page.empty.button.click()
    assert went == [("smear", {"patient_id": ada.id})]
    shell.set_context(None)
    assert page.empty.button.text() == "Find a patient"


def test_a_draft_is_listed_and_opens(shell: Shell, ada: Patient, add_exam: Any, at_once: None) -> None:
    exam = begun(shell, ada)
    add_exam(ada.id, 0.1, None)  # no smear: not of this list
    page, went = entered(shell), []
    shell.went.connect(lambda place, what: went.append((place, what)))
    (row,) = page.rows.rows()
    assert row.texts[:2] == ("Ada Okafor", "Count and review")
    assert row.chip == ("Draft", "accent")
    assert row.image is not None
    page.rows.open_current()
    assert went == [("smear", {"exam": exam})]
    assert shell.patient == ada


def test_it_follows_what_is_saved_while_it_is_up(shell: Shell, ada: Patient, at_once: None) -> None:
    page = entered(shell)
    begun(shell, ada)
    from PySide6.QtTest import QTest

    QTest.qWait(10)
    assert len(page.rows.rows()) == 1


def test_an_empty_list_does_not_send_an_auditor_to_begin_one(shell: Shell, at_once: None) -> None:
    vault = shell.open_vault
    vault.custody.add_user("Chief", "another long one", [Role.ADMINISTRATOR])
    vault.custody.set_roles(vault.user.id, [Role.AUDITOR])
    page = entered(shell)
    assert page.empty.isVisible()
    assert not page.empty.button.isVisible()
    assert ASK not in " ".join(one.text() for one in page.empty.findChildren(QLabel))
