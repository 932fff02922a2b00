"""The command from a password file to the folder; what is exported is tested with the workflow."""

import csv
import json
from datetime import datetime
from pathlib import Path

import pytest

from clinoscope.__main__ import main
from clinoscope.capture.files import open_picture
from clinoscope.cli import export_dataset
from clinoscope.domain.quality import Quality
from clinoscope.domain.reading import ModelRef, Reading
from clinoscope.domain.record import Sex
from clinoscope.domain.region import Box, Region
from clinoscope.records import Vault
from clinoscope.records.keys import MINIMUM
from clinoscope.workflow import exams, labs
from clinoscope.workflow.demo import phantom

PASSWORD = "a long enough one"
TASK = "anemia/nail"


@pytest.fixture
def options(tmp_path: Path) -> list[str]:
    """A vault with one signed exam, and how the command opens it."""
    with Vault.create(tmp_path / "vault", "Ada", PASSWORD, cost=MINIMUM)[0] as vault:
        patient = exams.new_patient(
            vault, identifier="1", name="Test Person", sex=Sex.FEMALE, born=datetime(1990, 1, 1).date()
        )
        picture = open_picture(phantom(TASK))
        exam = exams.take(vault, patient, TASK, picture)
        exam = exams.set_region(vault, exam, Region(Box(400, 120, 180, 420), "drawn"), Quality())
        exam = exams.set_reading(vault, exam, Reading(TASK, "not_anemic", ModelRef("m", "1.0.0", "ab" * 32)))
        exams.sign(vault, exams.review(vault, exam, "not_anemic"), PASSWORD)
        labs.add(vault, patient, labs.HAEMOGLOBIN, "10,5", "g/dL", picture.taken_at.astimezone().date())
    (tmp_path / "password.txt").write_text(PASSWORD + "\n", encoding="utf-8")
    return ["--vault", str(tmp_path / "vault"), "--user", "Ada", "--password-file", str(tmp_path / "password.txt")]


def test_it_prints_what_it_wrote(tmp_path: Path, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    command = ["export-dataset", "--task", TASK, *options]
    assert main([*command, "--out", str(tmp_path / "set")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {
        "folder": str((tmp_path / "set").resolve()),
        "task": TASK,
        "pictures": 1,
        "patients": 1,
        "labels": {"not_anemic": 1},
        "left_out": {},
    }
    assert main([*command, "--out", str(tmp_path / "hb"), "--label", "hb", "--hb-days", "0", "--whole"]) == 0
    (row,) = csv.DictReader((tmp_path / "hb" / "labels.csv").read_text(encoding="utf-8").splitlines())
    assert (row["label"], row["hb_g_dl"], row["hb_days"]) == ("anemic", "10.50", "0")


def test_what_cannot_be_exported_is_one_sentence(
    tmp_path: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export-dataset", "--task", "skin/rash", *options, "--out", str(tmp_path / "set")]) == 1
    assert "no exam of it is signed" in capsys.readouterr().err
    (tmp_path / "password.txt").write_text("another one\n", encoding="utf-8")
    assert main(["export-dataset", "--task", TASK, *options, "--out", str(tmp_path / "set")]) == 1
    assert not (tmp_path / "set").exists()
    for wrong in (["--hb-days", "-1"], ["--label", "guess"], ["--task", "skin/none"]):
        with pytest.raises(SystemExit, match="2"):
            main(["export-dataset", "--task", TASK, *options, "--out", str(tmp_path / "set"), *wrong])


def test_progress_comes_now_and_then_with_the_time_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter((0.0, 1.0, 4.0, 5.0))
    monkeypatch.setattr(export_dataset.time, "monotonic", lambda: next(clock))
    lines = export_dataset._Lines()
    for done in (1, 2, 3):
        lines(done, 10)
    assert capsys.readouterr().err == "2 of 10 exams, about 16 s left\n"
