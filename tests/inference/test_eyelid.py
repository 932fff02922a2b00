import dataclasses

import cv2
import numpy as np
import pytest

from clinoscope.domain.reading import CANNOT_JUDGE, MEASURED, ModelRef
from clinoscope.domain.region import Box, Region
from clinoscope.inference import erythema, eyelid, packages
from clinoscope.paths import RESOURCES
from clinoscope.regions import conjunctiva

LID = np.array([0.36, 0.10, 0.09])
"""Linear reflectance of a red inner lid."""
WHITE = np.array([0.62, 0.58, 0.60])
SKIN = np.array([0.52, 0.33, 0.24])


@pytest.fixture(scope="module")
def package():
    return packages.for_task("anemia/conjunctiva")


def encode(light):
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def photo(lid=LID, white=WHITE, gain=(0.8, 0.8, 0.8), seed=0):
    """An eye drawn in linear light, photographed through channel gains; the strip under it with its outline."""
    scene = np.empty((360, 480, 3))
    scene[:] = SKIN
    cv2.ellipse(scene, (240, 170), (170, 90), 0, 0, 360, white.tolist(), -1)
    cv2.circle(scene, (240, 140), 55, (0.05, 0.03, 0.02), -1)
    outer = cv2.ellipse2Poly((240, 200), (170, 110), 0, 5, 175, 5)
    inner = cv2.ellipse2Poly((240, 200), (170, 55), 0, 5, 175, 5)[::-1]
    ring = np.concatenate([outer, inner])
    scene[cv2.fillPoly(np.zeros((360, 480), np.uint8), [ring], 1) > 0] = lid
    noise = np.random.default_rng(seed).normal(0, 2, scene.shape)
    pixels = np.clip(encode(scene * gain) * 255 + noise, 0, 255).astype(np.uint8)
    x, y, w, h = cv2.boundingRect(ring)
    return pixels, Region(Box(x, y, w, h), "colour", outlines=(tuple((int(a), int(b)) for a, b in ring),))


def read(package, earlier=(), **how):
    pixels, region = photo(**how)
    return eyelid.measure(pixels, region, package, earlier)


def test_the_first_measure_is_the_difference_of_log_ratios_that_was_drawn(package):
    reading = read(package)
    assert reading.answer == MEASURED
    assert [measure.name for measure in reading.measures] == [eyelid.ERYTHEMA, eyelid.ALONE]
    alone = 100 * np.log10(LID[0] / LID[1])
    assert reading.measures[0].value == pytest.approx(alone - 100 * np.log10(WHITE[0] / WHITE[1]), abs=1)
    assert reading.measures[1].value == pytest.approx(alone, abs=1)


def test_a_paler_lid_has_a_lower_value(package):
    pale = LID * (1, 1.6, 1.6)
    assert read(package, lid=pale).measures[0].value < read(package).measures[0].value - 15


@pytest.mark.parametrize("gain", [(0.45, 0.45, 0.45), (0.95, 0.8, 0.68), (0.72, 0.8, 0.95)])
def test_the_difference_does_not_follow_the_lamp_while_the_lid_alone_does(package, gain):
    plain, other = read(package).measures, read(package, gain=gain).measures
    assert other[0].value == pytest.approx(plain[0].value, abs=2)
    assert other[1].value - plain[1].value == pytest.approx(100 * np.log10(gain[0] / gain[1]), abs=2)


def test_every_uncertainty_is_above_that_of_the_lamp(package):
    apart, alone = read(package).measures
    assert apart.uncertainty >= package.parameters["sd_apart"]
    assert alone.uncertainty >= package.parameters["sd_alone"] > package.parameters["sd_apart"]


def test_the_same_picture_gives_the_same_numbers(package):
    assert read(package) == read(package)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"gain": (0.004, 0.004, 0.004)}, "neither burnt nor black"),
        ({"white": SKIN * 0.15}, "nothing is white"),
        ({"white": LID}, "nothing is white"),
        ({"gain": (0.25, 0.8, 0.3)}, "nothing is white"),
        ({"lid": np.array([0.5, 0.33, 0.3])}, "not the colour of an inner lid"),
        ({"lid": np.array([0.6, 0.02, 0.05])}, "not the colour of an inner lid"),
    ],
)
def test_what_cannot_be_measured_is_a_sentence(package, how, words):
    reading = read(package, **how)
    assert reading.answer == CANNOT_JUDGE
    assert words in reading.reason
    assert not reading.measures


def test_a_small_strip_and_one_under_glare_cannot_be_judged(package):
    pixels, region = photo()
    assert "come closer" in eyelid.measure(pixels, Region(Box(200, 250, 40, 20), "drawn"), package).reason
    cv2.rectangle(pixels, (60, 240), (420, 320), (255, 255, 255), -1)
    assert eyelid.measure(pixels, region, package).answer == CANNOT_JUDGE


def test_a_box_drawn_by_hand_measures_much_the_same(package):
    pixels, region = photo()
    drawn = eyelid.measure(pixels, Region(region.box, "drawn"), package)
    assert drawn.measures[0].value == pytest.approx(read(package).measures[0].value, abs=4)


def test_a_cut_out_strip_has_no_white_to_compare_with(package):
    pixels, region = photo()
    mask = cv2.fillPoly(np.zeros(pixels.shape[:2], np.uint8), [np.array(region.outlines[0])], 1)
    reading = eyelid.measure(pixels * mask[..., None], region, package)
    assert "white of the eye does not show" in reading.reason


def test_the_change_counts_earlier_readings_of_the_same_package_only(package):
    before = read(package, lid=LID * (1, 1.3, 1.3))
    other = dataclasses.replace(before, model=ModelRef("other", "1.0.0", "0" * 64))
    assert len(read(package, [other]).measures) == 2
    assert len(read(package, [dataclasses.replace(before, measures=())]).measures) == 2
    now = read(package, [other, before])
    apart, change, _ = now.measures
    assert change.name == erythema.CHANGE
    assert change.value == pytest.approx(apart.value - before.measures[0].value)
    assert change.uncertainty > package.parameters["day_to_day"]


def test_the_phantom_is_measured(package):
    pixels = cv2.imread(str(RESOURCES / "phantoms" / "eyelid.png"))[..., ::-1].copy()
    region = conjunctiva.find(pixels)
    reading = eyelid.measure(pixels, region, package)
    assert reading.answer == MEASURED
    assert 20 < reading.measures[0].value < 100
