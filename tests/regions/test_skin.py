"""Skin of every tone against what is not skin."""

import cv2
import numpy as np
import pytest

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box
from clinoscope.regions import skin

TONES = {
    "very light": (244, 214, 198),
    "light": (226, 180, 152),
    "olive": (188, 140, 104),
    "brown": (141, 96, 70),
    "dark": (90, 60, 46),
    "very dark": (58, 39, 32),
}
BACKGROUNDS = {"blue": (60, 96, 150), "white": (244, 245, 247), "green": (70, 130, 90), "black": (8, 8, 9)}


def limb(tone: tuple[int, int, int], background: tuple[int, int, int]) -> Pixels:
    """A limb of 200 x 120 pixels at (60, 90) that falls off towards its edges."""
    pixels = np.full((300, 320, 3), background, np.float32)
    y = np.linspace(-1, 1, 120)[:, None, None]
    pixels[90:210, 60:260] = np.array(tone) * (1 - 0.25 * y**2)
    noise = np.random.default_rng(3).normal(0, 2, pixels.shape)
    return cv2.GaussianBlur(np.clip(pixels + noise, 0, 255).astype(np.uint8), (0, 0), 1)


@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize("tone", TONES)
def test_every_tone_is_found_before_every_background(tone: str, background: str) -> None:
    region = skin.find(limb(TONES[tone], BACKGROUNDS[background]))
    assert region is not None
    assert region.how == "colour"
    assert region.box.iou(Box(60, 90, 200, 120)) > 0.85


def test_a_rash_belongs_to_the_skin() -> None:
    pixels = limb(TONES["light"], BACKGROUNDS["blue"])
    for x in (90, 130, 170, 210, 240):
        cv2.circle(pixels, (x, 150), 9, (190, 70, 66), -1)
    region = skin.find(pixels)
    assert region is not None
    assert region.box.iou(Box(60, 90, 200, 120)) > 0.85


def test_no_skin_gives_the_whole_picture_that_admits_it() -> None:
    region = skin.find(np.full((200, 300, 3), (40, 90, 160), np.uint8))
    assert region is not None
    assert region.how == "whole"
    assert region.box == Box(0, 0, 300, 200)
    assert region.score <= 0.2
