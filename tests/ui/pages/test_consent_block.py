from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope.domain.access import Role
from clinoscope.domain.consent import Consented, Purpose
from clinoscope.domain.record import Patient
from clinoscope.ui.dates import today
from clinoscope.ui.pages.consent_block import ConsentBlock
from clinoscope.ui.shell import Shell
from clinoscope.workflow import consent

CLINICAL, TRAINING = Purpose.CLINICAL, Purpose.TRAINING


@pytest.fixture
def block(host: QWidget, shell: Shell, ada: Patient, at_once: None) -> ConsentBlock:
    made = ConsentBlock(host, shell)
    shell.changed.connect(lambda kind: made.reload() if kind == "consents" else None)
    made.show()
    made.show_for(ada, consent.standing(shell.open_vault, ada.id))
    return made


def test_it_says_what_counts_and_nothing_was_asked_at_first(block: ConsentBlock, shell: Shell, ada: Patient) -> None:
    assert [line.text() for line in block.lines.values()] == [
        "Exam: not asked yet",
        "Pictures for training: not asked yet",
    ]
    block.change.click()
    assert not block.panel.earlier.isVisible()
    consent.note(shell.open_vault, ada, TRAINING, Consented.GIVEN, date(2026, 3, 1), "form 17")
    consent.note(shell.open_vault, ada, TRAINING, Consented.REFUSED, date(2026, 4, 1))
    told = block.lines[TRAINING].text()
    assert told == "Pictures for training: refused, 1 Apr 2026, noted by Grace Mensah"
    block.change.click()
    assert block.panel.earlier.text() == (
        "Said before\nPictures for training: given, 1 Mar 2026 (form 17), noted by Grace Mensah"
    )


def test_answers_are_noted_with_the_keyboard_and_only_those_that_changed(
    block: ConsentBlock, shell: Shell, ada: Patient
) -> None:
    block.shortcut.activated.emit()
    assert block.panel.isVisible()
    block.panel.choices[CLINICAL]._group.button(0).click()
    block.panel.note.set_text("form 18")
    QTest.keyClick(block.panel.note.edit, Qt.Key.Key_Return)
    assert not block.panel.isVisible()
    found = consent.standing(shell.open_vault, ada.id)
    assert found.clinical
    assert (found.clinical.said, found.clinical.day, found.clinical.note) == (Consented.GIVEN, today(), "form 18")
    assert found.training is None
    block.shortcut.activated.emit()
    block.panel.button.click()  # nothing changed
    assert not block.panel.isVisible()
    assert consent.standing(shell.open_vault, ada.id) == found


def test_a_note_without_another_answer_is_not_lost_without_a_word(block: ConsentBlock) -> None:
    block.change.click()
    block.panel.note.set_text("form 18")
    block.panel.button.click()
    assert block.panel.isVisible()
    assert "no answer has changed" in block.panel.note.error()
    block.panel.choices[CLINICAL]._group.button(0).click()
    block.panel.button.click()
    assert not block.panel.isVisible()
    assert "form 18" in block.lines[CLINICAL].text()


def test_a_day_that_cannot_be_is_said_beneath_it(block: ConsentBlock, shell: Shell) -> None:
    block.change.click()
    block.panel.choices[CLINICAL]._group.button(0).click()
    block.panel.day.set_text("1850-01-01")
    block.panel.button.click()
    assert block.panel.day.error()
    assert block.panel.isVisible()
    QTest.keyClick(block.panel.day.edit, Qt.Key.Key_Escape)
    assert not block.panel.isVisible()


def test_only_who_may_is_offered_the_changes(block: ConsentBlock, shell: Shell, ada: Patient) -> None:
    assert block.erase.isVisible()
    vault = shell.open_vault
    vault.custody.add_user("Chief", "another long one", [Role.ADMINISTRATOR])
    vault.custody.set_roles(vault.user.id, [Role.AUDITOR])
    block.show_for(ada, consent.Standing())
    assert not block.change.isVisible()
    assert not block.erase.isVisible()
    block.shortcut.activated.emit()
    assert not block.panel.isVisible()
