from __future__ import annotations

import pytest

from clinoscope.ui.exam.step import Step, resumed_at


@pytest.mark.parametrize(
    ("has_reading", "picture_ok", "step"),
    [(True, True, Step.READING), (True, False, Step.READING), (False, True, Step.REGION), (False, False, Step.CAPTURE)],
)
def test_a_draft_goes_on_where_it_stood(has_reading: bool, picture_ok: bool, step: Step) -> None:
    assert resumed_at(has_reading, picture_ok) is step
