from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from clinoscope import modes
from clinoscope.domain.quality import Check, Finding, Quality, QualityLimits
from clinoscope.ui import theme
from clinoscope.ui.exam import auto_capture
from clinoscope.ui.exam.auto_capture import GAP, GRACE, HOLD, AutoCapture, Countdown
from clinoscope.ui.exam.shutter import Shutter

LIMITS = QualityLimits(focus=0.3, motion=0.1, subject=0.3)
START = 100.0
READY = START + GRACE
LOOKS = 0.125


def look(**failed: bool) -> Quality:
    return Quality(
        tuple(Finding(check, not failed.get(check.value), 0, 0) for check in (Check.FOCUS, Check.MOTION, Check.SUBJECT))
    )


WELL = look()


@pytest.fixture
def countdown() -> Countdown:
    made = Countdown()
    made.begin(LIMITS, START)
    return made


def looked(countdown: Countdown, quality: Quality, start: float, seconds: float) -> list[float]:
    """The moments at which it fired, looked at eight times a second."""
    moments = [start + number * LOOKS for number in range(round(seconds / LOOKS) + 1)]
    return [moment for moment in moments if countdown.look(quality, moment)]


def test_it_fires_once_after_half_a_second_of_nothing_wrong(countdown: Countdown) -> None:
    fired = looked(countdown, WELL, READY, 5)
    assert fired == [pytest.approx(READY + HOLD)]


def test_it_gives_time_to_see_what_there_is(countdown: Countdown) -> None:
    assert looked(countdown, WELL, START, GRACE - LOOKS) == []
    assert not countdown.counting


@pytest.mark.parametrize("check", ["focus", "motion", "subject"])
def test_one_look_that_fails_begins_the_count_anew(countdown: Countdown, check: str) -> None:
    assert looked(countdown, WELL, READY, HOLD - LOOKS) == []
    assert countdown.counting
    assert not countdown.look(look(**{check: True}), READY + HOLD)
    assert not countdown.counting
    assert looked(countdown, WELL, READY + HOLD + LOOKS, HOLD - LOOKS) == []


def test_a_check_that_was_not_made_is_no_pass(countdown: Countdown) -> None:
    first = Quality(tuple(finding for finding in WELL.findings if finding.check is not Check.MOTION))
    assert looked(countdown, first, READY, 3) == []
    assert looked(countdown, Quality(), READY + 4, 3) == []


def test_it_fires_again_only_when_the_subject_has_left(countdown: Countdown) -> None:
    assert len(looked(countdown, WELL, READY, HOLD)) == 1
    assert looked(countdown, look(focus=True), READY + 2, 1) == []
    assert looked(countdown, WELL, READY + 4, 3) == []
    assert looked(countdown, look(subject=True), READY + 8, 0) == []
    assert len(looked(countdown, WELL, READY + 9, 3)) == 1


def test_it_fires_again_when_the_picture_is_retaken(countdown: Countdown) -> None:
    assert len(looked(countdown, WELL, READY, HOLD)) == 1
    countdown.begin(LIMITS, START + 10)
    assert len(looked(countdown, WELL, READY + 10, 3)) == 1


def test_looks_that_lie_apart_do_not_count_together(countdown: Countdown) -> None:
    assert not countdown.look(WELL, READY)
    assert not countdown.look(WELL, READY + GAP + 0.1), "the stream stood still meanwhile"
    assert countdown.counting


def test_stopping_forgets_what_was_counted(countdown: Countdown) -> None:
    looked(countdown, WELL, READY, HOLD - LOOKS)
    countdown.stop()
    assert not countdown.look(WELL, READY + HOLD)


# --- the switch and the ring


@pytest.fixture
def auto(host: QWidget, monkeypatch: pytest.MonkeyPatch) -> AutoCapture:
    clock = iter(START + number * LOOKS for number in range(1000))
    monkeypatch.setattr(auto_capture.time, "monotonic", lambda: next(clock))
    shutter = Shutter(host)
    made = AutoCapture(shutter, host)
    made.switch.setParent(host)
    made.switch.show()
    made.begin(LIMITS)
    return made


def fires(auto: AutoCapture, quality: Quality = WELL, looks: int = 40) -> int:
    fired: list[int] = []
    note: Callable[[], None] = lambda: fired.append(1)  # noqa: E731
    auto.fired.connect(note)
    for _ in range(looks):
        auto.look(quality)
    auto.fired.disconnect(note)
    return len(fired)


def test_it_is_off_until_switched_on(auto: AutoCapture) -> None:
    assert fires(auto) == 0
    told: list[bool] = []
    auto.chosen.connect(told.append)
    QTest.keyClick(auto.switch, Qt.Key.Key_Space)
    assert told == [True]
    assert fires(auto) == 1


def test_the_ring_fills_while_it_counts(
    auto: AutoCapture, monkeypatch: pytest.MonkeyPatch, wait_for: Callable[[Callable[[], object]], bool]
) -> None:
    monkeypatch.setattr(theme.watcher(), "less_motion", False)
    auto.switch.setChecked(True)
    while not auto._countdown.counting:
        auto.look(WELL)
    assert wait_for(lambda: auto._shutter.counted)  # a fixed wait may end before a slow machine has moved it at all
    assert 0 < auto._shutter.counted < 1
    auto.look(look(focus=True))
    assert auto._shutter.counted == 0


def test_with_less_movement_the_ring_is_whole_at_once(auto: AutoCapture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theme.watcher(), "less_motion", True)
    auto.switch.setChecked(True)
    while not auto._countdown.counting:
        auto.look(WELL)
    assert auto._shutter.counted == 1


def test_a_shutter_that_cannot_be_pressed_is_not_pressed(auto: AutoCapture) -> None:
    auto.switch.setChecked(True)
    auto._shutter.setEnabled(False)
    assert fires(auto) == 0


def test_it_waits_while_somebody_types(auto: AutoCapture, host: QWidget) -> None:
    auto.switch.setChecked(True)
    address = QLineEdit(host)
    address.show()
    host.activateWindow()
    address.setFocus()
    QTest.qWait(20)
    assert address.hasFocus()
    assert fires(auto) == 0


def test_every_shipped_mode_has_checks_to_wait_for() -> None:
    for task_id in modes.task_ids():
        countdown = Countdown()
        countdown.begin(modes.task(task_id).quality, START)
        assert not countdown.look(Quality(), READY)
        assert not countdown.look(Quality(), READY + HOLD), task_id
