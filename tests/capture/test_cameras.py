import subprocess
import sys
from types import SimpleNamespace

import pytest

from clinoscope.capture.cameras import CameraInfo, list_cameras, open_capture
from clinoscope.domain.errors import CameraError


@pytest.fixture
def plugged(monkeypatch):
    """Cameras as the system would report them: there are none in a test machine."""

    def plug(*names: str) -> None:
        found = [
            SimpleNamespace(index=60 + 2 * place, name=name, path=f"/dev/video{60 + 2 * place}", backend=200)
            for place, name in enumerate(names)
        ]
        monkeypatch.setattr("cv2_enumerate_cameras.enumerate_cameras", lambda _backend: found[::-1])

    return plug


def test_no_camera_is_an_empty_list_and_no_noise():
    code = "from clinoscope.capture.cameras import list_cameras; print(type(list_cameras()).__name__)"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("tuple\n", "")


def test_cameras_of_one_name_get_numbers(plugged):
    plugged("HD Webcam", "Microscope", "HD Webcam", "HD Webcam")
    assert [camera.name for camera in list_cameras()] == ["HD Webcam", "Microscope", "HD Webcam (2)", "HD Webcam (3)"]
    assert list_cameras()[1] == CameraInfo("Microscope", "/dev/video62")


def test_names_stay_unique_when_a_camera_is_called_like_a_number(plugged):
    plugged("Cam", "Cam (2)", "Cam")
    assert len({camera.name for camera in list_cameras()}) == 3


def test_a_camera_without_a_name_gets_one(plugged):
    plugged("")
    assert list_cameras()[0].name == "Camera 60"


def test_a_camera_that_vanishes_while_it_is_listed(monkeypatch):
    def vanish(_backend: int) -> list:
        raise OSError(19, "No such device")

    monkeypatch.setattr("cv2_enumerate_cameras.enumerate_cameras", vanish)
    assert list_cameras() == ()


def test_a_camera_that_is_not_connected_is_told(plugged):
    plugged("Other")
    with pytest.raises(CameraError, match="not connected"):
        open_capture("HD Webcam")


def test_a_camera_that_cannot_be_opened_is_told(plugged, monkeypatch, capfd):
    plugged("HD Webcam")
    with pytest.raises(CameraError, match="does not answer"):
        open_capture("HD Webcam")
    assert capfd.readouterr().err == ""
