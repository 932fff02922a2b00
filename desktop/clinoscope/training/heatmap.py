"""What the training of the finders with a centre-point network shares: targets, loss, network, steps, export."""

import importlib.util
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def targets(boxes: Floats, ignored: Floats, shape: tuple[int, int], stride: int) -> tuple[Floats, Floats]:
    """Heat and box maps of the boxes (n, 4) as x, y, w, h in pixels of a view of ``shape`` (height, width).

    Returns the maps (rows, columns, 5): heat, offset x, y, log width, height in strides; and the weights
    (rows, columns, 2) of heat and box loss. Inside ``ignored`` boxes heat counts neither way.
    """
    rows, columns = shape[0] // stride, shape[1] // stride
    target = np.zeros((rows, columns, 5), np.float32)
    weight = np.zeros((rows, columns, 2), np.float32)
    weight[..., 0] = 1
    ys, xs = np.mgrid[:rows, :columns].astype(np.float32) + 0.5
    for x, y, w, h in ignored / stride:
        weight[(abs(xs - x - w / 2) < w / 2) & (abs(ys - y - h / 2) < h / 2), 0] = 0
    for x, y, w, h in boxes / stride:
        cx, cy = x + w / 2, y + h / 2
        if not (0 <= cx < columns and 0 <= cy < rows):
            continue
        heat = np.exp(-(((xs - cx) / (0.18 * w + 0.3)) ** 2 + ((ys - cy) / (0.18 * h + 0.3)) ** 2) / 2)
        heat[int(cy), int(cx)] = 1
        near = (heat > 0.4) & (heat > target[..., 0])
        target[..., 0] = np.maximum(target[..., 0], heat)
        box = np.stack([cx - xs, cy - ys, np.full_like(xs, np.log(w)), np.full_like(xs, np.log(h))], axis=-1)
        target[near, 1:] = box[near]
        weight[near, 1] = heat[near]
    return target, weight


def warped(box: NDArray[Any], matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The upright box of a box's inscribed ellipse after an affine map: what is found is round, corners are empty."""
    half = np.diag(box[2:] / 2)
    spread = matrix[:, :2] @ half
    centre = matrix[:, :2] @ (box[:2] + box[2:] / 2) + matrix[:, 2]
    extent = np.sqrt((spread**2).sum(axis=1))
    return np.concatenate([centre - extent, 2 * extent])


def build(backbone: Path, laterals: tuple[str, ...]) -> Any:
    """The network with ImageNet weights: RGB 0..255 (n, h, w, 3) → (n, h/s, w/s, 5), s the stride of the last lateral.

    MobileNetV2 up to stride 16, joined with the outputs of the named blocks, from coarse to fine.
    """
    import keras
    from keras import layers

    spec = importlib.util.spec_from_file_location("mobilenet_v2_tv", backbone / "mobilenet_v2_tv.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    base = module.MobileNetV2TV((None, None, 3), False, weights=str(backbone / "mobilenet_v2_tv.f16.weights.h5"))
    for layer in base.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
    # Edges and colours of ImageNet serve as they are: training from stride 4 on halves the time.
    for layer in base.layers[: base.layers.index(base.get_layer("block_2_add")) + 1]:
        layer.trainable = False
    x = layers.Conv2D(64, 1, activation="relu")(base.get_layer("block_12_add").output)
    x = layers.SeparableConv2D(64, 5, padding="same", activation="relu")(x)
    for name in laterals:
        x = layers.UpSampling2D(2, interpolation="bilinear")(x)
        x = layers.Add()([x, layers.Conv2D(64, 1)(base.get_layer(name).output)])
        x = layers.SeparableConv2D(64, 3, padding="same", activation="relu")(x)
    heat = layers.Conv2D(1, 1, bias_initializer=keras.initializers.Constant(-4.0), activation="sigmoid")(x)
    box = layers.Conv2D(4, 1, bias_initializer=keras.initializers.Constant(0.5))(x)
    return keras.Model(base.input, layers.Concatenate(name="maps")([heat, box]))


def stepper(model: Any, steps: int) -> Callable[[Any, Any, Any], Any]:
    """A compiled training step (views, targets, weights) → loss, its rate falling to nothing over ``steps``."""
    import keras
    import tensorflow as tf

    rate = keras.optimizers.schedules.CosineDecay(0.0, steps, warmup_target=1e-3, warmup_steps=steps // 20)
    optimizer = keras.optimizers.AdamW(rate, weight_decay=1e-4, clipnorm=5.0)

    @tf.function
    def step(x: Any, y: Any, w: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = _loss(tf, model(x, training=True), y, w)
        optimizer.apply_gradients(
            zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables, strict=True)
        )
        return loss

    return step


def _loss(tf: Any, maps: Any, target: Any, weight: Any) -> Any:
    """CenterNet's focal loss on the heat, L1 on the boxes."""
    heat, truth = tf.clip_by_value(maps[..., 0], 1e-4, 1 - 1e-4), target[..., 0]
    peak = tf.cast(truth > 0.99, tf.float32)
    right = -peak * (1 - heat) ** 2 * tf.math.log(heat)
    wrong = -(1 - peak) * (1 - truth) ** 4 * heat**2 * tf.math.log(1 - heat)
    count = tf.reduce_sum(peak) + 1
    boxes = tf.reduce_sum(tf.abs(maps[..., 1:] - target[..., 1:]), axis=-1) * weight[..., 1]
    return tf.reduce_sum((right + wrong) * weight[..., 0]) / count + 0.5 * tf.reduce_sum(boxes) / (
        tf.reduce_sum(weight[..., 1]) + 1
    )


def export(model: Any, path: Path, shape: tuple[int, int]) -> None:
    """Write float16 LiteRT for one picture of ``shape`` (height, width), RGB 0..255.

    Through ``model.export``: with Keras 3, ``from_concrete_functions`` leaves variables that fail at run time.
    """
    import keras
    import tensorflow as tf

    picture = keras.Input((*shape, 3), batch_size=1)
    with tempfile.TemporaryDirectory() as folder:
        keras.Model(picture, model(picture)).export(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
        path.write_bytes(converter.convert())
