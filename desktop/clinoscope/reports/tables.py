"""Tables of figures with their intervals, for the reports that measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reportlab.platypus import Flowable, Table, TableStyle

from clinoscope.domain.task import Task
from clinoscope.reports.page import BODY, INNER, LINE, SMALL, text

_PER_LABEL = ("sensitivity", "specificity", "precision", "f1", "jaccard")


def table(rows: Sequence[Sequence[str]], shares: tuple[float, ...] = (0.5, 0.2, 0.3)) -> Flowable:
    """Rows under a first row of headings; ``shares`` are the columns' parts of the width."""
    cells = [
        [text(cell, SMALL if index == 0 or len(shares) > 3 else BODY) for cell in row] for index, row in enumerate(rows)
    ]
    ruled = TableStyle(
        [
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
    )
    return Table(cells, colWidths=[INNER * share for share in shares], style=ruled, repeatRows=1, hAlign="LEFT")


def row(name: str, figure: Mapping[str, Any]) -> list[str]:
    """A name, its value and its interval."""
    return [name, number(figure["value"]), interval(figure)]


def label_table(task: Task, per_class: Mapping[str, Mapping[str, Any]]) -> Flowable:
    """A row of figures for every label."""
    rows = [["Label", "n", *[name.capitalize() for name in _PER_LABEL]]]
    for label, figures in per_class.items():
        cells = [f"{number(figures[name]['value'])}\n{interval(figures[name])}" for name in _PER_LABEL]
        rows.append([task.label_name(label), str(figures["n"]), *cells])
    return table(rows, (0.25, 0.07, *[0.136] * len(_PER_LABEL)))


def number(value: float | None) -> str:
    """A figure as it is printed."""
    return "not defined" if value is None else f"{value:.3f}"


def interval(figure: Mapping[str, Any]) -> str:
    """Its 95 % interval; "" where there is none."""
    if figure.get("low") is None:
        return ""
    return f"{figure['low']:.3f} to {figure['high']:.3f}"
