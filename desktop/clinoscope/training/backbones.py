"""The pretrained networks that see; the head that names is trained on what they see.

Every builder returns a Keras model from pictures (n, size, size, 3), RGB 0..255, to the last
feature map (n, rows, columns, channels), before pooling. Weights come from a local file; none
is ever fetched.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from clinoscope.domain.errors import KnownError

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
_TORCH_MEAN, _TORCH_SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

WEIGHTS = {
    "efficientnet_lite0": "efficientnet_lite0.f16.weights.h5",
    "mobilenet_v2": "mobilenet_v2_tv.f16.weights.h5",
}
"""The weights file of each pretrained backbone, looked for in the backbones folder."""


def build(name: str, size: int, weights: Path | None) -> Any:
    """The backbone ``name`` for square pictures of ``size``, with weights from a file or fresh.

    Raises KnownError for an unknown name or a missing weights file.
    """
    builders: dict[str, Callable[[int], Any]] = {
        "efficientnet_lite0": _efficientnet_lite0,
        "mobilenet_v2": _mobilenet_v2,
        "tiny": _tiny,
    }
    if name not in builders:
        raise KnownError(f"There is no backbone called {name}. Choose one of {', '.join(builders)}.")
    model = builders[name](size)
    if weights is not None:
        if not weights.is_file():
            raise KnownError(
                f"The pretrained weights {weights.name} are not in {weights.parent}. Give the folder that holds them "
                'with --backbones, or set weights = "none" in the recipe to start from scratch.'
            )
        try:
            model.load_weights(weights)
        except (OSError, ValueError):
            raise KnownError(
                f"The pretrained weights {weights} are damaged or of another network. Copy them again."
            ) from None
    return model


def _efficientnet_lite0(size: int) -> Any:
    """EfficientNet-Lite0: no squeeze-and-excite, ReLU6, TensorFlow padding; layer names as in the file."""
    import keras
    from keras import layers

    def normal(x: Any, name: str, active: bool = True) -> Any:
        x = layers.BatchNormalization(epsilon=1e-3, momentum=0.99, name=f"{name}_bn")(x)
        return layers.ReLU(6.0, name=f"{name}_relu6")(x) if active else x

    def convolve(x: Any, channels: int, name: str, active: bool = True) -> Any:
        x = layers.Conv2D(channels, 1, 1, "same", use_bias=False, name=f"{name}_conv")(x)
        return normal(x, name, active)

    picture = keras.Input((size, size, 3), name="picture")
    x = layers.Rescaling(1 / 128.0, offset=-127 / 128.0, name="rescale")(picture)
    x = normal(layers.Conv2D(32, 3, 2, "same", use_bias=False, name="stem_conv")(x), "stem")
    number, channels = 0, 32
    for repeats, kernel, first_stride, expansion, out in _LITE_BLOCKS:
        for turn in range(repeats):
            name, stride, inner = f"block{number}", first_stride if turn == 0 else 1, x
            if expansion != 1:
                inner = convolve(inner, channels * expansion, f"{name}_expand")
            inner = layers.DepthwiseConv2D(kernel, stride, "same", use_bias=False, name=f"{name}_dw_conv")(inner)
            inner = convolve(normal(inner, f"{name}_dw"), out, f"{name}_project", active=False)
            x = layers.Add(name=f"{name}_add")([inner, x]) if stride == 1 and channels == out else inner
            number, channels = number + 1, out
    return keras.Model(picture, convolve(x, 1280, "head"), name="efficientnet_lite0")


def _mobilenet_v2(size: int) -> Any:
    """MobileNetV2 1.0 as torchvision computes it: symmetric padding before each strided 3x3."""
    import keras
    from keras import layers

    def normal(x: Any, name: str, relu: str = "") -> Any:
        x = layers.BatchNormalization(epsilon=1e-5, momentum=0.9, name=name)(x)
        return layers.ReLU(6.0, name=relu)(x) if relu else x

    picture = keras.Input((size, size, 3), name="picture")
    scale = [1 / (255.0 * spread) for spread in _TORCH_SPREAD]
    offset = [-mean / spread for mean, spread in zip(_TORCH_MEAN, _TORCH_SPREAD, strict=True)]
    x = layers.Rescaling(scale, offset, name="rescale")(picture)
    x = layers.ZeroPadding2D(1, name="Conv1_pad")(x)
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
