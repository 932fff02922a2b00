"""Runs the network of a package with LiteRT: one thread, one square picture at a time."""

from __future__ import annotations

import functools
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.errors import PackageError
from clinoscope.domain.picture import Pixels
from clinoscope.inference.packages import MODEL_FILE

if TYPE_CHECKING:
    from clinoscope.inference.card import Package

KEPT = 3
"""Networks kept in memory at once: the smear needs two together; each takes 20 to 40 MB."""

OUTPUTS = ("logits", "maps", "embedding")


@dataclass(frozen=True, eq=False)
class Outputs:
    """What the network says about one square picture with k labels.

    ``logits`` (k,); ``maps`` (rows, columns, k) float32: how much each place speaks for each
    label, their mean over places plus the head's bias are the logits (class activation maps,
    Zhou et al., CVPR 2016); ``embedding`` (d,): the pooled features.
    """

    logits: NDArray[np.float32]
    maps: NDArray[np.float32]
    embedding: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class _Session:
    """A loaded network. One call at a time: the interpreter's tensors are shared."""

    interpreter: Any
    input_index: int
    output_index: dict[str, int]
    lock: threading.Lock = field(default_factory=threading.Lock)


def run(package: Package, square: Pixels) -> Outputs:
    """Run on an RGB picture (size, size, 3) of the package's input size.

    Raises PackageError when the model file is not one this program can run.
    """
    session = _session(package)
    with session.lock:
        session.interpreter.set_tensor(session.input_index, square[None].astype(np.float32))
        session.interpreter.invoke()
        values = {name: session.interpreter.get_tensor(index)[0] for name, index in session.output_index.items()}
    return Outputs(values["logits"], values["maps"], values["embedding"])


@functools.lru_cache(maxsize=KEPT)
def _session(package: Package) -> _Session:
    from clinoscope.regions import networks

    broken = f"Model package {package.name}: its model cannot be run by this program. Update Clinoscope."
    try:
        interpreter = networks.opened(package.content[MODEL_FILE])
    except (ValueError, RuntimeError):
        raise PackageError(broken) from None
    details = interpreter.get_input_details()
    outputs = _outputs(interpreter, len(package.labels))
    size = package.input.size if package.input else 0
    if len(details) != 1 or tuple(details[0]["shape"]) != (1, size, size, 3) or set(outputs) != set(OUTPUTS):
        raise PackageError(broken)
    return _Session(interpreter, int(details[0]["index"]), outputs)


def _outputs(interpreter: Any, labels: int) -> dict[str, int]:
    """Tensor index of each output, told apart by shape: converters do not keep names or order."""
    found: dict[str, int] = {}
    for detail in interpreter.get_output_details():
        shape = tuple(int(side) for side in detail["shape"])
        if len(shape) == 4 and shape[3] == labels:
            found["maps"] = int(detail["index"])
        elif len(shape) == 2 and shape[1] == labels:
            found["logits"] = int(detail["index"])
        elif len(shape) == 2:
            found["embedding"] = int(detail["index"])
    return found
