import sys

import numpy as np
import pytest

from clinoscope.workflow import bench


@pytest.fixture
def no_tensorflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed program has no TensorFlow; here it would take half a minute of every run."""
    monkeypatch.setattr(bench, "find_spec", lambda name: None)


def test_the_preview_is_measured_against_its_limit() -> None:
    report = bench.run("preview", 3, lambda _: None)
    assert set(report) == {"runs", "preview", "ok"}
    figure = report["preview"]["frames_per_second"]
    assert figure["value"] > 0
    assert figure["ok"] == (figure["value"] >= bench.PREVIEW_FRAMES)
    assert report["preview"]["live_check_ms"]["value"] > 0


def test_a_reading_is_measured_against_its_limits(no_tensorflow: None) -> None:
    figures = bench.run("read", 3, lambda _: None)["read"]
    total, inference = figures["still_to_answer_ms"], figures["inference_ms"]
    assert 0 < inference["value"] < total["value"]
    assert total["ok"] == (total["value"] <= bench.STILL_MILLISECONDS)
    assert "left_out" in figures["keras_predict_to_litert"]
    if sys.platform != "win32":
        assert 40 < figures["peak_megabytes"]["value"] <= bench.PEAK_MEGABYTES


def test_the_start_is_measured_against_its_limit(no_tensorflow: None) -> None:
    report = bench.run("start", 1, lambda _: None)
    login = report["start"]["login_seconds"]
    assert login["value"] > 0.05
    assert report["ok"] == login["ok"] == (login["value"] <= bench.START_SECONDS)
    assert "left_out" in report["start"]["login_to_import_tensorflow"]


def test_a_failing_child_is_told_with_its_last_line() -> None:
    with pytest.raises(bench.BenchError, match="no such thing"):
        bench._child([sys.executable, "-c", "raise SystemExit('no such thing')"])


def test_a_child_that_says_much_on_both_streams_comes_to_its_end() -> None:
    much = "import sys; sys.stderr.write('e' * 300_000); sys.stdout.write('o' * 300_000)"
    out, _ = bench._child([sys.executable, "-c", much])
    assert out == "o" * 300_000


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell a child's peak memory this way")
def test_the_memory_of_a_child_is_its_own() -> None:
    ballast = np.ones(300_000_000, np.uint8)
    small = bench._child([sys.executable, "-c", "import time; time.sleep(0.3)"])[1]
    large = bench._child([sys.executable, "-c", "import time; kept = b'x' * 100_000_000; time.sleep(0.3)"])[1]
    assert len(ballast) == 300_000_000
    assert small is not None
    assert large is not None
    assert 2 < small < 60
    assert 90 < large - small < 130


def test_smears_are_measured_against_their_limits() -> None:
    figures = bench.run("smear", 3, lambda _: None)["smear"]
    assert figures["field_ms"]["limit"] == 250
    assert figures["field_ms"]["value"] > 0
    assert figures["open_2000_cells_ms"]["ok"] == (0 < figures["open_2000_cells_ms"]["value"] <= 300)
