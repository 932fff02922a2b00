import json
from pathlib import Path

import pytest

from clinoscope.workflow import bench, bench_records, bench_vault
from clinoscope.workflow.bench_vault import Size


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_vault, "sizes", lambda which: (Size(40, 300, 90), Size(80, 600, 180)))
    monkeypatch.setattr(bench_records, "_SAVES", 4)
    monkeypatch.setattr(bench_records, "_SEARCHED_FOR", 5)


def child(arguments: list[str]) -> str:
    """The window's start, which the part ``start`` measures for real."""
    assert arguments[0] == "--vault"
    assert arguments[2] == "--measure-start"
    assert Path(arguments[1], "records.db").is_file()
    return json.dumps({"milliseconds": 100.0})


LIMITED = {
    "search_ms_p99": 20,
    "patient_page_ms": 50,
    "long_patient_page_ms": 50,
    "save_ms": 80,
    "start_to_start_with_the_smallest": 1.1,
    "exam_cost_largest_to_smallest": 1.5,
    "verify_events_per_second": 20_000,
    "backup_pictures_copied": 1,
    "verify_problems": 0,
}


def test_every_figure_has_its_limit(tiny: None, tmp_path: Path) -> None:
    figures = bench_records.measure("small", tmp_path, 1, lambda _: None, child)
    assert {name: figures[name]["limit"] for name in LIMITED} == LIMITED
    assert (figures["patients"]["value"], figures["exams"]["value"], figures["pictures"]["value"]) == (80, 600, 180)
    assert figures["start_to_start_with_the_smallest"] == {"value": 1.0, "limit": 1.1, "ok": True}
    assert figures["backup_pictures_copied"]["ok"]
    assert figures["verify_problems"]["ok"]
    assert figures["events"]["value"] > 3_000
    assert figures["search_ms_p50"]["value"] > 0
    assert all(figure["value"] >= 0 for figure in figures.values())
    assert {path.name for path in tmp_path.iterdir()} == {"300", "600"}
    assert not list(tmp_path.glob("*/pictures/*/*.new"))


def test_without_a_folder_nothing_is_left(tiny: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(bench, "_told", child)
    report = bench.run("records", 1, lambda _: None)
    assert set(report) == {"runs", "records", "ok"}
    assert report["ok"] == all(figure.get("ok", True) for figure in report["records"].values())
    assert not list(tmp_path.iterdir())


def test_what_costs_more_in_a_large_vault_is_not_ok() -> None:
    assert bench_records._at_most(1.49, "growth")["ok"]
    assert not bench_records._at_most(1.51, "growth")["ok"]
