"""The lines that ``clinoscope train`` prints on the way."""

import pytest

from clinoscope.cli.train import Lines


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_the_time_left_follows_from_the_time_spent(clock, capsys):
    lines = Lines(clock)
    for tenth in range(1, 11):
        clock.now += 60
        lines("training", tenth / 10)
    told = capsys.readouterr().err.splitlines()
    assert told[0] == " 10 %  training, about 9 min left"
    assert told[4] == " 50 %  training, about 5 min left"
    assert told[8] == " 90 %  training, about 60 s left"
    assert told[-1] == "100 %  training"


def test_what_was_done_before_a_kill_is_not_taken_for_speed(clock, capsys):
    lines = Lines(clock)
    clock.now += 0.5
    lines("training", 0.6)  # all read back
    for percent in range(61, 71):
        clock.now += 60
        lines("training", percent / 100)
    assert capsys.readouterr().err.splitlines()[-1] == " 70 %  training, about 30 min left"


def test_a_thousand_small_steps_are_a_few_lines(clock, capsys):
    lines = Lines(clock)
    for step in range(1000):
        clock.now += 0.02
        lines("training" if step < 500 else "measuring", step / 1000)
    assert 4 <= len(capsys.readouterr().err.splitlines()) <= 7


def test_long_runs_are_told_in_hours(clock, capsys):
    lines = Lines(clock)
    clock.now += 600
    lines("training", 0.02)
    assert capsys.readouterr().err.splitlines() == ["  2 %  training, about 8.2 h left"]
