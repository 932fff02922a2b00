"""From a backbone and a head to the Keras network of a package; ``quantise`` makes LiteRT files of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from clinoscope.inference.linear_head import LinearHead
from clinoscope.training.head import Floats


def network(backbone: Any, head: LinearHead) -> Any:
    """The Keras model of a package: logits (1, k), maps (1, rows, columns, k), embedding (1, d).

    The head is linear and pooling is a mean, so the same weights on every place of the feature
    map give maps whose mean, plus the bias, is exactly the logits.
    """
    import keras
    from keras import layers

    features = backbone.output
    labels = head.weights.shape[1]
    maps = layers.Conv2D(labels, 1, use_bias=False, name="maps")
    dense = layers.Dense(labels, name="logits")
    embedding = layers.GlobalAveragePooling2D(name="embedding")(features)
    outputs = {"logits": dense(embedding), "maps": maps(features), "embedding": embedding}
    model = keras.Model(backbone.input, outputs)
    maps.set_weights([head.weights[None, None]])
    dense.set_weights([head.weights, head.bias])
    return model


def keras_logits(model: Any, squares: Floats) -> Floats:
    """Logits (n, k) of pictures (n, size, size, 3) by the Keras model, to hold the LiteRT file against."""
    return np.asarray(model(squares, training=False)["logits"], np.float32)
