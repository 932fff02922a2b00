from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from clinoscope.domain.access import Role
from clinoscope.domain.record import Patient
from clinoscope.ui.pages.privacy_section import PrivacySection
from clinoscope.ui.shell import Shell
from clinoscope.workflow import consent, labs, retention
from clinoscope.workflow.retention import Rule

WaitFor = Callable[[Callable[[], object]], bool]


@pytest.fixture
def section(host: QWidget, shell: Shell, ada: Patient, at_once: None) -> PrivacySection:
    labs.add(shell.open_vault, ada, labs.HAEMOGLOBIN, "12", "g/dL", date(2012, 3, 3))
    made = PrivacySection(host, shell)
    made.show()
    made.refresh()
    return made


def test_a_rule_is_chosen_and_nobody_is_erased_by_it(section: PrivacySection, shell: Shell, ada: Patient) -> None:
    vault = shell.open_vault
    assert "without end" in section.past.text()
    assert not section.minors.isVisible()
    section.years.setCurrentIndex(section.years.findData(5))
    section.flush()
    assert retention.rule(vault) == Rule(5, 10)
    assert section.minors.isVisible()
    section.minors.setCurrentIndex(section.minors.findData(3))
    section.flush()
    assert retention.rule(vault) == Rule(5, 3)
    assert section.past.text() == "1 patient is past the clinic's rule."
    assert vault.patients.get(ada.id)
    section.years.setCurrentIndex(0)
    section.flush()
    assert retention.rule(vault) is None


def rules_logged(shell: Shell) -> int:
    return sum(retention.RULE in str(event) for event in shell.open_vault.events())


def test_what_the_arrows_walk_over_is_not_kept(section: PrivacySection, shell: Shell, wait_for: WaitFor) -> None:
    vault = shell.open_vault
    section.years.setFocus()
    for _ in range(4):
        QTest.keyClick(section.years, Qt.Key.Key_Down)
    assert retention.rule(vault) is None
    section.refresh()
    chosen = section.years.currentData()
    assert chosen, "a look at what holds changes nothing of a choice that is being made"
    assert wait_for(lambda: retention.rule(vault) == Rule(chosen, 10))
    assert rules_logged(shell) == 1


def test_enter_and_going_elsewhere_keep_the_choice_at_once(section: PrivacySection, shell: Shell) -> None:
    vault = shell.open_vault
    section.years.setFocus()
    QTest.keyClick(section.years, Qt.Key.Key_Down)
    QTest.keyClick(section.years, Qt.Key.Key_Return)
    first = retention.rule(vault)
    assert first is not None
    QTest.keyClick(section.years, Qt.Key.Key_Down)
    QApplication.sendEvent(section.years, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.TabFocusReason))
    second = retention.rule(vault)
    assert second is not None
    assert second.years > first.years
    section.flush()
    assert rules_logged(shell) == 2


def test_there_and_back_is_not_kept(section: PrivacySection, shell: Shell) -> None:
    section.years.setCurrentIndex(2)
    section.years.setCurrentIndex(0)
    section.flush()
    assert rules_logged(shell) == 0


def test_the_ground_is_a_switch_for_who_sets_rules(section: PrivacySection, shell: Shell, ada: Patient) -> None:
    section.ground.click()
    assert consent.other_ground(shell.open_vault)
    section.refresh()
    assert section.ground.isChecked()
    vault = shell.open_vault
    vault.custody.add_user("Chief", "another long one", [Role.ADMINISTRATOR])
    vault.custody.set_roles(vault.user.id, [Role.CLINICIAN])
    shell._announce(["users"])
    section.refresh()
    assert not section.ground.isVisible()
    assert not section.years.isVisible()
    assert section.past.isVisible()


def test_the_switch_for_screen_capture_is_kept(section: PrivacySection, shell: Shell) -> None:
    assert not section.capture.isEnabled()  # Linux has no way
    assert not section.capture.isChecked()
    section._hide(False)
    assert not shell.preferences.value.hide_from_capture
