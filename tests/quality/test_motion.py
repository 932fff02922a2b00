import numpy as np
import pytest

from clinoscope.quality.motion import change, thumbnail


def of_shift(pixels: np.ndarray, shift: int) -> float:
    side = pixels.shape[0] - 100
    return change(
        thumbnail(pixels[50 : 50 + side, 50 : 50 + side]), thumbnail(pixels[50 : 50 + side, 50 + shift :][:, :side])
    )


def test_the_same_frame_twice_is_still(view):
    assert change(thumbnail(view), thumbnail(view)) == 0


def test_it_rises_with_the_shift(larger):
    pixels = larger(800)
    values = [of_shift(pixels, shift) for shift in (1, 4, 8, 16, 40)]
    assert values == sorted(values)
    assert values[0] < 0.05
    assert values[-1] > 0.2


def test_noise_and_a_flickering_lamp_are_no_motion(view):
    rng = np.random.default_rng(2)
    noisy = [np.clip(view + rng.normal(0, 4, view.shape), 0, 255).astype(np.uint8) for _ in range(2)]
    assert change(*map(thumbnail, noisy)) < 0.03
    brighter = np.clip(view.astype(int) + 8, 0, 255).astype(np.uint8)
    assert change(thumbnail(view), thumbnail(brighter)) < 0.03


def test_a_flat_view_does_not_tremble():
    rng = np.random.default_rng(3)
    flat = [np.clip(rng.normal(128, 4, (300, 300, 3)), 0, 255).astype(np.uint8) for _ in range(2)]
    assert change(*map(thumbnail, flat)) < 0.3


def test_another_view_is_all_motion(view):
    assert change(thumbnail(view), thumbnail(255 - view)) == pytest.approx(1, abs=0.05)
