from __future__ import annotations

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from clinoscope.domain.region import Box
from clinoscope.ui.exam.canvas import PictureCanvas
from clinoscope.ui.exam.heat import NONE, NOT_YET, Heat
from clinoscope.ui.exam.work import HeatMap
from clinoscope.workflow import look


def drawn(width: int, height: int) -> QImage:
    image = QImage(width, height, QImage.Format.Format_ARGB32)
    image.fill(0x80FF0000)
    return image


MAP = HeatMap(Box(10, 10, 40, 30), drawn(8, 8), drawn(256, 1), "Yellow spoke most. It is no finding.")


@pytest.fixture
def canvas(host: QWidget) -> PictureCanvas:
    made = PictureCanvas(host)
    made.resize(600, 400)
    made.show()
    return made


@pytest.fixture
def heat(host: QWidget, canvas: PictureCanvas) -> Heat:
    made = Heat(canvas, host)
    made.link.setParent(host)
    made.begin()
    return made


def test_it_is_asked_for_once_and_says_what_its_colours_mean(heat: Heat, canvas: PictureCanvas) -> None:
    asked: list[bool] = []
    heat.wanted.connect(lambda: asked.append(True))
    heat.offer("")
    plain = canvas.grab().toImage()
    heat.toggle()
    heat.show_map(MAP)
    assert heat.link.text() == "Hide heatmap"
    assert canvas.has_overlay("scale")
    assert canvas.accessibleDescription() == MAP.meaning
    assert canvas.grab().toImage() != plain
    heat.toggle()
    assert not canvas.has_overlay("heat")
    assert not canvas.has_overlay("scale")
    assert canvas.accessibleDescription() == ""
    heat.toggle()
    assert canvas.has_overlay("scale")
    assert asked == [True]


@pytest.mark.parametrize("why", [look.UNCHECKED, look.FAILED, look.UNKNOWN])
def test_where_there_is_none_the_key_says_why(heat: Heat, why: str) -> None:
    said: list[str] = []
    asked: list[bool] = []
    heat.said.connect(said.append)
    heat.wanted.connect(lambda: asked.append(True))
    heat.toggle()
    heat.offer(why)
    assert not heat.link.isVisible()
    heat.toggle()
    heat.offer("")
    heat.toggle()
    heat.show_map(None)
    assert not heat.link.isVisible()
    heat.toggle()
    assert said == [NOT_YET, why, NONE]
    assert asked == [True]


def test_another_reading_begins_without_the_map_of_the_one_before(heat: Heat, canvas: PictureCanvas) -> None:
    heat.offer("")
    heat.toggle()
    heat.show_map(MAP)
    heat.begin()
    heat.show_map(MAP)
    assert heat.link.text() == "Heatmap"
    heat.offer("")
    assert not heat.link.isHidden()
