from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from clinoscope.ui.smear.drag import Drag, paint_load


@pytest.fixture
def area(host: QWidget) -> Iterator[QAbstractScrollArea]:
    made = QAbstractScrollArea(host)
    made.setGeometry(0, 0, 300, 200)
    made.verticalScrollBar().setRange(0, 1000)
    made.show()
    yield made
    made.deleteLater()


def test_it_begins_some_way_from_where_the_button_went_down(area: QAbstractScrollArea) -> None:
    drag, told = Drag(area), []
    drag.moved.connect(told.append)
    drag.move(QPoint(90, 90))
    assert (drag.pressed, drag.at, told) == (False, None, []), "nothing is held"
    drag.press(QPoint(50, 50))
    drag.move(QPoint(51, 51))
    assert (drag.pressed, drag.at, told) == (True, None, []), "a click that trembles"
    drag.move(QPoint(90, 90))
    drag.move(QPoint(51, 51))
    assert drag.at == QPoint(51, 51), "once begun it goes on wherever the pointer is"
    assert told == [area.viewport().mapToGlobal(at) for at in (QPoint(90, 90), QPoint(51, 51))]
    drag.end()
    assert (drag.pressed, drag.at, told[-1]) == (False, None, None)


def test_the_area_scrolls_along_at_its_edges(
    area: QAbstractScrollArea, wait_for: Callable[[Callable[[], object]], bool]
) -> None:
    drag, bar, bottom = Drag(area), area.verticalScrollBar(), area.viewport().height()
    drag.press(QPoint(50, 100))
    drag.move(QPoint(50, bottom - 5))
    assert wait_for(lambda: bar.value() >= 90)
    drag.move(QPoint(50, 5))
    assert wait_for(lambda: bar.value() == 0)
    drag.end()


def test_the_load_is_painted_beside_the_pointer(host: QWidget) -> None:
    image = QImage(160, 80, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    paint_load(painter, QPoint(20, 20), 12)
    painter.end()
    assert image.pixelColor(10, 10) == Qt.GlobalColor.white
    assert image.pixelColor(40, 32) != Qt.GlobalColor.white
