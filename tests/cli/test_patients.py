"""The commands from a password file to the vault; what becomes of a line is tested with the workflow."""

import json
from pathlib import Path

import pytest

from clinoscope.__main__ import main
from clinoscope.records import Vault
from clinoscope.records.keys import MINIMUM

PASSWORD = "a long enough one"


@pytest.fixture
def options(tmp_path: Path) -> list[str]:
    Vault.create(tmp_path / "vault", "Ada", PASSWORD, cost=MINIMUM)[0].close()
    (tmp_path / "password.txt").write_text(PASSWORD + "\n", encoding="utf-8")
    return ["--vault", str(tmp_path / "vault"), "--user", "Ada", "--password-file", str(tmp_path / "password.txt")]


def test_a_list_is_previewed_taken_in_and_written(
    tmp_path: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "list.csv", tmp_path / "out.csv"
    file.write_text("name,born,phone\nAda Okafor,03/04/1990,1\nZoe Marchand,24/12/1955,2\n", encoding="utf-8")
    assert main(["patients", "import", str(file), "--preview", *options]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["added"], told["new"], told["error"], told["unused"]) == (0, 1, 1, ["phone"])
    assert main(["patients", "import", str(file), "--dates", "day-first", *options]) == 0
    assert json.loads(capsys.readouterr().out)["added"] == 2
    assert main(["patients", "export", str(out), *options]) == 0
    assert json.loads(capsys.readouterr().out)["patients"] == 2
    assert "1001-8" in out.read_text(encoding="utf-8-sig") or "1001-7" in out.read_text(encoding="utf-8-sig")
    assert "1990-04-03" in out.read_text(encoding="utf-8-sig")


def test_a_template_needs_no_vault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["patients", "template", str(tmp_path / "list.csv")]) == 0
    assert (tmp_path / "list.csv").read_text(encoding="utf-8-sig").startswith("number,name,born,sex,note")
