"""Exact limits and Wilson's against the printed tables."""

import math

import pytest

from clinoscope.inference.binomial import interval, wilson

# Rümke's table: 95 % limits in percent for differential counts, rounded outwards as it prints them.
PRINTED = {
    (0, 100): (0, 4),
    (1, 100): (0, 6),
    (2, 100): (0, 8),
    (3, 100): (0, 9),
    (4, 100): (1, 10),
    (5, 100): (1, 12),
    (6, 100): (2, 13),
    (7, 100): (2, 14),
    (8, 100): (3, 16),
    (9, 100): (4, 17),
    (10, 100): (4, 18),
    (15, 100): (8, 24),
    (20, 100): (12, 30),
    (25, 100): (16, 35),
    (30, 100): (21, 40),
    (40, 100): (30, 51),
    (50, 100): (39, 61),
}


@pytest.mark.parametrize(("counted", "printed"), PRINTED.items())
def test_the_limits_are_those_of_the_printed_table(counted: tuple[int, int], printed: tuple[int, int]) -> None:
    low, high = interval(*counted)
    assert (math.floor(100 * low + 1e-6), math.ceil(100 * high - 1e-6)) == printed


@pytest.mark.parametrize(("hits", "of"), [(1, 7), (3, 200), (57, 100), (399, 400), (300, 700)])
def test_each_limit_leaves_out_two_and_a_half_percent(hits: int, of: int) -> None:
    low, high = interval(hits, of)
    tail = sum(math.comb(of, k) * low**k * (1 - low) ** (of - k) for k in range(hits, of + 1) if low**k > 0)
    assert tail == pytest.approx(0.025, abs=1e-5)
    assert interval(of - hits, of) == pytest.approx((1 - high, 1 - low))


def test_none_and_all_have_the_limits_that_can_be_written_down() -> None:
    assert interval(0, 100) == pytest.approx((0.0, 1 - 0.025**0.01))
    assert interval(100, 100) == pytest.approx((0.025**0.01, 1.0))
    assert interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("hits", "of"), [(-1, 3), (4, 3)])
def test_what_is_no_share_is_refused(hits: int, of: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        interval(hits, of)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    # Newcombe, Stat Med 17:857 (1998), table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_of_wilson_is_the_published_one(hits: int, of: int, low: float, high: float) -> None:
    assert wilson(hits, of) == pytest.approx((low, high), abs=5e-5)
    assert wilson(of - hits, of) == pytest.approx((1 - high, 1 - low), abs=5e-5)


@pytest.mark.parametrize("of", range(1, 60))
def test_the_share_lies_within_its_interval_of_wilson(of: int) -> None:
    assert wilson(0, of)[0] == 0 < wilson(0, of)[1] < 1
    assert 0 < wilson(of, of)[0] < wilson(of, of)[1] == 1
