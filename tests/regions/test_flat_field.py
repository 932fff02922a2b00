import cv2
import numpy as np
import pytest

from clinoscope.capture.files import open_picture
from clinoscope.paths import RESOURCES
from clinoscope.regions import flat_field
from clinoscope.regions.light import encoded, linear


def field(level=0.6, lamp=(1.0, 0.92, 0.7), fall=0.3, noise=2.0):
    y, x = np.mgrid[0:480, 0:640]
    shape = 1 - fall * (((x - 320) / 320) ** 2 + ((y - 240) / 240) ** 2) / 2
    light = (level * shape)[..., None] * np.array(lamp)
    pixels = encoded(np.clip(light, 0, 1)) + np.random.default_rng(0).normal(0, noise, (480, 640, 3))
    return np.clip(np.rint(pixels), 0, 255).astype(np.uint8)


def test_an_empty_field_tells_lamp_and_evenness():
    seen = flat_field.read(field())
    assert seen.problem == ""
    assert seen.gains[1] / seen.gains[0] == pytest.approx(1 / 0.92, rel=0.01)
    assert seen.gains[2] / seen.gains[0] == pytest.approx(1 / 0.7, rel=0.01)
    grid = np.array(seen.flat)
    assert grid.shape == (flat_field.ROWS, flat_field.COLUMNS, 3)
    assert grid[0, 0, 1] > 1.1
    assert grid[4, 6, 1] < 0.95
    assert 0 < seen.score < 1


def test_made_even_it_is_even_and_as_bright_as_before():
    pixels = field()
    seen = flat_field.read(pixels)
    grid = cv2.resize(np.array(seen.flat, np.float32), (640, 480)) * np.array(seen.gains, np.float32)
    light = linear(pixels) * grid
    middle = light[40:-40, 40:-40]
    assert middle.reshape(-1, 3).std(axis=0).max() / middle.mean() < 0.03
    assert light[..., 1].mean() == pytest.approx(
        float((linear(pixels) * (0.2126, 0.7152, 0.0722)).sum(axis=2).mean()), rel=0.02
    )
    assert np.ptp(middle.mean(axis=(0, 1))) / middle.mean() < 0.01


def test_a_speck_of_dust_is_overlooked():
    dusty = field()
    cv2.circle(dusty, (300, 200), 4, (60, 50, 40), -1)
    assert flat_field.read(dusty).problem == ""
    assert np.array(flat_field.read(dusty).flat) == pytest.approx(np.array(flat_field.read(field()).flat), abs=0.02)


@pytest.mark.parametrize(
    ("pixels", "problem"),
    [
        (field(level=1.2), flat_field.IS_BURNT),
        (field(level=0.08), flat_field.TOO_DARK),
        (field(lamp=(1.0, 0.3, 0.2)), flat_field.COLOURED),
        (field(fall=0.8), flat_field.UNEVEN),
        (open_picture(RESOURCES / "phantoms" / "smear.png").pixels, flat_field.NOT_EMPTY),
    ],
    ids=["burnt", "dark", "coloured", "off centre", "a smear"],
)
def test_a_field_that_cannot_be_used_says_why(pixels, problem):
    seen = flat_field.read(pixels)
    assert seen.problem == problem
    assert seen.score == 0
