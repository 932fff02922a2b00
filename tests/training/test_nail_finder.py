import json

import cv2
import numpy as np
import pytest

from clinoscope.regions import nails
from clinoscope.training import nail_finder


@pytest.fixture
def hand():
    pixels = np.full((360, 480, 3), 225, np.uint8)
    cv2.rectangle(pixels, (200, 120), (479, 240), (210, 165, 140), -1)
    cv2.rectangle(pixels, (210, 150), (250, 190), (225, 170, 165), -1)
    return nail_finder.Hand(pixels, np.array([[210, 150, 40, 40]], np.float32), "a", nail_finder._hand_mask(pixels))


def test_the_hand_is_told_from_the_table(hand):
    assert hand.mask[180, 400] == 1
    assert hand.mask[60, 60] == 0


def test_views_are_reproducible_and_show_the_nail_where_the_target_says(hand):
    for seed in range(8):
        pixels, target, weight = nail_finder.view(hand, np.random.default_rng(seed))
        again, _, _ = nail_finder.view(hand, np.random.default_rng(seed))
        assert np.array_equal(pixels, again)
        assert pixels.shape == (nail_finder.VIEW, nail_finder.VIEW, 3)
        cells = nail_finder.VIEW // nails.STRIDE
        assert target.shape == (cells, cells, 5)
        assert weight.shape == (cells, cells, 2)


def test_strangers_have_no_nail():
    skin = np.full((200, 300, 3), 180, np.uint8)
    for seed in range(6):
        pixels, target, _ = nail_finder._stranger(skin, np.random.default_rng(seed))
        assert pixels.shape == (nail_finder.VIEW, nail_finder.VIEW, 3)
        assert target.max() == 0


def test_figures_count_what_was_met_and_what_nobody_marked():
    finds = [
        {"group": "a", "truth": [[0, 0, 10, 10], [50, 0, 10, 10]], "found": [[0, 0, 10, 10, 0.9], [200, 0, 9, 9, 0.8]]},
        {"group": "b", "truth": [[0, 0, 10, 10]], "found": [[0, 0, 10, 6, 0.9], [50, 50, 9, 9, 0.1]]},
    ]
    figures = nail_finder.figures(finds, limit=0.5)
    assert figures["recall@0.3"] == pytest.approx(2 / 3)
    assert figures["recall@0.5"] == pytest.approx(2 / 3)
    assert figures["recall@0.5 low"] <= figures["recall@0.5"] <= figures["recall@0.5 high"]
    assert figures["unmarked"] == 0.5


def test_pictures_come_with_their_boxes_and_groups(tmp_path):
    cv2.imwrite(str(tmp_path / "one.png"), np.full((40, 60, 3), 200, np.uint8))
    boxes = json.dumps({"nail_xywh": [[1, 2, 3, 4]]}).replace('"', '""')
    (tmp_path / "images.csv").write_text(f'path,group,boxes\none.png,g1,"{boxes}"\ntwo.png,g2,\n', encoding="utf-8")
    hands = nail_finder.load(tmp_path)
    assert len(hands) == 1
    assert hands[0].group == "g1"
    assert hands[0].boxes.tolist() == [[1, 2, 3, 4]]
    assert len(nail_finder.load_strangers(tmp_path)) == 1
