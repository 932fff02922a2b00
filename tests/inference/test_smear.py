"""One drawn cell under many lamps, stains and veils: on white glass they come out alike."""

import cv2
import numpy as np
import pytest

from clinoscope.domain.picture import Pixels
from clinoscope.inference.smear import NUCLEUS, on_white_glass


def cell(side: int = 120, strength: float = 1.0) -> np.ndarray:
    """Light that a cell between two red cells lets through, 0..1, (side, side, 3)."""
    density = np.zeros((side, side, 3))
    unit = side / 120
    for x, y in ((8, 20), (112, 96)):
        cv2.circle(density, (round(x * unit), round(y * unit)), round(22 * unit), (0.1, 0.45, 0.4), -1)
    cv2.circle(density, (side // 2, side // 2), round(34 * unit), (0.3, 0.45, 0.15), -1)
    cv2.circle(density, (side // 2, round(64 * unit)), round(18 * unit), (1.15, 1.6, 0.6), -1)
    return cv2.GaussianBlur(np.exp(-strength * density), (0, 0), 1.2 * unit)


def seen(light: np.ndarray, lamp: object = (240, 232, 225)) -> Pixels:
    grain = np.random.default_rng(1).normal(0, 1, light.shape)
    return np.clip(light * np.asarray(lamp) + grain, 0, 255).astype(np.uint8)


def apart(one: Pixels, other: Pixels) -> float:
    return float(np.abs(one.astype(float) - other).mean())


GOOD = on_white_glass(seen(cell()))


def test_glass_is_white_and_the_nucleus_as_deep_as_any_other() -> None:
    assert GOOD[:10, 60:].mean() > 248
    nucleus = GOOD[60:70, 55:65].reshape(-1, 3).mean(axis=0)
    assert abs(-np.log(nucleus / 255).mean() - NUCLEUS) < 0.1
    assert nucleus[2] > nucleus[0] > nucleus[1]  # purple, as it was


@pytest.mark.parametrize("lamp", [(150, 115, 95), (120, 160, 140), (225, 215, 120), (90, 90, 110)])
def test_the_lamps_colour_falls_out(lamp: tuple[int, int, int]) -> None:
    bad = seen(cell(), lamp)
    assert apart(on_white_glass(bad), GOOD) < 0.15 * apart(bad, seen(cell()))


@pytest.mark.parametrize("strength", [0.4, 0.7, 1.4])
def test_a_pale_or_a_heavy_stain_comes_out_alike(strength: float) -> None:
    assert apart(on_white_glass(seen(cell(strength=strength))), GOOD) < 5


def test_most_of_a_veil_of_stray_light_falls_out() -> None:
    hazy = seen(0.45 * cell() + 0.3)
    assert apart(on_white_glass(hazy), GOOD) < 0.2 * apart(hazy, seen(cell()))


def test_a_lamp_off_centre_is_evened() -> None:
    across = np.linspace(1, 0.55, 120)[None, :, None]
    uneven = seen(cell() * across)
    assert apart(on_white_glass(uneven), GOOD) < 0.3 * apart(uneven, seen(cell()))


def test_a_camera_that_cuts_off_blue_leaves_the_glass_white() -> None:
    cut = seen(cell(), (205, 205, 330))  # the cell's blue is as bright as the glass and both are cut off
    cut[..., 2] = np.minimum(cut[..., 2], 225)
    assert np.abs(on_white_glass(cut)[:10, 60:].astype(int) - 255).max() < 12


@pytest.mark.parametrize("side", [60, 240, 360])
def test_the_same_cell_in_fewer_or_more_pixels_comes_out_alike(side: int) -> None:
    other = cv2.resize(on_white_glass(seen(cell(side))), (120, 120), interpolation=cv2.INTER_AREA)
    assert apart(np.asarray(other, np.uint8), GOOD) < 5


def test_without_a_cell_nothing_is_blown_up() -> None:
    empty = seen(np.ones((120, 120, 3)))
    assert on_white_glass(empty).std() < 4


def test_a_crop_and_the_same_place_of_a_field_come_out_the_same() -> None:
    from clinoscope.domain.region import Box, Region
    from clinoscope.inference.card import Input
    from clinoscope.inference.classify import prepare

    field = seen(cv2.resize(np.ones((1, 1, 3)), (400, 300)), (190, 170, 150))
    field[100:220, 150:270] = seen(cell(), (190, 170, 150))
    how = Input(size=96, margin=0.3, steps=("white_glass",))
    place = Box(176, 126, 68, 68)
    cut = place.padded(0.3).squared()
    alone = field[cut.y : cut.bottom, cut.x : cut.right]
    inside = Box(place.x - cut.x, place.y - cut.y, 68, 68)
    of_field = prepare(field, Region(place, "network", 1.0), place, how)
    of_crop = prepare(alone, Region(inside, "colour", 1.0), inside, how)
    assert np.array_equal(of_field, of_crop)
