import json

import pytest

from clinoscope.domain.errors import KnownError
from clinoscope.domain.task import Kind
from clinoscope.inference import packages
from clinoscope.inference.card import Input, Package
from clinoscope.training import backbones, predict_time

TASK = "skin/lesion-photo"


def package(model_file: bytes, *, card: str = "", size: int | None = 32) -> Package:
    return Package(
        format=1,
        name="drawn-spots",
        version="0.1.0",
        task=TASK,
        kind=Kind.CLASSIFY,
        intended_use="Tests.",
        labels=("melanocytic_nevus", "melanoma", "seborrheic_keratosis"),
        input=Input(size=size) if size else None,
        content={packages.MODEL_FILE: model_file, "MODEL_CARD.md": card.encode()},
    )


def test_the_shipped_package_is_timed_and_the_times_printed_alone_as_json(capsys):
    assert predict_time.main([TASK, "1"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert set(printed) == {"milliseconds", "litert_milliseconds"}
    assert 0 < printed["litert_milliseconds"] < printed["milliseconds"]


@pytest.mark.parametrize("name", ["efficientnet_lite0", "mobilenet_v2", "small_cnn"])
def test_the_network_is_the_one_the_card_names(name):
    backbone = backbones.build(name, 32, None)
    layers = [layer.name for layer in backbone.layers]
    card = f"# Card\n- Backbone `{name}`, frozen"
    model = predict_time.shipped_network(package("\0".join(layers).encode(), card=card))
    assert set(layers) < {layer.name for layer in model.layers}
    assert model.output["logits"].shape == (None, 3)
    assert model.output["embedding"].shape == (None, backbone.output_shape[-1])


@pytest.mark.parametrize(
    "unknown",
    [
        package(b"another network", card="- Backbone `tiny`, frozen"),
        package(b"conv0 conv1 conv2", card="- Backbone `unheard of`, frozen"),
        package(b"conv0 conv1 conv2"),
        package(b"", card="- Backbone `tiny`, frozen", size=None),
    ],
)
def test_a_network_of_another_make_is_a_sentence(unknown):
    with pytest.raises(KnownError, match="drawn-spots is none that its card names"):
        predict_time.shipped_network(unknown)


def test_a_task_without_a_package_is_a_sentence(capsys):
    assert predict_time.main(["skin/none", "1"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("clinoscope: There is no model package for skin/none.")
