import numpy as np
import pytest

from clinoscope.domain.region import Box, Region
from clinoscope.quality import patch


def test_without_a_region_the_whole_picture_is_checked():
    assert patch.boxes_of(None, 30, 20) == (Box(0, 0, 30, 20),)


def test_parts_are_checked_one_by_one_and_stay_inside():
    region = Region(Box(0, 0, 30, 20), "x", parts=(Box(-5, 2, 10, 10), Box(25, 15, 10, 10)))
    assert patch.boxes_of(region, 30, 20) == (Box(0, 2, 5, 10), Box(25, 15, 5, 5))


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (1920, 1080, (192, 341)),
        (100, 80, (80, 100)),
        (192, 192, (192, 192)),
        (4000, 400, (77, 768)),
        (7, 3000, (2, 768)),
    ],
)
def test_patches_are_scaled_down_and_never_up(width, height, expected):
    taken = patch.take(np.zeros((height, width, 3), np.uint8), Box(0, 0, width, height))
    assert sorted(taken.shape[:2]) == sorted(expected)


def test_scaling_down_averages_and_shifts_nothing():
    pixels = np.zeros((1080, 1920, 3), np.uint8)
    pixels[:, 960:] = 200
    small = patch.shrink(pixels, 480, 270)
    assert small.shape == (270, 480, 3)
    assert (small[:, :239] == 0).all()
    assert (small[:, 241:] == 200).all()
    noise = np.random.default_rng(0).integers(0, 255, (1081, 1923, 3), dtype=np.uint8)
    assert patch.shrink(noise, 300, 170).shape == (170, 300, 3)
    assert abs(float(patch.shrink(noise, 300, 170).mean()) - float(noise.mean())) < 1


def test_a_box_is_cut_where_it_lies():
    pixels = np.arange(20 * 30 * 3, dtype=np.uint32).astype(np.uint8).reshape(20, 30, 3)
    assert np.array_equal(patch.take(pixels, Box(3, 4, 5, 6)), pixels[4:10, 3:8])


def test_highest_lowest_and_percentile_agree_with_numpy():
    pixels = np.random.default_rng(1).integers(0, 256, (50, 60, 3), dtype=np.uint8)
    assert np.array_equal(patch.highest(pixels), pixels.max(axis=2))
    assert np.array_equal(patch.lowest(pixels), pixels.min(axis=2))
    for percent in (1, 50, 90, 100):
        assert patch.percentile(pixels, percent) == np.percentile(pixels, percent, method="inverted_cdf")
