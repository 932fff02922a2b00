from datetime import date

from PySide6.QtWidgets import QWidget

from clinoscope.domain.record import Patient, Sex
from clinoscope.ui.pages.merge_panel import MergePanel
from clinoscope.ui.pages.merged_block import MergedBlock
from clinoscope.ui.shell import Shell
from clinoscope.workflow import people


def twin_of(shell: Shell) -> Patient:
    return shell.open_vault.patients.add(Patient(id="p2", identifier="X-9", name="Ada Okafo", note="left handed"))


def test_facts_of_the_record_that_has_them_are_taken(shell: Shell, host: QWidget, ada: Patient, at_once: None) -> None:
    twin = twin_of(shell)
    panel, merged = MergePanel(host, shell), []
    panel.merged.connect(merged.append)
    panel.open_for(twin)
    assert [row.key for row in panel.rows.rows()] == [ada.id]  # never the record itself
    panel.rows.opened.emit(panel.rows.rows()[0])
    kept, gone = panel.facts.chosen()
    assert (kept.id, gone) == (twin.id, ada)
    assert (kept.name, kept.born, kept.sex, kept.note) == ("Ada Okafo", date(1990, 3, 4), Sex.FEMALE, "left handed")
    panel.merge()
    assert panel.reason.error()
    panel.facts.options["identifier"][1].radio.setChecked(True)
    panel.facts.options["name"][1].radio.setChecked(True)
    panel.reason.set_text("same passport")
    panel.merge()
    assert [patient.id for patient in merged] == [ada.id]
    assert shell.open_vault.patients.get(twin.id) == merged[0]
    assert merged[0].note == "left handed"
    assert not panel.isVisible()


def test_what_is_merged_already_is_said_in_the_panel(shell: Shell, host: QWidget, ada: Patient, at_once: None) -> None:
    twin = twin_of(shell)
    panel = MergePanel(host, shell)
    panel.open_for(twin)
    panel.rows.opened.emit(panel.rows.rows()[0])
    people.merge(shell.open_vault, twin.id, ada, "elsewhere, meanwhile")
    panel.reason.set_text("same passport")
    panel.merge()
    assert "one record already" in panel.problem.text()
    assert panel.isVisible()


def test_the_block_says_what_was_merged_and_separates_it(
    shell: Shell, host: QWidget, ada: Patient, at_once: None
) -> None:
    twin = twin_of(shell)
    people.merge(shell.open_vault, twin.id, ada, "same passport")
    block = MergedBlock(host, shell)
    numbers = block.show_for(ada, people.merges_of(shell.open_vault, ada.id))
    assert numbers == {twin.id: "X-9"}
    (separate,) = block.separate
    assert "X-9" in separate.accessibleName()
    separate.click()
    assert shell.open_vault.patients.get(twin.id) == twin
    assert block.show_for(ada, ()) == {}
    assert block.isHidden()
