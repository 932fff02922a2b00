import numpy as np
import pytest

from clinoscope.domain.errors import KnownError
from clinoscope.training import backbones


@pytest.mark.parametrize(
    ("name", "parameters"),
    # Lite0: 4,652,008 less the top's 1,281,000; MobileNetV2: 3,538,984 (Keras) less 1,281,000
    [("efficientnet_lite0", 3_413_024), ("mobilenet_v2", 2_257_984)],
)
def test_a_backbone_has_the_published_size_and_a_seven_by_seven_map(name, parameters):
    model = backbones.build(name, 224, None)
    assert model.output_shape == (None, 7, 7, 1280)
    assert model.count_params() == parameters


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras, on saving
def test_weights_come_from_a_file_and_nowhere_else(tmp_path):
    model = backbones.build("tiny", 32, None)
    path = tmp_path / "tiny.weights.h5"
    model.get_layer("conv0").set_weights([np.full((3, 3, 3, 16), 0.5, np.float32), np.zeros(16, np.float32)])
    model.save_weights(path)
    again = backbones.build("tiny", 32, path)
    assert (again.get_layer("conv0").get_weights()[0] == 0.5).all()


def test_missing_weights_and_unknown_names_are_sentences(tmp_path):
    with pytest.raises(KnownError, match="are not in"):
        backbones.build("tiny", 32, tmp_path / "none.h5")
    with pytest.raises(KnownError, match="Choose one of efficientnet_lite0"):
        backbones.build("resnet", 32, None)


def test_damaged_weights_are_a_sentence(tmp_path):
    file = tmp_path / backbones.WEIGHTS["mobilenet_v2"]
    file.write_bytes(b"cut off")
    with pytest.raises(KnownError, match="are damaged"):
        backbones.build("mobilenet_v2", 32, file)
