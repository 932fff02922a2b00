from pathlib import Path

from PySide6.QtWidgets import QWidget

from clinoscope.domain.record import Patient
from clinoscope.ui.pages.import_panel import ImportPanel
from clinoscope.ui.shell import Shell
from clinoscope.workflow.import_patients import Fate


def test_a_list_is_shown_and_taken_in(shell: Shell, host: QWidget, ada: Patient, at_once: None, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("name,born\nAda Okafor,1990-03-04\nOkafor Adda,1990-03-04\nZoe,03/04/1990\nKofi,17/04/1990")
    panel = ImportPanel(host, shell)
    panel.open_empty()
    assert panel.button.isHidden()
    panel.read(file)
    assert [row.chip[0] for row in panel.rows.rows() if row.chip] == [
        "Error",
        "Looks alike",
        "Will be added",
        "Here already",
    ]
    assert not panel.dates.isHidden()
    assert panel.button.text() == "Import 1"
    panel.alike.setChecked(True)
    assert panel.button.text() == "Import 2"
    panel.take_in()
    assert panel.said.text() == "2 patients were added."
    assert len(shell.open_vault.patients.search("")) == 3
    assert panel.seen is None


def test_a_file_that_is_no_list_is_one_sentence(shell: Shell, host: QWidget, at_once: None, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(b"\x89PNG\0\0")
    panel = ImportPanel(host, shell)
    panel.open_empty()
    panel.read(file)
    assert "no list of patients" in panel.said.text()
    panel.take_in()
    assert shell.open_vault.patients.search("") == ()


def test_the_template_is_read_again(shell: Shell, host: QWidget, at_once: None, tmp_path: Path) -> None:
    panel = ImportPanel(host, shell)
    panel.open_empty()
    panel.save_template(tmp_path / "patients.csv")
    assert "Saved as patients.csv" in panel.said.text()
    panel.read(tmp_path / "patients.csv")
    assert panel.seen is not None and panel.seen.count(Fate.NEW) == 1


def test_one_is_spoken_of_as_one(shell: Shell, host: QWidget, ada: Patient, at_once: None, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("name,born\nOkafor Adda,1990-03-04\nZoe,31.2.1990\nKofi,17/04/1990")
    panel = ImportPanel(host, shell)
    panel.open_empty()
    panel.read(file)
    assert panel.said.text() == "1 will be added, 1 looks alike and is left out, 1 with an error is left out."
    panel.take_in()
    assert panel.said.text() == "1 patient was added."
