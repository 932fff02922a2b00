"""The report of an evaluation: how a task did on labelled pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reportlab.platypus import Flowable, Spacer, Table, TableStyle

from clinoscope.domain.reading import ModelRef
from clinoscope.domain.task import Task
from clinoscope.reports.fonts import load_fonts
from clinoscope.reports.page import BODY, HEADING, INNER, LINE, SMALL, build, style, text
from clinoscope.reports.parts import Hairline

_OVERALL = (
    ("accuracy", "Accuracy"),
    ("balanced_accuracy", "Balanced accuracy"),
    ("mcc", "Matthews correlation"),
    ("auc", "Area under the ROC curve"),
    ("ece", "Expected calibration error"),
    ("conformal_coverage", "The true label is among those named"),
    ("share_answered", "Share answered with one label"),
    ("accuracy_when_answered", "Accuracy when answered"),
)
_PER_LABEL = ("sensitivity", "specificity", "precision", "f1", "jaccard")


@dataclass(frozen=True, eq=False)
class EvaluationReport:
    """``metrics`` as ``metrics.json`` has them: {"value", "low", "high"} for each figure."""

    task: Task
    model: ModelRef
    metrics: Mapping[str, Any]
    made_on: str


def evaluation_pdf(report: EvaluationReport) -> bytes:
    """The evaluation as PDF."""
    load_fonts()
    metrics = report.metrics
    story: list[Flowable] = [
        text(f"Evaluation: {report.task.name}", style(15, bold=True)),
        text(f"{report.task.purpose}. Model {report.model}, on {report.made_on}.", SMALL),
        Hairline(),
        text(_how_many(metrics), BODY),
        Spacer(0, 8),
        text("Overall, with 95 % intervals", HEADING),
        _table(
            [["Figure", "Value", "Interval"], *[_row(name, metrics[key]) for key, name in _OVERALL if metrics.get(key)]]
        ),
        Spacer(0, 12),
        text("By label", HEADING),
        _label_table(report),
        Hairline(),
        text(
            "Intervals: bootstrap over groups. Intended for the pictures' own clinic, camera and people; "
            "other ones need their own evaluation.",
            SMALL,
        ),
        text(report.task.cannot_see, SMALL),
    ]
    return build(
        story,
        title=f"Evaluation of {report.task.id}",
        head="Evaluation",
        foot=[f"Model {report.model} SHA-256 {report.model.sha256}"],
    )


def _how_many(metrics: Mapping[str, Any]) -> str:
    words = f"{metrics['n']} pictures in {metrics['groups']} groups (patients, slides or sessions)."
    if unreadable := metrics.get("unreadable", 0):
        words += f" {unreadable} more could not be opened and are not counted."
    return words


def _row(name: str, figure: Mapping[str, Any]) -> list[str]:
    return [name, _number(figure["value"]), _interval(figure)]


def _label_table(report: EvaluationReport) -> Flowable:
    head = ["Label", "n", *[name.capitalize() for name in _PER_LABEL]]
    rows = [head]
    for label, figures in report.metrics["per_class"].items():
        cells = [f"{_number(figures[name]['value'])}\n{_interval(figures[name])}" for name in _PER_LABEL]
        rows.append([report.task.label_name(label), str(figures["n"]), *cells])
    return _table(rows, (0.25, 0.07, *[0.136] * len(_PER_LABEL)))


def _number(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.3f}"


def _interval(figure: Mapping[str, Any]) -> str:
    if figure.get("low") is None:
        return ""
    return f"{figure['low']:.3f} to {figure['high']:.3f}"


def _table(rows: list[list[str]], shares: tuple[float, ...] = (0.5, 0.2, 0.3)) -> Flowable:
    cells = [
        [text(cell, SMALL if index == 0 or len(shares) > 3 else BODY) for cell in row] for index, row in enumerate(rows)
    ]
    ruled = TableStyle(
        [
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ]
    )
    return Table(cells, colWidths=[INNER * share for share in shares], style=ruled, repeatRows=1, hAlign="LEFT")
