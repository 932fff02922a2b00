import json
from pathlib import Path

import pytest

from clinoscope.cli import main


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_page_is_written_where_it_is_wanted(tmp_path: Path, capsys: pytest.CaptureFixture[str], paper: str) -> None:
    out = tmp_path / "new" / "cards.pdf"
    assert main(["card", "--out", str(out), "--paper", paper]) == 0
    assert out.read_bytes().startswith(b"%PDF-")
    assert json.loads(capsys.readouterr().out) == {"file": str(out), "paper": paper}


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert main(["card", "--out", str(tmp_path / "file" / "cards.pdf")]) == 1
    assert "Choose another folder." in capsys.readouterr().err
