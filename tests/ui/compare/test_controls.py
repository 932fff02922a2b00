from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope.ui import theme
from clinoscope.ui.compare.canvas import CompareCanvas, Mode
from clinoscope.ui.compare.controls import BLINK, Controls
from clinoscope.ui.compare.work import Pair


@pytest.fixture
def controls(host: QWidget, pair: Callable[..., Pair]) -> Controls:
    canvas = CompareCanvas(host)
    canvas.resize(600, 300)
    canvas.show_pair(pair())
    made = Controls(canvas)
    made.setParent(host)
    made.show()
    return made


def test_each_way_has_its_own_controls(controls: Controls) -> None:
    shown = {}
    for mode in Mode:
        controls.set_mode(mode)
        shown[mode] = (controls.share.isVisible(), controls.blink.isVisible())
    assert shown == {Mode.SIDE: (False, False), Mode.WIPE: (True, False), Mode.BLEND: (True, True)}


def test_the_slider_and_the_keys_move_the_wipe(controls: Controls) -> None:
    controls.step(1)
    assert controls._canvas.share == 0.5, "side by side there is nothing to move"
    controls.set_mode(Mode.WIPE)
    controls.step(1)
    assert controls._canvas.share == pytest.approx(0.55)
    controls.share.setValue(10)
    assert controls._canvas.share == pytest.approx(0.1)


def test_they_blink_until_another_way_is_chosen(controls: Controls) -> None:
    theme.watcher().less_motion = False
    controls.turn_blink()
    assert controls._canvas.mode is Mode.BLEND
    first = controls._canvas.share
    assert first in (0.0, 1.0)
    QTest.qWait(BLINK + 150)
    assert controls._canvas.share == 1.0 - first
    controls.set_mode(Mode.WIPE)
    assert not controls._beat.isActive()


def test_with_less_motion_each_press_shows_the_other(controls: Controls) -> None:
    theme.watcher().less_motion = True
    controls.turn_blink()
    first = controls._canvas.share
    assert not controls._beat.isActive()
    controls.turn_blink()
    assert controls._canvas.share == 1.0 - first
