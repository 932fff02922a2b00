import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from clinoscope.ui import theme
from clinoscope.ui.exam.keycap import paint_keycap


@pytest.mark.parametrize(("chosen", "ground"), [(True, "accent"), (False, "paper")])
def test_the_chosen_answers_key_is_filled_with_the_accent(app: QApplication, chosen: bool, ground: str) -> None:
    image = QImage(30, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.magenta)
    painter = QPainter(image)
    paint_keycap(painter, QRectF(4, 4, 22, 22), "3", chosen)
    painter.end()
    assert image.pixelColor(7, 15) == QColor(theme.color(ground))
    inside = {image.pixelColor(x, y).name() for x in range(8, 22) for y in range(8, 22)}
    assert len(inside) > 1, "the key itself is written"
    assert image.pixelColor(1, 1) == QColor(Qt.GlobalColor.magenta)
