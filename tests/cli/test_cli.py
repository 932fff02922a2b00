"""The command line as a script would call it: exit status, JSON on stdout, sentences on stderr."""

import json
from pathlib import Path

import pytest

from clinoscope.__main__ import main
from clinoscope.workflow.demo import phantom

READ = ["read", "--task", "skin/lesion-photo"]


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    file = tmp_path / "text.jpg"
    file.write_text("not a picture")
    return file


def lines(out: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.splitlines()]


def test_read_gives_one_line_a_picture_in_the_agreed_shape(capsys: pytest.CaptureFixture[str]) -> None:
    file = str(phantom("skin/lesion-photo"))
    assert main([*READ, file, file]) == 0
    told = lines(capsys.readouterr().out)
    assert len(told) == 2
    first = told[0]
    assert set(first) == {"path", "task", "quality", "region", "reading", "milliseconds"}
    assert set(first["quality"]) == {"ok", "problems"}
    assert set(first["region"]) >= {"x", "y", "w", "h", "how"}
    assert set(first["reading"]) >= {"answer", "labels", "probabilities", "model", "sha256"}
    assert "@" in first["reading"]["model"]
    assert list(first["milliseconds"]) == ["load", "quality", "region", "inference", "total"]


def test_a_bad_picture_gets_its_sentence_and_the_others_are_read(
    capsys: pytest.CaptureFixture[str], text_file: Path
) -> None:
    assert main([*READ, str(text_file), str(phantom("skin/lesion-photo"))]) == 1
    out, err = capsys.readouterr()
    bad, good = lines(out)
    assert bad["error"] in err
    assert "reading" in good


def test_a_region_is_taken_and_one_outside_refused(capsys: pytest.CaptureFixture[str]) -> None:
    file = str(phantom("skin/lesion-photo"))
    assert main([*READ, file, "--region", "10,20,200,150", "--no-quality"]) == 0
    (told,) = lines(capsys.readouterr().out)
    assert told["region"] | {"score": 1.0} == {"x": 10, "y": 20, "w": 200, "h": 150, "how": "drawn", "score": 1.0}
    assert main([*READ, file, "--region", "99000,0,10,10"]) == 1
    assert "outside" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["read"],
        ["read", "x.png"],
        ["read", "x.png", "--task", "skin/nothing"],
        [*READ, "x.png", "--region", "1,2,3"],
        ["nothing"],
        ["vault"],
        ["models", "nothing"],
        ["evaluate", "--task", "skin/rash"],
        ["demo"],
    ],
)
def test_wrong_usage_is_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert capsys.readouterr().err


def test_cells_of_the_drawn_field(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cells", str(phantom("neutrophil/cells"))]) == 0
    (told,) = lines(capsys.readouterr().out)
    assert set(told) == {"path", "cells"}
    assert len(told["cells"]) >= 10
    assert set(told["cells"][0]) == {"x", "y", "w", "h", "score", "type", "stage"}


def test_models_are_listed_and_verified(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["models", "list"]) == 0
    (listed,) = lines(capsys.readouterr().out)
    assert all(entry["ok"] for entry in listed)
    assert main(["models", "verify"]) == 0
    assert lines(capsys.readouterr().out)[0]["ok"] is True
    assert main(["models", "verify", "--models", str(tmp_path)]) == 1, "an empty folder is no good set of packages"


def test_a_vault_from_making_to_restoring(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("a long enough one\n")
    who = ["--user", "Ada", "--password-file", str(secret)]
    vault = str(tmp_path / "vault")
    assert main(["vault", "create", "--vault", vault, *who]) == 0
    assert lines(capsys.readouterr().out)[0]["recovery_code"]
    assert main(["vault", "verify", "--vault", vault, *who]) == 0
    assert lines(capsys.readouterr().out)[0]["ok"] is True
    assert main(["vault", "backup", str(tmp_path / "stick"), "--vault", vault, *who]) == 0
    backup = lines(capsys.readouterr().out)[0]["backup"]
    assert main(["vault", "restore", backup, "--vault", str(tmp_path / "again")]) == 0
    capsys.readouterr()
    secret.write_text("wrong wrong wrong\n")
    assert main(["vault", "verify", "--vault", str(tmp_path / "again"), *who]) == 1
    assert "clinoscope: " in capsys.readouterr().err
    secret.write_text("")
    assert main(["vault", "verify", "--vault", vault, *who]) == 1
    assert "is empty" in capsys.readouterr().err


def test_evaluate_says_what_is_wrong_with_the_labels(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("path,label\nx.png,unknown\n")
    command = [
        "evaluate",
        "--task",
        "skin/rash",
        "--labels",
        str(tmp_path / "labels.csv"),
        "--out",
        str(tmp_path / "o"),
    ]
    assert main(command) == 1
    assert "line 2" in capsys.readouterr().err


def test_training_without_backbones_says_where_to_get_them(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from clinoscope.paths import MODELS

    recipe = str(MODELS / "recipes" / "skin-rash.toml")
    assert main(["train", recipe, "--data", str(tmp_path), "--out", str(tmp_path / "o")]) == 1
    assert capsys.readouterr().err.startswith("clinoscope: ")
