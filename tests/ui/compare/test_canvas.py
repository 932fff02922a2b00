from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope.ui.compare.canvas import GREY, CompareCanvas, Mode
from clinoscope.ui.compare.work import Pair

Make = Callable[..., Pair]


@pytest.fixture
def canvas(host: QWidget, pair: Make) -> CompareCanvas:
    made = CompareCanvas(host)
    made.resize(802, 300)
    made.show()
    made.show_pair(pair(), ("1 May 2026", "1 Jun 2026"))
    made.set_regions(False)
    return made


def colour(canvas: CompareCanvas, x: float, y: float = 150) -> QColor:
    return canvas.grab().toImage().pixelColor(round(x), round(y))


def is_red(found: QColor) -> bool:
    return found.red() > 180 and found.blue() < 80


def is_blue(found: QColor) -> bool:
    return found.blue() > 180 and found.red() < 80


def test_side_by_side_shows_both_at_the_same_place(canvas: CompareCanvas) -> None:
    assert is_red(colour(canvas, 200))
    assert is_blue(colour(canvas, 602))
    for point in ((100.0, 75.0), (10.0, 140.0)):
        there = canvas.place.apply(*point)
        assert canvas._transform(0).map(*point) == pytest.approx(canvas._transform(1).map(*there))


def test_zooming_in_either_pane_moves_both(canvas: CompareCanvas) -> None:
    canvas.zoom_by(2.0, QPointF(402 + 100, 80))
    view = canvas.view
    assert view.scale == pytest.approx(2.0)
    canvas.fit()
    canvas.zoom_by(2.0, QPointF(100 - 1, 80))
    assert canvas.view.x == pytest.approx(view.x, abs=3)
    canvas.fit()
    assert canvas.view.scale == pytest.approx(1.0, abs=0.01)


def test_frame_over_frame_when_not_aligned(canvas: CompareCanvas) -> None:
    assert canvas.place.dx == 20
    canvas.set_aligned(False)
    assert canvas.place.dx == 0


def test_the_wipe_parts_them_at_its_edge(canvas: CompareCanvas) -> None:
    canvas.set_mode(Mode.WIPE)
    canvas.set_share(0.5)
    assert is_red(colour(canvas, 360))
    assert is_blue(colour(canvas, 440))
    told: list[float] = []
    canvas.share_changed.connect(told.append)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(401, 60))
    QTest.mouseMove(canvas, QPoint(481, 60))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(481, 60))
    assert told[-1] == pytest.approx(0.6, abs=0.01)
    assert is_red(colour(canvas, 440))


def test_the_blend_goes_from_one_to_the_other(canvas: CompareCanvas) -> None:
    canvas.set_mode(Mode.BLEND)
    canvas.set_share(0.0)
    assert is_red(colour(canvas, 400))
    canvas.set_share(1.0)
    assert is_blue(colour(canvas, 400))
    canvas.set_share(0.5)
    half = colour(canvas, 400)
    assert 80 < half.red() < 180
    assert 80 < half.blue() < 180


def test_the_earlier_date_is_not_shown_over_the_later_picture(canvas: CompareCanvas) -> None:
    """At the ends of the blend one picture alone is seen, and its date alone."""
    canvas.set_mode(Mode.BLEND)
    canvas.set_share(1.0)
    assert colour(canvas, 30, 24) == QColor(GREY)
    assert colour(canvas, 772, 24) != QColor(GREY)


@pytest.mark.parametrize("missing", [0, 1])
@pytest.mark.parametrize("mode", list(Mode))
def test_without_one_picture_the_other_is_shown(canvas: CompareCanvas, pair: Make, missing: int, mode: Mode) -> None:
    canvas.show_pair(pair(missing), ("1 May 2026", "1 Jun 2026"))
    canvas.set_mode(mode)
    canvas.zoom_by(1.3)
    canvas.pan_by(4, 4)
    canvas.fit()
    middle = 200 + (402 if missing == 0 else 0) if mode is Mode.SIDE else 400
    assert is_blue(colour(canvas, middle)) if missing == 0 else is_red(colour(canvas, middle))


def test_arrows_pan_and_some_of_the_picture_stays_in_sight(canvas: CompareCanvas) -> None:
    canvas.setFocus()
    before = canvas.view.x
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.view.x < before
    for _ in range(60):
        QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.view.x + 400 * canvas.view.scale >= 63
    QTest.keyClick(canvas, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert canvas.view.x == pytest.approx(0, abs=1)


def test_a_layer_is_painted_once_for_a_view(canvas: CompareCanvas) -> None:
    canvas.set_mode(Mode.WIPE)
    canvas.grab()
    kept = dict(canvas._layers)
    canvas.set_share(0.2)
    canvas.grab()
    assert all(canvas._layers[which][1] is layer for which, (_key, layer) in kept.items())
    canvas.pan_by(5, 0)
    canvas.grab()
    assert all(canvas._layers[which][1] is not layer for which, (_key, layer) in kept.items())
