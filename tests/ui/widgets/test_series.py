from PySide6.QtWidgets import QWidget

from clinoscope.ui.widgets.series import HEIGHT, Point, Series, written_at


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


def test_words_that_would_lie_on_each_other_are_left_out_but_never_the_last() -> None:
    assert written_at([40, 60, 100, 135, 170]) == {4, 2, 1}
    assert written_at([40, 41, 42]) == {2}
    assert written_at([40, 80, 120]) == {0, 1, 2}
    assert written_at([]) == set()


def test_grades_keep_their_place_whichever_of_them_came(host: QWidget) -> None:
    low = Series("Grade", "", [Point(40, 0, words="Mild"), Point(80, 0, words="Mild")], (0, 2))
    high = Series("Grade", "", [Point(40, 2, words="Severe"), Point(80, 2, words="Severe")], (0, 2))
    assert high._y(2) < low._y(0)
    assert low.accessibleName() == "Grade, oldest first: Mild, Mild"
