from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget

from clinoscope.ui.exam.source_picker import SourcePicker, first_address
from clinoscope.ui.exam.work import Sources
from clinoscope.workflow.capture import CameraInfo

TWO = (CameraInfo("Microscope HD", "a"), CameraInfo("Webcam", "b"))


@pytest.mark.parametrize(
    ("sources", "address"),
    [
        (Sources((), ""), ""),
        (Sources(TWO, ""), "camera:Microscope HD"),
        (Sources(TWO, "camera:Webcam"), "camera:Webcam"),
        (Sources(TWO, "camera:Gone"), "camera:Microscope HD"),
        (Sources((), "camera:Gone"), ""),
        (Sources(TWO, "rtsp://10.0.0.9/live"), "rtsp://10.0.0.9/live"),
        (Sources(TWO, "folder:/shots"), "folder:/shots"),
    ],
)
def test_what_is_looked_through_first(sources: Sources, address: str) -> None:
    assert first_address(sources) == address


@pytest.fixture
def picker(host: QWidget) -> SourcePicker:
    made = SourcePicker(host)
    made.show()
    return made


def test_an_arrow_opens_the_list_and_passes_through_nothing(picker: SourcePicker) -> None:
    picker.show_sources(Sources((), "", micromanager=True), "")
    picker._list.setFocus()
    QTest.keyClick(picker._list, Qt.Key.Key_Down)
    assert picker._list.view().isVisible()
    assert not picker.address.isVisible()
    QTest.keyClick(picker._list.view(), Qt.Key.Key_Down)
    QTest.keyClick(picker._list.view(), Qt.Key.Key_Down)
    assert not picker.address.isVisible()
    assert not picker.findChildren(QFileDialog)
    QTest.keyClick(picker._list.view(), Qt.Key.Key_Up)
    QTest.keyClick(picker._list.view(), Qt.Key.Key_Return)
    assert picker.address.isVisible()


def test_an_address_needs_its_scheme(picker: SourcePicker) -> None:
    wanted: list[str] = []
    picker.wanted.connect(wanted.append)
    picker.show_sources(Sources((), ""), "")
    picker.choose_network()
    QTest.keyClicks(picker.address.edit, "10.0.0.9/live")
    QTest.keyClick(picker.address.edit, Qt.Key.Key_Return)
    assert picker.address.error()
    assert not wanted
    picker.address.set_text(" http://10.0.0.9/live ")
    QTest.keyClick(picker.address.edit, Qt.Key.Key_Return)
    assert wanted == ["http://10.0.0.9/live"]


def test_a_network_source_comes_back_with_its_address(picker: SourcePicker) -> None:
    picker.show_sources(Sources(TWO, ""), "http://10.0.0.9/live")
    assert picker.address.isVisible()
    assert picker.address.text() == "http://10.0.0.9/live"
    picker.show_sources(Sources(TWO, ""), "camera:Webcam")
    assert not picker.address.isVisible()


def test_a_watched_folder_is_named_and_can_be_left(picker: SourcePicker) -> None:
    wanted: list[str] = []
    picker.wanted.connect(wanted.append)
    picker.show_sources(Sources(TWO, ""), "camera:Webcam")
    assert picker.settings.isVisible()
    assert picker.folder == ""
    picker._choose("folder:/lab/shots")
    assert wanted == ["folder:/lab/shots"]
    assert picker._list.currentText() == "Folder: shots"
    assert picker.folder == "/lab/shots"
    assert not picker.settings.isVisible()
    picker._list.setCurrentIndex(0)
    picker._list.activated.emit(0)
    assert wanted[-1] == "camera:Microscope HD"
    assert picker._list.findText("Folder: shots") < 0


def test_a_folder_that_is_not_chosen_after_all_changes_nothing(picker: SourcePicker) -> None:
    wanted: list[str] = []
    picker.wanted.connect(wanted.append)
    picker.show_sources(Sources(TWO, ""), "camera:Webcam")
    place = picker._list.findText("Watched folder…")
    picker._list.setCurrentIndex(place)
    picker._list.activated.emit(place)
    (dialog,) = picker.findChildren(QFileDialog)
    dialog.reject()
    assert wanted == []
    assert picker._list.currentText() == "Webcam"
