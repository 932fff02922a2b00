"""Places of fields along a scan, and which cells are one and the same."""

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box
from clinoscope.domain.smear import CellKind
from clinoscope.regions.track import Pair, Seen, Spot, Track, encoded, same_cells

sys.path.insert(0, str(Path(__file__).parents[2] / "resources" / "phantoms"))

WHOLE, CUT = CellKind.WHOLE, CellKind.CUT


@pytest.fixture(scope="module")
def scan() -> Pixels:
    from drawing import smear

    return smear.scan(800, 2000, 10, 8)[0]


def test_fields_find_their_places_and_strangers_begin_anew(scan: Pixels) -> None:
    smalls: dict[int, bytes] = {}
    track = Track(lambda number: smalls[number])
    corners = [(0, 0), (300, 60), (620, 90), (1100, 0), (640, 20)]
    spots = []
    for number, (x, y) in enumerate(corners, start=1):
        smalls[number] = encoded(scan[y : y + 700, x : x + 900])
        spots.append(track.place(number, smalls[number], 900, 700))
    assert [spot.track for spot in spots] == [1] * 5
    for spot, (x, y) in zip(spots, corners, strict=True):
        assert abs(spot.x - x) <= 8
        assert abs(spot.y - y) <= 8
    assert {other.number for other in track.overlapping(spots[4])} == {1, 2, 3, 4}


def test_a_place_seen_long_before_is_found_again(scan: Pixels) -> None:
    rng = np.random.default_rng(4)
    smalls = {1: encoded(scan[:700, :900])}
    for number in range(2, 8):  # other smears in between
        grain = cv2.resize(rng.integers(90, 255, (14, 18, 3), np.uint8), (900, 700), interpolation=cv2.INTER_CUBIC)
        smalls[number] = encoded(np.asarray(grain, np.uint8))
    smalls[8] = encoded(scan[60:760, 350:1250])
    track = Track(lambda number: smalls[number])
    spots = [track.place(number, small, 900, 700) for number, small in smalls.items()]
    assert [spot.track for spot in spots] == [1, 2, 3, 4, 5, 6, 7, 1]
    assert abs(spots[-1].x - 350) <= 8
    assert abs(spots[-1].y - 60) <= 8
    short = Track(lambda number: smalls[number], look_back=4)
    assert [short.place(number, small, 900, 700).track for number, small in smalls.items()][-1] == 8


def test_a_field_that_overlaps_none_has_a_track_of_its_own(scan: Pixels) -> None:
    smalls = {1: encoded(scan[:700, :900]), 2: encoded(scan[:700, 1000:1900])}
    track = Track(lambda number: smalls[number])
    spots = [track.place(number, small, 900, 700) for number, small in smalls.items()]
    assert [(spot.track, spot.x, spot.y) for spot in spots] == [(1, 0, 0), (2, 0, 0)]
    assert track.overlapping(spots[1]) == ()


def test_a_track_that_is_opened_again_goes_on(scan: Pixels) -> None:
    small = encoded(scan[:700, :900])
    track = Track(lambda _: small)
    track.known(Spot(7, 3, 40, 50, 900, 700))
    spot = track.place(8, encoded(scan[50:750, 400:1300]), 900, 700)
    assert spot.track == 3
    assert abs(spot.x - 440) <= 6
    assert abs(spot.y - 100) <= 6
    assert track.place(9, encoded(scan[:700, 1090:1990][::-1]), 900, 700).track == 4


SPOTS = {1: Spot(1, 1, 0, 0, 900, 700), 2: Spot(2, 1, 400, 0, 900, 700)}


def test_a_cell_of_two_fields_is_one_cell() -> None:
    earlier = [Seen(5, 1, Box(500, 100, 80, 80), WHOLE), Seen(6, 1, Box(700, 400, 80, 80), WHOLE)]
    new = [(Box(305, 395, 84, 80), WHOLE), (Box(20, 20, 80, 80), WHOLE), (Box(104, 96, 78, 82), WHOLE)]
    assert set(same_cells(SPOTS[2], new, earlier, SPOTS)) == {Pair(0, 6, False), Pair(2, 5, False)}


def test_a_cut_cell_gives_way_to_the_field_that_shows_it_whole() -> None:
    earlier = [Seen(5, 1, Box(860, 100, 40, 80), CUT)]
    assert same_cells(SPOTS[2], [(Box(460, 100, 80, 80), WHOLE)], earlier, SPOTS) == (Pair(0, 5, True),)
    whole = [Seen(5, 1, Box(400, 100, 80, 80), WHOLE)]
    assert same_cells(SPOTS[2], [(Box(0, 100, 78, 80), CUT)], whole, SPOTS) == (Pair(0, 5, False),)


def test_touching_neighbours_stay_two_cells() -> None:
    earlier = [Seen(5, 1, Box(500, 100, 80, 80), WHOLE), Seen(6, 1, Box(565, 100, 80, 80), WHOLE)]
    new = [(Box(166, 101, 80, 80), WHOLE), (Box(101, 101, 80, 80), WHOLE)]
    assert set(same_cells(SPOTS[2], new, earlier, SPOTS)) == {Pair(0, 6, False), Pair(1, 5, False)}
    assert same_cells(SPOTS[2], [(Box(165, 100, 80, 80), WHOLE)], earlier[:1], SPOTS) == ()
