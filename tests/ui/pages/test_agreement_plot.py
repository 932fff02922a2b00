"""The plot alone: it paints at any width, in both themes, with one point and with many."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtWidgets import QWidget

from clinoscope.domain.record import Reviewed
from clinoscope.ui import theme
from clinoscope.ui.pages.agreement_plot import AgreementPlot, point_words
from clinoscope.workflow import agreement
from clinoscope.workflow.agreement import Point

START = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize("count", [50, 51, 130, 3000])
@pytest.mark.parametrize("appearance", [theme.Appearance.LIGHT, theme.Appearance.DARK])
def test_it_paints(host: QWidget, count: int, appearance: theme.Appearance) -> None:
    theme.set_appearance(appearance)
    reviewed = [Reviewed("a", "x", place % 7 > 0, START + timedelta(hours=place)) for place in range(count)]
    plot = AgreementPlot(host)
    for width in (280, 900):
        plot.resize(width, plot.sizeHint().height())
        plot.show_agreement(agreement.over_time(reviewed))
        plot.point_at(0)
        image = plot.grab().toImage()
        line = theme.token("accent").lower()
        assert any(image.pixelColor(x, y).name() == line for x in range(width) for y in range(image.height()))


def test_readings_of_one_moment_do_not_divide_by_nothing(host: QWidget) -> None:
    plot = AgreementPlot(host)
    plot.show_agreement(agreement.over_time([Reviewed("a", "x", True, START)] * 60))
    assert not plot.grab().isNull()


def test_a_plot_of_nothing_paints_nothing(host: QWidget) -> None:
    assert not AgreementPlot(host).grab().isNull()


def test_a_point_in_words() -> None:
    words = point_words(Point(START, 0.9, 0.786, 0.957, 0.12, 0.004))
    assert words == (
        "5 Jan 2026: agreed with 90 % of the last answers (79 % to 96 %) · unsure 12 % · cannot judge < 1 %"
    )
