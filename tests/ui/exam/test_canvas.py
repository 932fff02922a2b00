from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box, Region
from clinoscope.ui.exam.canvas import GREY, RING, SIGHT, PictureCanvas
from clinoscope.ui.exam.raster import frame_raster, raster_of
from clinoscope.ui.exam.region_editor import RegionEditor
from clinoscope.ui.exam.view import View


def halves(width: int = 1600, height: int = 1200) -> Pixels:
    """Left half red, right half blue."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2] = (200, 0, 0)
    pixels[:, width // 2 :] = (0, 0, 200)
    return pixels


@pytest.fixture
def canvas(host: QWidget) -> PictureCanvas:
    made = PictureCanvas(host)
    made.setGeometry(0, 0, 400, 400)
    made.show()
    return made


def at(canvas: PictureCanvas, x: int, y: int) -> QColor:
    image = canvas.grab().toImage()
    ratio = image.devicePixelRatio()
    return image.pixelColor(round(x * ratio), round(y * ratio))


def near(colour: QColor, red: int, green: int, blue: int) -> bool:
    return max(abs(colour.red() - red), abs(colour.green() - green), abs(colour.blue() - blue)) < 6


def test_without_a_picture_the_ground_is_neutral(canvas: PictureCanvas) -> None:
    assert at(canvas, 200, 200) == GREY


@pytest.mark.parametrize("live", [False, True])
def test_a_picture_is_painted_whole_and_in_its_colours(canvas: PictureCanvas, live: bool) -> None:
    canvas.show_raster(frame_raster(halves(), (400, 400)) if live else raster_of(halves()))
    assert canvas.zoom == pytest.approx(0.25)
    assert near(at(canvas, 100, 200), 200, 0, 0)
    assert near(at(canvas, 300, 200), 0, 0, 200)
    assert at(canvas, 200, 20) == GREY, "a 4:3 picture leaves room above in a square"


def test_wheel_and_keys_zoom_and_0_fits(canvas: PictureCanvas) -> None:
    canvas.show_raster(raster_of(halves()))
    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(canvas, Qt.Key.Key_Plus, control)
    assert canvas.zoom == pytest.approx(0.25 * 1.25)
    QTest.keyClick(canvas, Qt.Key.Key_Minus, control)
    QTest.keyClick(canvas, Qt.Key.Key_Minus, control)
    assert canvas.zoom == pytest.approx(0.25), "never smaller than whole"
    canvas.zoom_by(100, QPointF(10, 10))
    QTest.keyClick(canvas, Qt.Key.Key_0, control)
    assert canvas.zoom == pytest.approx(0.25)


def test_zoomed_in_the_mouse_pans_but_never_past_the_edge(canvas: PictureCanvas) -> None:
    canvas.show_raster(raster_of(halves()))
    canvas.zoom_by(4)
    assert near(at(canvas, 150, 200), 200, 0, 0)
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(canvas, left, pos=canvas.rect().center())
    QTest.mouseMove(canvas, canvas.rect().center() - canvas.rect().bottomRight() * 5)
    QTest.mouseRelease(canvas, left)
    assert near(at(canvas, 5, 200), 0, 0, 200)
    assert canvas.view.to_picture(QPointF(400, 400)).x() == pytest.approx(1600)


def test_a_new_picture_of_the_same_size_keeps_the_place(canvas: PictureCanvas) -> None:
    canvas.show_raster(raster_of(halves()))
    canvas.zoom_by(3, QPointF(0, 0))
    before = canvas.view
    canvas.show_raster(raster_of(halves()))
    assert canvas.view == before
    canvas.show_raster(raster_of(halves(800, 800)))
    assert canvas.zoom == pytest.approx(0.5)


def test_overlays_are_painted_in_picture_places(canvas: PictureCanvas) -> None:
    def mark(painter: QPainter, view: View) -> None:
        painter.fillRect(view.rect(0, 0, 400, 400), QColor(0, 255, 0))

    canvas.show_raster(raster_of(halves()))
    canvas.set_overlay("mark", mark)
    assert near(at(canvas, 50, 100), 0, 255, 0)
    canvas.set_overlay("mark", None)
    assert near(at(canvas, 50, 100), 200, 0, 0)


def test_what_the_keyboard_moves_stays_in_sight_when_zoomed(canvas: PictureCanvas) -> None:
    canvas.show_raster(raster_of(halves()))
    editor = RegionEditor((1600, 1200))
    spot = Region(Box(1300, 900, 200, 200), "contrast")
    editor.begin(spot, spot, several=False, outlined=False)
    canvas.set_editor(editor)
    canvas.setFocus()
    canvas.zoom_by(8.0)
    assert not canvas.rect().contains(canvas.view.box(spot.box).center().toPoint())
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_Right, Qt.Key.Key_Tab, Qt.Key.Key_Tab):
        QTest.keyClick(canvas, key)
        point = editor.focus_point(canvas.view)
        assert point is not None
        assert canvas.rect().adjusted(SIGHT - 1, SIGHT - 1, 1 - SIGHT, 1 - SIGHT).contains(point.toPoint()), key


def test_the_ring_shows_who_came_by_keyboard_alone(canvas: PictureCanvas) -> None:
    canvas.show_raster(raster_of(halves()))
    canvas.window().activateWindow()
    QTest.qWaitForWindowActive(canvas.window())
    canvas.setFocus(Qt.FocusReason.MouseFocusReason)
    assert near(at(canvas, 2, 200), 42, 45, 46) or near(at(canvas, 2, 200), 200, 0, 0)
    canvas.clearFocus()
    canvas.setFocus(Qt.FocusReason.TabFocusReason)
    assert near(at(canvas, 2, 200), RING.red(), RING.green(), RING.blue())


def test_a_part_is_shown_as_large_as_the_room_allows(canvas: PictureCanvas) -> None:
    canvas.show_part(100, 100, 50)  # without a picture it is nothing
    canvas.show_raster(raster_of(halves()))
    whole = canvas.view.scale
    canvas.show_part(800, 600, 400)
    side = min(canvas.width(), canvas.height())
    assert canvas.view.scale == pytest.approx(side / 400)
    middle = canvas.view.rect(800, 600, 0, 0).topLeft()
    assert middle.x() == pytest.approx(canvas.width() / 2, abs=1)
    assert middle.y() == pytest.approx(canvas.height() / 2, abs=1)
    canvas.show_part(800, 600, 1e6)
    assert canvas.view.scale == pytest.approx(whole), "never smaller than the whole picture"
