import keras
import numpy as np
import pytest

from clinoscope.training import applications

SIZE = 71


def seen(model, layer, squares):
    """What the layer gives for the squares."""
    return np.asarray(keras.Model(model.input, model.get_layer(layer).output)(squares))


@pytest.fixture
def squares(rng):
    return rng.uniform(0, 255, (2, SIZE, SIZE, 3)).astype(np.float32)


@pytest.mark.parametrize(
    ("name", "module"),
    [("vgg16", "vgg16"), ("mobilenet", "mobilenet"), ("densenet121", "densenet")],
)
def test_a_picture_is_made_ready_as_keras_applications_does_outside_the_network(name, module, squares):
    model = applications.builders()[name](SIZE)
    wanted = getattr(keras.applications, module).preprocess_input(squares.copy())
    np.testing.assert_allclose(seen(model, "rescale", squares), wanted, rtol=1e-4, atol=1e-3)


def test_efficientnet_gets_the_spread_that_its_published_file_leaves_out(squares):
    model = applications.builders()["efficientnet_b0"](SIZE)
    mean, spread = np.array(applications.TORCH_MEAN), np.array(applications.TORCH_SPREAD)
    # the published file holds the spread where the layer takes the variance
    normalise = model.get_layer("normalization_0")
    normalise.set_weights([mean, spread, np.array(0)])
    normalise.finalize_state()  # as loading a file does
    wanted = (squares / 255 - mean) / spread
    np.testing.assert_allclose(seen(model, "normalization_0", squares), wanted, rtol=1e-4, atol=1e-4)


def test_layers_have_the_same_names_every_time():
    build = applications.builders()["xception"]
    first, second = build(SIZE), build(SIZE)
    assert [layer.name for layer in first.layers] == [layer.name for layer in second.layers]
    assert first.get_layer("add_10").output.shape == (None, 5, 5, 728)
