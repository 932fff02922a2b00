import json
from pathlib import Path
from typing import Any

import pytest

from clinoscope.cli import main
from clinoscope.workflow import bench, bench_records, bench_vault
from clinoscope.workflow.bench_vault import Size


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_vault, "sizes", lambda which: (Size(40, 300, 90), Size(80, 600, 180)))
    monkeypatch.setattr(bench_records, "_SAVES", 4)
    monkeypatch.setattr(bench_records, "_SEARCHED_FOR", 3)
    monkeypatch.setattr(bench, "_told", lambda arguments: '{"milliseconds": 100.0}')


def measured(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    status = main(["bench", "records", "--runs", "3", *arguments])
    return status, json.loads(capsys.readouterr().out)


def test_records_are_measured_and_the_vaults_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, told = measured(capsys, "--folder", str(tmp_path / "vaults"))
    assert status == (0 if told["ok"] else 1)
    assert told["records"]["exams"]["value"] == 600
    assert (tmp_path / "vaults" / "600" / "records.db").is_file()


def test_one_figure_missed_is_exit_status_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    missed = {"search_ms_p99": {"value": 21.0, "limit": 20, "ok": False}, "events": {"value": 1}}
    monkeypatch.setattr(bench_records, "measure", lambda *_: missed)
    assert measured(capsys) == (1, {"runs": 3, "records": missed, "ok": False})
    monkeypatch.setattr(bench_records, "measure", lambda *_: {"search_ms_p99": {"value": 1, "limit": 20, "ok": True}})
    assert measured(capsys, "--records", "full")[0] == 0


def test_only_known_sizes_are_taken(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["bench", "records", "--records", "huge"])
    assert "full" in capsys.readouterr().err


@pytest.mark.parametrize("runs", ["0", "2", "-5", "many"])
def test_too_few_runs_to_count_are_refused_and_not_rounded_up(runs: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["bench", "records", f"--runs={runs}"])
    assert left.value.code == 2
    assert "is not a whole number of 3 or more" in capsys.readouterr().err
