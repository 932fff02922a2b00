import numpy as np

from clinoscope.domain.region import Box, Region
from clinoscope.regions import around

PIXELS = np.random.default_rng(0).integers(0, 100, (100, 200, 3), dtype=np.uint8)


def test_outside_the_padded_boxes_all_is_grey_and_inside_all_is_kept():
    region = Region(Box(40, 40, 40, 20), "landmarks")
    made = around.hidden(PIXELS, region)
    inside = np.zeros((100, 200), bool)
    inside[30:70, 30:90] = True
    assert (made[inside] == PIXELS[inside]).all()
    assert (made[~inside] == around.GREY).all()
    assert not (PIXELS == around.GREY).any(), "the picture itself is not touched"


def test_several_parts_keep_their_own_rooms():
    region = Region(Box(0, 0, 200, 100), "network", parts=(Box(0, 0, 8, 8), Box(180, 80, 8, 8)))
    made = around.hidden(PIXELS, region)
    assert (made[0:10, 0:10] == PIXELS[0:10, 0:10]).all()
    assert (made[78:90, 178:190] == PIXELS[78:90, 178:190]).all()
    assert (made[40:60, 90:110] == around.GREY).all()


def test_without_a_region_nothing_is_left():
    assert (around.hidden(PIXELS, None) == around.GREY).all()
