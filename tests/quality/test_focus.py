import cv2
import numpy as np
import pytest

from clinoscope.domain.region import Box
from clinoscope.quality import focus, patch


def blurred(pixels: np.ndarray, sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(pixels, (0, 0), sigma)


def at_check(pixels: np.ndarray) -> float:
    return sharpness(patch.take(pixels, Box(0, 0, pixels.shape[1], pixels.shape[0])))


def sharpness(pixels: np.ndarray) -> float:
    return focus.sharpness(pixels).least


def test_it_falls_with_every_step_of_blur(view):
    values = [at_check(view), *(at_check(blurred(view, sigma)) for sigma in (2, 3, 4, 6, 9))]
    assert values == sorted(values, reverse=True)
    assert values[-1] < values[0] / 3


def test_it_hardly_knows_contrast(view):
    faint = (view.astype(float) * 0.4 + 90).astype(np.uint8)
    assert at_check(faint) == pytest.approx(at_check(view), rel=0.25)


def test_it_hardly_knows_the_size_of_the_picture(larger):
    assert at_check(larger(1200)) == pytest.approx(at_check(larger(600)), rel=0.25)


@pytest.mark.parametrize("noise", [2, 4])
def test_noise_does_not_make_a_blurred_picture_sharp(view, noise):
    soft = blurred(view, 6).astype(float)
    noisy = np.clip(soft + np.random.default_rng(0).normal(0, noise, soft.shape), 0, 255).astype(np.uint8)
    assert at_check(noisy) < 0.6 * at_check(view)


@pytest.mark.parametrize("level", [0, 90, 255])
def test_a_bare_wall_is_not_sharp(level):
    assert sharpness(np.full((100, 100, 3), level, np.uint8)) < 0.01


def test_a_few_pixels_are_never_sharp():
    assert sharpness(np.random.default_rng(0).integers(0, 255, (5, 90, 3), dtype=np.uint8)) == 0


@pytest.mark.parametrize("degrees", [0, 20, 45, 70, 90, 135])
def test_a_camera_that_moved_is_seen_whichever_way_it_moved(view, degrees):
    kernel = np.zeros((31, 31), np.float32)
    kernel[15, 3:28] = 1 / 25
    turned = cv2.warpAffine(kernel, cv2.getRotationMatrix2D((15, 15), degrees, 1), (31, 31))
    seen = focus.sharpness(patch.take(cv2.filter2D(view, -1, turned / turned.sum()), Box(0, 0, 400, 400)))
    whole = focus.sharpness(patch.take(view, Box(0, 0, 400, 400)))
    assert seen.least < 0.5 * whole.least
    assert seen.even < 0.6 < whole.even


def test_blur_of_all_directions_alike_is_no_movement(view):
    assert focus.sharpness(patch.take(blurred(view, 6), Box(0, 0, 400, 400))).even > 0.6


@pytest.mark.parametrize("noise", [3, 8, 15])
def test_noise_is_measured_and_edges_are_none(view, noise):
    soft = blurred(view, 2).astype(float)
    noisy = np.clip(soft + np.random.default_rng(0).normal(0, noise, view.shape[:2])[..., None], 0, 255).astype(
        np.uint8
    )
    assert focus.sharpness(noisy).noise == pytest.approx(noise, rel=0.2)
    assert focus.sharpness(blurred(view, 2)).noise < 1
