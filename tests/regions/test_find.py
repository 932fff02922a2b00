"""Every finder by name, on the phantoms and on pictures that show nothing."""

import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from clinoscope import modes, regions
from clinoscope.domain.picture import Pixels

PHANTOMS = Path(__file__).parents[2] / "resources" / "phantoms"
OWN = ("lesion", "skin", "scalp", "vertex", "field", "cell")


def phantom(name: str) -> Pixels:
    return np.asarray(Image.open(PHANTOMS / f"{name}.png").convert("RGB"))


def noisy(height: int, width: int) -> Pixels:
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)


def test_every_task_names_a_known_kind() -> None:
    assert {modes.task(task).region for task in modes.task_ids()} <= set(regions.KINDS)


def test_unknown_kind_is_an_error() -> None:
    with pytest.raises(KeyError):
        regions.find("elbow", noisy(20, 20))


@pytest.mark.parametrize("kind", OWN)
@pytest.mark.parametrize("shape", [(1, 1), (3, 2000), (2000, 3), (8, 8), (40, 60), (300, 31)])
@pytest.mark.parametrize("value", [0, 128, 255])
def test_plain_pictures_show_nothing(kind: str, shape: tuple[int, int], value: int) -> None:
    region = regions.find(kind, np.full((*shape, 3), value, np.uint8))
    if region is not None:
        assert region.box.clipped(shape[1], shape[0]) == region.box
        assert kind == "field" or (region.how == "whole" and region.score <= 0.2)


@pytest.mark.parametrize("kind", OWN)
@pytest.mark.parametrize("shape", [(1, 1), (2, 900), (8, 9), (33, 47), (240, 320)])
def test_noise_is_survived_and_boxes_stay_inside(kind: str, shape: tuple[int, int]) -> None:
    region = regions.find(kind, noisy(*shape))
    if region is not None:
        assert region.box.clipped(shape[1], shape[0]) == region.box
        assert 0 <= region.score <= 1


@pytest.mark.parametrize(
    ("kind", "name"),
    [("lesion", "lesion"), ("lesion", "dermoscopy"), ("skin", "rash"), ("vertex", "vertex"), ("cell", "cell")],
)
def test_phantoms_are_found(kind: str, name: str) -> None:
    region = regions.find(kind, phantom(name))
    assert region is not None
    assert region.how != "whole"
    assert region.score >= 0.6


@pytest.mark.parametrize("kind", OWN)
def test_the_same_picture_gives_the_same_region(kind: str) -> None:
    pixels = phantom("lesion")
    assert regions.find(kind, pixels) == regions.find(kind, pixels.copy())


def test_a_grey_picture_is_survived() -> None:
    grey = np.repeat(phantom("cell").mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)
    for kind in OWN:
        regions.find(kind, grey)


@pytest.mark.alone
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("lips", "face.png"),
        ("lips", "lips.png"),
        ("nails", "nails.png"),
        ("conjunctiva", "eyelid.png"),
        ("lesion", "lesion.png"),
        ("skin", "rash.png"),
        ("scalp", "scalp.png"),
        ("vertex", "vertex.png"),
        ("field", "smear.png"),
        ("cell", "cell.png"),
    ],
)
def test_a_still_of_twelve_megapixels_takes_a_tenth_of_a_second_of_one_core(kind: str, name: str) -> None:
    threads = cv2.getNumThreads()
    pixels = np.asarray(Image.open(PHANTOMS / name).convert("RGB"))
    still = np.asarray(cv2.resize(pixels, (4000, 3000), interpolation=cv2.INTER_LINEAR), np.uint8)
    cv2.setNumThreads(1)
    try:
        times = []
        for _ in range(25):  # a neighbour on the same processor slows many of them
            begun = time.thread_time()
            assert regions.find(kind, still) is not None
            times.append(time.thread_time() - begun)
            if times[-1] <= 0.1:
                break
    finally:
        cv2.setNumThreads(threads)
    assert min(times) <= 0.1
