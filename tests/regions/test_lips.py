import cv2
import numpy as np
import pytest
from PIL import Image

from clinoscope.domain.region import Box
from clinoscope.paths import RESOURCES
from clinoscope.regions import lips


def phantom(name):
    return np.asarray(Image.open(RESOURCES / "phantoms" / name).convert("RGB"))


def mouth(width=480, height=360, w=0.5, centre=(0.5, 0.52), skin=(205, 160, 138), colour=(178, 96, 98)):
    """A drawn close-up: skin with shading, two lips with a dark line between, the truth as a box."""
    ys, xs = np.mgrid[:height, :width]
    shade = 1 - 0.15 * ((xs / width - 0.4) ** 2 + (ys / height - 0.4) ** 2)
    canvas = np.clip(np.array(skin) * shade[..., None], 0, 255).astype(np.uint8)
    x, y, half = round(centre[0] * width), round(centre[1] * height), round(w * width / 2)
    for dx in (-0.28, 0.28):
        nostril = (round(x + dx * half), round(y - 1.15 * half))
        cv2.ellipse(canvas, nostril, (round(0.14 * half), round(0.08 * half)), 0, 0, 360, (95, 60, 50), -1, cv2.LINE_AA)
    cv2.ellipse(canvas, (x, y), (half, round(0.30 * half)), 0, 180, 360, colour, -1, cv2.LINE_AA)
    cv2.ellipse(canvas, (x, y), (half, round(0.42 * half)), 0, 0, 180, colour, -1, cv2.LINE_AA)
    cv2.line(canvas, (x - half, y), (x + half, y), (95, 45, 48), max(1, half // 30), cv2.LINE_AA)
    noise = np.random.default_rng(0).normal(0, 3, canvas.shape)
    pixels = np.clip(cv2.GaussianBlur(canvas, (0, 0), 1.2) + noise, 0, 255).astype(np.uint8)
    return pixels, Box(x - half, y - round(0.30 * half), 2 * half, round(0.72 * half))


def drawn(region, shape, ring=0):
    mask = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.array(region.outlines[ring])], 1)
    return mask > 0


def test_on_a_face_the_landmarks_give_two_rings_and_a_padded_box():
    pixels = phantom("face.png")
    region = lips.find(pixels)
    assert region.how == "landmarks"
    assert region.score > 0.9
    assert len(region.outlines) == 2
    outer, inner = (drawn(region, pixels.shape, ring) for ring in (0, 1))
    assert inner.sum() < 0.5 * outer.sum()
    ys, xs = np.nonzero(outer)
    assert region.box.x < xs.min()
    assert region.box.right > xs.max() + 1
    assert region.box.y < ys.min()
    redness = pixels[..., 0].astype(int) - pixels[..., 1]
    assert redness[outer & ~inner].mean() > redness.mean() + 30


def test_a_close_up_is_outlined_by_colour():
    pixels = phantom("lips.png")
    region = lips.close_up(pixels)
    assert region.how == "colour"
    red = pixels[..., 0].astype(int) - pixels[..., 1]
    outer = drawn(region, pixels.shape)
    assert red[outer].mean() > red[~outer].mean() + 15


@pytest.mark.parametrize(
    ("w", "centre", "skin", "colour"),
    [
        (0.5, (0.5, 0.52), (205, 160, 138), (178, 96, 98)),
        (0.7, (0.47, 0.6), (225, 190, 170), (205, 130, 130)),
        (0.4, (0.56, 0.55), (120, 84, 66), (112, 62, 60)),
        (0.5, (0.5, 0.52), (200, 160, 100), (175, 98, 72)),
    ],
    ids=["middle", "pale and large", "dark and small", "warm light"],
)
def test_drawn_mouths_are_found_where_they_are(w, centre, skin, colour):
    pixels, truth = mouth(w=w, centre=centre, skin=skin, colour=colour)
    region = lips.close_up(pixels)
    assert region is not None
    outer = np.array(region.outlines[0])
    low, high = outer.min(axis=0), outer.max(axis=0)
    tight = Box(*low.tolist(), *(high - low).tolist())
    assert tight.iou(truth) > 0.5


def test_lips_as_pale_as_the_skin_are_left_to_the_user():
    pixels, _ = mouth(colour=(203, 157, 136))
    assert lips.close_up(pixels) is None


@pytest.mark.parametrize("name", ["lesion.png", "scalp.png", "smear.png", "nails.png", "vertex.png"])
def test_other_phantoms_hold_no_lips(name):
    assert lips.find(phantom(name)) is None


@pytest.mark.parametrize("shape", [(1, 1), (16, 400), (400, 16), (40, 40)])
def test_odd_shapes_and_flat_pictures_give_none(shape):
    assert lips.find(np.full((*shape, 3), 128, np.uint8)) is None
    assert lips.find(np.zeros((*shape, 3), np.uint8)) is None


def test_outline_and_box_scale_with_the_picture():
    pixels, _ = mouth()
    large = cv2.resize(pixels, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    one, three = lips.close_up(pixels), lips.close_up(large)
    scaled = Box(*(3 * value for value in (one.box.x, one.box.y, one.box.w, one.box.h)))
    assert scaled.iou(three.box) > 0.85
