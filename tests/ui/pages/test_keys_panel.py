from __future__ import annotations

from PySide6.QtWidgets import QWidget

from clinoscope.ui.pages.keys_panel import KeysPanel
from clinoscope.ui.shell import Shell
from clinoscope.workflow.smear import tables


def test_keys_are_changed_and_come_back(shell: Shell, host: QWidget, at_once: None) -> None:
    vault, panel = shell.open_vault, KeysPanel(host, shell)
    panel.open_fresh()
    assert panel.edits["band"].text() == "B"
    assert panel.edits["segmented"].accessibleName() == "Key of Segmented neutrophil"
    panel.edits["band"].setText("S")
    panel.keep()
    assert panel.isVisible()
    assert "belongs to Segmented neutrophil" in panel.said.text()
    panel.edits["segmented"].setText("1")
    panel.edits["blast"].setText("")
    panel.keep()
    assert not panel.isVisible()
    found = tables.of_vault(vault)
    assert (found["band"].key, found["segmented"].key, found["blast"].key) == ("s", "1", "")
    assert vault.settings.get(tables.KEYS) == {"band": "s", "segmented": "1", "blast": ""}, "only what differs"
    panel.open_fresh()
    assert not panel.said.isVisible()
    panel.shipped.click()
    panel.button.click()
    assert tables.of_vault(vault) == tables.classes()
