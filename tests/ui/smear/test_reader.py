from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from clinoscope.domain.picture import Origin
from clinoscope.domain.smear import Why
from clinoscope.ui.shell import Shell
from clinoscope.ui.smear import reader, state
from clinoscope.ui.smear.page import BLIND, SmearPage
from clinoscope.ui.smear.panels import AsidePanel
from clinoscope.ui.smear.sheet_panel import SheetPanel
from clinoscope.workflow.capture import from_frame
from clinoscope.workflow.smear.bench import Bench
from clinoscope.workflow.smear.second import SECOND


def add(bench: Bench, shade: int) -> None:
    bench.add_field(from_frame(np.full((90, 120, 3), shade, np.uint8), Origin.CAMERA, "Microscope 2"))


def test_all_that_waits_is_read(page: SmearPage) -> None:
    assert page.bench is not None
    for shade in (50, 90):
        add(page.bench, shade)
    page.read_on()
    assert page.state is not None
    assert page.state.waiting == 0
    assert not page.busy
    assert page.state.strange == (3, 4), "they are blank"


def unread(page: SmearPage, count: int = 3) -> Bench:
    """The bench of the page with fields that wait and are not being read."""
    assert page.bench is not None
    for place in range(count):
        add(page.bench, 50 + place)
    page.show_state(state.look(page.bench))
    return page.bench


def test_esc_stops_reading_and_keeps_what_was_read(page: SmearPage, shell: Shell) -> None:
    said: list[str] = []
    shell.said.connect(said.append)
    bench = unread(page)
    cells = page.gallery.cells()
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert (bench.stopped, page.reader.stopped, page.state.waiting) == (True, True, 3)  # type: ignore[union-attr]
    assert said == ["Reading is stopped. Ctrl+T goes on."]
    page.read_on()
    assert page.state.waiting == 3  # type: ignore[union-attr]
    assert page.gallery.cells() == cells
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert bench.stopped, "a second time it changes nothing"
    QTest.keyClick(page, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert (bench.stopped, page.state.waiting) == (False, 0)  # type: ignore[union-attr]


def test_esc_closes_what_is_open_before_it_stops_reading(page: SmearPage) -> None:
    bench = unread(page)
    page.show_sheet()
    assert page.acts.panel is not None
    page.back()
    assert page.acts.panel is None
    page.desk.toggle_close()
    page.back()
    assert not page.desk.looking
    assert not bench.stopped
    page.back()
    assert bench.stopped


def test_a_stop_outlives_the_page_and_the_rest_is_taken_out_and_in_again(page: SmearPage) -> None:
    bench = unread(page)
    page.reader.stop()
    page.leave()
    page.enter(exam=bench.exam)
    assert page.state is not None
    assert (page.state.stopped, page.state.waiting) == (True, 3), "opened again it reads nothing by itself"
    progress = page.desk.side.progress
    assert progress.take_out.isVisible()
    progress.take_out.click()
    asked = page.acts.panel
    assert isinstance(asked, AsidePanel)
    assert asked.keep.hasFocus(), "Enter changes nothing"
    asked.button.click()
    assert (page.state.stopped, page.state.waiting, set(page.state.aside.values())) == (False, 0, {Why.NOT_READ})
    page.show_sheet()
    sheet = page.acts.panel
    assert isinstance(sheet, SheetPanel)
    sheet.aside[0].button.click()
    assert page.state.waiting == 0, "taken in again they are read"
    assert page.state.strange == (3, 4, 5), "and found to be blank"


def test_who_may_not_take_fields_stops_nothing(page: SmearPage, shell: Shell) -> None:
    bench = unread(page)
    bench.reader = SECOND
    page.show_state(state.look(bench))
    page.back()
    assert not bench.stopped
    said: list[str] = []
    shell.said.connect(said.append)
    page.reader.toggle()
    assert said == [BLIND]


def test_where_all_is_read_there_is_nothing_to_stop(page: SmearPage, shell: Shell) -> None:
    said: list[str] = []
    shell.said.connect(said.append)
    page.back()
    assert said == []
    page.reader.toggle()
    assert said == ["Every field is read."]


def test_the_time_left_is_told_once_there_is_something_to_go_by(
    page: SmearPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(reader.time, "monotonic", lambda: now[0])
    page.reader._tell(30)
    assert page.reader.left == "", "the first field waits for the models"
    now[0] += 3
    page.reader._tell(20)
    assert page.reader.left == ", about 1 min left" or page.reader.left == ", about 60 s left"
    page.reader.begin()
    assert page.reader.left == ""
