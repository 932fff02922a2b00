import cv2
import numpy as np
import pytest

from clinoscope.quality.exposure import burnt, glare, light


def test_light_falls_with_the_lamp(view, lit):
    values = [light(lit(view, 0.5**stops)) for stops in range(5)]
    assert values == sorted(values, reverse=True)
    assert values[0] > 0.6
    assert values[4] < 0.25


def test_dark_hair_over_a_lit_scalp_is_not_dark(view):
    hairy = view.copy()
    hairy[:, : int(0.85 * view.shape[1])] = (30, 25, 22)
    assert light(hairy) > 0.5


def test_a_dermatoscope_s_black_rim_does_not_count(view):
    rim = np.zeros_like(view)
    cv2.circle(rim, (200, 200), 180, (1, 1, 1), -1)
    assert light(view * rim) == pytest.approx(light(view), abs=0.05)
    bright = np.full_like(view, 255) * rim
    assert burnt(bright) == 1


def test_black_is_dark_and_not_burnt():
    black = np.zeros((40, 40, 3), np.uint8)
    assert (light(black), burnt(black), glare(black)) == (0, 0, 0)


def test_burnt_rises_with_the_lamp_and_sees_a_single_channel(view, lit):
    values = [burnt(lit(view, gain)) for gain in (1, 1.5, 2.5, 4)]
    assert values == sorted(values)
    assert values[0] == 0
    assert values[-1] > 0.7
    red = view.copy()
    red[..., 0] = 255
    assert burnt(red) == 1


def test_glare_is_the_share_of_white_spots(view):
    spot = view.copy()
    cv2.circle(spot, (300, 120), 50, (252, 250, 246), -1)
    assert glare(view) == 0
    assert glare(spot) == pytest.approx(np.pi * 50**2 / view.shape[0] / view.shape[1], rel=0.1)


def test_colour_and_single_pixels_are_no_glare(view):
    yellow = np.full_like(view, (255, 250, 180))
    assert glare(yellow) == 0
    dots = view.copy()
    dots[::9, ::9] = 255
    assert glare(dots) == 0
