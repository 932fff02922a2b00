"""How long Keras takes over one picture with the network of a shipped package, and LiteRT in turn with it.

``python -m clinoscope.training.predict_time TASK RUNS`` prints ``{"milliseconds": …, "litert_milliseconds": …}``
for ``clinoscope bench``. The Keras layers are those of the package with random weights: the time does not
depend on them, and this way no weights file is needed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from typing import Any

import numpy as np

from clinoscope.domain.errors import KnownError
from clinoscope.inference import network, packages
from clinoscope.inference.card import Package
from clinoscope.inference.linear_head import LinearHead
from clinoscope.training import backbones, export


def milliseconds(task: str, runs: int) -> tuple[float, float]:
    """Median times of ``keras.Model.predict`` and of LiteRT on the same square, over ``runs`` turns.

    One turn before them is not counted. Keras runs as it comes, on every core it finds; LiteRT on
    one. Raises PackageError, KnownError when the package's network is none that is built here.
    """
    package = packages.for_task(task)
    model = shipped_network(package)
    square = np.random.default_rng(0).integers(0, 256, model.input_shape[1:], dtype=np.uint8)
    batch = square[None].astype(np.float32)
    turns = []
    for _ in range(runs + 1):
        began = time.perf_counter()
        model.predict(batch, verbose=0)
        between = time.perf_counter()
        network.run(package, square)
        turns.append((between - began, time.perf_counter() - between))
    keras_times, litert_times = zip(*turns[1:], strict=True)
    return 1000 * statistics.median(keras_times), 1000 * statistics.median(litert_times)


def shipped_network(package: Package) -> Any:
    """The Keras model of a package: the backbone its card names, and a head of its labels.

    The converter keeps the names of the layers in the model file, so a card that names another network
    is found out. Raises KnownError when it does, or names none.
    """
    model_file = package.content.get(packages.MODEL_FILE, b"")
    name = backbones.named_in(package.content.get("MODEL_CARD.md", b"").decode("utf-8", "replace"))
    size = package.input.size if package.input else 0
    if name in backbones.NAMES and size:
        backbone = backbones.build(name, size, None)
        if all(layer.encode() in model_file for layer in _convolutions(backbone)):
            return export.network(backbone, _any_head(backbone.output_shape[-1], len(package.labels)))
    raise KnownError(f"The network of {package.name} is none that its card names and this program builds: no timing.")


def _convolutions(backbone: Any) -> list[str]:
    """Their weights keep their names in a converted file; batch normalisation is folded away."""
    import keras

    return [layer.name for layer in backbone.layers if isinstance(layer, keras.layers.Conv2D)]


def _any_head(features: int, labels: int) -> LinearHead:
    weights = np.random.default_rng(0).normal(0, 0.01, (features, labels))
    return LinearHead(weights.astype(np.float32), np.zeros(labels, np.float32))


def main(arguments: list[str] | None = None) -> int:
    """Print the times as JSON. Returns 0, or 1 after one sentence on stderr."""
    parser = argparse.ArgumentParser(prog="clinoscope.training.predict_time", description=__doc__)
    parser.add_argument("task")
    parser.add_argument("runs", type=int)
    options = parser.parse_args(arguments)
    try:
        by_keras, by_litert = milliseconds(options.task, options.runs)
    except KnownError as error:
        print(f"clinoscope: {error}", file=sys.stderr)
        return 1
    print(json.dumps({"milliseconds": round(by_keras, 2), "litert_milliseconds": round(by_litert, 2)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
