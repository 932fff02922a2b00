"""The words of an adaptation: every figure twice, and plainly how it ended."""

from clinoscope.workflow.adapt_words import ROWS, figure_rows, left_out, verdict

FIGURE = {"value": 0.5, "low": 0.4, "high": 0.6}
NONE = dict.fromkeys(("value", "low", "high"))


def _figures(better: bool) -> dict:
    told = {key: FIGURE for key, _ in ROWS} | {"n": 60}
    return {
        "better": better,
        "groups": 30,
        "before": told,
        "after": told | {"ece": NONE},
        "refused": {"before": FIGURE, "after": FIGURE},
        "left_out": {"a quality check failed": 2, "the same as another": 1},
    }


def test_every_figure_is_told_before_and_after_with_its_interval() -> None:
    rows = figure_rows(_figures(better=True))
    assert len(rows) == len(ROWS) + 1
    assert rows[0] == ("Right, likeliest label", "0.50 (0.40 to 0.60)", "0.50 (0.40 to 0.60)")
    assert ("Error of the stated certainty", "0.50 (0.40 to 0.60)", "–") in rows


def test_how_it_ended() -> None:
    assert verdict(_figures(better=True)).endswith("it reads better.")
    assert verdict(_figures(better=False)).startswith("Nothing was made")
    assert left_out(_figures(better=True)) == "2 a quality check failed; 1 the same as another"
