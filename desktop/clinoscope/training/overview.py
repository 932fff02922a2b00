"""Writes ``models/README.md``: every shipped package in one table, and what was reached of ``models/aims.toml``.

python -m clinoscope.training.overview MODELS
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from clinoscope.inference import packages
from clinoscope.inference.card import Figure, Package, PackageInfo
from clinoscope.training import quantise
from clinoscope.training.backbones import named_in
from clinoscope.training.model_card import table

LIMIT = 60_000_000
"""Bytes that all shipped packages may take together; the networks that find regions are not packages."""

_START = """# Model packages

One folder per task. `clinoscope models verify` checks every file against the hashes in `package.toml`; a package with
one changed byte is refused. Recipes for training them again are in `recipes/`; the command stands in each package file
and card.

What the columns mean: balanced accuracy on groups (people, lesions, cells) never seen in training with its 95 %
interval (for two labels: AUC); share of pictures answered with one label, and how often that was right; share of own
pictures wrongly refused, and of pictures of other kinds refused (kinds the rule learned / kinds it never saw).
Milliseconds are processor time of LiteRT for one picture on one thread, on the machine that wrote this table.
"""

_ELSEWHERE = (
    "Answers and their certainty are those of a site that has not validated the package: read with its caution, where "
    "it has one, fitted on all other sources than that of the line."
)
_FORMS = """## float32, float16 and int8

Each network with its numbers kept in three ways, on the same held-out pictures and in one run (`comparison.json` in
each package). File in megabytes; milliseconds are the median processor time of one picture on one thread; memory is
what opening and running the file adds to a fresh process. *Same answers*: share of pictures with the likeliest label
of Keras. *Embedding*: how far the features that flags may go by stray from those of Keras. The last column is
`keras.Model.predict` for one picture in turn with the others, by the clock and on every core it takes. float16 ships
unless another form is as good (accuracy within 0.5 points, 98 % same answers, calibration; the embedding where a flag
reads it) and faster, and a site can fit its last layer where that is offered.
"""
AIMS_FILE = "aims.toml"
_AIMS = """## What was aimed at

The aims of the project (`aims.toml`) on people, lesions and laboratories that no training has seen, and what was
reached, with its 95 % interval. Where several laboratories are meant the worst counts.
"""
_FORMS_HEAD = (
    "task",
    "form",
    "MB",
    "ms",
    "memory MB",
    "accuracy",
    "balanced accuracy",
    "same answers",
    "embedding",
    "Keras predict ms",
)

_HEAD = (
    "task",
    "package",
    "backbone",
    "MB",
    "ms",
    "balanced accuracy or AUC",
    "answered",
    "right when answered",
    "refused own",
    "refused others",
    "weak",
)


@dataclass(frozen=True, kw_only=True)
class Aim:
    """What the package of a task should reach; ``figure`` is a name in the package file. With ``sources`` the worst of
    those among its other laboratories counts."""

    task: str
    of: str
    figure: str
    at_least: float
    sources: tuple[str, ...] = ()


def overview(models: Path) -> str:
    """The whole page as Markdown. Raises PackageError for a package that is not whole."""
    loaded = [packages.load(folder) for folder in packages.folders(models)]
    parts = [_START, table(_HEAD, [_row(package) for package in loaded]), _total(models)]
    if (models / AIMS_FILE).is_file():
        document = tomllib.loads((models / AIMS_FILE).read_text(encoding="utf-8"))
        aims = msgspec.convert(document["aim"], list[Aim])
        rows = _reached(aims, {package.task: package for package in loaded})
        parts += [_AIMS, table(("task", "of", "figure", "aim", "reached", "met"), rows)]
    forms = [row for package in loaded for row in _forms(package)]
    if forms:
        parts += [_FORMS, table(_FORMS_HEAD, forms)]
    elsewhere = [row for package in loaded for row in _elsewhere(package)]
    if elsewhere:
        head = (
            "task",
            "source never trained on",
            "n",
            "accuracy",
            "balanced accuracy",
            "calibration error",
            "answered",
            "right when answered",
            "refused",
        )
        parts += ["## Other laboratories, clinics and cameras", _ELSEWHERE, table(head, elsewhere)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def size(models: Path) -> int:
    """Bytes of all packages under ``models`` together, their package files and cards included."""
    folders = packages.folders(models)
    return sum(path.stat().st_size for folder in folders for path in folder.iterdir() if path.is_file())


def _row(package: Package) -> tuple[str, ...]:
    start = (f"`{package.task}`", f"{package.name} {package.version}")
    figures = package.figures
    if figures is None:
        return (*start, *["–"] * 8, "measures or counts; see its card")
    main = figures.auc if figures.auc.value is not None else figures.balanced_accuracy
    return (
        *start,
        named_in((package.folder / packages.CARD_FILE).read_text(encoding="utf-8")) or "–",
        f"{sum(len(data) for data in package.content.values()) / 1e6:.1f}",
        f"{quantise.milliseconds(package):.1f}",
        str(main),
        _percent(figures.answered),
        _percent(figures.accuracy_answered),
        _percent(figures.own_refused),
        f"{_percent(figures.foreign_refused)} / {_percent(figures.unseen_refused)}",
        "yes" if figures.weak else "no",
    )


def _reached(aims: Sequence[Aim], by_task: Mapping[str, PackageInfo]) -> list[tuple[str, ...]]:
    """A row for each aim whose task has a package."""
    rows: list[tuple[str, ...]] = []
    for aim in aims:
        figures = by_task[aim.task].figures if aim.task in by_task else None
        if figures is None:
            continue
        there = [other for other in figures.elsewhere if other.source in aim.sources]
        found: list[Figure] = [getattr(each, aim.figure) for each in (there if aim.sources else [figures])]
        worst = min(found, key=lambda figure: figure.value or 0.0, default=Figure())
        met = "yes" if (worst.value or 0.0) >= aim.at_least else "no"
        told = aim.figure.replace("_", " ").replace("auc", "AUC")
        rows.append((f"`{aim.task}`", aim.of, told, f"{aim.at_least:.2f}", str(worst), met))
    return rows


def _total(models: Path) -> str:
    return f"All packages together take {size(models) / 1e6:.1f} MB; the limit is {LIMIT / 1e6:.0f} MB."


def _forms(package: Package) -> list[tuple[str, ...]]:
    """A row for each form of a package's network; none when the package brings no comparison."""
    if quantise.COMPARISON_FILE not in package.content:
        return []
    comparison = quantise.loads(package.content[quantise.COMPARISON_FILE])
    return [
        (
            f"`{package.task}`",
            f"**{form.form}**, ships" if form.form == comparison.chosen else form.form,
            f"{form.bytes / 1e6:.1f}",
            f"{form.milliseconds:.1f}",
            "–" if form.memory_mb is None else f"{form.memory_mb:.0f}",
            f"{100 * form.accuracy:.1f} %",
            f"{100 * form.balanced_accuracy:.1f} %",
            f"{100 * form.same_answers:.1f} %",
            f"{100 * form.embedding_lost:.1f} %",
            f"{comparison.keras_milliseconds:.0f}",
        )
        for form in comparison.forms
    ]


def _elsewhere(info: PackageInfo) -> list[tuple[str, ...]]:
    if info.figures is None:
        return []
    return [
        (
            f"`{info.task}`",
            other.source,
            str(other.n),
            str(other.accuracy),
            str(other.balanced_accuracy),
            "–" if other.ece.value is None else f"{other.ece.value:.2f}",
            _percent(other.answered),
            _percent(other.accuracy_answered),
            _percent(other.refused),
        )
        for other in info.figures.elsewhere
    ]


def _percent(figure: Figure) -> str:
    return "–" if figure.value is None else f"{100 * figure.value:.0f} %"


if __name__ == "__main__":
    (Path(sys.argv[1]) / "README.md").write_text(overview(Path(sys.argv[1])), encoding="utf-8")
