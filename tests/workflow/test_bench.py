import sys

import pytest

from clinoscope.workflow import bench


def test_the_preview_is_measured_against_its_limit() -> None:
    report = bench.run("preview", 3, lambda _: None)
    assert set(report) == {"runs", "preview", "ok"}
    figure = report["preview"]["frames_per_second"]
    assert figure["value"] > 0
    assert figure["ok"] == (figure["value"] >= bench.PREVIEW_FRAMES)
    assert report["preview"]["live_check_ms"]["value"] > 0


def test_a_child_tells_its_memory_and_a_failing_one_its_last_line() -> None:
    out, peak = bench._child([sys.executable, "-c", "print('x' * 3)"])
    assert out == "xxx\n"
    assert peak is not None
    assert 2 < peak < 200
    with pytest.raises(bench.BenchError, match="no such thing"):
        bench._child([sys.executable, "-c", "raise SystemExit('no such thing')"])
