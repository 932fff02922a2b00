import cv2
import numpy as np
import pytest
from PIL import Image

from clinoscope.domain.region import Box
from clinoscope.inference import white_card
from clinoscope.paths import RESOURCES
from clinoscope.regions.light import linear

SKIN = (205, 160, 138)
MOUTH = Box(120, 200, 160, 70)


def scene(card=(214, 214, 214), corners=((330, 60), (450, 75), (440, 220), (322, 205)), size=(360, 480)):
    canvas = np.full((*size, 3), SKIN, np.uint8)
    cv2.ellipse(canvas, (200, 235), (80, 35), 0, 0, 360, (178, 96, 98), -1, cv2.LINE_AA)
    cv2.fillConvexPoly(canvas, np.array(corners, np.int32), card, cv2.LINE_AA)
    noise = np.random.default_rng(0).normal(0, 2, canvas.shape)
    return np.clip(canvas + noise, 0, 255).astype(np.uint8)


def find(pixels, skin=SKIN):
    return white_card.find(pixels, MOUTH, linear(np.array(skin, np.uint8)))


def test_a_tilted_card_is_found_with_its_light():
    card = find(scene())
    assert card is not None
    assert card.box.iou(Box(322, 60, 128, 160)) > 0.75
    assert card.light == pytest.approx((0.67, 0.67, 0.67), abs=0.02)


def test_a_card_under_a_warm_lamp_is_found_and_keeps_the_lamps_colour():
    gains = np.array([1.05, 0.92, 0.75])
    pixels = (scene() * gains).clip(0, 255).astype(np.uint8)
    card = find(pixels, np.array(SKIN) * gains)
    assert card is not None
    assert card.light[0] > card.light[1] > card.light[2]


@pytest.mark.parametrize(
    "pixels",
    [
        scene(card=SKIN),
        scene(card=(225, 185, 165)),
        scene(card=(255, 255, 255)),
        scene(card=(90, 90, 90)),
        scene(corners=((330, 60), (450, 60), (330, 200))),
        scene(corners=((0, 0), (479, 0), (479, 100), (0, 100))),
        scene(corners=((330, 60), (338, 60), (338, 68), (330, 68))),
    ],
    ids=["no card", "pale skin", "burnt", "grey and darker than skin", "triangle", "wall", "button"],
)
def test_what_is_no_use_as_a_card_is_not_taken(pixels):
    assert find(pixels) is None


def test_teeth_inside_the_mouth_are_not_a_card():
    pixels = scene(corners=((150, 225), (250, 225), (250, 255), (150, 255)))
    assert find(pixels) is None


def test_the_paper_of_the_printed_card_is_not_taken_for_a_plain_sheet():
    pixels = np.asarray(Image.open(RESOURCES / "phantoms" / "face_card.png").convert("RGB"))
    assert white_card.find(pixels, Box(519, 646, 242, 124), linear(np.array([160, 115, 80], np.uint8))) is None


def test_the_card_phantom():
    pixels = np.asarray(Image.open(RESOURCES / "phantoms" / "lips_card.png").convert("RGB"))
    card = white_card.find(pixels, Box(90, 160, 544, 272), linear(np.array([200, 150, 125], np.uint8)))
    assert card is not None
    assert card.box.x > 600
