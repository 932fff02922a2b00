"""The squares of JPEG, on drawn views."""

import time

import cv2
import numpy as np
import pytest

from clinoscope.domain.region import Box
from clinoscope.quality import blocks

BOX = Box(100, 100, 200, 200)


def saved(pixels, quality):
    _, data = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])


def test_a_picture_that_was_never_compressed_has_none(view, larger):
    assert blocks.step(view, BOX) < 0.3
    assert blocks.step(saved(view, 95), BOX) < 0.3
    assert blocks.step(larger(1200), Box(0, 0, 1200, 1200)) < 0.3


def test_the_stronger_the_compression_the_higher_the_step(view):
    steps = [blocks.step(saved(view, quality), BOX) for quality in (10, 15, 20, 30, 50, 75)]
    assert steps == sorted(steps, reverse=True)
    assert steps[0] > 1.5
    assert steps[2] > 1
    assert steps[-1] < 0.3


@pytest.mark.parametrize("turn", range(4))
def test_where_the_squares_begin_does_not_matter(view, turn):
    whole = saved(view, 15)
    there = blocks.step(whole, BOX)
    cropped = np.rot90(whole[3:, 5:], turn)
    side = BOX.w
    here = Box((cropped.shape[1] - side) // 2, (cropped.shape[0] - side) // 2, side, side)
    assert blocks.step(cropped, here) == pytest.approx(there, rel=0.25)


def test_saved_well_after_it_was_saved_badly_it_still_shows(view):
    assert blocks.step(saved(saved(view, 12), 95), BOX) > 1.2


@pytest.mark.parametrize("scale", [0.5, 0.7, 1.4])
def test_of_a_picture_that_was_scaled_since_nothing_is_said(view, scale):
    small = cv2.resize(saved(view, 12), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    assert blocks.step(small, Box(0, 0, small.shape[1], small.shape[0])) < 1


@pytest.mark.parametrize("times", [2, 4])
def test_a_picture_made_larger_by_repeating_pixels_has_no_squares(view, times):
    large = np.repeat(np.repeat(view[:150, :150], times, axis=0), times, axis=1)
    assert blocks.step(large, Box(0, 0, 150 * times, 150 * times)) < 0.5


def test_lines_that_run_one_way_are_no_squares(view):
    ruled = view.copy()
    ruled[:, ::8] = ruled[:, ::8] // 2
    assert blocks.step(ruled, BOX) < 0.5


@pytest.mark.parametrize("side", [1, 23])
def test_of_too_few_pixels_nothing_is_said(view, side):
    assert blocks.step(saved(view, 5), Box(10, 10, side, 200)) == 0
    assert blocks.step(np.zeros((40, 40, 3), np.uint8), Box(0, 0, 40, 40)) == 0


def test_a_large_picture_takes_no_longer_than_a_small_one():
    """3 ms on one thread is the aim; it is asked of stills that were refused alone."""
    still = np.random.default_rng(0).integers(0, 255, (3000, 4000, 3), dtype=np.uint8)
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    times = []
    for _ in range(20):
        started = time.thread_time()  # not the wall's clock: the machine is shared
        blocks.step(still, Box(0, 0, 4000, 3000))
        times.append(time.thread_time() - started)
    cv2.setNumThreads(threads)
    assert min(times) < 0.006
