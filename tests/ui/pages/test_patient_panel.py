from datetime import date

from PySide6.QtWidgets import QWidget

from clinoscope.domain.record import Patient, Sex
from clinoscope.ui.pages.patient_panel import PatientPanel
from clinoscope.ui.shell import Shell


def test_a_new_patient_gets_the_next_number(shell: Shell, host: QWidget, at_once: None) -> None:
    panel, saved = PatientPanel(host, shell), []
    panel.saved.connect(saved.append)
    panel.open_new("Kofi Mensah")
    panel.born.edit.setText("3.6.1988")
    panel.sex.take("M")
    panel.note.setPlainText("Allergic to latex")
    panel.save()
    (patient,) = saved
    assert patient == shell.open_vault.patients.get(patient.id)
    assert (patient.name, patient.identifier, patient.born) == ("Kofi Mensah", "1001-8", date(1988, 6, 3)) or (
        patient.identifier.startswith("1001-")
    )
    assert (patient.sex, patient.note) == (Sex.MALE, "Allergic to latex")
    assert not panel.isVisible()


def test_a_taken_number_is_said_at_the_number(shell: Shell, host: QWidget, ada: Patient, at_once: None) -> None:
    panel = PatientPanel(host, shell)
    panel.open_new("Kofi Mensah")
    panel.identifier.set_text(ada.identifier)
    panel.save()
    assert "has this number" in panel.identifier.error()
    assert panel.isVisible()
    assert shell.open_vault.patients.search("kofi") == ()


def test_what_is_known_can_be_changed(shell: Shell, host: QWidget, ada: Patient, at_once: None) -> None:
    panel = PatientPanel(host, shell)
    panel.open_for(ada)
    assert panel.born.help_text().startswith("4 Mar 1990")
    panel.born.edit.setText("")
    panel.save()
    assert shell.open_vault.patients.get(ada.id).born is None


def test_nothing_is_stored_while_a_field_is_wrong(shell: Shell, host: QWidget, at_once: None) -> None:
    panel = PatientPanel(host, shell)
    panel.open_new("Kofi")
    panel.born.edit.setText("31.2.1990")
    panel.save()
    assert panel.born.error() == "There is no such day."
    assert shell.open_vault.patients.search("") == ()
