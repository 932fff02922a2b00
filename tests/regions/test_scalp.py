"""The patch of a scalp photograph and the head from above."""

import cv2
import numpy as np

from clinoscope.domain.region import Box
from clinoscope.regions import scalp


def test_plain_borders_are_cut_off() -> None:
    pixels = np.full((300, 400, 3), 255, np.uint8)
    pixels[40:260, 50:350] = np.random.default_rng(4).integers(60, 180, (220, 300, 3))
    region = scalp.find(pixels)
    assert region is not None
    assert region.box.iou(Box(50, 40, 300, 220)) > 0.8
    assert region.box.x >= 50
    assert region.box.right <= 352


def test_a_full_picture_keeps_nearly_everything() -> None:
    region = scalp.find(np.random.default_rng(5).integers(60, 180, (200, 300, 3), np.uint8))
    assert region is not None
    assert region.box.iou(Box(0, 0, 300, 200)) > 0.85


def test_a_head_is_told_from_the_room() -> None:
    rng = np.random.default_rng(6)
    pixels = np.clip(np.full((400, 400, 3), (205, 196, 184)) + rng.normal(0, 6, (400, 400, 3)), 0, 255).astype(np.uint8)
    cv2.rectangle(pixels, (0, 0), (90, 60), (60, 120, 180), -1)
    head = np.zeros((400, 400), np.uint8)
    cv2.ellipse(head, (205, 195), (105, 140), 0, 0, 360, 255, -1)
    hair = np.clip(np.full((400, 400, 3), (46, 36, 30)) + rng.normal(0, 14, (400, 400, 1)), 0, 255).astype(np.uint8)
    pixels[head > 0] = hair[head > 0]
    cv2.ellipse(pixels, (205, 190), (34, 44), 0, 0, 360, (206, 160, 138), -1)
    region = scalp.find_vertex(pixels)
    assert region is not None
    assert region.how == "contrast"
    assert region.box.iou(Box(100, 55, 211, 281)) > 0.85
    assert region.outlines


def test_no_head_gives_the_whole_picture_that_admits_it() -> None:
    region = scalp.find_vertex(np.full((200, 200, 3), 128, np.uint8))
    assert region is not None
    assert region.how == "whole"
    assert region.score <= 0.2
