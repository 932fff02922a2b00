import numpy as np
import pytest

from clinoscope.inference.linear_head import LinearHead
from clinoscope.training import backbones, export, quantise


def test_the_litert_file_says_what_keras_says_and_its_maps_are_exact(rng):
    from ai_edge_litert.interpreter import Interpreter

    head = LinearHead(rng.normal(0, 0.2, (64, 3)).astype(np.float32), np.array([0.1, -0.2, 0.3], np.float32))
    model = export.network(backbones.build("tiny", 32, None), head)
    squares = rng.integers(0, 256, (4, 32, 32, 3)).astype(np.float32)
    outputs = {name: np.asarray(value) for name, value in model(squares).items()}
    assert outputs["maps"].mean(axis=(1, 2)) + head.bias == pytest.approx(outputs["logits"], abs=1e-4)
    assert head.logits(outputs["embedding"]) == pytest.approx(outputs["logits"], abs=1e-4)

    interpreter = Interpreter(model_content=quantise.convert(model, "float16"), num_threads=1)
    interpreter.allocate_tensors()
    shapes = sorted(tuple(int(side) for side in detail["shape"]) for detail in interpreter.get_output_details())
    assert shapes == [(1, 3), (1, 4, 4, 3), (1, 64)]
    logits = next(detail for detail in interpreter.get_output_details() if tuple(detail["shape"]) == (1, 3))
    expected = export.keras_logits(model, squares)
    for square, row in zip(squares, expected, strict=True):
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], square[None])
        interpreter.invoke()
        assert interpreter.get_tensor(logits["index"])[0] == pytest.approx(row, abs=0.02)
