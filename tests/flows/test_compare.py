"""The same view as at the last visit, and two visits compared, with keyboard and mouse."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt

from clinoscope.domain.picture import Origin, Pixels
from clinoscope.domain.reading import MEASURED, Measure, ModelRef, Reading
from clinoscope.domain.record import Exam, ExamState, PictureRef, Review
from clinoscope.domain.region import Box, Region
from clinoscope.ui.compare.canvas import Mode
from clinoscope.ui.compare.page import FRAMES, NOT_BOTH, SURE, ComparePage
from clinoscope.ui.exam.follow_up import NOT_SHOWN
from clinoscope.workflow.follow import Hint

TASK = "skin/lesion-photo"
MODEL = ModelRef("skin-lesion-photo", "1.0.0", "0" * 64)
SIZE = (960, 720)


@pytest.fixture
def hands(with_ada: Any) -> Any:
    """Logged in, at the patient page of Ada Okafor."""
    return with_ada


def skin(scale: float = 1.0, turn: float = 0.0, size: tuple[int, int] = SIZE) -> Pixels:
    """A drawn, speckled skin with a spot in the middle, seen nearer or turned."""
    chance = np.random.default_rng(5)
    drawn = np.full((720, 960, 3), (205, 160, 140), np.uint8)
    for _ in range(420):
        at = (int(chance.integers(0, 960)), int(chance.integers(0, 720)))
        shade = int(chance.integers(-45, 30))
        colour = tuple(int(np.clip(channel + shade, 0, 255)) for channel in (205, 160, 140))
        cv2.circle(drawn, at, int(chance.integers(2, 9)), colour, -1, cv2.LINE_AA)
    cv2.ellipse(drawn, (480, 360), (90, 60), 20, 0, 360, (90, 60, 50), -1, cv2.LINE_AA)
    matrix = cv2.getRotationMatrix2D((480, 360), -turn, scale)
    moved = cv2.warpAffine(drawn, matrix, SIZE, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(moved if size == SIZE else cv2.resize(moved, size), np.uint8)


def sign(hands: Any, days: int, pixels: Pixels, value: float = 40.0, kind: str = "JPEG") -> Exam:
    """A signed exam of some days ago."""
    vault = hands.window.shell.vault
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **({"quality": 90} if kind == "JPEG" else {}))
    height, width = pixels.shape[:2]
    at = datetime.now(UTC) - timedelta(days=days)
    exam = Exam(
        id=f"e{days}",
        version=1,
        patient_id="p1",
        task=TASK,
        state=ExamState.DRAFT,
        created_at=at,
        program="test",
        picture=PictureRef(
            sha256=vault.pictures.put(file.getvalue()),
            media_type=f"image/{kind.lower()}",
            width=width,
            height=height,
            origin=Origin.FILE,
            device="",
            taken_at=at,
            phantom=True,
        ),
        region=Region(Box(width // 2 - width // 10, height // 2 - height // 10, width // 5, height // 5), "contrast"),
        reading=Reading(TASK, MEASURED, MODEL, measures=(Measure("width of the spot", value, 2.0, "mm"),)),
        review=Review(answer=MEASURED, agrees=True, comment="Seen again in May."),
    )
    vault.exams.save_draft(exam)
    signed = vault.exams.sign(exam, hands.password)
    assert isinstance(signed, Exam)
    return signed


def compared(hands: Any) -> ComparePage:
    """The compare page, once both pictures are there."""
    hands.on("compare")
    page = hands.window.page
    assert isinstance(page, ComparePage)
    hands.until(lambda: page.pair is not None, "both pictures are opened", 30)
    return page


def test_two_visits_are_ticked_and_compared_by_keys_alone(hands: Any) -> None:
    for days, scale, turn, value in ((90, 1.0, 0.0, 40.0), (60, 1.0, 0.0, 41.0), (2, 1.3, 12.0, 52.0)):
        sign(hands, days, skin(scale, turn), value)
    hands.settle()
    (lane,) = hands.window.page.lanes
    hands.press("t")  # the newest has the keyboard
    assert lane.ticks.word.text() == "Tick one more visit"
    hands.press(Qt.Key.Key_Left)
    hands.press(Qt.Key.Key_Left)
    hands.press("t")
    assert lane.ticks.ids() == {"e2", "e90"}
    hands.press("c")
    page = compared(hands)
    assert page.pair is not None
    assert (page.pair.before.exam.id, page.pair.after.exam.id) == ("e90", "e2")
    assert page.pair.laid is not None
    assert page.said.text() == SURE
    assert page.pair.laid.place.scale == pytest.approx(1.3, rel=0.02)
    assert page.pair.laid.place.turn == pytest.approx(12.0, abs=1)
    (sentence,) = page.facts.sentences
    assert sentence.startswith("Width of the spot: +12 ± 3 mm. That is more than the uncertainty")

    canvas = page.canvas
    hands.press("2")
    assert canvas.mode is Mode.WIPE
    hands.press(".")
    assert canvas.share == pytest.approx(0.55)
    hands.ctrl(Qt.Key.Key_Plus)
    zoomed = canvas.view
    hands.press("3")
    assert canvas.view == zoomed, "another way to look is at the same place"
    hands.press("b")
    hands.until(lambda: canvas.share in (0.0, 1.0), "the pictures blink")
    hands.press("b")
    hands.press("a")
    assert page.said.text() == FRAMES
    hands.press("r")
    assert not canvas.regions
    hands.press("1")
    assert canvas.mode is Mode.SIDE
    hands.press(Qt.Key.Key_Escape)
    hands.on("patient")
    (lane,) = hands.window.page.lanes
    assert lane.ticks.ids() == {"e2", "e90"}, "ticks are still there"


def test_the_wipe_follows_the_mouse_and_both_zoom_together(hands: Any) -> None:
    from PySide6.QtTest import QTest

    sign(hands, 90, skin())
    sign(hands, 2, skin(1.2))
    hands.settle()
    (lane,) = hands.window.page.lanes
    hands.click(lane.ticks.compare)  # without ticks: the two newest
    page = compared(hands)
    hands.press("2")
    canvas = page.canvas
    edge = QPoint(round(canvas.width() * canvas.share), canvas.height() // 3)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=edge)
    QTest.mouseMove(canvas, edge - QPoint(canvas.width() // 4, 0))
    hands.wait(10)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=edge - QPoint(canvas.width() // 4, 0))
    assert canvas.share == pytest.approx(0.25, abs=0.01)
    assert page.controls.share.value() == 25
    hands.press("1")
    spot = (480.0, 360.0)  # the spot's middle, in both pictures
    for _ in range(6):
        hands.ctrl(Qt.Key.Key_Plus)
    before, after = (canvas._transform(which).map(*spot) for which in (0, 1))
    assert before == pytest.approx(after, abs=4), "the spot lies at the same place of both panes"


def test_a_missing_picture_says_so_and_the_other_is_shown(hands: Any) -> None:
    first = sign(hands, 90, skin())
    sign(hands, 2, skin(1.2))
    hands.settle()
    assert first.picture is not None
    hands.window.shell.vault.pictures.path(first.picture.sha256).unlink()
    hands.press("c")
    page = compared(hands)
    assert page.pair is not None
    assert page.pair.before.raster is None
    assert "missing" in page.pair.before.problem
    assert page.pair.after.raster is not None
    assert page.said.text() == NOT_BOTH
    for key in ("2", "3", "1"):
        hands.press(key)
    assert page.facts.sentences, "what was measured is still compared"
    hands.press(Qt.Key.Key_Escape)
    hands.on("patient")


def test_twelve_megapixels_never_hold_up_the_window(hands: Any) -> None:
    sign(hands, 90, skin(1.0, 0.0, (4000, 3000)))
    sign(hands, 2, skin(1.2, 8.0, (4000, 3000)))
    hands.settle()
    hands.press("c")
    page = compared(hands)
    assert page.pair is not None
    assert page.said.text() == SURE
    for key in ("2", "3", "1"):
        hands.press(key)
        hands.wait(30)
    for _ in range(8):
        hands.ctrl(Qt.Key.Key_Plus)
        hands.press(Qt.Key.Key_Right)
        hands.wait(30)
    shown = page.canvas.view.scale * page.canvas.devicePixelRatioF()
    assert page.pair.after.raster is not None
    assert page.pair.after.raster.level_for(shown).width() == 4000, "zoomed in, every pixel of the picture is there"


def test_at_a_follow_up_the_earlier_picture_helps_to_take_the_same_view(hands: Any, network_camera: Any) -> None:
    sign(hands, 90, skin())
    page = hands.begin("4")
    follow = page.bench.follow
    hands.until(lambda: follow.ghost is not None, "the earlier picture is there")
    network_camera.sees(Image.fromarray(skin(0.7)))
    picker = page.bench.capture.picker
    picker.choose_network()
    hands.click(picker.address.edit)
    hands.type(network_camera.url)
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: follow.hint is Hint.CLOSER, "it says to move closer")
    assert page.bench.canvas.has_overlay("ghost")
    assert follow.block.on.accessibleDescription() == "Move closer"
    network_camera.sees(Image.fromarray(skin(1.0, 14.0)))
    hands.until(lambda: follow.hint is Hint.ANTICLOCKWISE, "it says to turn")
    network_camera.sees(Image.fromarray(skin(1.02, 1.0)))
    hands.until(lambda: follow.hint is Hint.MATCHES, "it matches")
    hands.press("-")
    assert hands.window.shell.preferences.value.ghost_strength == 30
    hands.press("g")
    assert not page.bench.canvas.has_overlay("ghost")
    assert not page.bench.canvas.has_overlay("follow")
    assert not hands.window.shell.preferences.value.ghost, "it is remembered"
    hands.press("g")
    hands.until(lambda: page.bench.canvas.has_overlay("ghost"), "it is shown again")


def test_a_first_visit_has_no_earlier_picture_and_a_lost_one_is_told(hands: Any) -> None:
    page = hands.begin("4")
    assert not page.bench.follow.block.isVisible()
    hands.press("g")
    assert page.bench.follow.ghost is None
    exam = sign(hands, 90, skin())
    assert exam.picture is not None
    hands.window.shell.vault.pictures.path(exam.picture.sha256).unlink()
    hands.press(Qt.Key.Key_Escape)
    hands.settle()  # back at the choice of a task
    hands.press(Qt.Key.Key_Escape)
    hands.on("patient")
    page = hands.begin("4")
    hands.until(lambda: page.bench.follow.block.word.text(), "what is wrong is said")
    assert page.bench.follow.block.word.text().startswith(NOT_SHOWN)
    assert page.bench.follow.ghost is None
