from clinoscope.reports.tables import interval, number, row


def test_figures_as_they_are_printed() -> None:
    assert row("Accuracy", {"value": 0.81234, "low": 0.7, "high": 0.9}) == ["Accuracy", "0.812", "0.700 to 0.900"]
    assert number(None) == "not defined"
    assert interval({"value": None, "low": None, "high": None}) == ""
