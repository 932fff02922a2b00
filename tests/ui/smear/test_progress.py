from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from clinoscope.domain.record import Exam
from clinoscope.ui.shell import Shell
from clinoscope.ui.smear import state
from clinoscope.ui.smear.progress import Progress
from clinoscope.ui.smear.state import State


@pytest.fixture
def found(shell: Shell, smear: Exam) -> State:
    return state.open_smear(shell.open_vault, smear).state


@pytest.fixture
def progress(host: QWidget) -> Progress:
    made = Progress(host)
    made.resize(312, 90)
    made.show()
    return made


def words(progress: Progress) -> list[str]:
    return [one.text() for one in progress.findChildren(QLabel) if one.isVisible()]


def test_nothing_is_offered_where_all_is_read(progress: Progress, found: State) -> None:
    progress.show_state(found, 0, "", stops=True, takes_out=True)
    assert words(progress) == ["2 fields"]
    assert not progress.toggle.isVisible()
    assert not progress.take_out.isVisible()


def test_what_is_on_its_way_can_be_stopped(progress: Progress, found: State) -> None:
    progress.show_state(replace(found, fields=40, waiting=38), 250, ", about 2 min left", stops=True, takes_out=True)
    assert words(progress) == ["40 fields · taking in 250 files · reading 38, about 2 min left"]
    assert progress.toggle.text() == "Stop reading"
    assert "Esc" in progress.toggle.toolTip()
    assert not progress.take_out.isVisible()
    progress.show_state(replace(found, waiting=38), 0, "", stops=False, takes_out=False)
    assert not progress.toggle.isVisible()


def test_what_is_stopped_says_so_and_how_to_go_on(progress: Progress, found: State) -> None:
    progress.show_state(replace(found, fields=40, waiting=38, stopped=True), 0, "", stops=True, takes_out=True)
    assert words(progress) == ["40 fields", "Reading is stopped: 38 fields are not read."]
    assert progress.toggle.text() == progress.toggle.accessibleName() == "Go on reading"
    wanted: list[str] = []
    progress.toggle_wanted.connect(lambda: wanted.append("toggle"))
    progress.take_out_wanted.connect(lambda: wanted.append("take out"))
    progress.toggle.click()
    progress.take_out.click()
    assert wanted == ["toggle", "take out"]
