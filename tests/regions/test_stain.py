"""Evening a field: the same under any lamp, and calm where there is nothing."""

import numpy as np
import pytest

from clinoscope.domain.picture import Pixels
from clinoscope.regions.stain import densities, evened


def smear(depth: float = 0.5) -> Pixels:
    """Dark squares that hold ``depth`` of stain on pale glass."""
    pixels = np.full((120, 160, 3), 220.0)
    for x in range(10, 160, 40):
        pixels[40:70, x : x + 20] *= np.exp(-depth * np.array([0.8, 1.2, 0.5]))
    return pixels.astype(np.uint8)


@pytest.mark.parametrize("cast", [(1.0, 0.8, 0.7), (0.6, 0.7, 0.9)])
def test_a_cast_falls_out(cast: tuple[float, float, float]) -> None:
    plain = evened(densities(smear())).astype(int)
    tinted = evened(densities((smear() * np.array(cast)).astype(np.uint8))).astype(int)
    assert np.abs(plain - tinted).max() < 12


def test_a_thin_stain_is_made_up_for() -> None:
    plain, thin = (evened(densities(smear(depth))).astype(int) for depth in (0.6, 0.3))
    assert plain[55, 20, 1] < 140
    assert abs(plain[55, 20, 1] - thin[55, 20, 1]) < 15


def test_noise_on_empty_glass_stays_faint() -> None:
    noise = np.random.default_rng(1).normal(200, 2, (120, 160, 3)).astype(np.uint8)
    assert evened(densities(noise)).min() > 180


@pytest.mark.parametrize("value", [0, 255])
def test_plain_pictures_are_white_glass(value: int) -> None:
    assert evened(densities(np.full((40, 50, 3), value, np.uint8))).min() > 250
