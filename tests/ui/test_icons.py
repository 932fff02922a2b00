import re
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton, QWidget

import clinoscope.ui
from clinoscope import modes
from clinoscope.ui import icons, theme

SOURCES = Path(clinoscope.ui.__file__).parent.rglob("*.py")
NAMES = sorted(
    {name for path in SOURCES for name in re.findall(r'"(ph\.[a-z-]+)"', path.read_text(encoding="utf-8"))}
    | {mode.icon for mode in modes.all_modes()}
)


@pytest.mark.parametrize("name", NAMES)
def test_every_icon_we_name_exists(app: object, name: str) -> None:
    image = icons.icon(name).pixmap(20, 20).toImage()
    assert any(image.pixelColor(x, y).alpha() > 100 for x in range(20) for y in range(20))


def test_an_icon_changes_colour_with_the_theme(host: QWidget) -> None:
    button = QPushButton(host)
    icons.put_on(button, "ph.plus", "ink")
    light = button.icon().pixmap(20, 20).toImage()
    theme.set_appearance(theme.Appearance.DARK)
    assert button.icon().pixmap(20, 20).toImage() != light


def test_putting_another_one_on_leaves_one_keeper(host: QWidget) -> None:
    button = QPushButton(host)
    for name in ("ph.plus", "ph.x", "ph.copy"):
        icons.put_on(button, name)
    assert len(button.children()) == 1
