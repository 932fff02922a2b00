from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope.domain.picture import Origin, Picture
from clinoscope.domain.smear import Cell
from clinoscope.ui.exam.canvas import PictureCanvas
from clinoscope.ui.smear.field_view import FieldView
from clinoscope.workflow.capture import from_frame


@pytest.fixture
def opened() -> list[int]:
    return []


@pytest.fixture
def canvas(host: QWidget) -> PictureCanvas:
    made = PictureCanvas(host)
    made.resize(400, 300)
    made.show()
    return made


@pytest.fixture
def view(canvas: PictureCanvas, opened: list[int], at_once: None) -> FieldView:
    def field(number: int) -> Picture:
        opened.append(number)
        return from_frame(np.full((600, 800, 3), 20 * number, np.uint8), Origin.CAMERA, "m")

    return FieldView(canvas, field)


def test_a_field_is_opened_once_the_keyboard_rests(
    view: FieldView, opened: list[int], make_cell: Callable[..., Cell]
) -> None:
    cells = [make_cell(1, field=1), make_cell(2, field=2)]
    view.show_cell(cells[0], cells, close=False)
    view.show_cell(cells[1], cells, close=False)
    assert opened == [], "arrow keys run over many cells"
    QTest.qWait(200)
    assert opened == [2]
    assert view.field == 2


def test_looked_at_closely_it_opens_at_once_and_zooms(
    view: FieldView, canvas: PictureCanvas, opened: list[int], make_cell: Callable[..., Cell]
) -> None:
    cell = make_cell(9)
    view.show_cell(cell, [cell], close=True)
    assert opened == [1]
    near = canvas.view.scale
    view.show_cell(cell, [cell], close=False)
    assert canvas.view.scale < near, "the whole field again"


def test_the_last_fields_are_kept_and_forgotten_with_their_smear(
    view: FieldView, canvas: PictureCanvas, opened: list[int], make_cell: Callable[..., Cell]
) -> None:
    one, two = make_cell(1, field=1), make_cell(2, field=2)
    for cell in (one, two, one):
        view.show_cell(cell, [one, two], close=True)
    assert opened == [1, 2]
    view.forget()
    assert canvas.raster is None
    view.show_cell(one, [one], close=True)
    assert opened == [1, 2, 1]
    view.show_cell(None, [], close=False)
    assert view.field == 0
