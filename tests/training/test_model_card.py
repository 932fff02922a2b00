import itertools

import pytest

from clinoscope.training.backbones import named_in
from clinoscope.training.model_card import card, table
from clinoscope.training.report import Report, with_readings


@pytest.fixture(scope="module")
def written(whole_report) -> str:
    return card(with_readings(*whole_report))


@pytest.mark.parametrize(
    "words",
    [
        "# drawn-spots 0.1.0",
        "Research use only; not a diagnosis.",
        "Weak: do not rely on it.",
        "Measured on patients never seen.",
        "**What a group is:** Pictures are grouped by patients",
        "| **→ tiny-top** |",
        "### By source",
        "### By skin tone",
        "| clinic B (another camera) |",
        "chosen for sensitivity",
        "Failed, so no map is shown",
        "| float32 | 0.1 MB | 1.5 ms | – |",
        "| **float16 (shipped)** |",
        "- It knows drawings | only.",
        "```\nclinoscope train drawn-spots.toml --data drawn --out here\n```",
        "it took 1.5 h on: a machine.",
        "| drawn | none | coloured spots |",
    ],
)
def test_the_card_says(written, words):
    assert words in written


def test_the_program_finds_the_network_in_the_card(written):
    assert named_in(written) == "tiny"


def test_every_table_of_the_card_is_a_rectangle(written):
    head = 0
    for line in written.splitlines():
        columns = line.replace("\\|", "").count("|")
        assert not line.startswith("|") or not head or columns == head
        head = columns if line.startswith("|") else 0


def test_a_card_without_the_rest_has_no_empty_headings(whole_report):
    report, _ = whole_report
    bare = card(Report(recipe={**report.recipe, "known_failures": ()}, figures=report.figures))
    lines = [line for line in bare.splitlines() if line]
    for line, after in itertools.pairwise(lines):
        assert not line.startswith("#") or not after.startswith("## "), f"nothing under {line}"
    assert "None are known yet." in bare


def test_a_table_is_markdown():
    assert table(("a", "b"), [("1", "2")]) == "| a | b |\n|---|---|\n| 1 | 2 |"
    assert table(("a",), [("1|2\n3",)]).endswith("| 1\\|2 3 |")
