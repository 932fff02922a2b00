from PySide6.QtWidgets import QWidget

from clinoscope.ui.widgets.series import HEIGHT, Point, Series


def test_higher_values_stand_higher_and_all_fit_with_their_whiskers(host: QWidget) -> None:
    plot = Series("pallor index", "", [Point(100, 52, 4), Point(316, 41, 4), Point(532, 47, 6)])
    heights = [plot._y(point.value) for point in plot.points]
    assert heights[0] < heights[2] < heights[1]
    for point in plot.points:
        assert 20 < plot._y(point.value + point.uncertainty) < plot._y(point.value - point.uncertainty) < HEIGHT
    assert plot.accessibleName() == "pallor index, oldest first: 52.0, 41.0, 47.0"


def test_values_that_are_all_the_same_can_be_drawn(host: QWidget) -> None:
    plot = Series("cells", "", [Point(100, 12, 0), Point(300, 12, 0)])
    plot.setParent(host)
    plot.show()
    assert not plot.grab().isNull()
