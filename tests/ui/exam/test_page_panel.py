from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope.ui.exam import drops
from clinoscope.ui.exam.page_panel import PagePanel


@pytest.fixture
def several(tmp_path: Path) -> drops.SeveralPages:
    path = tmp_path / "three.tif"
    pages = [Image.new("RGB", (64, 48), (grey,) * 3) for grey in (40, 120, 220)]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    with pytest.raises(drops.SeveralPages) as caught:
        drops.from_file(str(path))()
    return caught.value


def test_each_page_can_be_looked_at_and_one_is_chosen(
    host: QWidget, several: drops.SeveralPages, wait_for: Callable[[Callable[[], object]], bool]
) -> None:
    panel = PagePanel(host, several)
    chosen: list[int] = []
    panel.chosen.connect(chosen.append)
    panel.open_panel(panel.slider)

    def grey() -> int:
        shown = panel._picture.pixmap().toImage()
        return shown.pixelColor(shown.rect().center()).red() if not shown.isNull() else -1

    assert wait_for(lambda: grey() == 40)
    assert panel._words.text() == "1 of 3 · 64 × 48"
    QTest.keyClick(panel.slider, Qt.Key.Key_Right)
    QTest.keyClick(panel.slider, Qt.Key.Key_Right)
    assert wait_for(lambda: grey() == 220)
    panel.use.click()
    assert chosen == [2]
    picture = drops.from_file(several.path, page=2)()
    assert (picture.page, picture.pixels[0, 0, 0]) == (2, 220)


def test_a_page_that_is_broken_cannot_be_used(
    host: QWidget, several: drops.SeveralPages, wait_for: Callable[[Callable[[], object]], bool]
) -> None:
    panel = PagePanel(host, several)
    panel.open_panel(panel.slider)
    assert wait_for(lambda: panel.use.isEnabled() and not panel._waits)
    Path(several.path).unlink()
    panel.slider.setValue(1)
    assert wait_for(lambda: not panel.use.isEnabled())
    assert "not there" in panel._words.text()
