from datetime import date

import pytest
from PySide6.QtWidgets import QWidget

from clinoscope.domain.record import Patient
from clinoscope.ui.pages.privacy_section import PrivacySection
from clinoscope.ui.pages.retention_panel import SHOWN, RetentionPanel
from clinoscope.ui.shell import Shell
from clinoscope.workflow import labs, retention
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
