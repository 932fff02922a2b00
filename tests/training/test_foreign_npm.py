"""The packages as npm gives them, made small here, land in the layers of our networks."""

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clinoscope.domain.errors import KnownError
from clinoscope.training import backbones, foreign_npm
from clinoscope.training.foreign_weights import convert


def packed(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as package:
        for name, data in files.items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(data)
            package.addfile(entry, io.BytesIO(data))
    return path


def weight_names(name: str) -> dict[str, tuple[int, ...]]:
    model = backbones.build(name, 64, None)
    return {f"{layer.name}/{weight.name}": tuple(weight.shape) for layer in model.layers for weight in layer.weights}


def old_resnet_names() -> list[str]:
    """As Keras 2.2 named them, written out apart from the reader's table."""
    names = [("conv1", "bn_conv1")]
    for stage, blocks in ((2, "abc"), (3, "abcd"), (4, "abcdef"), (5, "abc")):
        for block in blocks:
            branches = ["branch2a", "branch2b", "branch2c", *(["branch1"] if block == "a" else [])]
            names += [(f"res{stage}{block}_{branch}", f"bn{stage}{block}_{branch}") for branch in branches]
    normal = ("gamma", "beta", "moving_mean", "moving_variance")
    return [
        *(f"{layer}/{weight}" for layer, _ in names for weight in ("kernel", "bias")),
        *(f"{layer}/{weight}" for _, layer in names for weight in normal),
        "fc1000/kernel",
    ]


def resnet_package(path: Path, **changed: Any) -> Path:
    """Every array holds one number, its place in the list, in two files that part in the middle of one."""
    names = old_resnet_names()
    data = np.arange(len(names), dtype=np.float32).tobytes()
    weights = [{"name": name, "shape": [1], "dtype": "float32"} | changed for name in names]
    listed = {"weightsManifest": [{"paths": ["one.bin", "two.bin"], "weights": weights}]}
    files = {"ResNet50/model.json": json.dumps(listed).encode(), "ResNet50/one.bin": data[:402]}
    return packed(path, files | {"ResNet50/two.bin": data[402:]})


def test_every_array_of_resnet_gets_the_name_of_its_layer(tmp_path: Path) -> None:
    arrays = foreign_npm.resnet50(resnet_package(tmp_path / "resnet.tgz"))
    assert set(arrays) == set(weight_names("resnet50"))
    place = old_resnet_names().index
    assert arrays["conv4_block6_3_conv/bias"] == place("res4f_branch2c/bias")
    assert arrays["conv3_block1_0_bn/gamma"] == place("bn3a_branch1/gamma")
    # Keras added 0.001 to the variance then, and adds less now
    assert arrays["conv1_bn/moving_variance"] == np.float32(place("bn_conv1/moving_variance") + 1e-3 - 1.001e-5)


@pytest.mark.parametrize("changed", [{"dtype": "uint8"}, {"quantization": {"scale": 1}}, {"shape": [1000]}])
def test_what_is_not_plain_numbers_or_cut_off_is_refused(tmp_path: Path, changed: dict[str, Any]) -> None:
    with pytest.raises(KnownError, match="does not hold the weights of resnet50"):
        convert("resnet50", resnet_package(tmp_path / "resnet.tgz", **changed), tmp_path)


def test_every_array_of_mobilenet_lands_in_its_layer_with_its_axes_in_order(rng: np.random.Generator) -> None:
    wanted = weight_names("mobilenet")
    published, kernels = {}, {}
    for key, shape in wanted.items():
        layer, weight = key.split("/")
        if weight not in ("kernel", "beta"):
            continue
        _, *rest = layer.removesuffix("_bn").split("_")
        part = f"Conv2d_{rest[1]}_{'depthwise' if rest[0] == 'dw' else 'pointwise'}" if rest else "Conv2d_0"
        values = rng.random(shape, np.float32)
        if weight == "kernel":
            kernels[key] = values
            published[f"MobilenetV1/{part}/weights"] = values.transpose(3, 0, 1, 2)
        else:
            published[f"MobilenetV1/MobilenetV1/{part}/some_bias"] = values
    arrays = foreign_npm._mobile_layers(published)
    assert {key: value.shape for key, value in arrays.items()} == wanted
    for key, values in kernels.items():
        np.testing.assert_array_equal(arrays[key], values)
    # folded already: the normalisation only adds the bias
    spread = np.sqrt(arrays["conv_pw_3_bn/moving_variance"] + np.float32(1e-3))
    np.testing.assert_allclose(arrays["conv_pw_3_bn/gamma"] / spread, 1.0, rtol=1e-6)
    assert not arrays["conv_pw_3_bn/moving_mean"].any()


@pytest.mark.parametrize("name", ["mobilenet", "resnet50"])
def test_another_file_gets_a_sentence(tmp_path: Path, name: str) -> None:
    for number, content in enumerate((b"", b"no package", None)):
        path = tmp_path / f"{number}.tgz"
        if content is None:
            packed(path, {"example/models/mobilenet_v1_1.0_224.tflite": b"no network", "ResNet50/model.json": b"{}"})
        else:
            path.write_bytes(content)
        with pytest.raises(KnownError, match=f"does not hold the weights of {name}"):
            convert(name, path, tmp_path)
