from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope.domain.record import Patient
from clinoscope.ui.pages.privacy_section import PrivacySection
from clinoscope.ui.pages.retention_panel import SHOWN, RetentionPanel
from clinoscope.ui.shell import Shell
from clinoscope.workflow import exams, labs, retention
from clinoscope.workflow.retention import Due, Rule


@pytest.fixture
def section(host: QWidget, shell: Shell, ada: Patient, at_once: None) -> PrivacySection:
    labs.add(shell.open_vault, ada, labs.HAEMOGLOBIN, "12", "g/dL", date(2012, 3, 3))
    made = PrivacySection(host, shell)
    made.show()
    return made


def listed(section: PrivacySection) -> RetentionPanel:
    section.list_due.click()
    panel = section.panels[0]
    assert isinstance(panel, RetentionPanel)
    return panel


def test_each_is_kept_for_a_reason_or_erased_by_a_person(section: PrivacySection, shell: Shell, ada: Patient) -> None:
    vault = shell.open_vault
    retention.set_rule(vault, Rule(5, 5))
    section.refresh()
    (row,) = listed(section).rows
    row.keep.click()
    row.keep.click()
    assert row.reason.error() == retention.NO_REASON
    row.reason.set_text("a lawsuit")
    row.reason.submitted.emit()
    assert not row.isVisible()
    section.refresh()
    assert section.past.text() == "Nobody is past the clinic's rule. 1 more is kept for a reason."
    (row,) = listed(section).rows
    assert row.kept.text() == "Kept, because: a lawsuit"
    assert not row.erase.isVisibleTo(row)
    row.keep.click()
    section.refresh()
    panel = listed(section)
    panel.rows[0].erase.click()
    panel.erase.typed.set_text(ada.identifier)
    panel.erase.password.set_text("three quiet rivers")
    panel.erase.button.click()
    assert vault.patients.search("") == ()
    assert not panel.rows[0].isVisible()
    assert vault.verify().ok


def test_a_long_list_comes_in_parts_and_a_patient_can_be_looked_at(
    host: QWidget, shell: Shell, ada: Patient, at_once: None
) -> None:
    one = Due(ada, date(2012, 3, 3), date(2017, 3, 3), "")
    panel = RetentionPanel(host, shell, (one,) * (SHOWN + 2))
    assert len(panel.rows) == SHOWN
    gone: list[tuple[str, dict[str, object]]] = []
    shell.went.connect(lambda place, what: gone.append((place, what)))
    panel.look_at(one)
    assert gone == [("patient", {"patient_id": ada.id})]


def test_the_keyboard_goes_to_the_next_patient_and_never_away_from_the_list(
    host: QWidget, shell: Shell, at_once: None
) -> None:
    vault = shell.open_vault
    two = [exams.new_patient(vault, name=name, identifier=name) for name in ("Ada", "Bela")]
    panel = RetentionPanel(host, shell, tuple(Due(one, date(2012, 3, 3), date(2017, 3, 3), "") for one in two))
    first, second = panel.rows
    host.activateWindow()
    assert QTest.qWaitForWindowActive(host)
    panel.open_panel(first.keep)
    first.keep.click()
    assert first.reason.edit.hasFocus()
    assert first.keep.text() == "Keep"
    QTest.keyClicks(first.reason.edit, "a lawsuit")
    QTest.keyClick(first.reason.edit, Qt.Key.Key_Return)
    assert first.isHidden()
    assert second.keep.hasFocus()
    assert panel.done.isHidden()
    second.keep.click()
    second.reason.set_text("a lawsuit, too")
    second.reason.submitted.emit()
    assert panel.done.isVisible()
    assert panel.hasFocus(), "Esc closes it still"


def test_how_many_are_left_is_said_when_the_list_is_closed(section: PrivacySection, shell: Shell) -> None:
    retention.set_rule(shell.open_vault, Rule(5, 5))
    section.refresh()
    panel = listed(section)
    panel.rows[0].keep.click()
    panel.rows[0].reason.set_text("a lawsuit")
    panel.rows[0].reason.submitted.emit()
    panel.close_panel()
    assert section.past.text() == "Nobody is past the clinic's rule. 1 more is kept for a reason."
