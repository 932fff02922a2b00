"""The panel without a camera; with one it is in ``tests/flows/test_colour.py``."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from clinoscope.ui.pages import profile_panel
from clinoscope.ui.pages.profile_panel import ProfilePanel
from clinoscope.ui.shell import Shell
from clinoscope.workflow import colour


@pytest.fixture
def panel(host: QWidget, shell: Shell, at_once: None, monkeypatch: pytest.MonkeyPatch) -> ProfilePanel:
    """On a computer that has no camera."""
    monkeypatch.setattr("clinoscope.capture.cameras.list_cameras", list)
    monkeypatch.setattr("clinoscope.workflow.capture.list_cameras", list)
    return ProfilePanel(host, shell)


def test_without_a_camera_it_says_so(panel: ProfilePanel) -> None:
    panel.open_live()
    assert panel.words.text() == "No camera was found. Plug it in and open this again."
    assert not panel.take.isEnabled()
    assert not panel.keep.isVisible()


def test_it_says_what_to_put_before_the_camera(panel: ProfilePanel) -> None:
    panel.open_live()
    said = panel._how.text()
    assert "card" in said
    panel.what._step(1)
    assert panel.what.value() == colour.FIELD
    assert "empty place of a slide" in panel._how.text()


def test_a_network_camera_is_named_by_its_host_alone(shell: Shell, panel: ProfilePanel) -> None:
    shell.open_vault.settings.set("exam.source.skin", "rtsp://nurse:secret@10.0.0.7/live")
    assert profile_panel._sources(shell.open_vault) == (("10.0.0.7", "rtsp://nurse:secret@10.0.0.7/live"),)
