import sys
from pathlib import Path

import pytest

from clinoscope import __version__
from clinoscope.ui import bugs


def caught(secret: str) -> BaseException:
    try:
        try:
            {}[secret]
        except KeyError as error:
            raise ValueError(f"no {secret}") from error
    except ValueError as error:
        return error
    raise AssertionError


def test_a_report_has_the_way_and_the_versions_and_no_values() -> None:
    text = bugs.describe(caught("Ada " + "Okafor"))
    assert __version__ in text
    assert "ValueError" in text
    assert "KeyError" in text
    assert "test_bugs.py" in text
    assert "Ada Okafor" not in text
    assert str(Path.home()) not in text


def test_a_report_is_shown_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr("threading.excepthook", lambda _: None)
    bugs.install(tmp_path / "reports")
    shown: list[str] = []
    bugs.listen(shown.append, None)
    try:
        error = caught("x")
        sys.excepthook(type(error), error, error.__traceback__)
    finally:
        bugs.listen(None, None)
        monkeypatch.setattr(bugs, "_folder", None)
    (path,) = (tmp_path / "reports").iterdir()
    assert path.read_text(encoding="utf-8") == shown[0]
    assert "ValueError" in capsys.readouterr().err


def test_a_full_disk_makes_no_second_bug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "reports").write_text("a file where the folder should be", encoding="utf-8")
    monkeypatch.setattr(bugs, "_folder", tmp_path / "reports")
    assert "ValueError" in bugs.report(caught("x"))


def test_without_a_window_a_sentence_goes_to_stderr(capsys: pytest.CaptureFixture) -> None:
    bugs.show_sentence("The disk is full.")
    assert capsys.readouterr().err == "The disk is full.\n"
