"""Boxes out of a centre-point network's maps."""

import numpy as np

from clinoscope.domain.region import Box
from clinoscope.regions.heatmap import apart, decode, steadied


def maps(*peaks: tuple[int, int, float]) -> np.ndarray:
    """Maps of 10 x 12 cells: a box 4 wide, 2 high, half a cell to the right, at each (row, column, heat)."""
    out = np.zeros((10, 12, 5), np.float32)
    for row, column, heat in peaks:
        out[row, column] = heat, 0.5, 0, np.log(4), np.log(2)
    return out


def test_a_peak_gives_its_box_in_picture_pixels() -> None:
    assert decode(maps((4, 5, 0.75)), unit=10, limit=0.5) == [(Box(40, 35, 40, 20), 0.75)]


def test_peaks_below_the_limit_are_none() -> None:
    assert decode(maps((4, 5, 0.49)), unit=10, limit=0.5) == []


def test_the_hottest_comes_first_and_shadows_what_shares_its_centre() -> None:
    found = decode(maps((4, 5, 0.7), (4, 7, 0.9), (8, 2, 0.8)), unit=1, limit=0.5)
    assert [round(score, 2) for _, score in found] == [0.9, 0.8]


def test_neighbours_that_touch_are_apart_and_copies_are_not() -> None:
    assert apart(Box(0, 0, 10, 10), Box(10, 0, 10, 10))
    assert not apart(Box(0, 0, 10, 10), Box(3, 2, 10, 10))


def test_neighbours_that_agree_leave_the_box_and_one_that_wavers_is_outvoted() -> None:
    plain = np.zeros((10, 12, 5), np.float32)
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            heat = 0.9 if down == across == 0 else 0.6
            plain[4 + down, 5 + across] = heat, -across, -down, np.log(4), np.log(2)
    assert decode(steadied(plain), unit=10, limit=0.5) == decode(plain, unit=10, limit=0.5)
    plain[4, 5, 3] = np.log(8)
    ((box, _),) = decode(steadied(plain), unit=10, limit=0.8)
    assert 40 < box.w < 55
