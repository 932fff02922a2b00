from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF

from clinoscope.domain.region import Box
from clinoscope.ui.exam.view import View, fit_view

ROOM = QRectF(0, 0, 800, 600)


@pytest.mark.parametrize(("width", "height", "scale"), [(1600, 600, 0.5), (400, 600, 1.0), (80, 60, 10.0)])
def test_the_whole_picture_fits_in_the_middle(width: int, height: int, scale: float) -> None:
    view = fit_view(width, height, ROOM)
    assert view.scale == scale
    assert view.rect(0, 0, width, height).center() == ROOM.center()


@given(st.floats(0.1, 20), st.floats(0, 800), st.floats(0, 600))
def test_zoom_keeps_the_point_under_the_mouse(scale: float, x: float, y: float) -> None:
    before = fit_view(1920, 1080, ROOM)
    at = QPointF(x, y)
    point, after = before.to_picture(at), before.zoomed(scale, at)
    again = after.to_widget(point.x(), point.y())
    assert again.x() == pytest.approx(x, abs=1e-6)
    assert again.y() == pytest.approx(y, abs=1e-6)


def test_a_large_picture_leaves_no_gap_and_a_small_one_sits_in_the_middle() -> None:
    assert View(1.0, 50, -900).kept_inside(1000, 1000, ROOM) == View(1.0, 0, -400)
    assert View(1.0, -70, 30).kept_inside(100, 100, ROOM) == View(1.0, 350, 250)


def test_a_box_in_the_widget() -> None:
    assert View(2.0, 10, 20).box(Box(5, 5, 10, 10)) == QRectF(20, 30, 20, 20)
