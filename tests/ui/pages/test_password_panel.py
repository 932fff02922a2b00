import pytest
from PySide6.QtWidgets import QWidget

from clinoscope.domain.errors import WrongPassword
from clinoscope.ui.pages.password_panel import PasswordPanel
from clinoscope.ui.shell import Shell


def test_the_old_one_is_asked_for(shell: Shell, host: QWidget, at_once: None) -> None:
    panel = PasswordPanel(host, shell)
    panel.open_empty()
    panel.old.edit.setText("wrong")
    panel.new.field.edit.setText("a green kite over the bay")
    panel.button.click()
    assert "not right" in panel.old.error()
    panel.old.edit.setText("three quiet rivers")
    panel.button.click()
    assert not panel.isVisible()
    shell.open_vault.check_password("a green kite over the bay")
    with pytest.raises(WrongPassword):
        shell.open_vault.check_password("three quiet rivers")
