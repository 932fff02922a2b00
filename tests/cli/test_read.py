import json
import shutil
from pathlib import Path

import pytest

from clinoscope.__main__ import main
from clinoscope.inference import packages
from clinoscope.paths import MODELS
from clinoscope.workflow.demo import phantom

TASK = "skin/lesion-photo"
FLAG = """
[[flags]]
id = "always"
name = "Always"
note = "Raised on every picture."
kind = "label"
label = "melanoma"
threshold = 0.0
"""


@pytest.fixture
def flagging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped package with one flag more."""
    folder = tmp_path / TASK
    shutil.copytree(MODELS / TASK, folder)
    file = folder / packages.PACKAGE_FILE
    file.write_bytes(packages.sealed(file.read_bytes().partition(b"\n")[2].decode() + FLAG))
    monkeypatch.setattr(packages, "MODELS", tmp_path)


@pytest.mark.usefixtures("flagging")
def test_flags_are_told_beside_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "--task", TASK, "--no-quality", str(phantom(TASK))]) == 0
    reading = json.loads(capsys.readouterr().out)["reading"]
    told = next(flag for flag in reading["flags"] if flag["id"] == "always")
    assert told == {
        "id": "always",
        "name": "Always",
        "value": reading["probabilities"]["melanoma"],
        "raised": True,
        "note": "Raised on every picture.",
    }


@pytest.mark.parametrize(("task", "cautious"), [("neutrophil/type", True), (TASK, False)])
def test_a_reading_says_that_it_was_made_with_caution(
    capsys: pytest.CaptureFixture[str], task: str, cautious: bool
) -> None:
    assert main(["read", "--task", task, "--no-quality", str(phantom(task))]) == 0
    reading = json.loads(capsys.readouterr().out)["reading"]
    assert reading.get("cautious", False) is cautious
    assert reading["standing"] == "not validated here"
