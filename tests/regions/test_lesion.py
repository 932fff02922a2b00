"""The spot against the skin around it."""

import cv2
import numpy as np
import pytest

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box
from clinoscope.regions import lesion

SKINS = {"pale": (232, 196, 178), "brown": (150, 103, 78), "dark": (84, 56, 44)}


def skin(colour: tuple[int, int, int], height: int = 300, width: int = 400) -> Pixels:
    rng = np.random.default_rng(2)
    grain = cv2.GaussianBlur(rng.normal(0, 14, (height, width)).astype(np.float32), (0, 0), 2)
    return np.clip(np.full((height, width, 3), colour, np.float32) + grain[..., None], 0, 255).astype(np.uint8)


def spotted(pixels: Pixels, centre: tuple[int, int], axes: tuple[int, int], factor: float = 0.5) -> Pixels:
    mask = np.zeros(pixels.shape[:2], np.uint8)
    cv2.ellipse(mask, centre, axes, 20, 0, 360, 255, -1)
    soft = cv2.GaussianBlur(mask, (0, 0), 3)[..., None] / 255
    return (pixels * (1 - soft * (1 - np.array([factor, factor * 0.85, factor * 0.75])))).astype(np.uint8)


def truth(centre: tuple[int, int], axes: tuple[int, int]) -> Box:
    points = cv2.ellipse2Poly(centre, axes, 20, 0, 360, 3)
    return Box(*cv2.boundingRect(points))


@pytest.mark.parametrize("tone", SKINS)
def test_a_spot_is_found_on_every_tone(tone: str) -> None:
    region = lesion.find(spotted(skin(SKINS[tone]), (215, 140), (52, 36)))
    assert region is not None
    assert region.how == "contrast"
    assert region.box.iou(truth((215, 140), (52, 36))) > 0.75
    assert region.score > 0.5
    assert len(region.outlines) == 1


def test_a_large_picture_gives_the_same_place() -> None:
    small = spotted(skin(SKINS["pale"]), (215, 140), (52, 36))
    large = cv2.resize(small, None, fx=4, fy=4)
    one, other = lesion.find(small), lesion.find(large)
    assert one is not None
    assert other is not None
    scaled = Box(one.box.x * 4, one.box.y * 4, one.box.w * 4, one.box.h * 4)
    assert scaled.iou(other.box) > 0.9


def test_the_dark_corners_of_a_dermatoscope_are_not_the_lesion() -> None:
    pixels = spotted(skin(SKINS["pale"]), (200, 150), (45, 40))
    y, x = np.mgrid[0:300, 0:400]
    pixels[np.hypot(x - 200, y - 150) > 205] = 6
    region = lesion.find(pixels)
    assert region is not None
    assert region.box.iou(truth((200, 150), (45, 40))) > 0.7


def test_hairs_are_not_the_lesion() -> None:
    pixels = spotted(skin(SKINS["pale"]), (200, 150), (45, 40))
    for x in range(0, 400, 45):
        cv2.line(pixels, (x, 0), (x + 60, 299), (40, 28, 24), 2)
    region = lesion.find(pixels)
    assert region is not None
    assert region.box.iou(truth((200, 150), (45, 40))) > 0.6


def test_bare_skin_gives_a_central_box_that_admits_it() -> None:
    region = lesion.find(skin(SKINS["brown"]))
    assert region is not None
    assert region.how == "whole"
    assert region.score <= 0.2
    assert region.box.centre == (200, 150)
