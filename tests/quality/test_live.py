import time

import cv2
import numpy as np
import pytest

from clinoscope.domain.quality import Check, QualityLimits
from clinoscope.domain.region import Box, Region
from clinoscope.quality.live import LiveCheck

LIMITS = QualityLimits(
    focus=0.2, motion=0.2, dark=0.3, bright=0.1, glare=0.05, haze=0.8, grain=4, colour=3.1, size=60, subject=0.3
)


@pytest.fixture(scope="module")
def frame(larger):
    """1080p with the drawn view in the middle of a grey wall."""
    frame = np.full((1080, 1920, 3), 150, np.uint8)
    frame[90:990, 510:1410] = larger(900)
    return frame


def test_motion_is_judged_from_the_second_frame_on(frame):
    live = LiveCheck(LIMITS)
    assert Check.MOTION not in {finding.check for finding in live.look(frame).findings}
    still = {finding.check: finding for finding in live.look(frame).findings}[Check.MOTION]
    assert (still.ok, still.value, still.advice) == (True, 0.0, "")
    moved = {finding.check: finding for finding in live.look(np.roll(frame, 250, axis=1)).findings}[Check.MOTION]
    assert not moved.ok
    assert moved.advice == "Hold still"


def test_without_a_region_the_guide_is_checked_and_neither_size_nor_subject(frame):
    found = {finding.check for finding in LiveCheck(LIMITS).look(frame).findings}
    assert found == {Check.FOCUS, Check.DARK, Check.BRIGHT, Check.GLARE, Check.HAZE, Check.GRAIN, Check.COLOUR}
    spoilt = frame.copy()
    spoilt[:, :300] = 255  # outside the guide
    assert LiveCheck(LIMITS).look(spoilt).ok


def test_a_search_in_vain_fails_the_subject(frame):
    quality = LiveCheck(LIMITS, "lips").look(frame, None, searched=True)
    assert [finding.check for finding in quality.problems] == [Check.SUBJECT]
    assert quality.problems[0].advice.startswith("No lips")


def test_of_a_frame_that_shows_nothing_that_alone_is_told(frame):
    live = LiveCheck(QualityLimits(blank=10, focus=0.2, motion=0.2, subject=0.3))
    live.look(frame)
    dark = live.look(np.zeros_like(frame), None, searched=True)
    assert [finding.check for finding in dark.findings] == [Check.BLANK]
    back = {finding.check for finding in live.look(frame, Region(Box(700, 300, 240, 160), "whole", 0.9)).findings}
    assert back == {Check.BLANK, Check.FOCUS, Check.SUBJECT}, "motion needs two frames again"


def test_sizes_are_those_of_the_full_frame(frame):
    region = Region(Box(700, 300, 240, 160), "landmarks", 0.9, parts=(Box(700, 300, 80, 160), Box(800, 300, 81, 160)))
    found = {finding.check: finding for finding in LiveCheck(LIMITS).look(frame, region).findings}
    assert found[Check.SIZE].value == pytest.approx(80, abs=4)
    assert found[Check.SUBJECT].value == 0.9


def test_live_and_still_agree_about_faults(frame, lit):
    live = LiveCheck(LIMITS)
    assert live.look(frame).ok
    assert {finding.check for finding in live.look(lit(frame, 0.03)).problems} >= {Check.DARK}
    assert {finding.check for finding in LiveCheck(LIMITS).look(cv2.GaussianBlur(frame, (0, 0), 25)).problems} == {
        Check.FOCUS
    }


@pytest.mark.parametrize("shape", [(480, 640), (240, 320), (2160, 3840), (1920, 1080), (9, 7)])
def test_frames_of_any_size(shape):
    live = LiveCheck(LIMITS)
    grey = np.full((*shape, 3), 128, np.uint8)
    assert len(live.look(grey).findings) + 1 == len(live.look(grey).findings)


def test_a_frame_is_checked_in_time(frame):
    """8 ms on one thread for a 1080p frame is the budget."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    live = LiveCheck(LIMITS)
    times = []
    for _ in range(30):
        started = time.thread_time()  # not the wall's clock: the machine is shared
        live.look(frame)
        times.append(time.thread_time() - started)
    cv2.setNumThreads(threads)
    assert min(times) < 0.008
