"""A camera's knobs against devices at the level of cv2.VideoCapture: no test machine has a camera."""

import sys

import cv2
import pytest

from clinoscope.capture import controls
from clinoscope.capture.controls import Knob, Settings


@pytest.mark.parametrize("refuses", [False, True])
def test_what_a_device_can_do_is_found_out_and_it_stays_as_it_was(device_of, refuses):
    device = device_of(refuses)
    before = dict(device.values)
    found = controls.probe(device)
    assert found.sizes == ((640, 480), (1280, 720), (1920, 1080), (3840, 2160))
    assert found.size == (1920, 1080)
    assert set(found.ranges) == {Knob.EXPOSURE, Knob.WHITE_BALANCE}, "it has no focus"
    exposure, balance = found.ranges[Knob.EXPOSURE], found.ranges[Knob.WHITE_BALANCE]
    assert (exposure.low, exposure.high, exposure.value, exposure.automatic) == (3, 2047, 157, True)
    assert balance.low <= 2810
    assert balance.high >= 6490
    assert device.values == before


def test_exposures_in_powers_of_two_as_direct_show_has_them(device_of):
    device = device_of(refuses=True)
    device.limits[cv2.CAP_PROP_EXPOSURE] = (-13.0, -1.0, 1.0)
    device.values[cv2.CAP_PROP_EXPOSURE] = -5.0
    exposure = controls.probe(device).ranges[Knob.EXPOSURE]
    assert (exposure.low, exposure.high, exposure.value) == (-13, -1, -5)


def test_a_device_that_says_yes_to_everything_and_does_nothing(device_of):
    device = device_of()
    device.set = lambda _prop, _value: True
    found = controls.probe(device)
    assert found.sizes == ((1920, 1080),)
    assert found.ranges == {}


def test_a_knob_is_switched_off_automatic_before_it_is_turned(device_of):
    device = device_of()
    controls.apply(device, Settings(by_hand={Knob.EXPOSURE: 40}))
    assert device.get(cv2.CAP_PROP_EXPOSURE) == 40
    assert device.get(cv2.CAP_PROP_AUTO_WB) == 1.0, "not touched"
    controls.apply(device, Settings(), before=Settings(by_hand={Knob.EXPOSURE: 40}))
    assert device.get(cv2.CAP_PROP_AUTO_EXPOSURE) == (3.0 if sys.platform.startswith("linux") else 1.0)


def test_settings_come_back_as_they_were_kept():
    settings = Settings((3840, 2160), {Knob.FOCUS: 30.0, Knob.EXPOSURE: -5.0})
    assert controls.from_json(controls.to_json(settings)) == settings


@pytest.mark.parametrize(
    "kept", [None, [], "x", {"size": [0, 2]}, {"size": "big", "by_hand": {"focus": "far", "x": 1}}]
)
def test_settings_that_are_not_understood_are_the_usual_ones(kept):
    assert controls.from_json(kept) == Settings()
