"""The words of an adaptation: every figure twice, and plainly how it ended."""

from clinoscope.workflow.adapt_words import ROWS, figure_rows, headline, left_out, verdict

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
    better = _figures(better=True)
    assert verdict(better).endswith("is right no more often, but less sure when wrong.")
    assert headline(better) == "It is less surely wrong here"
    better["after"] |= {"accuracy": FIGURE | {"value": 0.7}}
    assert verdict(better).endswith("it is right more often.")
    assert headline(better) == "It reads better here"
    assert headline(_figures(better=False)) == "As good as it is"
    assert verdict(_figures(better=False)).startswith("Nothing was made")
    assert left_out(_figures(better=True)) == "a quality check failed: 2; the same as another: 1"
