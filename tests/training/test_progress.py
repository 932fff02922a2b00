from pathlib import Path

import pytest

from clinoscope.training import progress
from clinoscope.training.progress import Clock, part_of


def test_a_part_of_a_run_reports_its_place_in_the_whole() -> None:
    told: list[float] = []
    report = part_of(told.append, 0.2, 0.6)
    report(0.0)
    report(0.5)
    report(1.0)
    assert told == pytest.approx([0.2, 0.4, 0.6])


def test_a_run_that_goes_on_counts_what_was_spent_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(progress.time, "monotonic", lambda: now)
    clock = Clock(tmp_path / "seconds.txt")
    now = 107.0
    clock.keep()
    now = 108.0
    clock.keep()
    assert clock.seconds() == 8.0
    now = 500.0  # it was killed, and begun again much later
    again = Clock(tmp_path / "seconds.txt")
    now = 502.0
    assert again.seconds() == 9.0


def test_a_time_that_was_half_written_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "seconds.txt").write_text("", encoding="utf-8")
    assert Clock(tmp_path / "seconds.txt").seconds() < 1.0
