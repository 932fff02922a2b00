import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from clinoscope.ui import theme
from clinoscope.ui.widgets import BarRow


def filled(row: BarRow) -> int:
    image, wanted = row.grab().toImage(), QColor(theme.token("accent"))
    scale = image.devicePixelRatio()
    y = round(29 * scale)
    return sum(1 for x in range(image.width()) if image.pixelColor(x, y) == wanted)


def test_bars_share_one_scale(host: QWidget) -> None:
    lengths = []
    for share in (0.25, 0.5, 1.0):
        row = BarRow("Psoriasis", share, strong=True)
        row.setParent(host)
        row.resize(360, 38)
        row.show()
        lengths.append(filled(row))
    assert lengths[1] == pytest.approx(2 * lengths[0], rel=0.1)
    assert lengths[2] == pytest.approx(4 * lengths[0], rel=0.1)


def test_the_name_says_the_share_too(host: QWidget) -> None:
    row = BarRow("Psoriasis", 0.46)
    assert row.accessibleName() == "Psoriasis 46 %"
    assert row.accessibleDescription() == "unlikely"
