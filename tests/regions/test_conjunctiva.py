import cv2
import numpy as np
import pytest
from PIL import Image

from clinoscope.domain.region import Box
from clinoscope.paths import RESOURCES
from clinoscope.regions import conjunctiva


def phantom(name):
    return np.asarray(Image.open(RESOURCES / "phantoms" / name).convert("RGB"))


def eye(skin=(120, 88, 74), strip=(196, 92, 96)):
    """A drawn eye with the lid pulled down, 360 x 480, and the strip's mask."""
    canvas = np.full((480, 360, 3), skin, np.uint8)
    cv2.ellipse(canvas, (180, 240), (150, 130), 0, 0, 360, strip, -1, cv2.LINE_AA)
    cv2.ellipse(canvas, (180, 190), (148, 110), 0, 0, 360, (225, 215, 212), -1, cv2.LINE_AA)
    cv2.circle(canvas, (180, 150), 55, (60, 45, 40), -1, cv2.LINE_AA)
    mask = (np.abs(canvas.astype(int) - strip).sum(axis=2) < 30).astype(np.uint8)
    noise = np.random.default_rng(0).normal(0, 3, canvas.shape)
    return np.clip(cv2.GaussianBlur(canvas, (0, 0), 1.5) + noise, 0, 255).astype(np.uint8), mask


def cut_out():
    """A crescent alone on black, as the cut-outs of published sets."""
    canvas = np.zeros((110, 300, 3), np.uint8)
    cv2.ellipse(canvas, (150, -30), (150, 130), 0, 0, 180, (200, 110, 105), -1, cv2.LINE_AA)
    cv2.ellipse(canvas, (150, -60), (150, 120), 0, 0, 180, (0, 0, 0), -1, cv2.LINE_AA)
    return canvas


@pytest.mark.parametrize("skin", [(120, 88, 74), (70, 48, 40), (214, 170, 148)], ids=["brown", "dark", "light"])
def test_the_strip_under_the_eyeball_is_found(skin):
    pixels, mask = eye(skin)
    region = conjunctiva.find(pixels)
    assert region.how == "colour"
    found = np.zeros(mask.shape, np.uint8)
    cv2.fillPoly(found, [np.array(region.outlines[0])], 1)
    assert mask[found > 0].mean() > 0.85
    assert found[mask > 0].mean() > 0.5
    assert region.box.y > 240


def test_the_drawn_eyelid_phantom_is_found():
    region = conjunctiva.find(phantom("eyelid.png"))
    assert region.how == "colour"
    assert region.box.iou(Box(186, 372, 579, 183)) > 0.6


def test_a_cut_out_on_black_is_taken_whole():
    pixels = cut_out()
    region = conjunctiva.find(pixels)
    assert region.how == "whole"
    ys, xs = np.nonzero(pixels.max(axis=2) > 40)
    assert region.box.iou(Box(int(xs.min()), int(ys.min()), int(np.ptp(xs)) + 1, int(np.ptp(ys)) + 1)) > 0.9


def test_a_picture_red_all_over_is_taken_whole():
    noise = np.random.default_rng(0).normal(0, 4, (120, 300, 3))
    pixels = np.clip(np.array([200, 105, 105]) + noise, 0, 255).astype(np.uint8)
    region = conjunctiva.find(pixels)
    assert region.how == "whole"
    assert region.box == Box(0, 0, 300, 120)


def test_a_pale_lid_without_red_is_left_to_the_user():
    assert conjunctiva.find(eye(strip=(150, 125, 112))[0]) is None


@pytest.mark.parametrize("name", ["lesion.png", "nails.png", "scalp.png", "vertex.png", "smear.png", "face.png"])
def test_other_phantoms_hold_no_conjunctiva(name):
    assert conjunctiva.find(phantom(name)) is None


@pytest.mark.parametrize("shape", [(1, 1), (8, 500), (60, 60)])
@pytest.mark.parametrize("value", [0, 128, 255])
def test_flat_pictures_give_none(shape, value):
    assert conjunctiva.find(np.full((*shape, 3), value, np.uint8)) is None
