"""Fields that overlap are recognised, others are not, on a drawn stretch of smear."""

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.regions import registration

sys.path.insert(0, str(Path(__file__).parents[2] / "resources" / "phantoms"))


@pytest.fixture(scope="module")
def scan() -> Pixels:
    from drawing import smear

    return smear.scan(800, 1500, 8, 5)[0]


def relit(pixels: Pixels, seed: int) -> Pixels:
    """Another lamp, cast, focus and noise, as between two stills of a hand-held scan."""
    rng = np.random.default_rng(seed)
    light = 1 + 0.15 * np.linspace(-1, 1, pixels.shape[1])[None, :, None] * rng.normal()
    shown = cv2.GaussianBlur(pixels.astype(np.float32) * light * rng.uniform(0.85, 1.15, 3), (0, 0), 1.6)
    return np.asarray(np.clip(shown + rng.normal(0, 5, shown.shape), 0, 255), np.uint8)


def view(pixels: Pixels) -> registration.View:
    return registration.view(registration.small_copy(pixels), pixels.shape[1])


@pytest.mark.parametrize(("dx", "dy"), [(0, 0), (310, 40), (-260, 75), (420, -60), (500, 0)])
def test_the_shift_of_an_overlap_is_found_to_a_few_pixels(scan: Pixels, dx: int, dy: int) -> None:
    x, y = max(0, -dx), max(0, -dy)
    one, other = scan[y : y + 700, x : x + 900], scan[y + dy : y + dy + 700, x + dx : x + dx + 900]
    match = registration.matched(view(relit(one, 1)), view(relit(other, 2)))
    assert match is not None
    assert match.sure
    assert abs(match.x - dx) <= 6
    assert abs(match.y - dy) <= 6


def test_two_places_of_one_smear_do_not_overlap(scan: Pixels) -> None:
    match = registration.matched(view(scan[:, :720]), view(scan[:, 780:]))
    assert match is not None
    assert not match.sure


def test_empty_fields_match_nothing() -> None:
    rng = np.random.default_rng(1)
    empty: list[NDArray[np.uint8]] = [np.asarray(rng.normal(230, 3, (500, 700, 3)), np.uint8) for _ in range(2)]
    match = registration.matched(view(empty[0]), view(empty[1]))
    assert match is None or not match.sure


def test_pictures_of_different_sizes_are_not_compared(scan: Pixels) -> None:
    assert registration.matched(view(scan[:700, :900]), view(scan[:650, :900])) is None
