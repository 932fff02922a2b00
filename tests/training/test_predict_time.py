import json

import pytest

from clinoscope.domain.errors import KnownError
from clinoscope.domain.task import Kind
from clinoscope.inference import packages
from clinoscope.inference.card import Input, Package
from clinoscope.training import backbones, predict_time

TASK = "skin/lesion-photo"


def package(model_file: bytes, *, size: int | None = 32) -> Package:
    return Package(
        format=1,
        name="drawn-spots",
        version="0.1.0",
        task=TASK,
        kind=Kind.CLASSIFY,
        intended_use="Tests.",
        labels=("melanocytic_nevus", "melanoma", "seborrheic_keratosis"),
        input=Input(size=size) if size else None,
        content={packages.MODEL_FILE: model_file},
    )


def test_the_shipped_package_is_timed_and_the_times_printed_alone_as_json(capsys):
    assert predict_time.main([TASK, "1"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert set(printed) == {"milliseconds", "litert_milliseconds"}
    assert 0 < printed["litert_milliseconds"] < printed["milliseconds"]


@pytest.mark.parametrize("name", backbones.WEIGHTS)
def test_the_network_is_told_from_the_names_in_the_model_file(name):
    layers = [layer.name for layer in backbones.build(name, 32, None).layers]
    model = predict_time.shipped_network(package("\0".join(layers).encode()))
    assert set(layers) < {layer.name for layer in model.layers}
    shapes = {output: value.shape for output, value in model.output.items()}
    assert shapes == {"logits": (None, 3), "maps": (None, 1, 1, 3), "embedding": (None, 1280)}


@pytest.mark.parametrize("unknown", [package(b"another network"), package(b"", size=None)])
def test_a_network_of_another_make_is_a_sentence(unknown):
    with pytest.raises(KnownError, match="drawn-spots is none of efficientnet_lite0, mobilenet_v2: it cannot be timed"):
        predict_time.shipped_network(unknown)


def test_a_task_without_a_package_is_a_sentence(capsys):
    assert predict_time.main(["skin/none", "1"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("clinoscope: There is no model package for skin/none.")
