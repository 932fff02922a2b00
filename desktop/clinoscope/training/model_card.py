"""``MODEL_CARD.md``: what a package was made from and how it did, in plain words and tables."""

from __future__ import annotations

from collections.abc import Sequence

from clinoscope.domain.notice import RESEARCH_ONLY
from clinoscope.modes.wording import percent
from clinoscope.training import report_tables as tables
from clinoscope.training.report import Report
from clinoscope.training.report_words import duration, group_line, method, summary


def card(report: Report) -> str:
    """The whole card as Markdown."""
    recipe = report.recipe
    parts = [
        f"# {recipe['name']} {recipe['version']}",
        RESEARCH_ONLY,
        report.weak,
        summary(report),
        f"**Task:** `{recipe['task']}`. **Intended use:** {recipe['intended_use']}",
        f"**Trained on:** {recipe['trained_on']}",
        f"**What a group is:** {group_line(report)}",
        "## How it did",
        *_section(tables.overall(report), ""),
        _certainty(report),
        *_section(tables.reliability(report)),
        *_section(tables.flattery(report)),
        *_section(tables.by_label(report)),
        *_section(tables.origins(report)),
        *_section(tables.tones(report)),
        *_section(tables.elsewhere(report)),
        *_section(tables.cautious(report)),
        *_section(tables.refusals(report)),
        *_section(tables.flags(report)),
        *_section(tables.explanation(report)),
        "## What was tried",
        *_section(tables.variants(report), ""),
        *_section(tables.quantised(report)),
        *_section(tables.pictures(report), "##"),
        *_section(tables.sources(report), "##"),
        "## Known failures",
        "\n".join(f"- {line}" for line in recipe["known_failures"]) or "None are known yet.",
        "## How it is made",
        "\n".join(f"- {line}" for line in method(report)),
        "## Make it again",
        _again(report),
    ]
    if not report.variants and report.quantised is None:
        parts.remove("## What was tried")
    return "\n\n".join(part for part in parts if part) + "\n"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; every row has as many cells as ``head``."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _section(part: tables.Table | None, level: str = "###") -> list[str]:
    """Heading (none where ``level`` is empty), line, table and the sentence after it."""
    if part is None:
        return []
    rows = part.rows
    if part.strong is not None:
        rows = [tuple(f"**{cell}**" for cell in row) if index == part.strong else row for index, row in enumerate(rows)]
    heading = f"{level} {part.title}" if level else ""
    return [heading, part.line, table(part.head, rows), part.after]


def _certainty(report: Report) -> str:
    """Calibration held against chance, and how many labels the sets hold."""
    said = []
    if report.ece_by_chance is not None:
        said.append(f"Even exact probabilities would show an error of {report.ece_by_chance:.3f} on so many pictures.")
    if report.set_sizes:
        sizes = ", ".join(f"{size}: {percent(share)}" for size, share in report.set_sizes.items())
        said.append(f"Labels named, with the share of pictures: {sizes}.")
    return " ".join(said)


def _again(report: Report) -> str:
    command = f"```\n{report.recipe['command']}\n```"
    if not report.made:
        return command
    made = report.made
    return (
        f"{command}\n\nSeed {report.recipe['seed']}. Made on {made['date']} by Clinoscope {made['program']}; it took "
        f"{duration(made['seconds'])} on: {made['machine']}."
    )
