import cv2
import numpy as np
import pytest

from clinoscope.quality.exposure import backdrop, burnt, glare, haze, light


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


def test_a_backdrop_is_the_white_that_reaches_the_rim(view):
    paper = view.copy()
    paper[:, :100] = 255
    cv2.circle(paper, (300, 120), 30, (255, 255, 255), -1)
    behind = backdrop(paper)
    assert behind[:, :100].all()
    assert not behind[:, 100:].any()
    assert burnt(paper) > 0.25
    assert burnt(paper, behind) < 0.03
    assert glare(paper, behind) == pytest.approx(np.pi * 30**2 / (400 * 300), rel=0.1)
    assert not backdrop(view).any()


def test_a_patch_that_is_all_white_is_burnt_and_no_backdrop():
    white = np.full((50, 50, 3), 255, np.uint8)
    assert burnt(white, backdrop(white)) == 1


def test_haze_rises_as_light_is_laid_over_the_shadows(view):
    values = [haze((view * (1 - share) + 215 * share).astype(np.uint8)) for share in (0, 0.2, 0.4, 0.6, 0.8)]
    assert values == sorted(values)
    assert values[-1] > 2 * values[0]


def test_haze_does_not_rise_with_the_lamp_nor_with_a_black_rim(view, lit):
    assert haze(lit(view, 0.4)) < haze(view) + 0.05
    rim = cv2.copyMakeBorder(view, 40, 40, 40, 40, cv2.BORDER_CONSTANT)
    assert haze(rim) == pytest.approx(haze(view), abs=0.02)
    assert haze(np.zeros((20, 20, 3), np.uint8)) == 0
