from pathlib import Path

from PySide6.QtWidgets import QApplication

from clinoscope.records import Vault
from clinoscope.records.keys import MINIMUM
from clinoscope.ui.gate.recover import Recover
from clinoscope.ui.preferences import PreferencesFile
from clinoscope.ui.shell import Shell


def test_the_code_sets_a_new_password(app: QApplication, tmp_path: Path, at_once: None) -> None:
    vault, code = Vault.create(tmp_path / "vault", "Grace Mensah", "three quiet rivers", cost=MINIMUM)
    vault.close()
    shell = Shell(PreferencesFile(tmp_path / "preferences"))
    page = Recover(shell, tmp_path / "vault")
    page.start()
    page.name.set_text("Grace Mensah")
    page.code.set_text("no code at all")
    page.password.field.edit.setText("a green kite over the bay")
    page.button.click()
    assert "typing mistake" in page.code.error()
    page.code.set_text(code.lower())
    page.button.click()
    assert shell.user is not None
    assert page.code.text() == page.password.text() == "", "nothing typed stays"
    shell.close_vault()
    Vault.open(tmp_path / "vault", "Grace Mensah", "a green kite over the bay").close()
