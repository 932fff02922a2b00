import cv2
import numpy as np
import pytest

from clinoscope.regions.geometry import averaged, ramp, shrunk


@pytest.mark.parametrize(("high", "wide"), [(480, 640), (481, 640), (96, 1000), (40, 30)])
@pytest.mark.parametrize("size", [(32, 24), (150, 100), (61, 47)])
def test_averaging_in_steps_is_averaging(high: int, wide: int, size: tuple[int, int]) -> None:
    noise = np.random.default_rng(3).normal(128, 900, (high, wide, 3)).astype(np.float32)
    pixels = np.clip(cv2.GaussianBlur(noise, (0, 0), 6), 0, 255).astype(np.uint8)
    once = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    made = averaged(pixels, size)
    assert made.shape == once.shape
    assert np.abs(made.astype(int) - once).max() <= 8
    assert abs(made.mean() - once.mean()) < 0.5  # each halving rounds halves up


def test_a_small_picture_is_not_shrunk() -> None:
    pixels = np.zeros((20, 30, 3), np.uint8)
    assert shrunk(pixels, 30)[0] is pixels
    small, factor = shrunk(pixels, 15)
    assert (small.shape, factor) == ((10, 15, 3), 2.0)


def test_a_ramp_stays_within_its_ends() -> None:
    assert [ramp(value, 2.0, 4.0) for value in (1, 2, 3, 4, 9)] == [0.0, 0.0, 0.5, 1.0, 1.0]
