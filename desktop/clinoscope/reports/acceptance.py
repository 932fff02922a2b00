"""The validation report: how a model did on a site's own pictures, and whether that is enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, Spacer, Table, TableStyle

from clinoscope.domain.counts import many
from clinoscope.domain.notice import RESEARCH_ONLY
from clinoscope.domain.reading import ModelRef
from clinoscope.domain.task import Task
from clinoscope.reports.diagrams import AgreementPlot, ReliabilityDiagram
from clinoscope.reports.evaluation import OVERALL
from clinoscope.reports.fonts import load_fonts
from clinoscope.reports.page import ANSWER, BODY, HEADING, INNER, SECONDARY, SMALL, build, style, text
from clinoscope.reports.parts import Hairline
from clinoscope.reports.tables import interval, label_table, number, row, table

_MEANING = {
    "passed": "The readings of this model may stand without the words “not validated "
    "here”, for the labels tested and for pictures taken as these were.",
    "not passed": "The readings of this model are marked “failed here"
    "”. Do not rely on them with this camera, these people or this stain.",
    "too few pictures to say": "Nothing speaks against the model here, but these pictures do not show that it is right "
    "either. Its readings stay “not validated here”.",
    "no test could be made": "The values given cannot be held against what the model reads. Its readings stay "
    "“not validated here”.",
}
_TOO_FEW = (
    "These pictures are too few to ask anything of the model: what is told below speaks neither for it nor against it. "
    "Its readings stay “not validated here”."
)
_REHEARSAL = "A rehearsal: no vault was opened, so nothing is recorded and every reading stays marked as it was."
_HALF = INNER * 0.58


@dataclass(frozen=True, eq=False)
class AcceptanceReport:
    """``figures`` as ``acceptance.json`` has them: the test's own and those of ``inference.metrics``."""

    task: Task
    model: ModelRef
    figures: Mapping[str, Any]


def acceptance_pdf(report: AcceptanceReport) -> bytes:
    """The validation report as PDF."""
    load_fonts()
    figures = report.figures
    story: list[Flowable] = [
        text(f"Site acceptance test: {report.task.name}", style(15, bold=True)),
        text(f"{report.task.purpose}. Model {report.model.shown}.", SMALL),
        Hairline(),
        _facts(report),
        Spacer(0, 10),
        text(figures["outcome"].capitalize(), ANSWER),
        text(_meaning(figures), BODY),
        *([text(_REHEARSAL, BODY)] if figures.get("rehearsal") else []),
        Spacer(0, 10),
    ]
    if figures["criteria"]:
        story += [text("What was asked, and what was found", HEADING), _criteria(figures["criteria"]), Spacer(0, 12)]
    if "per_class" in figures:
        story += _labels(report)
    for found in figures["numbers"]:
        story += _number(found)
    if "per_class" in figures:
        story += _apart("By camera", "Camera", figures["cameras"])
        if figures["tones"]:
            story += _apart("By skin tone", "Skin tone", figures["tones"])
            story.append(text(_TONE, SMALL))
        if figures["worse"]:
            story.append(text(f"Less often right than overall, interval and all: {', '.join(figures['worse'])}.", BODY))
    story += [
        Hairline(),
        text(_HOW if "per_class" in figures else _HOW_NUMBERS, SMALL),
        text(_VOUCHED, SMALL),
        text(report.task.cannot_see, SMALL),
        text(RESEARCH_ONLY, SMALL),
    ]
    return build(
        story,
        title=f"Site acceptance test of {report.task.id}",
        head="Site acceptance test",
        foot=_foot(report),
    )


_TONE = (
    "Skin tone: individual typology angle of the skin around the region (Chardon et al. 1991; bands of Del Bino and "
    "Bernerd 2013). A camera that is not calibrated gives only a rough band. Parts with different labels in them "
    "cannot be held against each other by accuracy alone."
)
_HOW_NUMBERS = (
    "Intervals are 95 %: of the bias and the limits of agreement by Student's t, each group counting once (Bland and "
    "Altman 1999); of the rank correlation by bootstrap over groups. It holds for this site, its camera and its "
    "people, and for exactly this package: a new version begins again."
)
_HOW = (
    "Intervals are 95 %, by bootstrap over groups (patients, slides, sessions); of sensitivity, specificity and "
    "precision, and of any share that is 0 or 1, at least as wide as Wilson's with one picture for each group. The "
    "likeliest label counts as the answer unless something else is said. It holds for this site, its camera and its "
    "people, and for exactly this package: a new version begins again."
)


_VOUCHED = (
    "Whoever tested vouches that the model learned from none of these pictures, and that the labels or values come "
    "from elsewhere than this program. With published pictures, which it may have learned from, it is a rehearsal "
    "whatever its outcome."
)


def _foot(report: AcceptanceReport) -> list[str]:
    lines = [f"Model {report.model.shown}", f"Package SHA-256 {report.model.sha256}"]
    if pictures := report.figures.get("pictures_sha256"):  # tests made before this was noted have none
        lines.append(f"Pictures and labels SHA-256 {pictures}")
    return lines


def _facts(report: AcceptanceReport) -> Flowable:
    figures = report.figures
    at = datetime.fromisoformat(figures["at"]).astimezone()
    rows = [
        ("Tested", f"{at:%Y-%m-%d %H:%M (UTC%z)}" + (f" by {figures['by']}" if figures["by"] else "")),
        ("Pictures", _pictures(figures)),
    ]
    if "cameras" in figures:
        rows.append(("Cameras", ", ".join(f"{name} ({part['n']})" for name, part in figures["cameras"].items())))
    if figures.get("untested"):
        names = ", ".join(report.task.label_name(label) for label in figures["untested"])
        rows.append(("Not tested", f"Too few pictures or groups of: {names}"))
    if figures.get("unknown"):
        names = ", ".join(report.task.label_name(label) for label in figures["unknown"])
        rows.append(("Not known", f"The model cannot name, and is wrong about: {names}"))
    rows.append(("Earlier tests", _earlier(figures)))
    cells = [[text(name, SMALL), text(words, BODY)] for name, words in rows]
    look = TableStyle([("LEFTPADDING", (0, 0), (-1, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 1)])
    look.add("BOTTOMPADDING", (0, 0), (-1, -1), 1)
    look.add("VALIGN", (0, 0), (-1, -1), "TOP")
    return Table(cells, colWidths=[INNER * 0.16, INNER * 0.84], style=look, hAlign="LEFT")


def _pictures(figures: Mapping[str, Any]) -> str:
    words = f"{figures['n']} in {many(figures['groups'], 'group', 'groups')} (patients, slides or sessions)"
    if figures.get("ungrouped"):  # tests made before this was noted do not say
        words = f"{figures['n']}, each taken for a person or slide of its own: the list names no groups"
    rest = (
        ("not judged", figures["not_judged"]),
        ("could not be opened", figures["unreadable"]),
        ("the same as another, left out", figures["copies"]),
        ("which the model was fitted to, left out", figures.get("learned", 0)),
    )
    return "; ".join([words, *(f"{count} {what}" for what, count in rest if count)])


def _meaning(figures: Mapping[str, Any]) -> str:
    if figures["outcome"] == "too few pictures to say" and len(figures["criteria"]) == 1:
        return _TOO_FEW  # nothing but the number of pictures was asked
    return _MEANING[figures["outcome"]]


def _earlier(figures: Mapping[str, Any]) -> str:
    tests = figures["earlier"]
    if figures.get("rehearsal"):
        return "Not known: no vault was opened"
    if not tests:
        return "None of this package is on record here"
    said = [f"{test['at'][:10]} {test['outcome']}, {test['n']} pictures" for test in tests[-5:]]
    before = len(tests) - len(said)
    return "; ".join([*([f"{before} before these"] if before else []), *said])


def _criteria(criteria: Sequence[Mapping[str, Any]]) -> Flowable:
    rows = [["Asked", "Needed", "Found", "Outcome"]]
    rows += [[one["name"], one["asked"], one["found"], one["met"].capitalize()] for one in criteria]
    shown = table(rows, (0.29, 0.29, 0.28, 0.14))
    reasons = [text(f"{one['name']}: {one['reason']}", style(7, color=SECONDARY, after=1)) for one in criteria]
    return KeepTogether([shown, Spacer(0, 5), *reasons])


def _labels(report: AcceptanceReport) -> list[Flowable]:
    figures = report.figures
    kappa = "Cohen's kappa" + (", quadratic weights" if figures["ordered"] else "")
    overall = [row(kappa, figures["kappa"])]
    overall += [row(name, figures[key]) for key, name in OVERALL if figures.get(key)]
    chance = figures["ece_by_chance"]
    return [
        CondPageBreak(150),
        text("Overall, with 95 % intervals", HEADING),
        table([["Figure", "Value", "Interval"], *overall]),
        text(f"Calibration error: {chance:.3f} would be shown by chance alone with so few pictures.", SMALL),
        Spacer(0, 12),
        CondPageBreak(150),
        text("By label", HEADING),
        label_table(report.task, figures["per_class"]),
        *_screening(report),
        Spacer(0, 12),
        KeepTogether(
            [
                text("Your label in rows, the likeliest label of the reading in columns", HEADING),
                _confusion(report.task, tuple(figures["per_class"]), figures["confusion"]),
            ]
        ),
        Spacer(0, 12),
        KeepTogether(
            [
                text("Do its percentages mean what they say", HEADING),
                ReliabilityDiagram(figures["reliability"], _HALF, _HALF * 0.8),
                _reliability(figures["reliability"]),
            ]
        ),
        Spacer(0, 12),
    ]


def _screening(report: AcceptanceReport) -> list[Flowable]:
    found = [entry for entry in report.figures["screening"] if entry["n"]]
    if not found:
        return []
    rows = [["Looked for", "n", "Sensitivity", "Specificity"]]
    for entry in found:
        name = f"{report.task.label_name(entry['label'])}: readings that {entry['how']}"
        values = [f"{number(entry[key]['value'])}\n{interval(entry[key])}" for key in ("sensitivity", "specificity")]
        rows.append([name, str(entry["n"]), *values])
    look = table(rows, (0.5, 0.1, 0.2, 0.2))
    return [Spacer(0, 12), KeepTogether([text("What must not be lost, of pictures that were judged", HEADING), look])]


def _confusion(task: Task, labels: Sequence[str], counts: Sequence[Sequence[int]]) -> Flowable:
    """Columns are numbered: nine names side by side could not be read."""
    rows = [["", *[str(place) for place in range(1, len(labels) + 1)], "All"]]
    for place, (label, line) in enumerate(zip(labels, counts, strict=True), start=1):
        rows.append([f"{place}  {task.label_name(label)}", *[str(count) for count in line], str(sum(line))])
    part = 0.66 / (len(labels) + 1)
    return table(rows, (0.34, *[part] * (len(labels) + 1)))


def _reliability(rows: Sequence[Mapping[str, Any]]) -> Flowable:
    lines = [["How sure", "Pictures", "Mean", "How often right"]]
    for line in rows:
        if line["n"]:
            right = f"{number(line['right']['value'])} ({interval(line['right'])})"
            sure = f"{100 * line['from']:.0f} to {100 * line['to']:.0f} %"
            lines.append([sure, str(line["n"]), number(line["confidence"]), right])
    return table(lines, (0.2, 0.15, 0.15, 0.5))


def _number(found: Mapping[str, Any]) -> list[Flowable]:
    unit = found["unit"]
    parts: list[Flowable] = [text(f"{found['name']} against your values", HEADING)]
    if found["why_not"]:
        parts.append(text(found["why_not"], BODY))
    apart = found["agreement"]
    if apart is not None:
        names = (("Bias", "bias"), ("Lower limit of agreement", "lower"), ("Upper limit of agreement", "upper"))
        lines = [[name, f"{_minus(apart[key]['value'])} {unit}", _signed(apart[key])] for name, key in names]
        lines.append(["Standard deviation of the differences", f"{apart['sd']:.2f} {unit}", ""])
        words = f"{many(apart['n'], 'reading', 'readings')} of {many(apart['groups'], 'group', 'groups')}"
        words += "; reading less your value."
        plot = AgreementPlot(found, INNER * 0.75, INNER * 0.42)
        parts += [table([["Figure", "Value", "Interval"], *lines]), text(words, SMALL), Spacer(0, 6), plot]
    together = found["correlation"]
    if together is not None and together["value"] is not None:
        words = f"Spearman's rank correlation {_minus(together['value'])} ({_signed(together)}): "
        parts.append(text(words + "how far the two go together, not that they agree. It decides nothing.", SMALL))
    return [KeepTogether(parts), Spacer(0, 12)]


def _signed(figure: Mapping[str, float]) -> str:
    return f"{_minus(figure['low'])} to {_minus(figure['high'])}"


def _minus(value: float) -> str:
    return f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


def _apart(title: str, what: str, parts: Mapping[str, Mapping[str, Any]]) -> list[Flowable]:
    rows = [[what, "n", "Groups", "Accuracy", "Balanced accuracy", "Gave one answer"]]
    for name, part in parts.items():
        keys = ("accuracy", "balanced_accuracy", "share_answered")
        values = [f"{number(part[key]['value'])}\n{interval(part[key])}" for key in keys]
        rows.append([name, str(part["n"]), str(part["groups"]), *values])
    return [
        KeepTogether([text(title, HEADING), table(rows, (0.28, 0.08, 0.1, 0.18, 0.18, 0.18))]),
        Spacer(0, 10),
    ]
