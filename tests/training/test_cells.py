from clinoscope.domain.region import Box
from clinoscope.training.cells import matched


def test_boxes_match_once_and_best_overlap_first():
    drawn = [Box(0, 0, 10, 10), Box(100, 0, 10, 10)]
    found = [Box(1, 0, 10, 10), Box(0, 0, 10, 10), Box(100, 8, 10, 10)]
    # the second found box is exact; the first overlaps the same drawn one; the third overlaps by a fifth only
    assert matched(found, drawn) == [(1, 0)]


def test_nothing_found_or_nothing_drawn_matches_nothing():
    assert matched([], [Box(0, 0, 1, 1)]) == []
    assert matched([Box(0, 0, 1, 1)], []) == []
