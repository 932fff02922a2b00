from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from clinoscope.domain.record import Exam, Patient
from clinoscope.domain.region import Box, Region
from clinoscope.ui.exam import ghost
from clinoscope.ui.exam.view import View
from clinoscope.ui.shell import Shell


@pytest.fixture
def made(shell: Shell, ada: Patient, add_exam: Callable[..., Exam]) -> ghost.Ghost:
    return ghost.ghost_of(shell.open_vault, add_exam(ada.id, 3, None))


def painted(made: ghost.Ghost, frame: tuple[int, int], strength: int, edges: bool) -> QImage:
    image = QImage(*frame, QImage.Format.Format_RGB32)
    image.fill(QColor(0, 0, 0))
    painter = QPainter(image)
    ghost.ghost_overlay(made, lambda: frame, strength, edges)(painter, View(1.0, 0.0, 0.0))
    painter.end()
    return image


def test_it_is_as_strong_as_asked_and_lies_whole_in_the_frame(made: ghost.Ghost) -> None:
    """The drawn picture is 120 x 90: in a frame of 400 x 180 it is 240 x 180, with 80 beside it."""
    full = painted(made, (400, 180), 100, edges=False)
    half = painted(made, (400, 180), 50, edges=False)
    middle = full.pixelColor(100, 20)
    assert full.pixelColor(40, 90) == QColor(0, 0, 0)
    assert middle.red() > 100
    assert half.pixelColor(100, 20).red() == pytest.approx(middle.red() / 2, abs=3)


def test_edges_show_no_more_than_edges(made: ghost.Ghost) -> None:
    image = painted(made, (240, 180), 100, edges=True)
    flat = image.pixelColor(12, 12)
    assert flat == QColor(0, 0, 0)
    assert any(image.pixelColor(x, 90).red() > 120 for x in range(240))


def test_the_region_is_outlined_unless_it_is_the_whole_picture() -> None:
    assert ghost.covers(Region(Box(0, 0, 98, 97), "whole"), (100, 100))
    assert not ghost.covers(Region(Box(10, 10, 40, 40), "contrast"), (100, 100))


def test_edges_of_a_plain_picture_are_none() -> None:
    image = ghost._edges(np.full((90, 120, 3), 140, np.uint8))
    assert all(image.pixelColor(x, y).alpha() == 0 for x in range(0, 120, 7) for y in range(0, 90, 7))
