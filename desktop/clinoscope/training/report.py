"""``report.json`` and ``report.pdf`` of a training run: all that was tried, chosen and measured."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from clinoscope import __version__
from clinoscope.inference.card import Caution
from clinoscope.inference.metrics import Readings, ece_by_chance, reliability
from clinoscope.training import quantise
from clinoscope.training.explanation import Checked
from clinoscope.training.flags import Fitted, document
from clinoscope.training.quantise import Comparison
from clinoscope.training.recipe import Recipe

JSON_FILE, PDF_FILE = "report.json", "report.pdf"

Figures = Mapping[str, Any]
"""What ``inference.metrics.measure`` gives."""
Share = Mapping[str, float | None]
"""A figure with its interval: value, low, high."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Report:
    """All of a run. ``recipe`` comes from ``facts``, ``made`` from ``made_now``, ``figures`` from
    ``inference.metrics.measure`` on held-out groups, where each fold's variant was chosen on the other folds.
    All else may be empty, and its table is then left out.

    ``how`` and ``weak`` are the sentences of the package file. ``pictures``: source, groups, labels
    {label: n} of each source; ``without_region`` more were left out, and what ``left_out`` says. ``variants``: each
    that was tried, its fields in the recipe and figures, seconds, chosen. ``top_k``: "1", "2" … to the share
    whose true label is among so many. ``stratified``: the figures when folds part the groups. ``elsewhere``: name,
    note, figures, cautious (those of reading it with the caution of the others, empty without), refused of each other
    source. ``foreign_refused`` and ``unseen_refused`` name the set, the second
    by a rule that never saw it. ``tones`` and ``origins``: ``inference.metrics.by`` skin tone and source. ``history``:
    losses by epoch, one list for each fold. ``notes`` are further lines on how it is made. The rest is filled in by
    ``write``.
    """

    recipe: Mapping[str, Any]
    figures: Figures
    made: Mapping[str, Any] = field(default_factory=dict)
    how: str = ""
    weak: str = ""
    pictures: Sequence[Mapping[str, Any]] = ()
    without_region: int = 0
    left_out: Sequence[str] = ()
    variants: Sequence[Mapping[str, Any]] = ()
    top_k: Mapping[str, Share] = field(default_factory=dict)
    stratified: Figures | None = None
    elsewhere: Sequence[Mapping[str, Any]] = ()
    own_refused: Share | None = None
    foreign_refused: Mapping[str, Share] = field(default_factory=dict)
    unseen_refused: Mapping[str, Share] = field(default_factory=dict)
    tones: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    origins: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    explanation: Checked | None = None
    quantised: Comparison | None = None
    flags: Sequence[Fitted] = ()
    history: Sequence[Sequence[float]] = ()
    temperature: float | None = None
    quantile: float | None = None
    caution: Caution | None = None
    notes: Sequence[str] = ()
    reliability: Sequence[Mapping[str, Any]] = ()
    ece_by_chance: float | None = None
    set_sizes: Mapping[str, float] = field(default_factory=dict)

    @property
    def main(self) -> tuple[str, str]:
        """The figure that counts: its key in ``figures`` and its name."""
        if self.figures.get("auc") is not None:
            return "auc", "AUC"
        return "balanced_accuracy", "balanced accuracy"

    @property
    def chosen(self) -> Mapping[str, Any] | None:
        """The variant in the package."""
        return next((variant for variant in self.variants if variant["chosen"]), None)

    def to_json(self) -> str:
        """Strict JSON: what cannot be measured is null, never NaN."""
        fields = {entry.name: getattr(self, entry.name) for entry in dataclasses.fields(self)}
        fields["flags"] = [{"rule": document(flag.rule), "figures": flag.figures} for flag in self.flags]
        fields["quantised"] = None if self.quantised is None else json.loads(quantise.dumps(self.quantised))
        return json.dumps(_plain(fields), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def facts(recipe: Recipe, command: str) -> dict[str, Any]:
    """What a report says of a recipe. ``command`` is the exact one that was run."""
    names = ("name", "version", "task", "labels", "intended_use", "trained_on", "seed", "folds", "group_word")
    numbers = ("ordered", "coverage", "views", "weights", "epochs", "rate")
    said = {name: getattr(recipe, name) for name in (*names, *numbers)}
    said |= {"command": command, "known_failures": recipe.known_failures, "input": dataclasses.asdict(recipe.input)}
    return {**said, "sources": [dataclasses.asdict(source) for source in recipe.sources]}


def made_now(seconds: float) -> dict[str, Any]:
    """Date, program version and machine of a run that took ``seconds``."""
    machine = f"{platform.system()}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    date = datetime.now(UTC).date().isoformat()
    return {"date": date, "program": __version__, "machine": machine, "seconds": seconds}


def write(report: Report, readings: Readings, out_dir: Path) -> None:
    """Write ``report.json`` and ``report.pdf``. ``readings`` are the held-out ones that ``figures`` measure."""
    from clinoscope.training.report_pdf import report_pdf

    whole = with_readings(report, readings)
    (out_dir / JSON_FILE).write_text(whole.to_json(), encoding="utf-8")
    (out_dir / PDF_FILE).write_bytes(report_pdf(whole))


def with_readings(report: Report, readings: Readings) -> Report:
    """The report with what only the readings tell: reliability, and how many labels the sets hold."""
    sizes = readings.sets.sum(axis=1)
    return dataclasses.replace(
        report,
        reliability=reliability(readings),
        ece_by_chance=ece_by_chance(readings),
        set_sizes={str(size): float((sizes == size).mean()) for size in np.unique(sizes)},
    )


def _plain(value: Any) -> Any:
    """Nested dataclasses, arrays and numpy numbers as JSON has them; NaN and infinities as None."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _plain(dataclasses.asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
