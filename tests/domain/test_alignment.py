import math

import pytest

from clinoscope.domain.alignment import Alignment, Similarity


def test_a_quarter_turn_is_clockwise_on_the_screen() -> None:
    assert Similarity(turn=90).apply(1, 0) == pytest.approx((0, 1))  # y points down


def test_one_after_the_other() -> None:
    first, second = Similarity(2.0, 170, 3, -4), Similarity(0.7, 40, -11, 6)
    both = second.after(first)
    assert both.apply(5, 9) == pytest.approx(second.apply(*first.apply(5, 9)))
    assert both.turn == pytest.approx(-150), "angles stay between -180 and 180"


def test_onto_takes_one_point_to_the_other() -> None:
    place = Similarity.onto((10, 20), (300, 100), 1.5, 30)
    assert place.apply(10, 20) == pytest.approx((300, 100))
    (ax, ay), (bx, by) = place.apply(0, 0), place.apply(1, 0)
    assert math.hypot(bx - ax, by - ay) == pytest.approx(1.5)


def test_regions_alone_are_not_sure() -> None:
    assert Alignment(Similarity(), 12).sure
    assert not Alignment(Similarity(), 0).sure
