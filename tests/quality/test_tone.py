"""Skin tone from drawn skin of known colour."""

import cv2
import numpy as np
import pytest

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box, Region
from clinoscope.quality import tone
from clinoscope.quality.tone import NAMES, band, band_of

SKINS = {
    # L*, a*, b* in the middle of each band; b* and a* as skin has them
    "very light": (74.0, 9.0, 13.0),
    "light": (68.0, 10.0, 16.0),
    "intermediate": (62.0, 11.0, 17.0),
    "tan": (56.0, 13.0, 18.0),
    "brown": (47.0, 14.0, 18.0),
    "dark": (32.0, 11.0, 12.0),
}
WHITE = (96.0, 0.0, 1.0)
MOLE = Region(Box(120, 90, 80, 60), "contrast")


def painted(lab: tuple[float, float, float], height: int = 240, width: int = 320) -> Pixels:
    flat = np.full((height, width, 3), lab, np.float32)
    rgb = cv2.cvtColor(flat, cv2.COLOR_LAB2RGB) * 255 + np.random.default_rng(0).normal(0, 1.5, flat.shape)
    return np.clip(np.round(rgb), 0, 255).astype(np.uint8)


def arm(lab: tuple[float, float, float]) -> Pixels:
    """Skin with a dark mole in the middle, and a strip of white paper at the side that shows the light is white."""
    pixels = painted(lab)
    pixels[90:150, 120:200] = painted((22.0, 8.0, 9.0), 60, 80)
    pixels[:, :24] = painted(WHITE, 240, 24)
    return pixels


@pytest.mark.parametrize("name", NAMES)
def test_each_band_is_found_on_the_skin_around_a_mole(name: str) -> None:
    found = tone.tone(arm(SKINS[name]), MOLE)
    assert found is not None
    assert found.band == name == band(arm(SKINS[name]), MOLE)
    lightness, _, b = SKINS[name]
    assert found.angle == pytest.approx(np.degrees(np.arctan((lightness - 50) / b)), abs=3)
    assert found.pixels >= 600


@pytest.mark.parametrize(
    ("angle", "name"),
    [
        (55.1, "very light"),
        (55, "light"),
        (41, "intermediate"),
        (28, "tan"),
        (10, "brown"),
        (-30, "dark"),
        (-90, "dark"),
    ],
)
def test_the_bands_of_del_bino_and_bernerd(angle: float, name: str) -> None:
    assert band_of(angle) == name


def test_the_size_of_the_picture_does_not_matter() -> None:
    pixels = arm(SKINS["tan"])
    large = cv2.resize(pixels, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    found = tone.tone(large, Region(Box(480, 360, 320, 240), "contrast"))
    assert found is not None
    assert found.band == "tan"


def test_a_region_that_is_itself_the_skin_is_measured_where_it_is_least_red() -> None:
    pixels = arm(SKINS["brown"])
    rng = np.random.default_rng(1)
    for x, y in rng.integers(30, 210, (40, 2)):
        cv2.circle(pixels, (int(x) + 40, int(y)), 7, (165, 75, 62), -1)
    found = tone.tone(pixels, Region(Box(24, 0, 296, 240), "colour"))
    assert found is not None
    assert found.band == "brown"


def test_without_skin_it_cannot_be_told() -> None:
    grey = painted((60.0, 0.0, 0.0))
    assert tone.tone(grey, None) is None
    assert band(grey, MOLE) == ""
    stained = painted((70.0, 22.0, -18.0))  # the violet of a stained smear
    assert band(stained, None) == ""
    assert band(np.zeros((4, 4, 3), np.uint8), None) == ""


def test_under_a_coloured_lamp_it_cannot_be_told() -> None:
    pixels = arm(SKINS["light"]).astype(np.float32)
    blue = np.clip(pixels * (0.55, 0.75, 1.3), 0, 255).astype(np.uint8)
    assert band(blue, MOLE) == ""


def test_in_the_dark_it_cannot_be_told() -> None:
    assert band((arm(SKINS["light"]) * 0.3).astype(np.uint8), MOLE) == ""


def test_hair_is_not_dark_skin() -> None:
    pixels = arm(SKINS["light"])
    rng = np.random.default_rng(2)
    for x in range(24, 320, 5):
        cv2.line(pixels, (x, 0), (x + int(rng.integers(-30, 30)), 239), (48, 36, 28), 2)
    assert band(pixels, None) in {"light", "intermediate", ""}


def test_half_light_half_shadow_cannot_be_told() -> None:
    pixels = arm(SKINS["very light"])
    pixels[:, 170:] = painted((34.0, 8.0, 11.0), 240, 150)
    assert band(pixels, None) == ""
