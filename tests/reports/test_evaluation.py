import pypdfium2

from clinoscope import modes
from clinoscope.domain.reading import ModelRef
from clinoscope.reports import EvaluationReport, evaluation_pdf
from clinoscope.reports.preview import page_count


def figure(value: float | None) -> dict[str, float | None]:
    return {
        "value": value,
        "low": None if value is None else value - 0.05,
        "high": None if value is None else value + 0.05,
    }


def test_an_evaluation_fits_a_page_and_says_what_is_not_defined() -> None:
    task = modes.task("scalp/disease")
    names = ("sensitivity", "specificity", "precision", "f1", "jaccard")
    metrics = {
        "n": 90,
        "groups": 40,
        "unreadable": 2,
        "copies": 3,
        "accuracy": figure(0.8),
        "auc": figure(None),
        "per_class": {label.id: {"n": 15, **{name: figure(0.7) for name in names}} for label in task.labels},
    }
    pdf = evaluation_pdf(EvaluationReport(task, ModelRef("scalp-disease", "1.0", "0" * 64), metrics, "2026-11-20"))
    assert page_count(pdf) == 1
    assert "3 more were copies of these" in " ".join(
        pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range().split()
    )
