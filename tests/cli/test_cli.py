"""The command line as a script would call it: exit status, JSON on stdout, sentences on stderr."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from clinoscope.__main__ import main
from clinoscope.paths import MODELS, RESOURCES
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
    assert set(first) == {"path", "task", "colour", "quality", "region", "reading", "milliseconds"}
    assert set(first["quality"]) == {"ok", "problems"}
    assert set(first["region"]) >= {"x", "y", "w", "h", "how"}
    assert set(first["reading"]) >= {"answer", "labels", "probabilities", "model", "sha256"}
    assert "@" in first["reading"]["model"]
    assert list(first["milliseconds"]) == ["load", "colour", "quality", "region", "inference", "total"]
    assert first["colour"] == {"corrected": False}


def test_a_card_in_the_picture_is_used_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "--task", "anemia/lip", str(RESOURCES / "phantoms" / "face_card.png")]) == 0
    (told,) = lines(capsys.readouterr().out)
    assert told["colour"]["corrected"]
    assert told["colour"]["reference"] == "card"
    assert told["colour"]["gains"] == pytest.approx([1 / 0.92, 1 / 0.72, 1 / 0.46], rel=0.02)
    assert told["quality"]["ok"]


def test_a_bad_picture_gets_its_sentence_and_the_others_are_read(
    capsys: pytest.CaptureFixture[str], text_file: Path
) -> None:
    assert main([*READ, str(text_file), str(phantom("skin/lesion-photo"))]) == 1
    out, err = capsys.readouterr()
    bad, good = lines(out)
    assert bad["error"] in err
    assert "reading" in good


def program(*arguments: str | bytes, **options: object) -> subprocess.CompletedProcess[bytes]:
    """The program as a process of its own, where its streams are real ones."""
    command = [sys.executable, "-P", "-m", "clinoscope", *arguments]
    return subprocess.run(command, stderr=subprocess.PIPE, timeout=60, check=False, **options)  # type: ignore[call-overload]


@pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="such names exist on Linux only")
def test_a_name_that_is_not_unicode_is_told_in_valid_json(text_file: Path) -> None:
    odd = os.fsencode(text_file.parent) + b"/caf\xe9\n\x1b[31m.jpg"
    Path(os.fsdecode(odd)).write_bytes(text_file.read_bytes())
    environment = {**os.environ, "PYTHONIOENCODING": "ascii:strict"}
    done = program(*READ, odd, stdout=subprocess.PIPE, env=environment)
    assert done.returncode == 1
    (told,) = lines(done.stdout.decode("utf-8"))
    assert os.fsencode(str(told["path"])) == odd
    assert done.stderr.count(b"\n") == 1, "one line, and no command for the terminal"
    assert b"\x1b" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_output_that_cannot_be_written_gets_a_sentence() -> None:
    with Path("/dev/full").open("wb") as full:
        done = program("models", "list", stdout=full)
    assert done.returncode == 1
    assert (
        done.stderr.decode()
        == "clinoscope: The output cannot be written: No space left on device. Send it to another place.\n"
    )


@pytest.mark.skipif(os.name == "nt", reason="pipes there end in another way")
def test_a_reader_that_goes_away_ends_it_silently() -> None:
    receiver, sender = os.pipe()
    os.close(receiver)
    done = program("models", "list", stdout=sender)
    os.close(sender)
    assert (done.returncode, done.stderr) == (1, b"")


def test_stopping_it_is_no_crash(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("clinoscope.workflow.demo.run", stopped)
    assert main(["demo", "--out", "never made"]) == 130
    assert capsys.readouterr().err == "clinoscope: Stopped.\n"


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
    secret.write_bytes(b"\xef\xbb\xbfa long enough one\r\nnot this line\r\n")  # as Windows' Notepad may write it
    assert main(["vault", "verify", "--vault", vault, *who]) == 0
    secret.write_text("")
    assert main(["vault", "verify", "--vault", vault, *who]) == 1
    assert "is empty" in capsys.readouterr().err


def test_the_keys_and_the_pictures_of_a_vault(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("a long enough one\n")
    vault = ["--vault", str(tmp_path / "vault"), "--user", "Ada", "--password-file", str(secret)]
    assert main(["vault", "create", *vault]) == 0
    first = lines(capsys.readouterr().out)[0]["recovery_code"]
    assert main(["vault", "rotate-key", *vault]) == 0
    assert lines(capsys.readouterr().out)[0]["recovery_code"] != first
    assert main(["vault", "check", *vault]) == 0
    orphan = tmp_path / "vault" / "pictures.1" / "ab" / ("ab" * 32)
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"left by a kill")
    assert main(["vault", "check", *vault]) == 1
    capsys.readouterr()
    assert main(["vault", "check", "--backups", str(tmp_path), *vault]) == 1
    assert "give both, or neither" in capsys.readouterr().err
    assert main(["vault", "check", "--mend", *vault]) == 0
    assert lines(capsys.readouterr().out)[0]["ok"] is True
    assert main(["vault", "prove", "nothing", str(tmp_path / "proof"), *vault]) == 1
    assert "no such exam" in capsys.readouterr().err


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
    recipe = str(MODELS / "recipes" / "skin-rash.toml")
    assert main(["train", recipe, "--data", str(tmp_path), "--out", str(tmp_path / "o")]) == 1
    assert capsys.readouterr().err.startswith("clinoscope: ")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows writes no core files")
def test_a_crash_leaves_no_memory_on_the_disk() -> None:
    script = "import resource; from clinoscope.__main__ import _leave_no_core as leave; leave()"
    script += "; print(resource.getrlimit(resource.RLIMIT_CORE)[0])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


def test_who_is_past_the_rule_is_listed_and_stays(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from clinoscope.workflow import exams, labs, retention, session

    secret = tmp_path / "password"
    secret.write_text("a long enough one\n")
    vault = ["--vault", str(tmp_path / "vault"), "--user", "Ada", "--password-file", str(secret)]
    assert main(["vault", "create", *vault]) == 0
    with session.open_vault(tmp_path / "vault", "Ada", "a long enough one") as opened:
        patient = exams.new_patient(opened, identifier="1001-7", name="Ada Okafor")
        labs.add(opened, patient, labs.HAEMOGLOBIN, "12", "g/dL", date(2012, 3, 3))
    capsys.readouterr()
    assert main(["vault", "retention", *vault]) == 0
    assert lines(capsys.readouterr().out) == [{"rule": None, "due": 0, "kept": 0}]
    with session.open_vault(tmp_path / "vault", "Ada", "a long enough one") as opened:
        retention.set_rule(opened, retention.Rule(5, 5))
    assert main(["vault", "retention", *vault]) == 0
    out = capsys.readouterr().out
    told, summary = lines(out)
    assert (told["number"], told["last"], told["until"]) == ("1001-7", "2012-03-03", "2017-03-03")
    assert summary == {"rule": {"years": 5, "after_majority": 5}, "due": 1, "kept": 0}
    assert "Okafor" not in out


@pytest.mark.parametrize(
    ("command", "begins"),
    [
        (["read"], "Read pictures: one JSON line each."),
        (["vault", "verify"], "Check the audit chain, every signature, lab value and picture."),
        (["accept"], "Test a task's model on this site's own labelled pictures; writes the validation report. Until"),
    ],
)
def test_the_help_of_a_command_says_what_it_does(
    command: list[str], begins: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main([*command, "--help"])
    assert left.value.code == 0
    assert begins in " ".join(capsys.readouterr().out.split())
