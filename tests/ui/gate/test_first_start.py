from pathlib import Path

from PySide6.QtWidgets import QApplication

from clinoscope.ui.gate.first_start import FirstStart
from clinoscope.ui.preferences import PreferencesFile
from clinoscope.ui.shell import Shell


def test_what_is_missing_is_said_and_nothing_is_made(app: QApplication, tmp_path: Path, at_once: None) -> None:
    page = FirstStart(Shell(PreferencesFile(tmp_path / "preferences")), tmp_path / "vault")
    page.button.click()
    assert page.name.error() == "Type your name."
    assert "8 characters" in page.password.field.error()
    assert not (tmp_path / "vault").exists()


def test_the_vault_and_its_code_come_back(app: QApplication, tmp_path: Path, at_once: None) -> None:
    page, made = FirstStart(Shell(PreferencesFile(tmp_path / "preferences")), tmp_path / "vault"), []
    page.made.connect(lambda vault, code: made.append((vault, code)))
    page.name.set_text("Grace Mensah")
    page.password.field.edit.setText("three quiet rivers")
    page.button.click()
    ((vault, code),) = made
    assert vault.user.name == "Grace Mensah"
    assert len(code.replace("-", "")) == 25
    assert page.password.text() == ""
    vault.close()
