"""Where things lie in the drawn figures."""

import pytest

from clinoscope.reports.diagrams import AgreementPlot, ReliabilityDiagram, _ticks


def figure(value: float, wide: float) -> dict[str, float]:
    return {"value": value, "low": value - wide, "high": value + wide}


def test_the_corners_of_the_reliability_diagram() -> None:
    rows = [{"n": 3, "confidence": 0.5, "right": figure(0.5, 0.1)}, {"n": 0, "confidence": None, "right": {}}]
    made = ReliabilityDiagram(rows, 300, 240)
    assert len(made.rows) == 1
    left, low = made.at(0, 0)
    right, high = made.at(1, 1)
    assert 0 < left < right < 300
    assert 0 < low < high < 240
    assert made.at(0.5, 0.5) == (pytest.approx((left + right) / 2), pytest.approx((low + high) / 2))


def test_the_agreement_plot_shows_every_point_and_both_limits() -> None:
    agreement = {"bias": figure(0.5, 0.2), "lower": figure(-3, 0.5), "upper": figure(4, 0.5)}
    points = [[10.0, -1.0], [14.0, 6.0]]
    made = AgreementPlot({"points": points, "agreement": agreement, "unit": "g/dL"}, 300, 200)
    assert made.across[0] < 10 < 14 < made.across[1]
    assert made.up[0] < -3.5
    assert made.up[1] > 6.0


def test_points_that_are_all_the_same_can_be_drawn() -> None:
    agreement = {name: figure(0.0, 0.0) for name in ("bias", "lower", "upper")}
    made = AgreementPlot({"points": [[5.0, 0.0]], "agreement": agreement, "unit": ""}, 300, 200)
    assert made.across == (4.0, 6.0)


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-13.2, 8.1), (9.97, 10.04), (-450.0, 12_000.0), (3.0, 100.0)])
def test_the_numbers_at_an_axis_are_round_and_few(low: float, high: float) -> None:
    ticks = _ticks(low, high)
    assert 3 <= len(ticks) <= 9
    assert low <= ticks[0]
    assert ticks[-1] <= high
    step = ticks[1] - ticks[0]
    assert f"{step:.1e}"[0] in "125"
