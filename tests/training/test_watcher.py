import numpy as np
import pytest

from clinoscope.domain.errors import KnownError
from clinoscope.inference.watcher import SIDE
from clinoscope.regions import networks
from clinoscope.training import backbones, watcher


# Keras saves a network it has not computed with yet by a way that numpy has deprecated
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_the_file_says_the_mean_and_the_spread_of_two_early_maps(tmp_path, rng):
    import keras

    keras.utils.set_random_seed(1)
    whole = backbones.build(watcher.BACKBONE, SIDE, None)
    whole.save_weights(tmp_path / "fresh.weights.h5")
    digest = watcher.write(tmp_path / "fresh.weights.h5", tmp_path / "out" / "watcher")
    network = networks.load("watcher.tflite", digest, tmp_path / "out" / "watcher")
    square = rng.integers(0, 256, (1, SIDE, SIDE, 3)).astype(np.float32)
    network.set_tensor(network.get_input_details()[0]["index"], square)
    network.invoke()
    (told,) = network.get_tensor(network.get_output_details()[0]["index"])

    maps = keras.Model(whole.input, [whole.get_layer(tap).output for tap in watcher.TAPS])(square, training=False)
    expected = [
        np.concatenate([part.mean(axis=(1, 2)), part.std(axis=(1, 2))], axis=1)[0] for part in map(np.asarray, maps)
    ]
    assert told.shape == (304,)
    assert told == pytest.approx(np.concatenate(expected), rel=0.02, abs=0.02)


def test_missing_weights_are_a_sentence(tmp_path):
    with pytest.raises(KnownError, match="not in"):
        watcher.write(tmp_path / "none.weights.h5", tmp_path / "out")
    assert not (tmp_path / "out").exists()
