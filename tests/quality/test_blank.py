import cv2
import numpy as np
import pytest

from clinoscope.quality import blank

HEIGHT, WIDTH = 480, 640


def noisy(level, noise):
    seen = np.random.default_rng(0).normal(level, noise, (HEIGHT, WIDTH, 3))
    return np.clip(seen, 0, 255).astype(np.uint8)


def test_there_is_something_to_see_in_a_picture_that_shows_something(view):
    assert blank.detail(view) > 60


@pytest.mark.parametrize("level", [0, 90, 255])
@pytest.mark.parametrize("noise", [0, 5, 25])
def test_a_covered_lens_and_a_flat_colour_show_nothing(level, noise):
    assert blank.detail(noisy(level, noise)) < 10


def test_a_shade_over_a_bare_wall_is_nothing_to_see():
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    wall = 150 + 60 * x - 30 * (x * x + y * y)
    assert blank.detail(np.repeat(np.clip(wall, 0, 255)[..., None], 3, axis=2).astype(np.uint8)) < 3


def test_a_date_in_the_corner_does_not_count():
    black = noisy(0, 3)
    cv2.putText(black, "2026-05-01 10:42", (500, 470), cv2.FONT_HERSHEY_PLAIN, 0.9, (255, 255, 255))
    assert blank.detail(black) < 10


def test_something_small_on_a_bare_ground_counts():
    spot = noisy(180, 2)
    cv2.circle(spot, (320, 240), 60, (110, 70, 55), -1)
    assert blank.detail(spot) > 40


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (3000, 2)])
def test_odd_pictures_do_no_harm(shape):
    assert blank.detail(np.full((*shape, 3), 128, np.uint8)) == pytest.approx(0, abs=1e-6)
    assert blank.chroma(np.full((*shape, 3), 128, np.uint8)) < 0.1


@pytest.mark.parametrize(("level", "cause"), [(5, "black"), (120, ""), (250, "white")])
def test_what_shows_nothing_is_black_or_white_or_neither(level, cause):
    assert blank.cause(noisy(level, 3)) == cause


def test_a_grey_picture_has_no_colour_also_after_jpeg(view):
    grey = cv2.cvtColor(view, cv2.COLOR_RGB2GRAY)
    done, packed = cv2.imencode(".jpg", np.repeat(grey[..., None], 3, axis=2), [cv2.IMWRITE_JPEG_QUALITY, 60])
    assert done
    assert blank.chroma(cv2.imdecode(packed, cv2.IMREAD_COLOR)) < 1
    assert blank.chroma(view) > 15
