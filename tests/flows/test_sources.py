"""Pictures from everywhere: each form of file, a folder that another program saves into, a camera's settings."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pydicom
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtWidgets import QFileDialog, QLineEdit

from clinoscope.paths import RESOURCES
from clinoscope.ui.exam.camera_panel import CameraPanel
from clinoscope.ui.exam.page_panel import PagePanel
from clinoscope.ui.exam.step import Step
from clinoscope.workflow.capture import Knob

LESION = RESOURCES / "phantoms" / "lesion.png"


def phantom() -> Image.Image:
    with Image.open(LESION) as image:
        return image.convert("RGB")


def as_dicom(path: Path) -> None:
    meta = pydicom.dataset.FileMetaDataset()
    meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.77.1.4"
    meta.MediaStorageSOPInstanceUID = "1.2.3"
    dataset = pydicom.dataset.FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    pixels = np.asarray(phantom())
    dataset.PatientName = "Someone^Else"
    dataset.Rows, dataset.Columns = pixels.shape[:2]
    dataset.SamplesPerPixel, dataset.PlanarConfiguration, dataset.PhotometricInterpretation = 3, 0, "RGB"
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit, dataset.PixelRepresentation = 7, 0
    dataset.PixelData = pixels.tobytes()
    dataset.save_as(path, enforce_file_format=True)


@pytest.fixture
def hands(with_ada: Any) -> Any:
    """Logged in, at the patient page of Ada Okafor."""
    return with_ada


def offer(page: Any, path: Path) -> None:
    """Drop a file without waiting for what becomes of it."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    page.bench.capture.offer(mime)


@pytest.mark.parametrize("kind", ["photo.heic", "IM0001", "deep.tif", "lesion.webp"])
def test_each_form_is_read_reported_and_opened_again(hands: Any, tmp_path: Path, kind: str) -> None:
    path = tmp_path / kind
    if kind == "photo.heic":
        path.write_bytes((Path(__file__).parents[1] / "capture" / "pictures" / "turned.heic").read_bytes())
    elif kind == "IM0001":
        as_dicom(path)
    elif kind == "deep.tif":
        cv2.imwrite(str(path), np.asarray(phantom())[:, :, ::-1].astype(np.uint16) * 257)
    else:
        phantom().save(path)
    page = hands.begin("4")
    hands.drop(page, path)
    vault = hands.window.shell.open_vault
    assert vault.pictures.get(page.exam.picture.sha256) == path.read_bytes()
    path.unlink()
    if page.bench.region.region is None:
        hands.press("d")  # a drawing too small for the finder
    exam = hands.read(page)
    hands.press("a" if exam.reading.answer != "cannot judge" else "0")
    hands.settle()
    hands.sign(page)
    hands.window.shell.go("exam", exam=page.exam)
    hands.until(lambda: page.step is Step.READING and page._opened is not None, "it is open again")
    hands.settle()
    assert page._opened.picture.data == vault.pictures.get(page.exam.picture.sha256)
    assert (page._opened.picture.width, page._opened.picture.height) == (
        page.exam.picture.width,
        page.exam.picture.height,
    )


def test_one_picture_of_a_file_of_several_is_chosen_and_stays_the_one(hands: Any, tmp_path: Path) -> None:
    path = tmp_path / "three.tif"
    pages = [phantom(), phantom().rotate(180), phantom()]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    page = hands.begin("4")
    offer(page, path)
    hands.until(lambda: isinstance(page.acts.panel, PagePanel), "the choice is open")
    hands.press(Qt.Key.Key_Escape)
    hands.until(lambda: page.acts.panel is None, "the choice is closed")
    assert page.exam is None
    offer(page, path)
    hands.until(lambda: isinstance(page.acts.panel, PagePanel), "the choice is open")
    hands.wait(200)
    hands.press(Qt.Key.Key_Right)
    hands.until(lambda: page.acts.panel.use.isEnabled() and not page.acts.panel._waits, "the second is shown")
    hands.click(page.acts.panel.use)
    hands.taken(page)
    assert page.exam.picture.page == 1
    exam = page.exam
    hands.press(Qt.Key.Key_Escape)
    hands.window.shell.go("exam", exam=exam)
    hands.settle()
    assert np.array_equal(page._opened.picture.pixels, np.asarray(pages[1]))


def test_a_watched_folder_from_its_choice_to_the_still_and_the_next_exam(hands: Any, tmp_path: Path) -> None:
    shots = tmp_path / "shots"
    shots.mkdir()
    phantom().save(shots / "before.png")
    page = hands.begin("4")
    capture = page.bench.capture
    picker = capture.picker
    picker.choose_folder()
    (dialog,) = picker.findChildren(QFileDialog)
    hands.until(dialog.isVisible, "the dialog is open")
    dialog.findChild(QLineEdit).setText(str(shots))
    dialog.accept()
    hands.until(lambda: capture._canvas.accessibleDescription().startswith("Waiting for the next"), "it waits")
    assert not capture.live
    phantom().save(shots / "Okafor Ada.png")
    hands.until(lambda: capture.live, "the new picture is shown")
    hands.press(Qt.Key.Key_Space)
    hands.taken(page)
    vault = hands.window.shell.open_vault
    picture = page.exam.picture
    assert vault.pictures.get(picture.sha256) == (shots / "Okafor Ada.png").read_bytes()
    assert (picture.origin, picture.device) == ("folder", "")

    page = hands.begin("4")
    assert picker.folder == str(shots)
    hands.until(lambda: capture._canvas.accessibleDescription().startswith("Waiting for the next"), "it waits again")
    shots.rename(tmp_path / "away")
    hands.until(lambda: "cannot be reached" in capture._canvas.accessibleDescription(), "it says so")
    (tmp_path / "away").rename(shots)
    hands.until(lambda: capture._canvas.accessibleDescription().startswith("Waiting for the next"), "it came back")


class Device:
    """As much of a camera as this needs: an exposure of 3 to 2047, by hand or automatic."""

    values: dict[int, float]

    def __init__(self) -> None:
        self.values = {
            cv2.CAP_PROP_FRAME_WIDTH: 1280.0,
            cv2.CAP_PROP_FRAME_HEIGHT: 720.0,
            cv2.CAP_PROP_AUTO_EXPOSURE: 3.0,
            cv2.CAP_PROP_EXPOSURE: 157.0,
        }
        self.frame = np.asarray(phantom().resize((1280, 720)))[:, :, ::-1]

    def isOpened(self) -> bool:
        return True

    def get(self, prop: int) -> float:
        return self.values.get(prop, -1.0)

    def set(self, prop: int, value: float) -> bool:
        if prop == cv2.CAP_PROP_EXPOSURE:
            if self.values[cv2.CAP_PROP_AUTO_EXPOSURE] == 3.0:
                return False
            value = min(max(value, 3.0), 2047.0)
        elif prop in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT) or prop not in self.values:
            return False
        self.values[prop] = value
        return True

    def read(self) -> tuple[bool, np.ndarray]:
        time.sleep(0.03)
        return True, self.frame

    def release(self) -> None:
        pass


def test_a_camera_is_set_and_stays_set(hands: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    device = Device()
    one = SimpleNamespace(index=60, name="Microscope HD", path="/dev/video60", backend=cv2.CAP_V4L2)
    monkeypatch.setattr("cv2_enumerate_cameras.enumerate_cameras", lambda _backend: [one])
    monkeypatch.setattr("cv2.VideoCapture", lambda _index, _backend: device)
    page = hands.begin("4")
    hands.until(lambda: page.bench.capture.live, "the camera is seen")
    hands.press("s")
    hands.until(lambda: isinstance(page.acts.panel, CameraPanel) and page.acts.panel._rows, "its settings are shown")
    panel = page.acts.panel
    assert set(panel._rows) == {Knob.EXPOSURE}
    assert device.values[cv2.CAP_PROP_AUTO_EXPOSURE] == 3.0, "asking changed nothing"
    row = panel._rows[Knob.EXPOSURE]
    hands.wait(200)
    hands.click(row.choice.findChildren(type(panel._reset))[1])
    hands.click(row.slider, QPoint(row.slider.width() - 4, row.slider.height() // 2))
    hands.until(lambda: device.values[cv2.CAP_PROP_EXPOSURE] > 157, "the camera is brighter")
    hands.press(Qt.Key.Key_Escape)
    hands.settle()
    value = device.values[cv2.CAP_PROP_EXPOSURE]
    hands.press(Qt.Key.Key_Escape)
    hands.settle()
    device.values |= {cv2.CAP_PROP_EXPOSURE: 157.0, cv2.CAP_PROP_AUTO_EXPOSURE: 3.0}
    page = hands.begin("4")
    hands.until(lambda: page.bench.capture.live, "the camera is seen")
    assert device.values[cv2.CAP_PROP_EXPOSURE] == pytest.approx(value, abs=1)
