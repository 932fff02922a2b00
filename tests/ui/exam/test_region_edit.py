from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinoscope.domain.region import Box, Region
from clinoscope.ui.exam import region_edit
from clinoscope.ui.exam.region_edit import BODY, HANDLES, SMALLEST

SIZE = (200, 100)
SPOT = Region(Box(50, 20, 60, 40), "contrast", 0.8)
NAILS = Region(Box(10, 10, 100, 50), "colour", 0.9, (Box(10, 10, 30, 20), Box(80, 30, 30, 30)))


@pytest.mark.parametrize(
    ("handle", "box"),
    [
        (BODY, Box(53, 24, 60, 40)),
        ("nw", Box(53, 24, 57, 36)),
        ("n", Box(50, 24, 60, 36)),
        ("e", Box(50, 20, 63, 40)),
        ("se", Box(50, 20, 63, 44)),
        ("sw", Box(53, 20, 57, 44)),
    ],
)
def test_each_handle_moves_its_own_sides(handle: str, box: Box) -> None:
    moved = region_edit.dragged(SPOT, 0, handle, 3, 4, SIZE)
    assert moved == Region(box, "drawn")


@given(
    st.sampled_from((BODY, *HANDLES)),
    st.integers(-400, 400),
    st.integers(-400, 400),
    st.integers(-80, 80),
)
def test_a_box_never_leaves_the_picture_nor_vanishes(handle: str, dx: int, dy: int, by: int) -> None:
    region = region_edit.grown(region_edit.dragged(SPOT, 0, handle, dx, dy, SIZE), 0, by, SIZE)
    box = region.box
    assert box.x >= 0
    assert box.y >= 0
    assert box.right <= SIZE[0]
    assert box.bottom <= SIZE[1]
    assert min(box.w, box.h) >= SMALLEST - 1


def test_nothing_moved_is_nothing_changed() -> None:
    assert region_edit.dragged(SPOT, 0, BODY, 0, 0, SIZE) is SPOT


def test_outlines_go_along_with_their_box() -> None:
    lips = Region(Box(0, 0, 10, 10), "landmarks", 1.0, (), (((0, 0), (10, 0), (10, 10)),))
    wider = region_edit.dragged(lips, 0, "e", 10, 0, SIZE)
    assert wider.outlines == (((0, 0), (20, 0), (20, 10)),)


def test_only_the_chosen_part_moves_and_the_box_stays_around_all() -> None:
    moved = region_edit.dragged(NAILS, 1, BODY, 5, 0, SIZE)
    assert moved.parts == (Box(10, 10, 30, 20), Box(85, 30, 30, 30))
    assert moved.box == Box(10, 10, 105, 50)


def test_parts_come_and_go_but_the_last_one_stays() -> None:
    one = region_edit.without(NAILS, 0)
    assert one.boxes == (Box(80, 30, 30, 30),)
    assert one.box == Box(80, 30, 30, 30)
    assert region_edit.without(one, 0) is one
    two = region_edit.with_part(one, Box(0, 0, 20, 20))
    assert two.parts == (Box(80, 30, 30, 30), Box(0, 0, 20, 20))
    assert two.box == Box(0, 0, 110, 60)


def test_a_fresh_part_has_the_size_of_the_others_and_never_hides_one() -> None:
    assert region_edit.fresh(None, (100, 50), SIZE) == Box(84, 34, 33, 33)
    one = region_edit.fresh(NAILS, (50, 90), SIZE)
    assert one == Box(35, 75, 30, 25)
    again = region_edit.fresh(region_edit.with_part(NAILS, one), (50, 90), SIZE)
    assert again == Box(50, 75, 30, 25)
    assert region_edit.fresh(NAILS, (500, -4), SIZE) == Box(170, 0, 30, 25)
    first = region_edit.drawn(region_edit.fresh(None, (100, 50), SIZE))
    assert region_edit.fresh(first, (100, 50), SIZE) == Box(100, 34, 33, 33), "the first that was drawn is not hidden"


def test_a_key_grows_by_a_fiftieth_and_at_least_four() -> None:
    assert region_edit.step(SPOT, 0) == 4
    assert region_edit.step(Region(Box(0, 0, 2000, 800), "contrast"), 0) == 40
