import cv2
import numpy as np
import pytest

from clinoscope.domain.errors import KnownError
from clinoscope.domain.region import Box, Region
from clinoscope.inference.card import Input
from clinoscope.training import backbones
from clinoscope.training.data import Row
from clinoscope.training.features import Subject, embed, open_subject
from clinoscope.training.recipe import Augment

HOW = Input(size=32)


@pytest.fixture(scope="module")
def tiny():
    return {"tiny": backbones.build("tiny", 32, None)}


@pytest.fixture
def subjects(rng):
    pictures = [rng.integers(0, 256, (50, 60, 3), dtype=np.uint8) for _ in range(40)]
    one, other = Box(5, 5, 20, 20), Box(30, 20, 20, 20)
    regions = [Region(one, "drawn"), Region(other, "drawn"), Region(one, "drawn", parts=(one, other))]
    return [Subject(picture, regions[index % 3]) for index, picture in enumerate(pictures)]


def test_parts_of_a_region_are_averaged(tiny, subjects):
    picture = subjects[0].pixels
    same = [Subject(picture, subject.region) for subject in subjects[:3]]
    rows = embed(same, tiny, HOW, Augment(), 0, 1)["tiny"]
    assert rows.shape == (3, 64)
    assert rows[2] == pytest.approx((rows[0] + rows[1]) / 2, abs=1e-5)


def test_a_view_depends_on_seed_view_and_place_only(tiny, subjects):
    change = Augment(turn=90, light=0.2)
    first = embed(subjects, tiny, HOW, change, 1, 1)["tiny"]
    assert (embed(subjects, tiny, HOW, change, 1, 1)["tiny"] == first).all()
    # the first pictures alone give the same rows: batches do not matter
    assert embed(subjects[:7], tiny, HOW, change, 1, 1)["tiny"] == pytest.approx(first[:7], abs=1e-5)
    assert not np.allclose(embed(subjects, tiny, HOW, change, 2, 1)["tiny"], first)


def test_boxes_drawn_by_hand_are_the_region(tmp_path, rng):
    path = tmp_path / "hand.png"
    cv2.imwrite(str(path), rng.integers(0, 256, (60, 80, 3), dtype=np.uint8))
    boxes = (Box(10, 5, 20, 10), Box(40, 30, 20, 20))
    subject = open_subject(Row(path, "x", "g", "own", boxes), "nails")
    assert subject.pixels.shape == (60, 80, 3)
    assert subject.region.box == Box(10, 5, 50, 45)
    assert subject.region.boxes == boxes


def test_a_file_that_is_no_picture_is_a_sentence(tmp_path):
    path = tmp_path / "text.jpg"
    path.write_text("hello", encoding="utf-8")
    with pytest.raises(KnownError, match=r"text\.jpg is not a picture"):
        open_subject(Row(path, "x", "g", "own"), "lesion")
