from __future__ import annotations

import numpy as np
import pytest

from clinoscope.domain.picture import Origin
from clinoscope.ui.smear import reader
from clinoscope.ui.smear.page import SmearPage
from clinoscope.workflow.capture import from_frame
from clinoscope.workflow.smear.bench import Bench


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
