from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QWidget

from clinoscope.domain.erasure import Erasure, Extent, Reason
from clinoscope.domain.errors import VaultError
from clinoscope.domain.record import Exam, Patient
from clinoscope.ui.pages.erase_panel import ErasePanel, extent_words
from clinoscope.ui.shell import Shell
from clinoscope.workflow import erasure


@pytest.fixture
def panel(host: QWidget, shell: Shell, ada: Patient, at_once: None) -> ErasePanel:
    made = ErasePanel(host, shell)
    made.open_for(ada)
    return made


def test_it_says_who_and_what_goes_and_what_stays(
    panel: ErasePanel, shell: Shell, ada: Patient, add_exam: Callable[..., Exam]
) -> None:
    add_exam(ada.id, 1, None)
    panel.open_for(ada, Reason.RETENTION)
    assert ada.name in panel.who.text()
    assert ada.identifier in panel.who.text()
    assert "and 1 exam, 1 picture. It cannot be undone." in panel.goes.text()
    assert panel.reason.currentData() == "retention"
    assert extent_words(Extent(exams=2, signed=1, pictures=1, shared=1, labs=1)).endswith("stay there: 1.")
    assert "consents go, and 1 lab value. It" in extent_words(Extent(exams=0, signed=0, pictures=0, shared=0, labs=1))
    assert "consents go. It" in extent_words(Extent(exams=0, signed=0, pictures=0, shared=0, labs=0))


def test_the_number_then_the_password_then_it_is_gone(panel: ErasePanel, shell: Shell, ada: Patient) -> None:
    made: list[Erasure] = []
    panel.erased.connect(made.append)
    panel.button.click()
    assert panel.typed.error()
    assert panel.password.error()
    panel.typed.set_text("another")
    panel.password.set_text("three quiet rivers")
    panel.button.click()
    assert panel.typed.error() == erasure.NOT_TYPED
    panel.typed.set_text(ada.identifier)
    panel.password.set_text("wrong")
    panel.button.click()
    assert panel.password.error()
    assert shell.open_vault.patients.get(ada.id)
    panel._wait.stop() if hasattr(panel._wait, "stop") else None
    panel.password.set_text("three quiet rivers")
    panel.button.click()
    assert [one.patient_id for one in made] == [ada.id]
    assert not panel.isVisible()
    assert not panel.busy
    assert panel.password.text() == ""


def test_a_failing_disk_is_said(panel: ErasePanel, ada: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise VaultError("The disk is full.")

    monkeypatch.setattr(erasure, "erase", full)
    panel.typed.set_text(ada.identifier)
    panel.password.set_text("three quiet rivers")
    panel.button.click()
    assert panel.problem.text() == "The disk is full."
    assert panel.isVisible()
    assert not panel.busy
