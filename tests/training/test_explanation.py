"""The checks of the maps: they can be passed, and each of them can be failed."""

import cv2
import numpy as np
import pytest

from clinoscope.domain.region import Box, Region
from clinoscope.domain.task import Kind
from clinoscope.inference.card import FORMAT, Input, Package
from clinoscope.inference.classify import explain
from clinoscope.inference.linear_head import LinearHead
from clinoscope.inference.packages import MODEL_FILE
from clinoscope.training import explanation, export, quantise
from clinoscope.training.backbones import build
from clinoscope.training.explanation import check, correlations, heat, milliseconds, randomised_copy
from clinoscope.training.head import fit

SIZE = 64


def spots(n: int = 48) -> tuple[np.ndarray, np.ndarray]:
    """A red or a blue spot somewhere, and a dark and a pale one that mean nothing, on uneven grey."""
    rng = np.random.default_rng(3)
    y, x = np.mgrid[:SIZE, :SIZE]
    squares, labels = [], np.arange(n) % 2

    def blob(room: float, radius: float) -> np.ndarray:
        places = rng.uniform(32 - room, 32 + room, 2)
        return np.exp(-((x - places[0]) ** 2 + (y - places[1]) ** 2) / radius**2)[..., None]

    for label in labels:
        slope = 20 * (rng.normal() * (x - 32) + rng.normal() * (y - 32)) / 32
        square = np.repeat(128 + slope[..., None], 3, axis=2)
        meant = blob(18, 12)
        square += meant * (np.array(((210, 60, 60), (60, 60, 210))[label]) - square)
        for grey in (40, 230):
            square += blob(24, 8) * (1 - meant) * (grey - square)
        squares.append(square)
    return np.clip(np.stack(squares), 0, 255).round().astype(np.float32), labels


@pytest.fixture(scope="module")
def squares() -> np.ndarray:
    return spots()[0]


@pytest.fixture(scope="module")
def model():
    """The tiny backbone with a head that tells red spots from blue ones."""
    squares, labels = spots()
    backbone = build("tiny", SIZE, None)
    pooled = np.asarray(backbone(squares, training=False)).mean(axis=(1, 2))
    return export.network(backbone, fit([pooled], labels, 0.03))


@pytest.fixture(scope="module")
def light(model) -> bytes:
    return quantise.convert(model, "float16")


def test_a_network_that_looks_at_the_spot_points_at_it(model, squares, light):
    found = check(model, squares, 1, light)
    assert found.pictures == 48
    assert found.explanation.repeated >= explanation.REPEATED_FROM
    assert found.deletion >= explanation.DELETION_FROM
    assert found.hottest_drop > found.other_drop
    assert 0 < found.milliseconds < explanation.MILLISECONDS_AT_MOST
    assert found.explanation.shown, found.why_not
    assert found.why_not == ""


def test_a_map_that_does_not_hang_on_the_weights_is_not_shown(squares, light):
    """All labels share one channel: whatever the head, the map is where the picture is bright, or its absence."""
    import keras

    picture = keras.Input((SIZE, SIZE, 3))
    bright = keras.layers.AveragePooling2D(8)(keras.layers.Rescaling(1 / 255.0)(picture))
    features = keras.layers.Conv2D(1, 1, use_bias=False, activation="relu", kernel_initializer="ones")(bright)
    network = export.network(
        keras.Model(picture, features), LinearHead(np.array([[4.0, -4.0]], np.float32), np.zeros(2))
    )
    found = check(network, squares, 1, light)
    assert found.head_randomised >= explanation.HEAD_BELOW
    assert not found.explanation.shown
    assert "random last layer" in found.why_not


def test_a_map_that_jumps_is_not_shown(squares, light):
    """A network that answers to the last digit of a pixel: the same picture in JPEG has another map."""
    import keras

    picture = keras.Input((SIZE, SIZE, 3))
    x = keras.layers.Conv2D(8, 8, 8, kernel_initializer=keras.initializers.RandomNormal(0, 1, seed=1))(picture)
    features = keras.layers.Activation(keras.activations.relu)(keras.ops.sin(x))
    weights = np.random.default_rng(0).normal(0, 1, (8, 2)).astype(np.float32)
    found = check(export.network(keras.Model(picture, features), LinearHead(weights, np.zeros(2))), squares, 1, light)
    assert found.explanation.repeated < explanation.REPEATED_FROM
    assert not found.explanation.shown
    assert "move" in found.why_not


def test_no_pictures_is_an_error(model, light):
    with pytest.raises(ValueError, match="no pictures"):
        check(model, np.zeros((0, SIZE, SIZE, 3), np.float32), 1, light)


def test_at_most_a_few_dozen_pictures_are_looked_at(model, light, monkeypatch):
    monkeypatch.setattr(explanation, "PICTURES", 8)
    assert check(model, spots(20)[0], 1, light).pictures == 7


def test_the_map_is_the_one_of_the_running_program(model, squares, light):
    maps = np.asarray(model(squares[:1])["maps"])
    package = Package(
        format=FORMAT,
        name="here",
        version="0",
        task="here",
        kind=Kind.CLASSIFY,
        intended_use="",
        labels=("red", "blue"),
        input=Input(size=SIZE),
        content={MODEL_FILE: light},
    )
    whole = Region(Box(0, 0, SIZE, SIZE), "whole")
    shown = explain(squares[0].astype(np.uint8), whole, package, "red")
    here = cv2.resize(heat(maps, np.array([0]))[0], (SIZE, SIZE), interpolation=cv2.INTER_LINEAR)
    assert here / here.max() == pytest.approx(shown, abs=0.02)


def test_a_randomised_copy_leaves_the_network_alone(model):
    before = [weight.copy() for weight in model.get_weights()]
    copy = randomised_copy(model, 5)
    assert all(np.array_equal(one, two) for one, two in zip(before, model.get_weights(), strict=True))
    for layer, other in zip(model.layers, copy.layers, strict=True):
        for one, two in zip(layer.weights, other.weights, strict=True):
            changed = "kernel" in one.name
            assert changed != np.array_equal(one.numpy(), two.numpy()) or one.name == "bias"


def test_the_head_alone_can_be_randomised(model):
    copy = randomised_copy(model, 5, head_only=True)
    assert np.array_equal(model.get_layer("conv1").get_weights()[0], copy.get_layer("conv1").get_weights()[0])
    assert not np.array_equal(model.get_layer("maps").get_weights()[0], copy.get_layer("maps").get_weights()[0])


def test_the_same_seed_gives_the_same_random_network(model):
    one, same, other = (randomised_copy(model, seed).get_weights()[0] for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_batch_norm_starts_as_training_starts():
    import keras

    picture = keras.Input((8, 8, 3))
    norm = keras.layers.BatchNormalization(name="norm")
    scale = keras.layers.Normalization(mean=[3.0, 3.0, 3.0], variance=[2.0, 2.0, 2.0])
    model = keras.Model(picture, norm(scale(picture)))
    norm.set_weights([np.full(3, value, np.float32) for value in (5, 5, 5, 5)])
    gamma, beta, mean, variance = randomised_copy(model, 0).get_layer("norm").get_weights()
    assert gamma.tolist() == variance.tolist() == [1, 1, 1]
    assert beta.tolist() == mean.tolist() == [0, 0, 0]
    square = np.full((1, 8, 8, 3), 3.0, np.float32)
    assert np.abs(np.asarray(randomised_copy(model, 0)(square))).max() < 1e-3, "the scale of the numbers was lost"


def test_a_network_inside_a_network_is_randomised_layer_by_layer():
    import keras

    picture = keras.Input((8, 8, 3))
    depthwise = keras.layers.DepthwiseConv2D(3, name="depthwise")
    inner = keras.Sequential([keras.layers.Normalization(mean=[9.0] * 3, variance=[4.0] * 3), depthwise])
    model = keras.Model(picture, inner(picture))
    model.layers[-1].get_layer("depthwise").set_weights([np.ones((3, 3, 3, 1), np.float32), np.ones(3, np.float32)])
    copy = randomised_copy(model, 0)
    kernel, bias = copy.layers[-1].get_layer("depthwise").get_weights()
    assert not np.array_equal(kernel, np.ones_like(kernel))
    assert bias.tolist() == [0, 0, 0]
    assert np.abs(np.asarray(copy(np.full((1, 8, 8, 3), 9.0, np.float32)))).max() < 1e-3, "the scale was lost"


def test_rank_correlation_knows_the_same_the_opposite_and_nothing():
    ramp = np.arange(9, dtype=np.float32).reshape(1, 3, 3)
    assert correlations(ramp, ramp**3) == pytest.approx([1])
    assert correlations(ramp, -ramp) == pytest.approx([-1])
    assert correlations(ramp, np.ones_like(ramp)) == pytest.approx([0])


def test_one_explanation_takes_time(light):
    assert 0 < milliseconds(light, SIZE, 2, runs=3) < 1000
