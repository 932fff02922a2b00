"""What kind of picture is this? A small pretrained network whose features the packages' refusal rules look at.

The network learned from no clinical picture, so a rule fitted by folds on its features is measured
fairly, whatever the classifier beside it learned; and early features, which know textures rather than
things, tell a dermatoscope from a camera better than late ones (see models/watcher/MODEL_CARD.md).
"""

from __future__ import annotations

import dataclasses
import functools
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Region
from clinoscope.inference.card import Input
from clinoscope.regions import networks

if TYPE_CHECKING:
    from ai_edge_litert.interpreter import Interpreter

FILE = "watcher/watcher.tflite"
SHA256 = "4107dd534d2cefac8d48be3d28c079c94dcb08a1ce3a3dc4e818092ef48550d7"
"""The network under ``models`` and its hash; a package names the one its rule was fitted with."""

SIDE = 224
"""Side of the square the network sees, pixels."""

_lock = threading.Lock()


def watched(pixels: Pixels, region: Region, how: Input) -> NDArray[np.float32]:
    """The features (d,) of a region, averaged over its parts. Raises PackageError when the file was changed.

    The network sees what the classifier sees before any step, at its own size.
    """
    from clinoscope.inference.classify import prepare  # which looks through this module itself

    plain = dataclasses.replace(how, size=SIDE, steps=())
    return features([prepare(pixels, region, box, plain) for box in region.boxes])


def features(squares: Sequence[Pixels]) -> NDArray[np.float32]:
    """The mean features (d,) of squares (SIDE, SIDE, 3), RGB 0..255. Raises PackageError."""
    rows = []
    with _lock:
        interpreter = _interpreter()
        given, told = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]
        for square in squares:
            interpreter.set_tensor(given, square[None].astype(np.float32))
            interpreter.invoke()
            rows.append(interpreter.get_tensor(told)[0])
    return np.asarray(np.mean(rows, axis=0), np.float32)


@functools.cache
def _interpreter() -> Interpreter:
    return networks.load(FILE, SHA256)
