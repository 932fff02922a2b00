import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinoscope.domain.region import Box, Region

boxes = st.builds(Box, st.integers(-50, 500), st.integers(-50, 500), st.integers(1, 400), st.integers(1, 400))


def test_parse_reads_what_the_command_line_takes() -> None:
    assert Box.parse("1, 2,30,40") == Box(1, 2, 30, 40)


@pytest.mark.parametrize("text", ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "0,0,0,10", "0,0,10,-1"])
def test_parse_refuses_anything_else(text: str) -> None:
    with pytest.raises(ValueError, match=r"values to unpack|invalid literal|width and a height"):
        Box.parse(text)


@given(boxes, st.integers(1, 300), st.integers(1, 300))
def test_a_clipped_box_lies_inside_and_has_pixels(box: Box, width: int, height: int) -> None:
    inside = box.clipped(width, height)
    assert 0 <= inside.x < inside.right <= width
    assert 0 <= inside.y < inside.bottom <= height


@given(boxes, boxes)
def test_iou_is_symmetric_and_a_share(one: Box, other: Box) -> None:
    assert one.iou(other) == other.iou(one)
    assert 0 <= one.iou(other) <= 1
    assert one.iou(one) == 1


def test_iou_of_half_overlapping_squares() -> None:
    assert Box(0, 0, 10, 10).iou(Box(5, 0, 10, 10)) == pytest.approx(50 / 150)


def test_padding_grows_every_side_by_a_share_of_the_longer_one() -> None:
    assert Box(10, 10, 100, 50).padded(0.1) == Box(0, 0, 120, 70)


def test_squared_keeps_the_centre() -> None:
    assert Box(0, 0, 100, 50).squared() == Box(0, -25, 100, 100)


def test_a_region_reads_its_parts_or_its_box() -> None:
    box, nail = Box(0, 0, 9, 9), Box(1, 1, 2, 2)
    assert Region(box, "whole").boxes == (box,)
    assert Region(box, "colour", parts=(nail,)).boxes == (nail,)


def test_what_two_boxes_share_is_told_of_the_smaller() -> None:
    assert Box(0, 0, 10, 10).shared(Box(5, 0, 20, 20)) == 0.5
    assert Box(0, 0, 10, 10).shared(Box(10, 0, 5, 5)) == 0.0
    assert Box(2, 2, 4, 4).shared(Box(0, 0, 100, 100)) == 1.0
