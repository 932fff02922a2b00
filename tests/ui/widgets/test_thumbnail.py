from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

from clinoscope.ui import theme
from clinoscope.ui.widgets import Thumbnail


def test_grey_until_it_has_a_picture_then_filled(host: QWidget) -> None:
    thumbnail = Thumbnail(80, 60)
    thumbnail.setParent(host)
    thumbnail.show()
    assert thumbnail.grab().toImage().pixelColor(40, 30) == QColor(theme.token("stage"))
    tall = QImage(20, 80, QImage.Format.Format_RGB32)
    tall.fill(QColor("#CC3322"))
    thumbnail.set_image(tall)
    image = thumbnail.grab().toImage()
    for x, y in ((10, 30), (70, 30), (40, 5), (40, 55)):
        assert image.pixelColor(x, y) == QColor("#CC3322")
