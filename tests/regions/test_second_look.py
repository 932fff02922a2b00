from __future__ import annotations

import numpy as np
import pytest

from clinoscope.domain.region import Box
from clinoscope.regions import second_look
from clinoscope.regions.second_look import Again, Plan

PLAN = Plan(shape=(128, 208), stride=8, tile=64, gap=8, sizes=(16, 32), ground=200)


def spotted(sheet: np.ndarray) -> np.ndarray:
    """A network that sees dark spots on light ground: heat where it is dark, the box a square of 20 pixels there."""
    maps = np.zeros((PLAN.shape[0] // 8, PLAN.shape[1] // 8, 5), np.float32)
    dark = (sheet.mean(axis=2) < 60).reshape(16, 8, 26, 8).mean(axis=(1, 3))
    maps[..., 0] = dark
    maps[..., 3:] = np.log(20 / 8)
    return maps


def test_tiles_lie_side_by_side_with_a_gap_and_on_the_stride() -> None:
    assert PLAN.places == [(0, 0), (0, 72), (0, 144)]
    for y, x in PLAN.places:
        assert y % PLAN.stride == x % PLAN.stride == 0


def test_every_box_is_seen_at_every_size_and_told_in_the_picture() -> None:
    picture = np.full((300, 400, 3), 200, np.uint8)
    picture[90:110, 190:210] = 20
    empty, spot = Box(40, 200, 20, 20), Box(190, 90, 20, 20)
    sheets = []

    def run(sheet: np.ndarray) -> np.ndarray:
        sheets.append(sheet)
        return spotted(sheet)

    nothing, something = second_look.again(picture, (empty, spot), PLAN, run)
    assert len(sheets) == 2, "four tiles, three to a sheet"
    assert nothing.heats == pytest.approx([0, 0])
    assert (something.heats > 0.5).all()
    # the square of 20 pixels is that much smaller in the picture as the spot was shown larger
    assert something.boxes[:, 2] == pytest.approx([20 * 20 / 16, 20 * 20 / 32], rel=0.05)
    for x, y, w, h in something.boxes:
        assert (x + w / 2, y + h / 2) == pytest.approx((200, 100), abs=6)


def test_a_box_at_the_edge_is_shown_on_plain_ground() -> None:
    picture = np.full((50, 50, 3), 90, np.uint8)
    sheets = []

    def run(sheet: np.ndarray) -> np.ndarray:
        sheets.append(sheet)
        return spotted(sheet)

    second_look.again(picture, (Box(-10, -10, 20, 20),), PLAN, run)
    assert (sheets[0][:30, :30] == PLAN.ground).all()
    assert (sheets[0][40:60, 40:60] == 90).all()


def test_no_boxes_need_no_look() -> None:
    def run(sheet: np.ndarray) -> np.ndarray:
        raise AssertionError("nothing is to be looked at")

    assert second_look.again(np.zeros((50, 50, 3), np.uint8), (), PLAN, run) == []


def test_the_mean_box_is_drawn_to_the_hotter_look() -> None:
    second = Again(np.array([0.8], np.float32), np.array([[20, 20, 40, 40]], np.float32))
    even = second_look.mean_box(Box(10, 10, 10, 10), 0.8, second)
    assert even[:2] + even[2:] / 2 == pytest.approx([27.5, 27.5])
    assert even[2:] == pytest.approx([20, 20], rel=1e-4), "the geometric mean of 10 and 40"
    hot = second_look.mean_box(Box(10, 10, 10, 10), 0.1, second)
    assert hot[2] > 35
