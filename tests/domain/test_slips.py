from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinoscope.domain.slips import distance, near_days, near_numbers


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [
        ("okafor", "okafor", 0),
        ("okafor", "okafro", 1),
        ("okafor", "okfor", 1),
        ("okafor", "okaffor", 1),
        ("okafor", "okefor", 1),
        ("okafor", "okefro", 2),
        ("okafor", "marchand", 3),
        ("", "a", 1),
        ("", "abc", 3),
    ],
)
def test_slips_are_counted_up_to_the_most(one: str, other: str, slips: int) -> None:
    assert distance(one, other, 2) == slips


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_the_way_back_is_as_long(one: str, other: str) -> None:
    assert distance(one, other, 8) == distance(other, one, 8)


@pytest.mark.parametrize(
    ("day", "other"),
    [
        (date(1990, 3, 4), date(1990, 4, 3)),
        (date(1990, 3, 4), date(1980, 3, 4)),
        (date(1990, 3, 4), date(1909, 3, 4)),
        (date(1990, 3, 12), date(1990, 3, 21)),
        (date(1990, 3, 12), date(1990, 12, 3)),
    ],
)
def test_a_day_is_one_slip_from_another(day: date, other: date) -> None:
    assert other in near_days(day)
    assert day not in near_days(day)


def test_a_day_is_not_near_to_one_with_two_wrong_digits() -> None:
    assert date(1985, 3, 5) not in near_days(date(1990, 3, 4))


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)))
def test_nearness_of_days_goes_both_ways(day: date) -> None:
    assert all(day in near_days(other) for other in near_days(day))


@pytest.mark.parametrize("other", ["2188-3", "1287-3", "218-3", "21887-3", "218-73"])
def test_a_number_is_one_slip_from_another(other: str) -> None:
    assert other in near_numbers("2187-3")
    assert "2187-3" not in near_numbers("2187-3")
