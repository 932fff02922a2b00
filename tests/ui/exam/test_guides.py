from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF

from clinoscope import modes
from clinoscope.ui.exam.guides import _SHAPES, guide_path

FRAME = QRectF(0, 0, 1920, 1080)


@pytest.mark.parametrize("guide", sorted(_SHAPES))
@pytest.mark.parametrize("frame", [FRAME, QRectF(40, 10, 300, 900)])
def test_a_guide_lies_in_the_middle_of_the_frame(guide: str, frame: QRectF) -> None:
    box = guide_path(guide, 0.8, frame).boundingRect()
    assert frame.contains(box)
    assert abs(box.center().x() - frame.center().x()) < 2


def test_the_guide_is_as_high_as_the_task_wants() -> None:
    for guide in ("circle", "square", "lips", "fingers"):
        assert guide_path(guide, 0.6, FRAME).boundingRect().height() == pytest.approx(648, abs=1)


def test_every_task_has_a_guide_that_is_known() -> None:
    assert {modes.task(task).guide for task in modes.task_ids()} <= set(_SHAPES)
