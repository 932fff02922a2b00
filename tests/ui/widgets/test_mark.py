from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from clinoscope.ui import theme
from clinoscope.ui.widgets.mark import Mark, window_icon


def test_the_mark_is_a_ring_and_a_pupil_in_the_accent_colour(host: QWidget) -> None:
    mark = Mark(64)
    mark.setParent(host)
    mark.show()
    image = mark.grab().toImage()
    accent = QColor(theme.token("accent"))
    assert image.pixelColor(32, 3) == accent
    assert image.pixelColor(28, 36) == accent
    assert image.pixelColor(32, 12) != accent


def test_the_task_bar_has_every_size(app: object) -> None:
    assert {size.width() for size in window_icon().availableSizes()} >= {16, 32, 64, 128}
