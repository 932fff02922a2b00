import pytest
from PySide6.QtWidgets import QWidget

from clinoscope.domain.access import Role
from clinoscope.records import Vault
from clinoscope.ui.pages.custody_panels import EmergencyPanel, KeyPanel
from clinoscope.ui.shell import Shell

PASSWORD = "three quiet rivers"


@pytest.mark.parametrize("rotate", [False, True])
def test_the_code_must_be_kept_before_the_panel_goes(host: QWidget, shell: Shell, at_once: None, rotate: bool) -> None:
    panel, folder = KeyPanel(host, shell, rotate=rotate), shell.open_vault.folder
    panel.open_empty()
    panel.password.set_text("wrong")
    panel.button.click()
    assert panel.password.error()
    panel.password.set_text(PASSWORD)
    panel.button.click()
    code = panel.code.text()
    assert len(code) == 29
    panel.close_panel()
    assert panel.isVisible()
    assert not panel.finish.isEnabled()
    panel.tick.setChecked(True)
    panel.finish.click()
    assert not panel.isVisible()
    assert panel.code.text() == ""
    assert (shell.vault is None) is rotate
    shell.close_vault()
    Vault.open(folder, "Grace Mensah", PASSWORD).close()
    Vault.recover(folder, code, "Grace Mensah", "four quiet rivers").close()


def test_emergency_access_needs_a_reason_and_opens_people(host: QWidget, shell: Shell, at_once: None) -> None:
    vault, went = shell.open_vault, []
    chief = vault.custody.add_user("Chief", "another long one", [Role.ADMINISTRATOR])
    vault.custody.set_roles(vault.user.id, [Role.ASSISTANT])
    assert chief.roles
    shell.went.connect(lambda place, _what: went.append(place))
    panel = EmergencyPanel(host, shell)
    panel.open_empty()
    panel.button.click()
    assert panel.reason.error()
    panel.reason.set_text("Nobody else is here")
    panel.button.click()
    assert went == ["people"]
    assert vault.events(1)[0].act == "access.emergency"
