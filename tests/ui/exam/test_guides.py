from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF

from clinoscope import modes
from clinoscope.ui.exam.guides import SHAPES, guide_of

FRAME = QRectF(0, 0, 1920, 1080)


@pytest.mark.parametrize("guide", sorted(SHAPES))
@pytest.mark.parametrize("frame", [FRAME, QRectF(40, 10, 300, 900)])
def test_a_guide_lies_in_the_middle_of_the_frame(guide: str, frame: QRectF) -> None:
    box = guide_of(guide, 0.8, frame).shape.boundingRect()
    assert frame.contains(box)
    assert abs(box.center().x() - frame.center().x()) < 2


@pytest.mark.parametrize("guide", sorted(SHAPES))
def test_details_stay_in_the_frame(guide: str) -> None:
    for frame in (FRAME, QRectF(40, 10, 300, 900)):
        drawn = guide_of(guide, 0.8, frame)
        assert drawn.detail.isEmpty() or frame.contains(drawn.detail.boundingRect())


def test_only_a_plain_outline_says_nothing_of_what_belongs_in_it() -> None:
    plain = {guide for guide in SHAPES if guide_of(guide, 0.8, FRAME).detail.isEmpty()}
    assert plain == {"circle", "square"}
    assert not {modes.task(task).guide for task in modes.task_ids()} & plain


def test_the_guide_is_as_high_as_the_task_wants() -> None:
    for guide in ("circle", "square", "lips", "fingers", "spot", "crown", "cell"):
        assert guide_of(guide, 0.6, FRAME).shape.boundingRect().height() == pytest.approx(648, abs=1)


def test_every_task_has_a_guide_that_is_known() -> None:
    assert {modes.task(task).guide for task in modes.task_ids()} <= set(SHAPES)
