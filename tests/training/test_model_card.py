from clinoscope.training.model_card import show, table


def test_a_figure_is_shown_with_its_interval():
    assert show({"value": 0.7123, "low": 0.66, "high": 0.75}) == "0.712 (0.660 to 0.750)"
    assert show({"value": 0.025, "low": 0.01, "high": 0.04}, percent=True) == "2.5 % (1.0 to 4.0)"
    assert show({"value": 0.5}) == "0.500"


def test_what_was_not_measured_is_a_dash():
    assert show(None) == "–"
    assert show({"value": None, "low": None, "high": None}) == "–"


def test_a_table_is_markdown():
    assert table(("a", "b"), [("1", "2")]) == "| a | b |\n|---|---|\n| 1 | 2 |"
