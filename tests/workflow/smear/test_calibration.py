"""Objectives: measured, kept per picture width, refused where nothing can be measured."""

from dataclasses import replace

import numpy as np
import pytest

from clinoscope.capture.files import from_frame
from clinoscope.domain.errors import NotAllowed, PictureError
from clinoscope.domain.picture import Origin, Picture
from clinoscope.records import Vault
from clinoscope.workflow.smear import calibration


@pytest.fixture(scope="module")
def ruled() -> Picture:
    """Lines 40 pixels apart."""
    pixels = np.full((400, 800, 3), 220, np.uint8)
    for place in range(20, 800, 40):
        pixels[60:340, place - 1 : place + 2] = 60
    return from_frame(pixels, Origin.CAMERA, "Microscope 2")


def test_an_objective_is_measured_and_kept(vault: Vault, ruled: Picture) -> None:
    measured = calibration.measure(ruled, " 100x   oil ", "Ada")
    assert (measured.name, measured.width, measured.device, measured.by) == ("100x oil", 800, "Microscope 2", "Ada")
    assert measured.micrometres == pytest.approx(0.25, rel=0.003)
    calibration.keep(vault, measured)
    assert calibration.objectives(vault) == (measured,)
    assert measured.scale.objective == "100x oil"


def test_a_new_measurement_takes_the_place_of_the_old_one(vault: Vault, ruled: Picture) -> None:
    first = calibration.measure(ruled, "100x oil", "Ada")
    calibration.keep(vault, first)
    calibration.keep(vault, replace(first, width=1600))
    calibration.keep(vault, replace(first, micrometres=0.3))
    assert [(entry.width, entry.micrometres) for entry in calibration.objectives(vault)] == [
        (800, 0.3),
        (1600, first.micrometres),
    ]
    calibration.forget(vault, calibration.objectives(vault)[0])
    assert [entry.width for entry in calibration.objectives(vault)] == [1600]


def test_what_cannot_be_a_microscope_is_refused(ruled: Picture) -> None:
    with pytest.raises(PictureError, match="check the spacing of the lines"):
        calibration.measure(ruled, "4x", "Ada", division=1000.0)
    with pytest.raises(NotAllowed, match="needs a name"):
        calibration.measure(ruled, " ", "Ada")


def test_a_picture_without_a_ruling_is_refused() -> None:
    blank = from_frame(np.full((300, 400, 3), 200, np.uint8), Origin.CAMERA, "")
    with pytest.raises(PictureError, match="No ruling is seen"):
        calibration.measure(blank, "100x", "Ada")
