"""What a stranger finds on the pages."""

import dataclasses

import numpy as np
import pypdfium2
import pytest

from clinoscope.inference.metrics import Readings, measure
from clinoscope.reports.preview import page_count
from clinoscope.training.report import Report, with_readings
from clinoscope.training.report_pdf import report_pdf


def pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
    finally:
        document.close()


@pytest.fixture(scope="module")
def said(whole_report) -> list[str]:
    return pages(report_pdf(with_readings(*whole_report)))


def test_research_use_only_stands_on_every_page(said):
    assert len(said) >= 3
    for number, page in enumerate(said, start=1):
        assert "Research use only; not a diagnosis." in page
        assert f"{number} of {len(said)}" in page


@pytest.mark.parametrize(
    "words",
    [
        "Training report: drawn-spots 0.1.0",
        "Weak: do not rely on it.",
        "The figure that counts: balanced accuracy on patients never seen",
        "Measured on patients never seen.",
        "groups parted (flatters)",
        "→ tiny-top",
        "looks a little better than it is",
        "sensitivity specificity precision F1 Jaccard",
        "What is taken for what",
        "Is it as sure as it should be?",
        "How many labels it names",
        "refused, kind never seen",
        "clinic B (another camera)",
        "By source",
        "By skin tone",
        "chosen for sensitivity",
        "float16 (shipped)",
        "Keras, predict",
        "Failed, so no map is shown: they lie.",
        "Learning",
        "2 pictures were left out",
        "Sources and rights",
        "It knows drawings | only.",
        "A line of its own.",
        "clinoscope train drawn-spots.toml --data drawn --out here",
        "1.5 h on: a machine",
    ],
)
def test_a_part_of_the_report_is_there(said, words):
    assert words in " ".join(said)


def test_what_was_not_measured_has_no_empty_table(whole_report):
    report, readings = whole_report
    text = " ".join(pages(report_pdf(with_readings(Report(recipe=report.recipe, figures=report.figures), readings))))
    for title in (
        "By source",
        "By skin tone",
        "Flags",
        "Heatmaps",
        "Size and speed",
        "Other sources",
        "What was compared",
        "Learning",
    ):
        assert title not in text
    assert "By label" in text


def test_many_labels_and_long_names_fit(whole_report):
    report, _ = whole_report
    labels = tuple(f"a_rather_long_name_of_a_finding_{index}" for index in range(9))
    chance = np.random.default_rng(0)
    probabilities = chance.dirichlet(np.ones(9), 300)
    sets = np.ones((300, 9), np.bool_)
    groups = [str(index) for index in range(300)]
    readings = Readings(labels, chance.integers(0, 9, 300), probabilities, groups, ~sets[:, 0], sets)
    wide = Report(recipe={**report.recipe, "labels": labels}, figures=measure(readings))
    sources = [{"source": "x" * 60, "groups": 3, "labels": dict.fromkeys(labels, 5)}]
    assert page_count(report_pdf(with_readings(dataclasses.replace(wide, pictures=sources), readings))) >= 2
