from dataclasses import replace
from datetime import UTC, datetime, timedelta

from PySide6.QtWidgets import QWidget

from clinoscope.domain.labs import LabValue, LabVoid
from clinoscope.domain.record import User
from clinoscope.ui.pages.lab_plots import plots

GRACE = User(id="g", name="Grace Mensah")
START = datetime(2026, 1, 1, 12, tzinfo=UTC)


def hb(days: int, value: float, kind: str = "haemoglobin") -> LabValue:
    return LabValue(
        id=f"{kind}{days}",
        patient_id="p",
        kind=kind,
        value=value,
        unit="g/dL",
        given=value,
        given_unit="g/dL",
        drawn_at=START + timedelta(days=days),
        day_only=True,
        added_by=GRACE,
        added_at=START,
    )


def test_days_are_to_scale_and_the_oldest_stands_left(host: QWidget) -> None:
    (plot,) = plots([hb(100, 12.0), hb(0, 9.5), hb(25, 10.25)], 304)
    assert [str(point) for point in plot.points] == ["9.5", "10.2", "12.0"]
    left, middle, right = (point.x for point in plot.points)
    assert (left, right) == (40, 264)
    assert middle - left == (right - left) // 4
    assert plot.name == "Haemoglobin, 1 Jan 2026 to 11 Apr 2026"


def test_what_is_voided_or_alone_makes_no_plot(host: QWidget) -> None:
    void = LabVoid(by=GRACE, at=START, reason="another person's")
    assert plots([hb(0, 9.5), replace(hb(5, 30.0), void=void)], 304) == []
    assert plots([hb(0, 9.5), hb(1, 7.1, "white_cells")], 304) == []


def test_two_values_of_one_moment_stand_beside_each_other(host: QWidget) -> None:
    (plot,) = plots([hb(0, 9.5), hb(0, 9.7)], 304)
    assert [point.x for point in plot.points] == [40, 264]
