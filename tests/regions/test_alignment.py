from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box, Region
from clinoscope.paths import RESOURCES
from clinoscope.regions import alignment


def phantom(name: str) -> Pixels:
    with Image.open(RESOURCES / "phantoms" / name) as image:
        return np.asarray(image.convert("RGB"), np.uint8)


def moved(pixels: Pixels, scale: float, turn: float, dx: float, dy: float) -> Pixels:
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -turn, scale)
    matrix[:, 2] += dx, dy
    return np.asarray(cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REFLECT_101), np.uint8)


@pytest.mark.parametrize("name", ["lips.png", "lesion.png", "scalp.png", "nails.png"])
def test_it_finds_scale_turn_and_shift_in_another_light(name: str) -> None:
    pixels = phantom(name)
    height, width = pixels.shape[:2]
    box = Box(width // 3, height // 3, width // 3, height // 3)
    later = moved(pixels, 1.25, 9, 0.05 * width, -0.04 * height)
    later = np.clip(later * np.array([0.8, 0.7, 0.6]), 0, 255).astype(np.uint8)
    found = alignment.align(alignment.landmarks(pixels, box), later)
    assert found is not None
    assert found.sure
    assert found.place.scale == pytest.approx(1.25, rel=0.02)
    assert found.place.turn == pytest.approx(9, abs=1)
    x, y = found.place.apply(width / 2, height / 2)
    assert (x, y) == pytest.approx((0.55 * width, 0.46 * height), abs=0.01 * width)


def test_pictures_of_other_sizes_are_laid_in_their_own_pixels() -> None:
    pixels = phantom("lesion.png")
    height, width = pixels.shape[:2]
    large = np.asarray(cv2.resize(pixels, (2 * width, 2 * height), interpolation=cv2.INTER_CUBIC), np.uint8)
    found = alignment.align(alignment.landmarks(pixels, None), large)
    assert found is not None
    assert found.place.scale == pytest.approx(2, rel=0.02)
    assert found.place.apply(width / 2, height / 2) == pytest.approx((width, height), abs=0.01 * width)


@pytest.mark.parametrize("other", ["rash.png", "scalp.png", "smear.png"])
def test_of_something_else_it_says_nothing(other: str) -> None:
    assert alignment.align(alignment.landmarks(phantom("lesion.png"), None), phantom(other)) is None


def test_of_a_plain_picture_it_says_nothing() -> None:
    plain = np.full((300, 400, 3), 128, np.uint8)
    assert alignment.align(alignment.landmarks(plain, None), plain) is None
    assert alignment.align(alignment.landmarks(phantom("lips.png"), None), plain) is None


def test_only_what_is_near_the_region_counts() -> None:
    """A wall that stays where it is must not be taken for a face that moved."""
    chance = np.random.default_rng(3)
    wall = chance.integers(0, 255, (60, 80, 3), dtype=np.uint8)
    wall = np.asarray(cv2.resize(wall, (960, 720), interpolation=cv2.INTER_CUBIC), np.uint8)
    face = cv2.resize(phantom("lips.png"), (440, 440), interpolation=cv2.INTER_AREA)
    first, later = wall.copy(), wall.copy()
    first[140:580, 100:540] = face
    later[140:580, 300:740] = face
    found = alignment.align(alignment.landmarks(first, Box(230, 270, 180, 180)), later)
    assert found is not None
    assert found.place.apply(320, 360) == pytest.approx((520, 360), abs=8)


def test_regions_are_laid_over_each_other_where_they_stand_out() -> None:
    then, now = Region(Box(10, 10, 20, 20), "contrast"), Region(Box(100, 50, 40, 40), "landmarks")
    found = alignment.by_regions(then, now)
    assert found is not None
    assert not found.sure
    assert found.place.scale == pytest.approx(2)
    assert found.place.apply(20, 20) == pytest.approx((120, 70))
    assert alignment.by_regions(then, None) is None
    assert alignment.by_regions(Region(Box(0, 0, 9, 9), "whole"), now) is None
    assert alignment.by_regions(Region(Box(0, 0, 2, 2), "contrast"), now) is None
