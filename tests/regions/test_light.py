import numpy as np
import pytest

from clinoscope.domain.correction import Correction, Reference
from clinoscope.regions.light import balanced, corrected, encoded, linear

RNG = np.random.default_rng(1)
PIXELS = RNG.integers(0, 256, (300, 90, 3), dtype=np.uint8)


def correction(gains=(1.0, 1.0, 1.0), flat=()):
    return Correction(reference=Reference.CARD, gains=gains, score=1.0, method="test", flat=flat)


def test_linear_light_follows_the_standard():
    values = linear(np.array([0, 10, 128, 255], np.uint8))
    assert values == pytest.approx([0, 10 / 255 / 12.92, 0.21586, 1], abs=1e-5)


def test_there_and_back_changes_nothing():
    every = np.arange(256, dtype=np.uint8)
    assert (encoded(linear(every)) == every).all()


def test_without_a_correction_the_pixels_are_the_same_object():
    assert corrected(PIXELS, None) is PIXELS


def test_a_gain_multiplies_light_and_not_numbers():
    grey = np.full((4, 4, 3), 100, np.uint8)
    made = corrected(grey, correction((2.0, 1.0, 0.5)))
    assert linear(made)[0, 0] == pytest.approx(linear(grey)[0, 0] * (2, 1, 0.5), rel=0.02)
    assert (grey == 100).all()
    with pytest.raises(ValueError, match="read-only"):
        made[0, 0, 0] = 0


def test_what_was_burnt_stays_burnt_under_a_gain_below_one():
    pixels = np.array([[[255, 120, 251], [249, 250, 10]]], np.uint8)
    made = corrected(pixels, correction((0.5, 0.5, 0.5)))
    assert made[0, 0].tolist()[0] == 255
    assert made[0, 0].tolist()[2] == 255
    assert made[0, 1].tolist()[1] == 255
    assert made[0, 1].tolist()[0] < 200


def test_the_same_correction_gives_the_same_copy_again():
    grid = tuple(tuple((1 + 0.01 * x, 1.0, 1 - 0.01 * y) for x in range(12)) for y in range(9))
    for how in (correction((1.31, 0.97, 0.81)), correction((1.1, 1.0, 0.9), grid)):
        assert (corrected(PIXELS, how) == corrected(PIXELS.copy(), how)).all()


def test_an_even_grid_is_no_other_than_the_gains_alone():
    flat = tuple(tuple((1.0, 1.0, 1.0) for _ in range(12)) for _ in range(9))
    gains = (1.2, 0.9, 0.7)
    evened, plain = corrected(PIXELS, correction(gains, flat)), corrected(PIXELS, correction(gains))
    # one step where a value lies just between two: the grid is multiplied in another order
    assert np.abs(evened.astype(int) - plain).max() <= 1
    assert (evened != plain).mean() < 0.001


def test_a_grid_undoes_light_that_falls_off():
    y, x = np.mgrid[0:1000, 0:1200]
    fall = 1 - 0.35 * (((x - 600) / 600) ** 2 + ((y - 500) / 500) ** 2) / 2
    pixels = encoded(np.repeat((0.6 * fall)[..., None], 3, axis=2))
    cells = linear(pixels).reshape(10, 100, 12, 100, 3).mean(axis=(1, 3))
    flat = tuple(tuple(tuple(float(v) for v in cells.mean(axis=(0, 1)) / cell) for cell in row) for row in cells)
    light = linear(corrected(pixels, correction(flat=flat)))[50:-50, 50:-50, 1]
    assert light.std() / light.mean() < 0.01
    assert linear(pixels)[..., 1].std() / linear(pixels)[..., 1].mean() > 0.07


def test_balanced_gains_keep_the_brightness_of_grey():
    gains = balanced((2.0, 1.0, 3.0))
    assert gains[0] / gains[1] == pytest.approx(2)
    assert np.dot(gains, (0.2126, 0.7152, 0.0722)) == pytest.approx(1)
