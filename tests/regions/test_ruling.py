"""Drawn stage micrometers are measured; what is no ruling is refused."""

import cv2
import numpy as np
import pytest

from clinoscope.capture.files import open_picture
from clinoscope.domain.errors import PictureError
from clinoscope.domain.picture import Pixels
from clinoscope.regions.ruling import FEW, NO_LINES, NO_PERIOD, find_ruling
from clinoscope.workflow.demo import phantom


def micrometer(
    period: float, angle: float = 0.0, size: tuple[int, int] = (900, 1440), blur: float = 1.5, noise: float = 4.0
) -> Pixels:
    """Dark lines on glass, every fifth and tenth one longer, under an uneven lamp."""
    height, width = size
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    turn = np.radians(angle)
    across = (x - width / 2) * np.cos(turn) + (y - height / 2) * np.sin(turn)
    along = -(x - width / 2) * np.sin(turn) + (y - height / 2) * np.cos(turn)
    number = np.rint(across / period)
    reach = np.where(number % 10 == 0, 0.42, np.where(number % 5 == 0, 0.34, 0.26)) * height
    line = (np.abs(across - number * period) < max(1.2, 0.06 * period)) & (np.abs(along) < reach)
    light = 215 + 20 * x / width - 12 * y / height
    grey = cv2.GaussianBlur(np.where(line, light - 120, light), (0, 0), blur)
    grey += np.random.default_rng(3).normal(0, noise, grey.shape)
    return np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


@pytest.mark.parametrize(
    ("period", "angle"), [(14.3, 0), (37.7, 2.5), (117.6, -7), (90.0, 90), (61.4, 38), (180.2, -0.4)]
)
def test_the_period_is_measured_to_a_third_of_a_percent(period: float, angle: float) -> None:
    ruling = find_ruling(micrometer(period, angle))
    assert ruling.period == pytest.approx(period, rel=0.0033)
    assert ruling.uncertainty < 0.005 * period


def test_bright_lines_and_blur_do_as_well() -> None:
    assert find_ruling(255 - micrometer(52.0)).period == pytest.approx(52.0, rel=0.0033)
    assert find_ruling(micrometer(52.0, blur=6, noise=9)).period == pytest.approx(52.0, rel=0.0033)


def test_a_large_picture_is_measured_in_its_own_pixels() -> None:
    assert find_ruling(micrometer(140.0, size=(1500, 4000))).period == pytest.approx(140.0, rel=0.0033)


@pytest.mark.parametrize(
    ("picture", "sentence"),
    [
        (np.full((600, 800, 3), 200, np.uint8), NO_LINES),
        (np.random.default_rng(1).integers(0, 255, (600, 800, 3), np.uint8), NO_LINES),
        (open_picture(phantom("neutrophil/cells")).pixels, NO_LINES),
        (micrometer(30.0)[:40], NO_LINES),
    ],
    ids=["empty", "noise", "smear", "a strip"],
)
def test_what_is_no_ruling_is_refused(picture: Pixels, sentence: str) -> None:
    with pytest.raises(PictureError) as refused:
        find_ruling(picture)
    assert str(refused.value) == sentence


def test_too_few_lines_are_refused() -> None:
    with pytest.raises(PictureError) as refused:
        find_ruling(micrometer(400.0))
    assert str(refused.value) in (FEW, NO_PERIOD)


def test_uneven_lines_are_refused() -> None:
    picture = np.full((600, 1200, 3), 210, np.uint8)
    for place in np.random.default_rng(5).choice(np.arange(20, 1180, 3), 24, replace=False):
        picture[:, place : place + 3] = 70
    with pytest.raises(PictureError) as refused:
        find_ruling(picture)
    assert str(refused.value) == NO_PERIOD
