"""Writes ``models/watcher/watcher.tflite``: the start of a pretrained network, with nothing trained.

``python -m clinoscope.training.watcher BACKBONES OUT``. Mean and spread over the places of two early maps of
EfficientNet-Lite0, after blocks 4 and 10. How the depths compare (skin/lesion-photo, 579 own pictures, 11 foreign
sets, rule fitted by folds): foreign pictures refused after block 4 92 %, 7 95 %, 10 97 %, 14 95 %, at the end
84 %, after 4 and 10 together 98 %, each with about 3 % of own pictures refused.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

from clinoscope.inference.watcher import SIDE
from clinoscope.training import backbones, quantise

BACKBONE = "efficientnet_lite0"
TAPS = ("block4_add", "block10_add")


def build(weights: Path) -> Any:
    """The Keras network from squares (n, SIDE, SIDE, 3) to features (n, 304). Raises KnownError."""
    import keras
    from keras import layers, ops

    whole = backbones.build(BACKBONE, SIDE, weights)
    parts = []
    for tap in TAPS:
        maps = whole.get_layer(tap).output
        mean = layers.GlobalAveragePooling2D()(maps)
        square = layers.GlobalAveragePooling2D()(layers.Multiply()([maps, maps]))
        parts += [mean, ops.sqrt(ops.relu(square - mean * mean) + 1e-6)]
    return keras.Model(whole.input, layers.Concatenate(name="features")(parts), name="watcher")


def write(weights: Path, out: Path) -> str:
    """Write the LiteRT file (float16 weights) into ``out`` and return its SHA-256."""
    content = quantise.convert(build(weights), "float16")
    out.mkdir(parents=True, exist_ok=True)
    (out / "watcher.tflite").write_bytes(content)
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    print(write(Path(sys.argv[1]) / backbones.WEIGHTS[BACKBONE], Path(sys.argv[2])))
