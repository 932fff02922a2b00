import dataclasses

import cv2
import numpy as np
import pytest
from PIL import Image

from clinoscope.domain.reading import CANNOT_JUDGE, MEASURED, ModelRef
from clinoscope.domain.region import Box, Region
from clinoscope.inference import erythema, lips, packages
from clinoscope.paths import RESOURCES

SKIN = np.array([0.52, 0.33, 0.24])
"""Linear reflectance of light skin."""
LIPS = np.array([0.36, 0.145, 0.14])


@pytest.fixture(scope="module")
def package():
    return packages.for_task("anemia/lip")


def encode(light):
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def photo(lip=LIPS, skin=SKIN, gain=(0.8, 0.8, 0.8), card=None, size=(360, 480), seed=0):
    """A mouth drawn in linear light, photographed through channel gains; its region with both outlines."""
    scene = np.empty((*size, 3))
    scene[:] = skin
    x, y, half = size[1] // 2, size[0] // 2, size[1] // 4
    outer = cv2.ellipse2Poly((x, y), (half, half * 2 // 5), 0, 0, 360, 6)
    inner = cv2.ellipse2Poly((x, y), (half * 3 // 4, 4), 0, 0, 360, 6)
    for ring, colour in ((outer, lip), (inner, lip * 0.3)):
        mask = cv2.fillPoly(np.zeros(size, np.uint8), [ring], 1) > 0
        scene[mask] = colour
    if card is not None:
        cv2.fillConvexPoly(scene, np.array([(372, 20), (462, 28), (455, 118), (366, 110)], np.int32), (card,) * 3)
    scene *= 1 - 0.1 * np.linspace(-1, 1, size[1])[None, :, None] ** 2
    noise = np.random.default_rng(seed).normal(0, 2, scene.shape)
    pixels = np.clip(encode(scene * gain) * 255 + noise, 0, 255).astype(np.uint8)
    rings = tuple(tuple((int(px), int(py)) for px, py in ring) for ring in (outer, inner))
    box = Box(x - half, y - half * 2 // 5, 2 * half, half * 4 // 5)
    return pixels, Region(box=box.padded(0.1), how="landmarks", outlines=rings)


def read(package, earlier=(), **how):
    pixels, region = photo(**how)
    return lips.measure(pixels, region, package, earlier)


def value(reading, name):
    return next(measure for measure in reading.measures if measure.name.startswith(name))


def test_the_erythema_difference_is_the_log_ratio_that_was_drawn(package):
    reading = read(package)
    assert reading.answer == MEASURED
    drawn = 100 * np.log10((LIPS[0] / LIPS[1]) / (SKIN[0] / SKIN[1]))
    apart = value(reading, "Erythema, lips minus skin")
    assert apart.value == pytest.approx(drawn, abs=0.8)
    assert reading.measures[0].name == lips.PALLOR
    assert reading.measures[0].value == pytest.approx(100 * (1 - drawn / package.parameters["full_red"]), abs=2)


def test_paler_lips_have_a_higher_index(package):
    pale = LIPS * (1, 1.5, 1.4)
    assert read(package, lip=pale).measures[0].value > read(package).measures[0].value + 20


def test_a_star_of_a_known_colour(package):
    light = np.full((1, 1, 3), 0.0, np.float32)
    light[0, 0] = np.array([0.2, 0.1, 0.08])
    ours = lips._lab(light)[0, 0]
    theirs = cv2.cvtColor(encode(light).astype(np.float32), cv2.COLOR_RGB2LAB)[0, 0]
    assert ours == pytest.approx(theirs, abs=0.3)


@pytest.mark.parametrize("gain", [(0.45, 0.45, 0.45), (1.0, 1.0, 1.0), (0.9, 0.8, 0.68), (0.72, 0.8, 0.9)])
def test_the_index_does_not_follow_exposure_or_white_balance(package, gain):
    plain, other = read(package).measures[0], read(package, gain=gain).measures[0]
    assert other.value == pytest.approx(plain.value, abs=2.5)


def test_a_card_undoes_the_lamp_in_what_the_lamp_would_change(package):
    name = "Erythema of the lips"
    true = value(read(package, card=0.85), name)
    warm = (0.95, 0.8, 0.62)
    bare, corrected = value(read(package, gain=warm), name), value(read(package, gain=warm, card=0.85), name)
    assert corrected.value == pytest.approx(true.value, abs=1.0)
    assert abs(bare.value - true.value) > 3
    assert corrected.name.endswith("against the white card")
    assert bare.name.endswith("without a white card")
    assert corrected.uncertainty < bare.uncertainty


def test_a_card_lets_a_picture_in_coloured_light_be_read(package):
    blue = (0.42, 0.62, 0.95)
    assert read(package, gain=blue).answer == CANNOT_JUDGE
    assert read(package, gain=blue, card=0.85).answer == MEASURED


def test_the_same_picture_gives_the_same_numbers(package):
    assert read(package) == read(package)


def test_every_measure_has_an_uncertainty_above_that_of_the_lamp(package):
    for measure in read(package).measures:
        assert measure.uncertainty > 0
    assert read(package).measures[0].uncertainty >= package.parameters["sd_pallor_no_card"]


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"gain": (0.02, 0.02, 0.02)}, ("dark", "black")),
        ({"gain": (2.4, 2.4, 2.4)}, ("burnt", "bright", "No evenly lit skin")),
        ({"gain": (0.3, 0.9, 0.4)}, ("coloured",)),
        ({"lip": np.array([0.5, 0.03, 0.06])}, ("painted",)),
        ({"lip": np.array([0.25, 0.06, 0.30])}, ("painted",)),
        ({"lip": SKIN * 0.8 * (0.85, 1, 1)}, ("no redder",)),
        ({"lip": np.full(3, 0.2), "skin": np.full(3, 0.4)}, ("colour",)),
    ],
    ids=["dark", "bright", "green light", "red lipstick", "purple lipstick", "no contrast", "black and white"],
)
def test_it_cannot_judge_and_says_why(package, how, words):
    reading = read(package, **how)
    assert reading.answer == CANNOT_JUDGE
    assert reading.measures == ()
    assert reading.reason.endswith(".")
    assert any(word in reading.reason for word in words), reading.reason


def test_a_tiny_mouth_cannot_be_judged(package):
    pixels, _ = photo()
    reading = lips.measure(pixels, Region(Box(200, 150, 30, 14), "drawn"), package)
    assert reading.answer == CANNOT_JUDGE
    assert "closer" in reading.reason


def test_glare_over_most_of_the_lips_cannot_be_judged(package):
    pixels, region = photo()
    pixels[region.box.y : region.box.bottom, region.box.x + 20 : region.box.right - 20] = 254
    assert lips.measure(pixels, region, package).answer == CANNOT_JUDGE


def test_a_little_glare_and_teeth_do_not_move_the_index(package):
    pixels, region = photo()
    plain = lips.measure(pixels, region, package).measures[0].value
    x, y = (round(part) for part in region.box.centre)
    cv2.ellipse(pixels, (x - 30, y + 22), (18, 5), 0, 0, 360, (244, 236, 236), -1)
    cv2.ellipse(pixels, (x, y), (50, 9), 0, 0, 360, (225, 220, 200), -1)
    assert lips.measure(pixels, region, package).measures[0].value == pytest.approx(plain, abs=2)


def test_a_beard_beside_the_mouth_does_not_move_the_index(package):
    pixels, region = photo()
    plain = lips.measure(pixels, region, package).measures[0].value
    pixels[: region.box.bottom, region.box.right :] = (48, 36, 32)
    assert lips.measure(pixels, region, package).measures[0].value == pytest.approx(plain, abs=3)


def test_a_box_drawn_by_hand_is_split_by_colour(package):
    pixels, region = photo()
    drawn = lips.measure(pixels, Region(region.box, "drawn"), package).measures[0]
    assert drawn.value == pytest.approx(lips.measure(pixels, region, package).measures[0].value, abs=4)


def test_a_box_drawn_inside_the_lips_is_used_whole(package):
    pixels, region = photo()
    x, y = (round(part) for part in region.box.centre)
    mask = lips._pinker_part(pixels[y + 8 : y + 36, x - 40 : x + 40])
    assert mask.all()


def test_a_region_over_the_edge_of_the_picture_is_clipped(package):
    pixels, region = photo()
    over = dataclasses.replace(region, box=Box(-50, -20, 600, 500))
    assert lips.measure(pixels, over, package).answer == MEASURED


def test_earlier_readings_of_the_same_package_give_the_change(package):
    before = [read(package, seed=seed) for seed in (1, 2)]
    reading = read(package, earlier=before, lip=LIPS * (1, 1.3, 1.3))
    change = reading.measures[1]
    assert change.name == erythema.CHANGE
    mean = np.mean([entry.measures[0].value for entry in before])
    assert change.value == pytest.approx(reading.measures[0].value - mean)
    assert change.uncertainty > reading.measures[0].uncertainty


def test_readings_of_other_packages_or_without_numbers_give_no_change(package):
    old = dataclasses.replace(read(package), model=ModelRef("lip-pallor", "0.1.0", "00"))
    refused = read(package, gain=(0.02, 0.02, 0.02))
    assert all(measure.name != erythema.CHANGE for measure in read(package, earlier=[old, refused]).measures)


def test_it_never_names_haemoglobin_or_anemia(package):
    reading = read(package, card=0.85, earlier=[read(package)])
    words = " ".join(measure.name + measure.unit for measure in reading.measures).lower()
    assert reading.probabilities == {}
    assert reading.labels == ()
    for word in ("hb", "haemoglobin", "hemoglobin", "anemi", "g/dl"):
        assert word not in words


@pytest.mark.parametrize("name", ["face.png", "lips.png", "lips_card.png"])
def test_the_phantoms_are_measured(package, name):
    from clinoscope.regions import lips as finder

    pixels = np.asarray(Image.open(RESOURCES / "phantoms" / name).convert("RGB"))
    reading = lips.measure(pixels, finder.find(pixels), package)
    assert reading.answer == MEASURED
    assert 0 < reading.measures[0].value < 60
    assert ("against" in reading.measures[-1].name) == (name == "lips_card.png")
