import dataclasses
import time

import cv2
import numpy as np
import pytest

from clinoscope import modes
from clinoscope.domain.errors import PackageError
from clinoscope.domain.reading import CANNOT_JUDGE, UNSURE
from clinoscope.domain.region import Box, Region
from clinoscope.inference import classify, network, packages, steps, watcher
from clinoscope.inference.card import Caution, FlagRule, Input, Rejection
from clinoscope.inference.rejection import fit_distance, save_reference
from clinoscope.paths import RESOURCES

TASK = modes.task("skin/lesion-photo")


@pytest.fixture(scope="module")
def package():
    return packages.for_task(TASK.id)


@pytest.fixture(scope="module")
def lesion():
    picture = cv2.imread(str(RESOURCES / "phantoms" / "lesion.png"))
    return np.ascontiguousarray(picture[..., ::-1])


@pytest.fixture(scope="module")
def region(lesion):
    height, width = lesion.shape[:2]
    return Region(Box(width // 4, height // 4, width // 2, height // 2), "drawn")


def test_a_reading_names_its_model_and_every_label(package, lesion, region):
    reading = classify.classify(TASK, lesion, region, package)
    assert reading.task == TASK.id
    assert reading.model == package.ref
    assert tuple(reading.probabilities) == package.labels
    assert sum(reading.probabilities.values()) == pytest.approx(1)
    assert reading.labels[0] == reading.top
    assert reading.answer in (*package.labels, UNSURE, CANNOT_JUDGE)
    assert (reading.answer == CANNOT_JUDGE) == bool(reading.reason)


def test_reading_again_gives_the_same_numbers(package, lesion, region):
    assert classify.classify(TASK, lesion, region, package) == classify.classify(TASK, lesion, region, package)


def test_the_set_holds_every_label_that_cannot_be_excluded(package, lesion, region):
    reading = classify.classify(TASK, lesion, region, package)
    for label, probability in reading.probabilities.items():
        inside = 1 - probability <= package.conformal.quantile or label == reading.top
        assert (label in reading.labels) == inside


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_blank_frame_cannot_be_judged(package, grey):
    blank = np.full((300, 400, 3), grey, np.uint8)
    reading = classify.classify(TASK, blank, Region(Box(0, 0, 400, 300), "whole"), package)
    assert reading.answer == CANNOT_JUDGE
    assert reading.reason == classify.BLANK


def test_parts_are_averaged_before_the_softmax(package, lesion, region):
    box = region.box
    other = Box(box.x + 20, box.y, box.w, box.h)
    both = classify.classify(TASK, lesion, Region(box, "drawn", parts=(box, other)), package)
    logits = [
        network.run(package, classify.prepare(lesion, region, part, package.input)).logits for part in (box, other)
    ]
    expected = classify.softmax(np.mean(logits, axis=0), package.calibration.temperature)
    assert list(both.probabilities.values()) == pytest.approx(expected, abs=1e-6)


@pytest.fixture
def flagging(package):
    """The same package with a flag that is always raised."""
    rule = FlagRule(
        id="screen", name="Rare?", note="It may be rare.", kind="label", label=package.labels[0], threshold=0
    )
    return dataclasses.replace(package, flags=(rule,), sha256="flagging")


def test_a_reading_carries_the_flags_of_its_package(flagging, lesion, region):
    reading = classify.classify(TASK, lesion, region, flagging, phantom=True)
    assert reading.answer != CANNOT_JUDGE
    (flag,) = reading.flags
    assert flag.value == reading.probabilities[flagging.labels[0]]
    assert flag.raised


def test_what_cannot_be_judged_has_no_flags(flagging):
    blank = np.full((300, 400, 3), 128, np.uint8)
    assert classify.classify(TASK, blank, Region(Box(0, 0, 400, 300), "whole"), flagging).flags == ()


@pytest.fixture
def watching(package, lesion, region):
    """Gives the package with a rule on the watcher's features, fitted round those of the lesion, by the hash of one."""

    def make(sha256=watcher.SHA256):
        seen = watcher.watched(lesion, region, package.input)
        rng = np.random.default_rng(0)
        around = seen + rng.normal(0, 0.01 + 0.02 * np.abs(seen), (200, len(seen)))
        content = {**package.content, "reference.npz": save_reference(fit_distance(around))}
        rule = Rejection(rule="distance", threshold=3.0, watcher=sha256)
        return dataclasses.replace(package, rejection=rule, content=content, sha256=f"watching {sha256}")

    return make


def test_a_rule_on_the_watcher_goes_by_what_the_watcher_sees(watching, lesion, region):
    package = watching()
    assert classify.classify(TASK, lesion, region, package).answer != CANNOT_JUDGE
    noise = np.random.default_rng(1).integers(0, 256, lesion.shape, dtype=np.uint8)
    refused = classify.classify(TASK, noise, region, package)
    assert (refused.answer, refused.reason) == (CANNOT_JUDGE, classify.FOREIGN)


def test_a_rule_made_with_another_watcher_is_a_sentence(watching, lesion, region):
    with pytest.raises(PackageError, match="was made with another version of Clinoscope"):
        classify.classify(TASK, lesion, region, watching("0" * 64))


def test_what_the_rule_refuses_is_strange_and_without_a_rule_on_the_watcher_nothing_is(
    package, watching, lesion, region
):
    assert classify.strange(lesion, region, package), "a drawing does not look like a photograph"
    assert not classify.strange(lesion, region, dataclasses.replace(package, rejection=None))
    assert not classify.strange(
        lesion, region, dataclasses.replace(package, rejection=Rejection(rule="distance", threshold=1.0))
    )


def test_the_maps_add_up_to_the_logits_but_for_the_bias(package, lesion, region, rng):
    boxes = (region.box, Box(0, 0, 60, 60))
    outputs = [network.run(package, classify.prepare(lesion, region, box, package.input)) for box in boxes]
    bias = [output.logits - output.maps.mean(axis=(0, 1)) for output in outputs]
    assert bias[0] == pytest.approx(bias[1], abs=2e-2)


def test_the_heat_lies_in_the_region_and_reaches_one(package, lesion, region):
    reading = classify.classify(TASK, lesion, region, package)
    heat = classify.explain(lesion, region, package, reading.top)
    assert heat.shape == lesion.shape[:2]
    assert heat.dtype == np.float32
    assert heat.min() >= 0
    assert heat.max() == pytest.approx(1)
    square = region.box.padded(package.input.margin).squared()
    outside = heat.copy()
    seen = square.clipped(lesion.shape[1], lesion.shape[0])
    outside[seen.y : seen.bottom, seen.x : seen.right] = 0
    assert not outside.any()


def test_the_heat_of_a_region_that_leaves_the_picture(package, lesion):
    height, width = lesion.shape[:2]
    heat = classify.explain(lesion, Region(Box(width - 40, -30, 90, 80), "drawn"), package, package.labels[0])
    assert heat.shape == (height, width)
    with pytest.raises(ValueError, match="not in"):
        classify.explain(lesion, Region(Box(0, 0, 50, 50), "drawn"), package, "wart")


def test_what_the_network_sees_is_cut_out_and_resized_as_documented(rng):
    pixels = rng.integers(0, 256, (100, 140, 3), dtype=np.uint8)
    region = Region(Box(20, 30, 40, 20), "drawn")
    seen = classify.prepare(pixels, region, region.box, Input(size=20))
    # the square round the box: 40 wide, from (20, 20); every output pixel is a mean of 2 x 2
    blocks = pixels[20:60, 20:60].reshape(20, 2, 20, 2, 3).mean(axis=(1, 3))
    assert np.abs(seen.astype(int) - blocks).max() <= 1


def test_outside_the_outline_is_black_when_the_package_says_so(rng):
    pixels = np.full((60, 60, 3), 200, np.uint8)
    region = Region(Box(10, 10, 40, 40), "drawn", outlines=(((10, 10), (29, 10), (29, 49), (10, 49)),))
    seen = classify.prepare(pixels, region, region.box, Input(size=40, outline_only=True))
    assert (seen[:, :20] == 200).all()
    assert (seen[:, 21:] == 0).all()
    assert (classify.prepare(pixels, region, region.box, Input(size=40)) == 200).all()


def test_the_steps_of_the_package_are_taken_before_the_resizing_and_the_painting(rng):
    pixels = rng.integers(0, 256, (60, 60, 3), dtype=np.uint8)
    outlines = (((10, 10), (29, 10), (29, 49), (10, 49)),)
    region = Region(Box(10, 10, 40, 40), "drawn", outlines=outlines)
    how = Input(size=20, outline_only=True, steps=("denoise", "equalise"))
    seen = classify.prepare(pixels, region, region.box, how)
    whole = steps.apply(pixels[10:50, 10:50], how.steps)
    assert (seen[:, :9] == classify.resize(whole, 20)[:, :9]).all()
    assert (seen[:, 11:] == 0).all()


def test_a_step_that_is_not_known_is_a_sentence(rng):
    pixels = rng.integers(0, 256, (60, 60, 3), dtype=np.uint8)
    region = Region(Box(10, 10, 40, 40), "drawn")
    with pytest.raises(PackageError, match="a step called polish"):
        classify.prepare(pixels, region, region.box, Input(size=20, steps=("polish",)))


def test_one_picture_on_one_thread_is_fast(package, rng):
    square = rng.integers(0, 256, (package.input.size, package.input.size, 3), dtype=np.uint8)
    network.run(package, square)
    times = []
    for _ in range(10):
        start = time.thread_time()
        network.run(package, square)
        times.append(time.thread_time() - start)
    # processor time of this thread: what other programs do to the machine does not count
    assert min(times) <= 0.015


def test_a_package_loads_quickly(package):
    times = []
    for _ in range(3):
        start = time.thread_time()
        packages.load(package.folder)
        times.append(time.thread_time() - start)
    assert min(times) <= 0.1


@pytest.fixture
def careful(package):
    """The same package, read with twice the temperature where it is not validated."""
    caution = Caution(
        temperature=2 * package.calibration.temperature, coverage=0.9, quantile=1.0, pictures=200, fitted_on=("far",)
    )
    return dataclasses.replace(package, caution=caution)


def test_where_it_is_not_validated_a_package_is_read_with_its_caution(package, careful, lesion, region):
    validated = classify.classify(TASK, lesion, region, careful, validated=True)
    assert validated == classify.classify(TASK, lesion, region, package)
    cautious = classify.classify(TASK, lesion, region, careful)
    assert cautious.cautious
    assert not validated.cautious
    assert cautious.top == validated.top
    assert cautious.probabilities[cautious.top] < validated.probabilities[validated.top]
    assert set(cautious.labels) == set(package.labels), "a quantile of 1 excludes nothing"
    box = region.box
    one = classify.distribution(lesion, region, box, careful)
    assert one == pytest.approx(cautious.probabilities)
    assert classify.distribution(lesion, region, box, careful, validated=True) == pytest.approx(validated.probabilities)
