"""The live picture of an exam: a camera that goes away and comes back, is let go of and taken again."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import Qt

from clinoscope.domain.record import ExamState
from clinoscope.paths import RESOURCES
from clinoscope.ui.exam.page import ExamPage
from clinoscope.ui.exam.step import Step

LESION = RESOURCES / "phantoms" / "lesion.png"


@pytest.fixture
def hands(with_ada: Any) -> Any:
    """Logged in, at the patient page of Ada Okafor."""
    return with_ada


@pytest.fixture
def stream(network_camera: Any) -> Any:
    """A network camera that sees the lesion phantom at 1080p."""
    with Image.open(LESION) as image:
        network_camera.sees(image.convert("RGB").resize((1920, 1920)).crop((0, 420, 1920, 1500)))
    return network_camera


def look_through(hands: Any, page: ExamPage, stream: Any) -> None:
    """Type the camera's address, and until its picture is there."""
    picker = page.bench.capture.picker
    picker.choose_network()
    hands.click(picker.address.edit)
    hands.type(stream.url)
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: page.bench.capture.live, "the live picture is there")


def test_a_still_from_a_network_camera(hands: Any, stream: Any) -> None:
    page = hands.begin("4")
    look_through(hands, page, stream)
    hands.wait(1000)
    hands.press(Qt.Key.Key_Space)
    hands.taken(page)
    assert page.exam is not None
    assert page.exam.picture is not None
    assert page.exam.picture.origin == "stream"
    assert (page.exam.picture.width, page.exam.picture.height) == (1920, 1080)
    hands.read(page)
    hands.press("a")
    hands.settle()
    assert hands.sign(page).state is ExamState.SIGNED


def test_a_camera_that_goes_away_is_told_and_comes_back_by_itself(hands: Any, stream: Any) -> None:
    page = hands.begin("4")
    look_through(hands, page, stream)
    canvas, shutter = page.bench.canvas, page.bench.capture.shutter
    assert shutter.isEnabled()
    stream.gone.set()
    hands.until(lambda: canvas.accessibleDescription().endswith("."), "what is wrong is said on the picture")
    assert not shutter.isEnabled()
    hands.press(Qt.Key.Key_Space)
    hands.settle()
    assert page.exam is None, "a picture that has stopped is not taken"
    stream.gone.clear()
    hands.until(shutter.isEnabled, "the picture is live again")
    assert canvas.accessibleDescription() == ""


def test_locking_lets_go_of_the_camera_and_unlocking_takes_it_again(hands: Any, stream: Any) -> None:
    page = hands.begin("4")
    look_through(hands, page, stream)
    hands.ctrl("l")
    hands.until(hands.window.locked, "the window is locked")
    assert not page.bench.capture.live
    hands.log_in()
    hands.on("exam")
    hands.until(lambda: page.bench.capture.live, "the live picture is back")


def test_a_draft_that_stands_at_its_region_opens_no_camera(hands: Any, stream: Any) -> None:
    page = hands.begin("4")
    hands.drop(page, LESION)
    hands.settle()
    draft = page.exam
    page = hands.begin("4")
    look_through(hands, page, stream)
    hands.window.shell.go("exam", exam=draft)
    hands.settle()
    assert page.step is Step.REGION
    assert not page.bench.capture.shutter.isVisible()
    assert page.bench.capture.preview is None


def test_the_way_forward_from_a_look_at_the_camera_shows_the_picture_that_was_read(hands: Any, stream: Any) -> None:
    page = hands.begin("4")
    hands.drop(page, LESION)
    hands.read(page)
    hands.back_to_capture(page)
    page.head.stepper.wanted.emit(int(Step.READING))
    hands.settle()
    assert page.step is Step.READING
    assert page.opened is not None
    assert page.bench.canvas.raster is page.opened.raster
