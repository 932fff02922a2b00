"""The figures of a site's own test, from the readings of labelled pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clinoscope.domain.reading import CANNOT_JUDGE, Measure, Reading
from clinoscope.domain.task import Kind, Task
from clinoscope.inference import agreement, metrics
from clinoscope.inference.bootstrap import Floats
from clinoscope.workflow import criteria
from clinoscope.workflow.criteria import Criterion, Outcome
from clinoscope.workflow.evaluate import gathered
from clinoscope.workflow.labelled import Labelled, LabelsError, Seen

if TYPE_CHECKING:
    from clinoscope.inference.card import PackageInfo
    from clinoscope.inference.metrics import Readings

NOT_STATED = "not stated"
NOT_TOLD = "cannot be told"
_NAMED = 10
"""Groups of a camera or a skin tone from which on it is named where it did worse: fewer say nothing."""
_POINTS = 500
"""No plot shows more dots than this apart."""


@dataclass(frozen=True)
class Entry:
    """What is kept of a picture: not its pixels, so that a thousand fit into memory."""

    row: Labelled
    reading: Reading
    camera: str
    tone: str
    sha256: str


def collected(pictures: Iterable[Seen], task: Task) -> tuple[Entry, ...]:
    """Read them all."""
    from clinoscope.quality.tone import band

    has_tone = task.mode in criteria.limits()["tones"]["modes"]
    entries = []
    for seen in pictures:
        tone = (band(seen.picture.pixels, seen.region) or NOT_TOLD) if has_tone else ""
        camera = seen.row.camera or seen.picture.device or NOT_STATED
        entries.append(Entry(seen.row, seen.reading, camera, tone, seen.picture.sha256))
    return tuple(entries)


def fingerprint(entries: Iterable[Entry]) -> str:
    """SHA-256 (hex) of what was tested on: every picture's own with its label or value, whatever its file is
    called and wherever it stands in the list."""
    lines = sorted(
        "\t".join((one.sha256, one.row.label, "" if one.row.value is None else f"{one.row.value:g} {one.row.unit}"))
        for one in entries
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def judged(
    task: Task, package: PackageInfo, entries: Sequence[Entry]
) -> tuple[dict[str, Any], tuple[Criterion, ...], Outcome]:
    """The figures as ``acceptance.json`` holds them, the criteria and how it ended.

    ``package`` is the one that made the readings. Raises LabelsError when the values are in several units.
    """
    if task.kind is Kind.CLASSIFY:
        figures = _label_figures(task, package, entries)
        names = {label.id: label.name for label in task.labels}
        asked = criteria.for_labels(figures, names)
        return figures, asked, criteria.outcome(asked)
    figures = _number_figures(entries)
    testable = any(number["agreement"] and number["limit"] is not None for number in figures["numbers"])
    # Pictures without a single usable value are too few, not of another unit.
    if not testable and any(number["read"] for number in figures["numbers"]):
        return figures, (), Outcome.NO_TEST
    asked = criteria.for_numbers(figures)
    return figures, asked, criteria.outcome(asked)


# --- tasks with labels ---


def _label_figures(task: Task, package: PackageInfo, entries: Sequence[Entry]) -> dict[str, Any]:
    rows = [entry.row for entry in entries]
    readings = [entry.reading for entry in entries]
    measured = gathered(task, rows, readings)
    said = measured.probabilities.argmax(axis=1)
    ordered = task.id in criteria.limits()["ordered"]["tasks"]
    tested = _tested(task, package, rows)
    shown = {row.label for row in rows}
    indices = [measured.labels.index(label) for label in tested]
    figures: dict[str, Any] = {
        "ungrouped": all(row.group == row.path for row in rows),
        "not_judged": sum(reading.answer == CANNOT_JUDGE for reading in readings),
        **metrics.measure(measured),
        "ordered": ordered,
        "kappa": agreement.kappa(measured.truth, said, len(measured.labels), measured.groups, ordered=ordered),
        "ece_by_chance": metrics.ece_by_chance(measured),
        "reliability": metrics.reliability(measured),
        "tested": tested,
        "untested": [label for label in measured.labels if label in package.labels and label not in tested],
        "unknown": [label for label in measured.labels if label in shown and label not in package.labels],
        "sensitivity": agreement.mean_sensitivity(measured.truth, said, indices, measured.groups)
        if indices
        else dict(agreement.NONE),
        "own": _own(package, tested),
        "screening": _screening(task, package, entries),
        "numbers": _numbers(entries),
    }
    _be_cautious(figures["per_class"], measured)
    figures |= _apart(measured, entries)
    return figures


def _tested(task: Task, package: PackageInfo, rows: Sequence[Labelled]) -> list[str]:
    """The labels of the package with enough pictures, of enough groups, to be tested; in the order of the task.

    What the package does not know it cannot be validated for; such pictures count against it all the same.
    """
    asked = criteria.limits()["pictures"]
    known = [label.id for label in task.labels if label.id in package.labels]
    groups = {label: [row.group for row in rows if row.label == label] for label in known}
    return [
        label
        for label, found in groups.items()
        if len(found) >= asked["per_label"] and len(set(found)) >= asked["groups_per_label"]
    ]


def _own(package: PackageInfo, tested: Sequence[str]) -> dict[str, float | None]:
    """What the package says of itself: mean sensitivity of the tested labels, promised coverage, share answered."""
    known = package.figures
    own: dict[str, float | None] = {"sensitivity": None, "coverage": None, "answered": None}
    if package.conformal is not None:
        own["coverage"] = package.conformal.coverage
    if known is not None:
        own["answered"] = known.answered.value
        each = {entry.label: entry.sensitivity.value for entry in known.labels}
        values = [each.get(label) for label in tested]
        there = [value for value in values if value is not None]
        own["sensitivity"] = float(np.mean(there)) if there and len(there) == len(values) else None
    return own


def _screening(task: Task, package: PackageInfo, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """How often what is looked for was pointed at, among pictures that were judged.

    By the package's own flag for the label, whose threshold was chosen for it; where it has none, by
    whether the labels of the reading leave it open.
    """
    flags = {flag.label: flag.id for flag in package.flags if flag.kind == "label"}
    labels = dict.fromkeys(criteria.limits()["screening"]["labels"].get(task.id, ()), "") | flags
    judged = [entry for entry in entries if entry.reading.answer != CANNOT_JUDGE]
    out = []
    for label, flag in labels.items():
        hits = [_points_at(entry.reading, label, flag) for entry in judged]
        of_it = [(hit, entry.row.group) for hit, entry in zip(hits, judged, strict=True) if entry.row.label == label]
        others = [
            (not hit, entry.row.group) for hit, entry in zip(hits, judged, strict=True) if entry.row.label != label
        ]
        out.append(
            {
                "label": label,
                "how": "raise its flag" if flag else "leave it open",
                "n": len(of_it),
                "sensitivity": _share(of_it),
                "specificity": _share(others),
            }
        )
    return out


def _points_at(reading: Reading, label: str, flag: str) -> bool:
    if flag:
        return any(entry.id == flag and entry.raised for entry in reading.flags)
    return label in reading.labels


def _share(hits: Sequence[tuple[bool, str]]) -> dict[str, float | None]:
    if not hits:
        return dict(agreement.NONE)
    groups = [group for _, group in hits]
    return agreement.cautious(metrics.share([hit for hit, _ in hits], groups), len(set(groups)))


def _be_cautious(per_class: dict[str, dict[str, Any]], measured: Readings) -> None:
    """Widen the intervals of shares that all pictures have in common, see ``agreement.cautious``."""
    groups = np.asarray(measured.groups)
    said = measured.probabilities.argmax(axis=1)
    for index, label in enumerate(measured.labels):
        of_it = measured.truth == index
        parts = {"sensitivity": of_it, "specificity": ~of_it, "precision": said == index}
        for name, part in parts.items():
            per_class[label][name] = agreement.cautious(per_class[label][name], len(set(groups[part])))


def _apart(measured: Readings, entries: Sequence[Entry]) -> dict[str, Any]:
    """The pictures by camera and by skin tone, the bands from light to dark, and where it did worse.

    ``worse`` names the parts of ``_NAMED`` groups or more whose accuracy lies below that of all, interval and all.
    Shown and not judged: which labels a part holds makes it easier or harder.
    """
    from clinoscope.quality.tone import NAMES

    by_camera = metrics.by(measured, [entry.camera for entry in entries])
    by_tone = metrics.by(measured, [entry.tone for entry in entries]) if entries[0].tone else {}
    parts = {**by_camera, **by_tone}
    for part in (*by_camera.values(), *by_tone.values()):
        for name in ("accuracy", "balanced_accuracy", "share_answered"):
            part[name] = agreement.cautious(part[name], part["groups"])
    right = float((measured.probabilities.argmax(axis=1) == measured.truth).mean())
    return {
        "cameras": by_camera,
        "tones": {name: by_tone[name] for name in (*NAMES, NOT_TOLD) if name in by_tone},
        "worse": [
            name for name, part in parts.items() if part["groups"] >= _NAMED and part["accuracy"]["high"] < right
        ],
    }


# --- numbers ---


def _number_figures(entries: Sequence[Entry]) -> dict[str, Any]:
    used = [entry for entry in entries if entry.row.value is not None and _measure(entry) is not None]
    return {
        "ungrouped": all(entry.row.group == entry.row.path for entry in entries),
        "not_judged": sum(entry.reading.answer == CANNOT_JUDGE for entry in entries),
        "n": len(used),
        "groups": len({entry.row.group for entry in used}),
        "numbers": _numbers(entries),
    }


def _numbers(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """The number of the readings against the known values: [] where no value is known. Raises LabelsError.

    Where the units differ nothing is compared; that both rise together is all that can then be said.
    """
    known = [entry for entry in entries if entry.row.value is not None]
    units = {_unit(entry.row.unit) for entry in known}
    if not known:
        return []
    if len(units) > 1:
        raise LabelsError(f"The values have several units ({', '.join(sorted(units))}): use one for all.")
    pairs = [(entry, measure) for entry in known if (measure := _measure(entry)) is not None]
    unit = known[0].row.unit
    out: dict[str, Any] = {"unit": unit, "agreement": None, "limit": None, "correlation": None, "points": []}
    if not pairs:
        why = "No reading gave a number: either every picture was refused, or this model gives none."
        return [{**out, "name": unit, "read": 0, "why_not": why}]
    first = pairs[0][1]
    out |= {"name": first.name, "read": len(pairs), "why_not": ""}
    read = np.array([measure.value for _, measure in pairs])
    value = np.array([entry.row.value for entry, _ in pairs], np.float64)
    groups = [entry.row.group for entry, _ in pairs]
    out["correlation"] = agreement.correlation(read, value, groups)
    if not _same_unit(first, unit):
        own = f"in {first.unit}" if first.unit else "which has no unit"
        out["why_not"] = f"The model reads the {first.name.lower()}, {own}; your values are in {unit}: no test is made."
        return [out]
    if len(set(groups)) < 3:
        out["why_not"] = "Fewer than three groups say nothing about agreement."
        return [out]
    out["agreement"] = agreement.bland_altman(read, value, groups)
    limits: Mapping[str, float] = {_unit(name): limit for name, limit in criteria.limits()["numbers"]["limits"].items()}
    out["limit"] = limits.get(_unit(unit))
    if out["limit"] is None:
        out["why_not"] = f"No limit is set for {unit}, so the agreement is shown and not judged."
    out["points"] = _points(read, value)
    return [out]


def _measure(entry: Entry) -> Measure | None:
    """The number of a reading that the values are held against: the one in their unit, else the first."""
    if entry.reading.answer == CANNOT_JUDGE:
        return None
    measures = entry.reading.measures
    fitting = [measure for measure in measures if _same_unit(measure, entry.row.unit)]
    return next(iter((*fitting, *measures)), None)


def _same_unit(measure: Measure, unit: str) -> bool:
    """An index without a unit is named instead: values in "pallor index"."""
    return _unit(measure.unit or measure.name) == _unit(unit)


def _unit(text: str) -> str:
    return text.replace(" ", "").casefold()


def _points(read: Floats, value: Floats) -> list[list[float]]:
    """Mean and difference of each pair, for the plot."""
    step = max(1, -(-len(read) // _POINTS))
    pairs = zip(read[::step], value[::step], strict=True)
    return [[round(float(one + other) / 2, 4), round(float(one - other), 4)] for one, other in pairs]
