from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from clinoscope.records import Vault
from clinoscope.records.keys import MINIMUM
from clinoscope.ui.gate.first_start import FirstStart, RecoveryCode
from clinoscope.ui.gate.gate import Gate
from clinoscope.ui.preferences import PreferencesFile
from clinoscope.ui.shell import Shell

CODE = "7K2M9-0QXTB-4WHJD-R8S3V-EP6N1"


@pytest.fixture
def alone(app: QApplication, tmp_path: Path) -> Shell:
    """A shell with nobody logged in."""
    return Shell(PreferencesFile(tmp_path / "preferences"))


def test_without_a_vault_one_is_made(alone: Shell, tmp_path: Path) -> None:
    gate = Gate(alone, tmp_path / "vault")
    assert isinstance(gate.currentWidget(), FirstStart)


def test_with_a_vault_it_asks_and_remembers_only_the_name(alone: Shell, tmp_path: Path) -> None:
    Vault.create(tmp_path / "vault", "Grace Mensah", "three quiet rivers", cost=MINIMUM)[0].close()
    alone.preferences.change(user="Grace Mensah")
    gate = Gate(alone, tmp_path / "vault")
    assert gate.login is not None
    assert gate.currentWidget() is gate.login
    assert gate.login.name.text() == "Grace Mensah"
    assert gate.login.password.text() == ""


def test_a_vault_closed_after_a_lock_leaves_no_word_of_it(shell: Shell) -> None:
    gate = Gate(shell, shell.open_vault.folder)
    gate.lock()
    assert gate.login is not None
    assert gate.login.title.text() == "Locked"
    gate.login.name.set_text("Kofi Asante")
    shell.close_vault()  # as after the vault got another key
    assert gate.login.title.text() == "Log in"
    assert not gate.login.forgot.isHidden()
    assert gate.login.name.text() == "Kofi Asante", "what is typed stays"


def test_choosing_a_folder_with_a_vault_leads_to_the_login(alone: Shell, tmp_path: Path) -> None:
    Vault.create(tmp_path / "other", "Grace Mensah", "three quiet rivers", cost=MINIMUM)[0].close()
    gate = Gate(alone, tmp_path / "vault")
    assert gate.first is not None
    gate.first.set_folder(tmp_path / "third")
    assert gate.currentWidget() is gate.first
    gate.first.set_folder(tmp_path / "other")
    assert gate.currentWidget() is gate.login
    assert gate.folder == tmp_path / "other"


def test_the_code_is_forgotten_once_it_is_kept(app: QApplication) -> None:
    page, kept = RecoveryCode(), []
    page.kept.connect(lambda: kept.append(True))
    page.show_code(CODE)
    page.show()
    page.button.click()
    assert kept == [], "shut until the tick"
    page.tick.setChecked(True)
    page.button.click()
    assert kept == [True]
    assert CODE not in str(vars(page))
    assert page.words.text() == ""
