"""The report of an evaluation: how a task did on labelled pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reportlab.platypus import Flowable, Spacer

from clinoscope.domain.counts import many
from clinoscope.domain.reading import ModelRef
from clinoscope.domain.task import Task
from clinoscope.reports.fonts import load_fonts
from clinoscope.reports.page import BODY, HEADING, SMALL, build, style, text
from clinoscope.reports.parts import Hairline
from clinoscope.reports.tables import label_table, row, table

OVERALL = (
    ("accuracy", "Accuracy"),
    ("balanced_accuracy", "Balanced accuracy"),
    ("mcc", "Matthews correlation"),
    ("auc", "Area under the ROC curve"),
    ("ece", "Expected calibration error"),
    ("conformal_coverage", "The true label is among those named"),
    ("share_answered", "Share answered with one label"),
    ("accuracy_when_answered", "Accuracy when answered"),
)


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
        text(f"{report.task.purpose}. Model {report.model.shown}, on {report.made_on}.", SMALL),
        Hairline(),
        text(_how_many(metrics), BODY),
        Spacer(0, 8),
        text("Overall, with 95 % intervals", HEADING),
        table(
            [["Figure", "Value", "Interval"], *[row(name, metrics[key]) for key, name in OVERALL if metrics.get(key)]]
        ),
        Spacer(0, 12),
        text("By label", HEADING),
        label_table(report.task, metrics["per_class"]),
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
        foot=[f"Model {report.model.shown} SHA-256 {report.model.sha256}"],
    )


def _how_many(metrics: Mapping[str, Any]) -> str:
    words = f"{many(metrics['n'], 'picture', 'pictures')} in {many(metrics['groups'], 'group', 'groups')}"
    words += " (patients, slides or sessions)."
    if unreadable := metrics.get("unreadable", 0):
        words += f" {unreadable} more could not be opened and are not counted."
    if copies := metrics.get("copies", 0):
        words += f" {copies} more were copies of these."
    return words
