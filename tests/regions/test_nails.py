import numpy as np
import pytest
from PIL import Image

from clinoscope.domain.region import Box
from clinoscope.paths import RESOURCES
from clinoscope.regions import nails


@pytest.fixture(scope="module")
def hand():
    return np.asarray(Image.open(RESOURCES / "phantoms" / "nails.png").convert("RGB"))


def test_every_nail_of_the_drawn_hand_is_a_part(hand):
    region = nails.find(hand)
    assert region.how == "network"
    assert len(region.parts) == 4
    assert region.box.x == min(part.x for part in region.parts)
    assert region.box.bottom == max(part.bottom for part in region.parts)
    assert [part.x for part in region.parts] == sorted(part.x for part in region.parts)


def test_parts_sit_on_the_nails(hand):
    redness = hand[..., 0].astype(int) - hand[..., 1]
    for part in nails.find(hand).parts:
        middle = redness[
            part.y + part.h // 4 : part.bottom - part.h // 4, part.x + part.w // 3 : part.right - part.w // 3
        ]
        assert middle.mean() > 40


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_nails_are_found_whichever_way_the_hand_points(hand, turns):
    region = nails.find(np.ascontiguousarray(np.rot90(hand, turns)))
    assert region is not None
    assert len(region.parts) >= 3


def test_a_close_up_of_one_nail_is_the_whole_picture(hand):
    part = nails.find(hand).parts[3]
    close = Image.fromarray(hand[part.y : part.bottom, part.x : part.right]).resize(
        (420, 400), Image.Resampling.BICUBIC
    )
    region = nails.find(np.asarray(close))
    assert region.how == "whole"
    assert region.box == Box(0, 0, 420, 400)
    assert region.boxes == (region.box,)


@pytest.mark.parametrize("shape", [(300, 400), (1, 1), (5, 700)])
def test_no_nail_on_a_bare_table(shape):
    assert nails.find(np.full((*shape, 3), 210, np.uint8)) is None


def test_decoding_gives_back_the_boxes_best_first_and_once():
    maps = np.zeros((64, 64, 5), np.float32)
    for row, column, heat in ((10, 20, 0.6), (10, 21, 0.55), (40, 50, 0.9)):
        maps[row, column] = heat, 0.0, 0.0, np.log(6), np.log(4)
    found = nails.decode(maps, scale=0.5, limit=0.4)
    assert [score for _, score in found] == pytest.approx([0.9, 0.6])
    box = found[1][0]
    assert (box.w, box.h) == (48, 32)
    assert box.centre == pytest.approx((20.5 * 8, 10.5 * 8), abs=1)
    assert nails.decode(maps, scale=0.5, limit=0.95) == []


def test_letterboxing_keeps_the_sides_in_proportion():
    square, scale = nails.letterboxed(np.full((100, 400, 3), 200, np.uint8))
    assert square.shape == (nails.INPUT_SIDE, nails.INPUT_SIDE, 3)
    assert scale == pytest.approx(nails.INPUT_SIDE / 400)
    assert (square[:64] == 200).all()
    assert (square[64:] == 128).all()
