"""The networks of keras.applications, with what each does to a picture first inside the network.

Every builder gives a flat model from pictures (n, size, size, 3), RGB 0..255, to the last feature
map. Weights are always fresh here: ``backbones.build`` loads them from a local file, and nothing
of Keras that would fetch one is called.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

_CAFFE_MEAN = (103.939, 116.779, 123.68)
"""Blue, green, red: ``keras.applications.imagenet_utils``, mode "caffe"."""
TORCH_MEAN, TORCH_SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Red, green, blue of 0..1: torchvision, and mode "torch" of ``keras.applications.imagenet_utils``."""


def builders() -> dict[str, Callable[[int], Any]]:
    """A builder for every network, by the name the recipes use; none is built yet."""
    return {
        "vgg16": lambda size: _build("VGG16", size, _caffe),
        "resnet50": lambda size: _build("ResNet50", size, _caffe),
        "mobilenet": lambda size: _build("MobileNet", size, _both_sides),
        "xception": lambda size: _build("Xception", size, _both_sides),
        "densenet121": lambda size: _build("DenseNet121", size, by_mean_and_spread),
        "efficientnet_b0": lambda size: _build("EfficientNetB0", size, _before_efficientnet),
        "efficientnet_b7": lambda size: _build("EfficientNetB7", size, _before_efficientnet),
        "mobilenet_v3_small": lambda size: _build("MobileNetV3Small", size, lambda picture: picture),
    }


def by_mean_and_spread(picture: Any) -> Any:
    """A picture tensor as torchvision and DenseNet want it: 0..1 less the mean, by the spread, per channel."""
    from keras import layers

    scale = [1 / (255.0 * spread) for spread in TORCH_SPREAD]
    offset = [-mean / spread for mean, spread in zip(TORCH_MEAN, TORCH_SPREAD, strict=True)]
    return layers.Rescaling(scale, offset, name="rescale")(picture)


def _build(kind: str, size: int, scaled: Callable[[Any], Any]) -> Any:
    import keras

    picture = keras.Input((size, size, 3), name="picture")
    whole = getattr(keras.applications, kind)(include_top=False, weights=None, input_tensor=scaled(picture))
    # of one input, not of a list of one
    model = keras.Model(picture, whole.output, name=whole.name)
    _name_steadily(model)
    return model


def _name_steadily(model: Any) -> None:
    """Give layers that Keras numbered over the whole process (add_12) numbers of this model alone.

    A cut and a converted file name layers, so the names must be the same every time.
    """
    counts: dict[str, int] = {}
    for layer in model.layers:
        kind = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(layer).__name__).lower()
        if re.fullmatch(rf"{kind}(_\d+)?", layer.name):
            counts[kind] = counts.get(kind, -1) + 1
            layer.name = f"{kind}_{counts[kind]}"


def _caffe(picture: Any) -> Any:
    """BGR less the mean: VGG16 and ResNet50."""
    import keras
    from keras import layers

    swapped = keras.ops.flip(picture, axis=-1)
    return layers.Rescaling(1.0, [-mean for mean in _CAFFE_MEAN], name="rescale")(swapped)


def _both_sides(picture: Any) -> Any:
    """-1..1: MobileNet and Xception."""
    from keras import layers

    return layers.Rescaling(1 / 127.5, offset=-1.0, name="rescale")(picture)


def _before_efficientnet(picture: Any) -> Any:
    """What Keras leaves out when it does not fetch the weights itself.

    The variance in the published files is the standard deviation, so Keras divides once more by
    its root, but only with ``weights="imagenet"`` (keras/src/applications/efficientnet.py and
    tensorflow issue 49930). The same done ahead of its scaling by 1/255 and its normalisation: with
    s the root of the deviation, (x/255 - mean) / s + mean in the units of x.
    """
    from keras import layers

    roots = [math.sqrt(spread) for spread in TORCH_SPREAD]
    offset = [255.0 * mean * (1 - 1 / root) for mean, root in zip(TORCH_MEAN, roots, strict=True)]
    return layers.Rescaling([1 / root for root in roots], offset, name="rescale")(picture)
