"""The square that a model reads."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box
from clinoscope.regions import crop


def numbered(height: int, width: int) -> Pixels:
    """Every pixel says where it lies: red = y, green = x."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([y, x, 0 * x], axis=-1).astype(np.uint8)


def test_inside_it_is_a_plain_cut() -> None:
    pixels = numbered(60, 80)
    square = crop(pixels, Box(10, 20, 30, 30))
    assert np.array_equal(square, pixels[20:50, 10:40])


def test_it_is_a_copy() -> None:
    pixels = numbered(60, 80)
    crop(pixels, Box(10, 20, 30, 30))[:] = 0
    assert pixels[20:50, 10:40].any()


def test_an_oblong_box_grows_to_a_square_around_its_centre() -> None:
    square = crop(numbered(100, 100), Box(40, 30, 10, 40))
    assert square.shape == (40, 40, 3)
    assert square[0, 0, :2].tolist() == [30, 25]


def test_the_margin_is_a_share_of_the_longer_side() -> None:
    square = crop(numbered(100, 100), Box(40, 40, 20, 10), 0.25)
    assert square.shape == (30, 30, 3)
    assert square[0, 0, :2].tolist() == [30, 35]


@pytest.mark.parametrize("box", [Box(-6, 10, 20, 20), Box(70, 10, 20, 20), Box(10, -6, 20, 20), Box(10, 50, 20, 20)])
def test_beyond_the_border_it_reflects_without_repeating_the_edge(box: Box) -> None:
    pixels = numbered(60, 80)
    padded = np.pad(pixels, ((20, 20), (20, 20), (0, 0)), mode="reflect")
    assert np.array_equal(crop(pixels, box), padded[box.y + 20 : box.bottom + 20, box.x + 20 : box.right + 20])


@given(*[st.integers(1, 40)] * 2, *[st.integers(-80, 80)] * 2, *[st.integers(1, 90)] * 2)
def test_every_box_gives_a_square_of_the_picture(height: int, width: int, x: int, y: int, w: int, h: int) -> None:
    square = crop(numbered(height, width), Box(x, y, w, h), 0.1)
    side = Box(x, y, w, h).padded(0.1).squared().w
    assert square.shape == (side, side, 3)
    assert square[..., 0].max() < height
    assert square[..., 1].max() < width
