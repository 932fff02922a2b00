from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication

from clinoscope.domain.access import Role
from clinoscope.records import Vault
from clinoscope.records.keys import MINIMUM
from clinoscope.ui import tasks
from clinoscope.ui.gate.login import Login
from clinoscope.ui.preferences import PreferencesFile
from clinoscope.ui.shell import Shell


def test_empty_fields_are_asked_for_and_nothing_is_tried(app: QApplication, tmp_path: Path, at_once: None) -> None:
    login = Login(Shell(PreferencesFile(tmp_path)), tmp_path / "none")
    login.button.click()
    assert login.name.error() == "Type your name."
    login.name.set_text("Grace")
    login.button.click()
    assert login.password.error() == "Type your password."


def test_a_vault_that_cannot_be_opened_says_why(app: QApplication, tmp_path: Path, at_once: None) -> None:
    shell = Shell(PreferencesFile(tmp_path))
    login = Login(shell, tmp_path / "none")
    login.name.set_text("Grace")
    login.password.set_text("three quiet rivers")
    login.button.click()
    assert login.password.error().endswith(".")
    assert shell.vault is None


def test_someone_else_at_a_locked_window_logs_the_first_one_out(shell: Shell, at_once: None) -> None:
    vault = shell.open_vault
    vault.custody.add_user("Kofi Asante", "a green kite over the bay", [Role.CLINICIAN])
    login = Login(shell, vault.folder)
    login.start()
    assert login.title.text() == "Locked"
    login.name.set_text("Kofi Asante")
    login.password.set_text("a green kite over the bay")
    login.button.click()
    assert shell.user is not None
    assert shell.user.name == "Kofi Asante"
    assert shell.vault is not vault


def test_a_slip_in_the_name_logs_nobody_out(shell: Shell, at_once: None) -> None:
    vault = shell.open_vault
    login = Login(shell, vault.folder)
    login.start()
    login.name.set_text("Grace Mensa")
    login.password.set_text("three quiet rivers")
    login.button.click()
    assert shell.vault is vault, "what was open is open still"
    assert login.password.error() == "The name or the password is not right."
    assert vault.events(1)[0].act == "user.refused"
    login.name.set_text("Grace Mensah")
    login.button.click()
    assert shell.vault is vault


def test_the_same_user_gets_the_same_vault_back(shell: Shell, at_once: None) -> None:
    vault, opened = shell.open_vault, []
    shell.opened.connect(lambda: opened.append(True))
    login = Login(shell, vault.folder)
    login.start()
    login.password.set_text("three quiet rivers")
    login.button.click()
    assert opened == [True]
    assert shell.vault is vault
    assert login.password.text() == ""


def test_a_copy_that_came_a_moment_before_enter_is_told_and_waited_for(
    app: QApplication, tmp_path: Path, wait_for: Callable[[Callable[[], object]], bool]
) -> None:
    folder = tmp_path / "vault"
    other, _code = Vault.create(folder, "Grace Mensah", "three quiet rivers", cost=MINIMUM)
    shell = Shell(PreferencesFile(tmp_path / "preferences"))
    login = Login(shell, folder)
    login.name.set_text("Grace Mensah")
    login.password.set_text("three quiet rivers")
    login.button.click()  # before it is on the screen, and so before it has looked
    assert wait_for(login.password.error)
    assert "another copy" in login.password.error()
    login.show()
    assert wait_for(lambda: login.title.text() == "Already open")
    other.close()
    assert wait_for(lambda: login.title.text() == "Log in")
    assert login.password.error() == ""
    assert login.password.text() == "three quiet rivers"
    login.button.click()
    assert wait_for(lambda: shell.vault is not None)
    assert wait_for(lambda: tasks.running() == 0)
    login.hide()
    shell.close_vault()
