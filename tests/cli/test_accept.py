"""``clinoscope accept`` as a script would call it."""

import json
from pathlib import Path

import cv2
import pytest

from clinoscope.__main__ import main
from clinoscope.capture.files import open_picture
from clinoscope.records import Vault
from clinoscope.records.keys import MINIMUM
from clinoscope.workflow.demo import phantom

TASK = "skin/lesion-photo"


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    pixels = open_picture(phantom(TASK)).pixels
    rows = ["path,label,camera"]
    for index in range(4):
        cv2.imwrite(str(tmp_path / f"{index}.png"), cv2.convertScaleAbs(pixels, alpha=1 - index / 20)[:, :, ::-1])
        rows.append(f"{index}.png,melanoma,phone")
    (tmp_path / "labels.csv").write_text("\n".join(rows))
    return tmp_path / "labels.csv"


def test_a_test_that_does_not_pass_ends_with_one(
    labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["accept", "--task", TASK, "--labels", str(labels), "--out", str(out), "--by", "Ada"]) == 1
    told, err = capsys.readouterr()
    said = json.loads(told)
    assert said["outcome"] == "too few pictures to say"
    assert (said["recorded"], said["report"]) == (False, str(out / "validation.pdf"))
    assert said["criteria"][0]["met"] == "too few to say"
    assert "4 of 4 pictures read" in err
    assert sorted(file.name for file in out.iterdir()) == ["acceptance.json", "readings.csv", "validation.pdf"]


def test_with_a_vault_the_outcome_is_recorded(labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Vault.create(tmp_path / "vault", "Ada", "a long enough one", cost=MINIMUM)[0].close()
    (tmp_path / "password").write_text("a long enough one\n")
    vault = ["--vault", str(tmp_path / "vault"), "--user", "Ada", "--password-file", str(tmp_path / "password")]
    assert main(["accept", "--task", TASK, "--labels", str(labels), "--out", str(tmp_path / "out"), *vault]) == 1
    assert json.loads(capsys.readouterr().out)["recorded"] is True
    with Vault.open(tmp_path / "vault", "Ada", "a long enough one") as opened:
        assert "model.test" in [event.act for event in opened.events(4)]


def test_half_a_vault_gets_a_sentence(labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--task", TASK, "--labels", str(labels), "--out", str(tmp_path / "out"), "--user", "Ada"]
    assert main(["accept", *given]) == 1
    assert "together" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
