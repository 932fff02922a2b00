"""The command from a folder to its three files; what is in them is tested with the workflow."""

import json
import shutil
from pathlib import Path

import pytest

from clinoscope.__main__ import main
from clinoscope.workflow.demo import phantom


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "fields"
    folder.mkdir()
    shutil.copy(phantom("neutrophil/cells"), folder / "1.png")
    return folder


def test_it_prints_the_summary_and_says_how_far_it_is(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = folder.parent / "out"
    assert main(["smear", str(folder), "--out", str(out), "--jobs", "1", "--target", "12"]) == 0
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert (told["folder"], told["read_now"], told["fields"], told["cells"]) == (str(out), 1, 1, 12)
    assert told["target"] == 12
    assert {"cells.csv", "summary.json", "report.pdf"} <= {path.name for path in out.iterdir()}
    assert "1 of 1 fields, about 0 s left" in said.err
    (folder / "2.jpg").write_bytes(b"no picture")
    assert main(["smear", str(folder), "--out", str(out), "--jobs", "1"]) == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["read_now"] == 1
    assert "2.jpg: " in said.err
    assert "2 fields, 1 of them read before" in said.err


def test_what_cannot_be_is_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["smear", str(folder.parent / "none"), "--out", str(folder.parent / "out")]) == 1
    assert "is not a folder" in capsys.readouterr().err
    (folder.parent / "file").write_text("here")
    assert main(["smear", str(folder), "--out", str(folder.parent / "file")]) == 1
    assert "The results cannot be written to" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stopped:
        main(["smear", str(folder), "--out", "x", "--target", "0"])
    assert stopped.value.code == 2
