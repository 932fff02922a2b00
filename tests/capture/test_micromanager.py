"""Micro-Manager's real core and its demonstration camera."""

import threading
import time

import mm_test_adapters as adapters
import numpy as np
import pytest

from clinoscope.capture import vendors
from clinoscope.capture.micromanager import MicroManagerReader, as_rgb
from clinoscope.capture.sources import SourceState, open_source
from clinoscope.domain.errors import CameraError
from clinoscope.domain.picture import Origin


@pytest.fixture
def configuration(tmp_path, monkeypatch):
    monkeypatch.setenv("MICROMANAGER_PATH", str(adapters.device_adapter_path()))
    path = tmp_path / "demo.cfg"
    path.write_text(
        "Device,Camera,DemoCamera,DCam\nProperty,Core,Initialize,1\nProperty,Core,Camera,Camera\n"
        "Property,Camera,PixelType,32bitRGB\nProperty,Camera,OnCameraCCDXSize,640\n"
    )
    return path


def test_the_demonstration_camera_is_seen_and_a_still_taken(configuration, wait_until):
    assert vendors.installed("mm")
    source = open_source(f"mm:{configuration}")
    source.start()
    try:
        wait_until(lambda: source.latest() and source.latest().number > 5, 15)
        assert source.latest().pixels.shape[2] == 3
        picture = source.still()
        assert (picture.media_type, picture.origin, picture.device) == ("image/png", Origin.CAMERA, "DCam")
        started = time.monotonic()
    finally:
        source.stop()
    assert time.monotonic() - started < 1
    assert source.state is SourceState.STOPPED


def test_sixteen_bits_are_shown_by_the_bits_in_use(configuration):
    configuration.write_text(configuration.read_text().replace("32bitRGB", "16bit"))
    reader = MicroManagerReader(str(configuration), threading.Event())
    reader.open()
    try:
        shot = None
        while shot is None:
            shot = reader.read()
    finally:
        reader.close()
    assert shot.pixels.shape == (*shot.pixels.shape[:2], 3)
    assert np.ptp(shot.pixels.astype(int)) > 5


@pytest.mark.parametrize("text", ["Device,Camera,NoSuchAdapter,X\n", "Property,Core,Initialize,1\n"])
def test_a_configuration_that_cannot_be_used_is_told(configuration, text):
    configuration.write_text(text)
    reader = MicroManagerReader(str(configuration), threading.Event())
    with pytest.raises(CameraError, match="configuration"):
        reader.open()
    reader.close()


def test_a_configuration_that_is_not_there(tmp_path):
    reader = MicroManagerReader(str(tmp_path / "none.cfg"), threading.Event())
    with pytest.raises(CameraError, match="cannot be used"):
        reader.open()
    reader.close()
    reader.close()


def test_without_the_library_it_says_what_is_missing(configuration, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pymmcore", None)
    with pytest.raises(CameraError, match="extra"):
        MicroManagerReader(str(configuration), threading.Event()).open()


def test_colours_and_deep_greys():
    pixel = np.array([[0xFF0A141E]], np.uint32)  # blue 1E, green 14, red 0A
    assert as_rgb(pixel, 4, 8)[0, 0].tolist() == [0x0A, 0x14, 0x1E]
    assert as_rgb(np.array([[4095]], np.uint16), 1, 12)[0, 0].tolist() == [255] * 3
    assert as_rgb(np.array([[7]], np.uint8), 1, 8)[0, 0].tolist() == [7] * 3
