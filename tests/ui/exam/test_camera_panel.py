from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from clinoscope.ui.exam.camera_panel import CameraPanel
from clinoscope.workflow.capture import Abilities, CameraSettings, Knob, Range

FOUND = Abilities(
    ((640, 480), (1920, 1080), (3840, 2160)),
    (1920, 1080),
    {Knob.EXPOSURE: Range(3, 2047, 157, True), Knob.FOCUS: Range(0, 250, 30, False)},
)


@pytest.fixture
def panel(host: QWidget) -> CameraPanel:
    made = CameraPanel(host, "Microscope HD", CameraSettings())
    made.open_panel(made.close_it)
    return made


def test_only_what_the_device_has_is_shown(panel: CameraPanel) -> None:
    assert panel._told.isVisible()
    panel.show_abilities(FOUND)
    assert not panel._told.isVisible()
    assert set(panel._rows) == {Knob.EXPOSURE, Knob.FOCUS}
    assert not panel._rows[Knob.FOCUS].choice.isVisible(), "it cannot focus by itself"
    assert not panel._rows[Knob.EXPOSURE].slider.isEnabled(), "the camera sees to it"
    assert "White balance" not in {shown.text() for shown in panel.findChildren(QLabel)}
    assert panel._sizes.currentText() == "1920 × 1080"


def test_a_device_with_nothing_to_set(panel: CameraPanel) -> None:
    panel.show_abilities(Abilities(((640, 480),), (640, 480), {}))
    assert panel._told.text() == "This camera has nothing to set."
    assert not panel._reset.isVisible()


def test_what_is_turned_goes_to_the_camera_at_once_and_is_kept_once(panel: CameraPanel) -> None:
    wanted: list[CameraSettings] = []
    kept: list[CameraSettings] = []
    panel.wanted.connect(wanted.append)
    panel.kept.connect(kept.append)
    panel.show_abilities(FOUND)
    exposure = panel._rows[Knob.EXPOSURE]
    QTest.keyClick(exposure.choice.focusProxy(), Qt.Key.Key_Right)
    exposure.slider.setFocus()
    for _ in range(3):
        QTest.keyClick(exposure.slider, Qt.Key.Key_Right)
    QTest.qWait(150)
    assert len(wanted) == 1
    assert wanted[0].by_hand[Knob.EXPOSURE] == pytest.approx(157 + 3 * 2.044, abs=1.1)
    assert Knob.FOCUS not in wanted[0].by_hand, "nobody touched it"
    assert kept == []
    panel.close_panel()
    panel.close_panel()
    assert kept == wanted


def test_the_size_is_sent(panel: CameraPanel) -> None:
    wanted: list[CameraSettings] = []
    panel.wanted.connect(wanted.append)
    panel.show_abilities(FOUND)
    panel._sizes.setCurrentIndex(0)
    panel._sizes.activated.emit(0)
    assert [settings.size for settings in wanted] == [(3840, 2160)]


def test_all_automatic(host: QWidget) -> None:
    panel = CameraPanel(host, "HD", CameraSettings(by_hand={Knob.EXPOSURE: 40.0}))
    wanted: list[CameraSettings] = []
    panel.wanted.connect(wanted.append)
    panel.open_panel()
    panel.show_abilities(FOUND)
    assert panel._rows[Knob.EXPOSURE].by_hand() == pytest.approx(40, abs=1.1)
    panel._reset.click()
    assert wanted[-1].by_hand == {}


def test_nothing_turned_is_nothing_kept(panel: CameraPanel) -> None:
    kept: list[CameraSettings] = []
    panel.kept.connect(kept.append)
    panel.show_abilities(FOUND)
    panel.close_panel()
    assert kept == []
