import json
import subprocess
import sys
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from clinoscope.inference import packages
from clinoscope.inference.linear_head import LinearHead
from clinoscope.paths import MODELS
from clinoscope.regions import networks
from clinoscope.training import backbones, export, quantise
from clinoscope.training.quantise import Form

SIZE = 32


def form(name: quantise.FormName, milliseconds: float) -> Form:
    return Form(
        form=name,
        bytes=1000,
        milliseconds=milliseconds,
        memory_mb=1.0,
        accuracy=0.9,
        balanced_accuracy=0.9,
        ece=0.03,
        same_answers=1.0,
        embedding_lost=0.0,
    )


@pytest.fixture(scope="module")
def model():
    """The tiny network with a head that tells red, green and blue squares."""
    backbone = backbones.build("tiny", SIZE, None)
    squares, truth = _squares(np.random.default_rng(1), 20)
    features = np.asarray(backbone(squares.astype(np.float32))).mean(axis=(1, 2))
    weights, *_ = np.linalg.lstsq(np.c_[features, np.ones(len(features))], 8 * np.eye(3)[truth], rcond=None)
    return export.network(backbone, LinearHead(weights[:-1].astype(np.float32), weights[-1].astype(np.float32)))


@pytest.fixture(scope="module")
def compared(model):
    squares, truth = _squares(np.random.default_rng(2), 10)
    return quantise.compare(
        model, squares, truth, representative=_squares(np.random.default_rng(3), 10)[0], temperature=2.0, turns=3
    )


def _squares(rng: np.random.Generator, each: int) -> tuple[np.ndarray, np.ndarray]:
    truth = np.repeat(np.arange(3), each)
    squares = rng.integers(20, 80, (len(truth), SIZE, SIZE, 3))
    squares[np.arange(len(truth)), :, :, truth] += 150
    return squares.astype(np.uint8), truth


def test_every_form_is_measured_on_the_same_squares(compared):
    assert [entry.form for entry in compared.forms] == list(quantise.FORMS)
    assert compared.pictures == 30
    assert compared.keras_accuracy == 1.0
    assert compared.keras_milliseconds > 0
    for entry in compared.forms:
        assert entry.bytes == len(compared.contents[entry.form])
        assert entry.accuracy == entry.balanced_accuracy == entry.same_answers == 1.0
        assert 0 < entry.milliseconds < compared.keras_milliseconds
        assert 0 <= entry.ece < 0.5
    by_name = {entry.form: entry for entry in compared.forms}
    assert by_name["float32"].bytes > by_name["float16"].bytes > by_name["int8"].bytes
    assert by_name["float32"].embedding_lost < 1e-4 < by_name["int8"].embedding_lost < 0.2


def test_int8_computes_in_whole_numbers_between_float_pictures_and_float_answers(compared):
    kinds = {}
    for entry in compared.forms:
        interpreter = networks.opened(compared.contents[entry.form])
        assert interpreter.get_input_details()[0]["dtype"] is np.float32
        assert {detail["dtype"] for detail in interpreter.get_output_details()} == {np.float32}
        kinds[entry.form] = [detail["dtype"] for detail in interpreter.get_tensor_details() if detail["name"]]
    assert np.int8 not in kinds["float32"]
    assert np.float16 in kinds["float16"]
    assert kinds["int8"].count(np.int8) > kinds["int8"].count(np.float32)


def test_one_form_alone_is_the_one_of_the_comparison(model, compared):
    assert len(quantise.convert(model, "float16")) == compared.forms[1].bytes
    with pytest.raises(ValueError, match="representative"):
        quantise.convert(model, "int8")


def test_the_comparison_comes_back_from_its_file_without_the_networks(compared):
    text = quantise.dumps(compared)
    assert "contents" not in json.loads(text)
    assert quantise.loads(text) == compared
    assert not quantise.loads(text).contents
    with pytest.raises(msgspec.ValidationError):
        quantise.loads(b"{}")


def test_the_chosen_file_is_at_hand(compared):
    assert compared.content is compared.contents[compared.chosen]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak and lets it be set back")
def test_memory_grows_by_about_the_size_of_the_file(compared):
    assert 0 < compared.forms[0].memory_mb < 20


def test_a_file_that_is_no_network_has_no_memory_to_measure():
    with pytest.raises(RuntimeError, match="could not be measured"):
        quantise.peak_megabytes(b"no network")


def test_measuring_memory_needs_no_tensorflow(compared, tmp_path):
    path = tmp_path / "model.tflite"
    path.write_bytes(compared.contents["float32"])
    code = (
        "import sys, pathlib; from clinoscope.training import quantise; "
        "quantise._grown(pathlib.Path(sys.argv[1])); assert 'tensorflow' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)


def test_the_network_of_a_package_is_timed():
    assert 0 < quantise.milliseconds(packages.load(MODELS / "skin" / "rash"), runs=3) < 1000


def test_float16_ships_when_nothing_is_faster_by_a_tenth():
    chosen, reason = quantise.choose([form("float32", 4.6), form("float16", 5.0), form("int8", 4.9)], ANY)
    assert chosen.form == "float16"
    assert reason == "float16: no other form was faster by a tenth or more."


def test_a_form_as_good_and_faster_ships():
    chosen, reason = quantise.choose([form("float32", 4.0), form("float16", 5.0), form("int8", 2.0)], ANY)
    assert chosen.form == "int8"
    assert "2.0 against 5.0 ms" in reason


ANY, NONE = quantise.Needs(embedding=True, other_head=False), quantise.Needs(embedding=False, other_head=False)


def test_what_the_package_does_not_need_speaks_against_no_form():
    forms = [form("float16", 5.0), replace(form("int8", 2.0), embedding_lost=0.2)]
    assert quantise.choose(forms, NONE)[0].form == "int8"
    assert "the flags that read it" in quantise.choose(forms, ANY)[1]
    fitted = quantise.choose(forms, quantise.Needs(embedding=False, other_head=True))
    assert fitted[0].form == "float16"
    assert "could not fit its last layer" in fitted[1]


@pytest.mark.parametrize(
    ("worse", "told"),
    [
        ({"accuracy": 0.894}, "less often right (89.4 against 90.0 %)"),
        ({"same_answers": 0.97}, "gave the answer of Keras on 97.0 % of the pictures only"),
        ({"ece": 0.05}, "worse calibrated (0.050 against 0.030)"),
        ({"embedding_lost": 0.2}, "its embedding strays by 20 %"),
    ],
)
def test_a_faster_form_that_is_worse_does_not_ship(worse, told):
    chosen, reason = quantise.choose([form("float16", 5.0), replace(form("int8", 2.0), **worse)], ANY)
    assert chosen.form == "float16"
    assert f"int8 was faster (2.0 ms) but {told}" in reason


def test_without_float16_there_is_nothing_to_choose():
    with pytest.raises(ValueError, match="float16"):
        quantise.choose([form("int8", 1.0)], ANY)
