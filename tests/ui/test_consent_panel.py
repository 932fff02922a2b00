from datetime import date

import pytest
from PySide6.QtWidgets import QWidget

from clinoscope.domain.consent import Consented, Purpose
from clinoscope.domain.record import Patient
from clinoscope.ui.consent_panel import ConsentPanel, words
from clinoscope.ui.dates import today
from clinoscope.ui.shell import Shell
from clinoscope.workflow import consent


@pytest.fixture
def ada(shell: Shell) -> Patient:
    return shell.open_vault.patients.add(Patient(id="p1", identifier="1001-7", name="Ada Okafor"))


@pytest.fixture
def panel(host: QWidget, shell: Shell, at_once: None) -> ConsentPanel:
    return ConsentPanel(host, shell)


def test_it_opens_with_what_counts_and_today(panel: ConsentPanel, shell: Shell, ada: Patient) -> None:
    consent.note(shell.open_vault, ada, Purpose.TRAINING, Consented.REFUSED, date(2026, 4, 1))
    panel.show_for(ada, consent.standing(shell.open_vault, ada.id))
    panel.open_panel(panel.first)
    said = {purpose: Consented(choice.value()) for purpose, choice in panel.choices.items()}
    assert said == {Purpose.CLINICAL: Consented.NOT_ASKED, Purpose.TRAINING: Consented.REFUSED}
    assert panel.day.day() == today()


def test_it_tells_once_what_was_said_is_in_the_vault(panel: ConsentPanel, shell: Shell, ada: Patient) -> None:
    noted = []
    said: list[str] = []
    shell.said.connect(said.append)
    panel.noted.connect(lambda: noted.append(consent.standing(shell.open_vault, ada.id).said(Purpose.CLINICAL)))
    panel.show_for(ada, consent.Standing())
    panel.open_panel(panel.first)
    panel.choices[Purpose.CLINICAL]._group.button(0).click()
    panel.save()
    assert (noted, said) == ([Consented.GIVEN], ["Noted."])
    assert not panel.isVisible()


def test_what_was_said_is_told_in_words(shell: Shell, ada: Patient) -> None:
    consent.note(shell.open_vault, ada, Purpose.CLINICAL, Consented.GIVEN, date(2026, 3, 1), "form 17")
    found = consent.standing(shell.open_vault, ada.id)
    assert words(found.of(Purpose.CLINICAL)) == "given, 1 Mar 2026 (form 17), noted by Grace Mensah"
    assert words(found.of(Purpose.TRAINING)) == "not asked yet"
