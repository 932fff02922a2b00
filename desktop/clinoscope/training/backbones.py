"""The pretrained networks that see; the head that names is trained on what they see.

Every builder returns a Keras model from pictures (n, size, size, 3), RGB 0..255, to the last
feature map (n, rows, columns, channels), before pooling. Weights come from a local file; none
is ever fetched.
"""

from __future__ import annotations

import functools
import math
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from clinoscope.domain.errors import KnownError
from clinoscope.paths import RESOURCES
from clinoscope.training import applications

SMALLEST = 32
"""The smallest side of a picture any of these networks reads, in pixels; some need more."""

_LITE_BLOCKS = (
    # repeats, kernel, stride, expansion, channels out: the published table of EfficientNet-Lite
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
_LITE_FACTORS = {0: (1.0, 1.0), 1: (1.0, 1.1), 2: (1.1, 1.2)}
"""Width and depth of EfficientNet-Lite0..2, from the same table."""
_MOBILE_BLOCKS = (
    # expansion, channels out, repeats, stride: table 2 of Sandler et al., CVPR 2018
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
_SMALL_CHANNELS = (32, 64, 128, 192, 256)

_CUTS = {
    # cuts before the last but one have under half of the multiplications at 224 pixels before them, that one about half
    "efficientnet_lite0": ("block4_add", "block7_add", "block10_add"),  # 0.30, 0.41, 0.63
    "efficientnet_lite1": ("block6_add", "block10_add", "block14_add"),  # 0.32, 0.44, 0.67
    "efficientnet_lite2": ("block6_add", "block10_add", "block14_add"),  # 0.30, 0.43, 0.67
    "mobilenet_v2": ("block_5_add", "block_9_add", "block_12_add"),  # 0.38, 0.51, 0.70
    "small_cnn": ("small1_pool", "small2_pool", "small3_pool"),  # 0.36, 0.66, 0.89
    "tiny": ("conv0", "conv1"),
    "vgg16": ("block2_pool", "block3_pool", "block4_pool"),  # 0.31, 0.61, 0.91
    "resnet50": ("conv2_block3_out", "conv3_block4_out", "conv4_block6_out"),  # 0.20, 0.45, 0.81
    "mobilenet": ("conv_pw_5_relu", "conv_pw_7_relu", "conv_pw_11_relu"),  # 0.36, 0.49, 0.86
    "xception": ("add_2", "add_5", "add_10"),  # 0.33, 0.54, 0.89
    "densenet121": ("pool2_pool", "pool3_pool"),  # 0.45, 0.73
    "efficientnet_b0": ("block3b_add", "block4c_add", "block5c_add"),  # 0.30, 0.41, 0.63
    "efficientnet_b7": ("block4j_add", "block5f_add", "block6m_add"),  # 0.36, 0.50, 0.82
    "mobilenet_v3_small": ("expanded_conv_2_add", "expanded_conv_5_add", "expanded_conv_7_add"),  # 0.29, 0.53, 0.64
}


@dataclass(frozen=True, kw_only=True)
class Pretrained:
    """A weights file and where it can be had; ``top1`` is the published accuracy on ImageNet in percent,
    ``smallest`` the smallest side of a picture in pixels, ``converted`` a file that does as well, made by
    ``foreign_weights`` of another publication."""

    name: str
    file: str
    origin: str
    licence: str
    top1: float
    url: str
    smallest: int = SMALLEST
    converted: str = ""
    converted_from: str = ""


@functools.cache
def pretrained() -> dict[str, Pretrained]:
    """The table of ``resources/backbones.toml``, by the name of the backbone."""
    document = tomllib.loads((RESOURCES / "backbones.toml").read_text(encoding="utf-8"))
    return {entry.name: entry for entry in msgspec.convert(document["backbone"], list[Pretrained])}


WEIGHTS = {entry.name: entry.file for entry in pretrained().values()}
"""The weights file of each pretrained backbone, looked for in the backbones folder."""


def converted(name: str) -> str:
    """The name of the file that ``foreign_weights`` makes of the published weights of a pretrained backbone."""
    known = pretrained()[name]
    return known.converted or known.file


def weights_in(folder: Path, name: str) -> Path:
    """The weights of a pretrained backbone in a folder: as published, else as converted, else where they should be."""
    published, made = folder / WEIGHTS[name], folder / converted(name)
    return made if made.is_file() and not published.is_file() else published


def build(name: str, size: int, weights: Path | None) -> Any:
    """The backbone ``name`` for square pictures of ``size``, with weights from a file or fresh.

    Raises KnownError for an unknown name, a size too small for the network, or a missing or
    damaged weights file.
    """
    if name not in _BUILDERS:
        raise KnownError(f"There is no backbone called {name}. Choose one of {', '.join(_BUILDERS)}.")
    smallest = pretrained()[name].smallest if name in pretrained() else SMALLEST
    if size < smallest:
        raise KnownError(
            f"The backbone {name} needs pictures of {smallest} pixels or more, not {size}. "
            "Change the size in the recipe."
        )
    model = _BUILDERS[name](size)
    if weights is not None:
        load(model, weights, name)
    return model


def load(model: Any, weights: Path, name: str) -> None:
    """Put the weights of a file into the backbone ``name``. Raises KnownError when it is missing or damaged."""
    if not weights.is_file():
        known = pretrained().get(name)
        source = f" Get it from {known.url} ({known.origin}; {known.licence})." if known else ""
        if known and known.converted:
            source += f" Or take {known.converted}, made of the {known.converted_from}."
        raise KnownError(
            f"The pretrained weights {weights.name} are not in {weights.parent}.{source} Give the folder that holds "
            'them with --backbones, or set weights = "none" in the recipe to start from scratch.'
        )
    try:
        model.load_weights(weights)
    except (OSError, ValueError):
        raise KnownError(
            f"The pretrained weights {weights} are damaged or of another network. Copy them again."
        ) from None


def named_in(card: str) -> str:
    """The backbone a model card (Markdown) names, "" when it names none."""
    start = "- Backbone `"
    lines = (line for line in card.splitlines() if line.startswith(start))
    return next(lines, start).removeprefix(start).split("`")[0]


def cut_layer(name: str, where: Literal["half", "last"]) -> str:
    """The layer to cut ``name`` after: about half of the multiplications lie before it, or it is the
    last cut, before the final blocks. Raises KeyError for an unknown name."""
    return _CUTS[name][-1 if where == "last" else -2]


def split(model: Any, layer_name: str) -> tuple[Any, Any]:
    """The model cut after a layer: trunk, to keep frozen, and tail, to train; tail(trunk(x)) is model(x).

    The layers, and so the weights, stay those of ``model``. Raises ValueError when there is no such
    layer, or when another path leads past it.
    """
    import keras

    middle = model.get_layer(layer_name).output
    return keras.Model(model.input, middle, name="trunk"), keras.Model(middle, model.output, name="tail")


def _efficientnet_lite(variant: int, size: int) -> Any:
    """EfficientNet-Lite: no squeeze-and-excite, ReLU6, TensorFlow padding; stem and head keep their width."""
    import keras
    from keras import layers

    def normal(x: Any, name: str, active: bool = True) -> Any:
        x = layers.BatchNormalization(epsilon=1e-3, momentum=0.99, name=f"{name}_bn")(x)
        return layers.ReLU(6.0, name=f"{name}_relu6")(x) if active else x

    def convolve(x: Any, channels: int, name: str, active: bool = True) -> Any:
        x = layers.Conv2D(channels, 1, 1, "same", use_bias=False, name=f"{name}_conv")(x)
        return normal(x, name, active)

    width, depth = _LITE_FACTORS[variant]
    picture = keras.Input((size, size, 3), name="picture")
    x = layers.Rescaling(1 / 128.0, offset=-127 / 128.0, name="rescale")(picture)
    x = normal(layers.Conv2D(32, 3, 2, "same", use_bias=False, name="stem_conv")(x), "stem")
    number, channels = 0, 32
    for stage, (repeats, kernel, first_stride, expansion, out_before) in enumerate(_LITE_BLOCKS):
        out = _rounded(out_before * width)
        turns = repeats if stage in (0, len(_LITE_BLOCKS) - 1) else math.ceil(depth * repeats)
        for turn in range(turns):
            name, stride, inner = f"block{number}", first_stride if turn == 0 else 1, x
            if expansion != 1:
                inner = convolve(inner, channels * expansion, f"{name}_expand")
            inner = layers.DepthwiseConv2D(kernel, stride, "same", use_bias=False, name=f"{name}_dw_conv")(inner)
            inner = convolve(normal(inner, f"{name}_dw"), out, f"{name}_project", active=False)
            x = layers.Add(name=f"{name}_add")([inner, x]) if stride == 1 and channels == out else inner
            number, channels = number + 1, out
    return keras.Model(picture, convolve(x, 1280, "head"), name=f"efficientnet_lite{variant}")


def _rounded(channels: float) -> int:
    """To the nearest multiple of 8, but never down by more than 10 % (Tan & Le, ICML 2019)."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded if rounded >= 0.9 * channels else rounded + 8


def _mobilenet_v2(size: int) -> Any:
    """MobileNetV2 1.0 as torchvision computes it: symmetric padding before each strided 3x3."""
    import keras
    from keras import layers

    def normal(x: Any, name: str, relu: str = "") -> Any:
        x = layers.BatchNormalization(epsilon=1e-5, momentum=0.9, name=name)(x)
        return layers.ReLU(6.0, name=relu)(x) if relu else x

    picture = keras.Input((size, size, 3), name="picture")
    x = layers.ZeroPadding2D(1, name="Conv1_pad")(applications.by_mean_and_spread(picture))
    x = normal(layers.Conv2D(32, 3, 2, "valid", use_bias=False, name="Conv1")(x), "bn_Conv1", "Conv1_relu")
    number, channels = 0, 32
    for expansion, out, repeats, first_stride in _MOBILE_BLOCKS:
        for turn in range(repeats):
            stride, inner = first_stride if turn == 0 else 1, x
            name = f"block_{number}_" if number else "expanded_conv_"
            if expansion != 1:
                inner = layers.Conv2D(channels * expansion, 1, use_bias=False, name=f"{name}expand")(inner)
                inner = normal(inner, f"{name}expand_BN", f"{name}expand_relu")
            if stride == 2:
                inner = layers.ZeroPadding2D(1, name=f"{name}pad")(inner)
            padding = "valid" if stride == 2 else "same"
            inner = layers.DepthwiseConv2D(3, stride, padding, use_bias=False, name=f"{name}depthwise")(inner)
            inner = normal(inner, f"{name}depthwise_BN", f"{name}depthwise_relu")
            inner = layers.Conv2D(out, 1, use_bias=False, name=f"{name}project")(inner)
            inner = normal(inner, f"{name}project_BN")
            x = layers.Add(name=f"{name}add")([inner, x]) if stride == 1 and channels == out else inner
            number, channels = number + 1, out
    x = layers.Conv2D(1280, 1, use_bias=False, name="Conv_1")(x)
    return keras.Model(picture, normal(x, "Conv_1_bn", "out_relu"), name="mobilenet_v2")


def _small_cnn(size: int) -> Any:
    """Five plain blocks of convolution, batch normalisation, ReLU and pooling, to train from scratch.

    Beside the pretrained networks it says what those bring; 0.76 million weights. The last block
    keeps its places, so that a map can be shown.
    """
    import keras
    from keras import layers

    picture = keras.Input((size, size, 3), name="picture")
    x = layers.Rescaling(1 / 127.5, offset=-1.0, name="rescale")(picture)
    for number, channels in enumerate(_SMALL_CHANNELS):
        x = layers.Conv2D(channels, 3, 1, "same", use_bias=False, name=f"small{number}_conv")(x)
        x = layers.BatchNormalization(name=f"small{number}_bn")(x)
        x = layers.ReLU(name=f"small{number}_relu")(x)
        if number < len(_SMALL_CHANNELS) - 1:
            x = layers.MaxPooling2D(name=f"small{number}_pool")(x)
    return keras.Model(picture, x, name="small_cnn")


def _tiny(size: int) -> Any:
    """Three strided convolutions with fixed random weights: for tests and smoke runs only."""
    import keras
    from keras import layers

    picture = keras.Input((size, size, 3), name="picture")
    x = layers.Rescaling(1 / 127.5, offset=-1.0, name="rescale")(picture)
    for depth, channels in enumerate((16, 32, 64)):
        start = keras.initializers.VarianceScaling(math.sqrt(2.0), seed=depth)
        x = layers.Conv2D(channels, 3, 2, "same", activation="relu", kernel_initializer=start, name=f"conv{depth}")(x)
    return keras.Model(picture, x, name="tiny")


_BUILDERS: dict[str, Callable[[int], Any]] = {
    "efficientnet_lite0": functools.partial(_efficientnet_lite, 0),
    "efficientnet_lite1": functools.partial(_efficientnet_lite, 1),
    "efficientnet_lite2": functools.partial(_efficientnet_lite, 2),
    "mobilenet_v2": _mobilenet_v2,
    "small_cnn": _small_cnn,
    "tiny": _tiny,
    **applications.builders(),
}
NAMES = tuple(_BUILDERS)
"""Every backbone a recipe may name."""
