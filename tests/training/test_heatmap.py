"""Targets that the centre-point networks learn, and boxes after a turn."""

import numpy as np
import pytest

from clinoscope.domain.region import Box
from clinoscope.regions.heatmap import decode
from clinoscope.training.heatmap import targets, warped


def test_targets_decode_to_the_boxes_they_were_made_of() -> None:
    boxes = np.array([[20, 30, 40, 24], [100, 90, 30, 50]], np.float32)
    target, weight = targets(boxes, np.zeros((0, 4), np.float32), (160, 160), 4)
    assert weight[..., 0].min() == 1
    found = [box for box, _ in decode(target, 4, limit=0.9)]
    assert len(found) == 2
    for box in boxes:
        assert max(one.iou(Box(*box.astype(int).tolist())) for one in found) > 0.85


def test_ignored_boxes_count_neither_way() -> None:
    ignored = np.array([[40, 40, 40, 40]], np.float32)
    _, weight = targets(np.zeros((0, 4), np.float32), ignored, (160, 160), 4)
    assert weight[15, 15, 0] == 0
    assert weight[2, 2, 0] == 1


def test_a_turned_box_is_that_of_its_ellipse() -> None:
    turn = np.array([[0.0, -1.0, 100.0], [1.0, 0.0, 0.0]])
    assert warped(np.array([10.0, 20.0, 30.0, 10.0]), turn) == pytest.approx([70, 10, 10, 30])
