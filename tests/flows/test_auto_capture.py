"""The photo that takes itself once everything has been well for half a second."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image, ImageFilter
from PySide6.QtCore import Qt

from clinoscope.paths import RESOURCES
from clinoscope.ui.exam.page import ExamPage
from clinoscope.ui.exam.step import Step

FACE = RESOURCES / "phantoms" / "face.png"


@pytest.fixture
def stream(network_camera: Any) -> Any:
    """A network camera that sees the face phantom at 720p, not sharp at first."""
    network_camera.sees(_face().filter(ImageFilter.GaussianBlur(24)))
    return network_camera


def _face() -> Image.Image:
    with Image.open(FACE) as image:
        wide = image.convert("RGB").resize((1280, 1280 * image.height // image.width))
    top = (wide.height - 720) // 2 + 95  # the lips where the guide wants them
    return wide.crop((0, top, 1280, top + 720))


def looking(hands: Any, stream: Any) -> ExamPage:
    page = hands.begin("1")
    picker = page.bench.capture.picker
    picker.choose_network()
    hands.click(picker.address.edit)
    hands.type(stream.url)
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: page.bench.capture.live, "the live picture is there")
    return page


def test_it_takes_itself_once_all_is_well_and_again_when_retaken(with_ada: Any, stream: Any) -> None:
    hands = with_ada
    page = looking(hands, stream)
    switch = page.bench.capture.auto.switch
    assert not switch.isChecked(), "off until somebody wants it"
    hands.press("a")
    assert switch.isChecked()
    hands.wait(3000)
    assert page.exam is None, "a picture that fails a check is not taken"

    taken: list[object] = []
    page.bench.capture.still_wanted.connect(taken.append)
    stream.sees(_face())
    hands.until(lambda: page.bench.capture.shutter.counted > 0, "the ring fills")
    hands.until(lambda: page.step is Step.REGION, "the photo has taken itself")
    hands.settle()
    assert len(taken) == 1

    hands.press(Qt.Key.Key_Escape)
    hands.until(lambda: page.step is Step.CAPTURE and page.bench.capture.live, "the live picture is back")
    assert switch.isChecked(), "it is remembered"
    hands.until(lambda: page.step is Step.REGION, "it takes itself again")
    hands.settle()
    assert len(taken) == 2


def test_a_stream_that_stands_still_is_not_taken(with_ada: Any, stream: Any) -> None:
    hands = with_ada
    page = looking(hands, stream)
    hands.press("a")
    hands.until(lambda: page.bench.capture._quality is not None, "it was looked at")
    stream.frozen.set()
    hands.wait(300)
    stream.sees(_face())
    hands.until(lambda: page.bench.canvas.accessibleDescription() != "", "it is told that the picture has stopped")
    hands.wait(1000)
    assert page.exam is None
    assert page.bench.capture.shutter.counted == 0
