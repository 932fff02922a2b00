"""A camera's reader against a capture that plays unplugging: no test machine has a camera to pull out."""

import threading

import numpy as np
import pytest

from clinoscope.capture import cameras, readers
from clinoscope.capture.readers import CameraReader, FileReader
from clinoscope.domain.errors import CameraError, PictureError
from clinoscope.domain.picture import Origin


class Capture:
    def __init__(self) -> None:
        self.frame: np.ndarray | None = np.zeros((4, 6, 3), np.uint8)
        self.frame[..., 0] = 200  # blue, in OpenCV's order
        self.released = False

    def read(self) -> tuple[bool, np.ndarray | None]:
        return self.frame is not None, self.frame

    def release(self) -> None:
        self.released = True


@pytest.fixture
def capture(monkeypatch):
    capture = Capture()
    monkeypatch.setattr(cameras, "open_capture", lambda _name, _settings: capture)
    monkeypatch.setattr(readers, "_MISSES_ALLOWED", 0.1)
    return capture


def read_until_lost(reader: CameraReader) -> str:
    for _ in range(100):
        try:
            assert reader.read() is None
        except CameraError as error:
            return str(error)
    pytest.fail("the camera was never given up")


def test_frames_are_turned_from_bgr_to_rgb(capture):
    reader = CameraReader("HD Webcam")
    reader.open()
    shot = reader.read()
    assert (shot.pixels == (0, 0, 200)).all()
    assert shot.jpeg is None
    assert (reader.origin, reader.device) == (Origin.CAMERA, "HD Webcam")
    reader.close()
    assert capture.released


def test_an_unplugged_camera_is_told_apart_from_a_busy_one(capture, monkeypatch):
    reader = CameraReader("HD Webcam")
    reader.open()
    capture.frame = None
    monkeypatch.setattr(cameras, "list_cameras", lambda: ())
    assert "unplugged" in read_until_lost(reader)
    monkeypatch.setattr(cameras, "list_cameras", lambda: (cameras.CameraInfo("HD Webcam", "0"),))
    assert "sends no pictures" in read_until_lost(reader)


def test_a_few_missing_frames_do_no_harm(capture):
    reader = CameraReader("HD Webcam")
    reader.open()
    frame, capture.frame = capture.frame, None
    assert reader.read() is None
    capture.frame = frame
    assert reader.read() is not None


def test_closing_without_opening():
    CameraReader("HD Webcam").close()
    FileReader("nowhere", threading.Event()).close()


def test_a_file_that_is_no_picture(tmp_path):
    path = tmp_path / "list.jpg"
    path.write_text("text")
    with pytest.raises(PictureError):
        FileReader(path, threading.Event()).open()
