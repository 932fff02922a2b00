"""``clinoscope adapt`` as a script would call it; what it makes is tested with ``workflow.adapt``."""

from pathlib import Path

import pytest

from clinoscope.__main__ import main


def test_what_cannot_be_fitted_ends_with_one_and_a_sentence(
    tmp_path: Path, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "labels.csv").write_text("path,label\nmissing.png,basophil\n")
    given = ["--labels", str(tmp_path / "labels.csv"), "--out", str(tmp_path / "out"), "--models-site", str(site)]
    assert main(["adapt", "--task", "neutrophil/type", *given]) == 1
    assert "Not one picture of the list could be used" in capsys.readouterr().err
    assert main(["adapt", "--task", "skin/lesion-photo", *given]) == 1
    assert "clinoscope train" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
