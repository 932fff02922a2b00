"""The last layer of a package's network, read from its LiteRT file and replaced in it.

A head is linear: logits = embedding @ weights + bias, and the maps are the same weights at every place of the feature
map (``training.export.network``). So another head can be put into a finished file without TensorFlow: the numbers are
overwritten where they lie, nothing moves, and all before them stays as it was measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.errors import PackageError

OTHER_FORM = "The last layer of this model package cannot be replaced: only float16 and float32 files of this form can."

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LinearHead:
    """logits = embedding (d,) @ ``weights`` (d, k) + ``bias`` (k,)."""

    weights: NDArray[np.floating]
    bias: NDArray[np.floating]

    def logits(self, embeddings: NDArray[np.floating]) -> Array:
        """Logits (n, k) of embeddings (n, d)."""
        return np.asarray(embeddings, np.float64) @ self.weights + self.bias


def read(model: bytes, labels: int) -> LinearHead:
    """The head of a LiteRT file with so many ``labels``. Raises PackageError for a file of another form."""
    places = _places(bytearray(model), labels)
    return LinearHead(places.weights.astype(np.float64).T, places.bias.astype(np.float64))


def replaced(model: bytes, head: LinearHead) -> bytes:
    """The same file with another head, as long as before. Raises PackageError for a file of another form."""
    data = bytearray(model)
    places = _places(data, len(head.bias))
    for place in (places.weights, places.maps):
        if place.shape != head.weights.T.shape:
            raise PackageError(OTHER_FORM)
        place[:] = head.weights.T
    places.bias[:] = head.bias
    return bytes(data)


@dataclass(frozen=True, eq=False)
class _Places:
    """Views into the bytes of a file: ``weights`` and ``maps`` (k, d), ``bias`` (k,)."""

    weights: NDArray[Any]
    maps: NDArray[Any]
    bias: NDArray[Any]


def _places(data: bytearray, labels: int) -> _Places:
    from ai_edge_litert import schema_py_generated as schema

    graph = schema.Model.GetRootAs(data, 0)
    parts = graph.Subgraphs(0)
    makers = {int(op.Outputs(0)): op for op in (parts.Operators(index) for index in range(parts.OperatorsLength()))}

    def made_by(output: int, wanted: int) -> Any:
        op = makers.get(output)
        if op is None or graph.OperatorCodes(op.OpcodeIndex()).BuiltinCode() != wanted:
            raise PackageError(OTHER_FORM)
        return op

    def constant(index: int) -> NDArray[Any]:
        """The numbers of a constant, kept as float32, or as float16 and widened when the file is opened."""
        if index in makers:
            index = int(made_by(index, schema.BuiltinOperator.DEQUANTIZE).Inputs(0))
        tensor = parts.Tensors(index)
        kind = {schema.TensorType.FLOAT16: np.float16, schema.TensorType.FLOAT32: np.float32}.get(tensor.Type())
        raw = graph.Buffers(tensor.Buffer()).DataAsNumpy()
        if kind is None or isinstance(raw, int):  # an empty buffer is the number 0 to flatbuffers
            raise PackageError(OTHER_FORM)
        return np.asarray(raw.view(kind))

    outputs = [int(parts.Outputs(index)) for index in range(parts.OutputsLength())]
    shapes = {index: tuple(int(side) for side in parts.Tensors(index).ShapeAsNumpy()) for index in outputs}
    logits = next((index for index in outputs if shapes[index] == (1, labels)), -1)
    maps = next((index for index in outputs if len(shapes[index]) == 4 and shapes[index][3] == labels), -1)
    dense = made_by(logits, schema.BuiltinOperator.FULLY_CONNECTED)
    places = made_by(maps, schema.BuiltinOperator.CONV_2D)
    try:
        weights = constant(int(dense.Inputs(1))).reshape(labels, -1)
        spread = constant(int(places.Inputs(1))).reshape(labels, -1)
        bias = constant(int(dense.Inputs(2))).reshape(labels)
    except (ValueError, IndexError):
        raise PackageError(OTHER_FORM) from None
    return _Places(weights, spread, bias)
