"""Writes ``models/README.md``: every shipped package in one table.

python -m clinoscope.training.overview MODELS
"""

from __future__ import annotations

import sys
from pathlib import Path

from clinoscope.inference import packages
from clinoscope.inference.card import Figure, PackageInfo
from clinoscope.training.model_card import table
from clinoscope.training.pack import milliseconds

_START = """# Model packages

One folder per task. `clinoscope models verify` checks every file against the hashes in `package.toml`; a package with
one changed byte is refused. Recipes for training them again are in `recipes/`; the command stands in each package file
and card.

What the columns mean: balanced accuracy on groups (people, lesions, cells) never seen in training with its 95 %
interval (for two labels: AUC); share of pictures answered with one label, and how often that was right; share of own
pictures wrongly refused, and of pictures of other kinds refused (kinds the rule learned / kinds it never saw).
Milliseconds are processor time of LiteRT for one picture on one thread, float16 weights, on the machine that wrote
this table.
"""

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


def overview(models: Path) -> str:
    """The whole page as Markdown. Raises PackageError for a package that is not whole."""
    rows = []
    for folder in packages.folders(models):
        package = packages.load(folder)
        figures = package.figures
        if figures is None:
            rows.append(
                (
                    f"`{package.task}`",
                    f"{package.name} {package.version}",
                    *["–"] * 8,
                    "measures or counts; see its card",
                )
            )
            continue
        main = figures.auc if figures.auc.value is not None else figures.balanced_accuracy
        rows.append(
            (
                f"`{package.task}`",
                f"{package.name} {package.version}",
                _backbone(folder),
                f"{sum(len(data) for data in package.content.values()) / 1e6:.1f}",
                f"{milliseconds(package):.1f}",
                str(main),
                _percent(figures.answered),
                _percent(figures.accuracy_answered),
                _percent(figures.own_refused),
                f"{_percent(figures.foreign_refused)} / {_percent(figures.unseen_refused)}",
                "yes" if figures.weak else "no",
            )
        )
    elsewhere = [row for folder in packages.folders(models) for row in _elsewhere(packages.read_info(folder))]
    parts = [_START, table(_HEAD, rows)]
    if elsewhere:
        head = (
            "task",
            "source never trained on",
            "n",
            "accuracy",
            "balanced accuracy",
            "answered",
            "right when answered",
            "refused",
        )
        parts += ["## Other laboratories, clinics and cameras", table(head, elsewhere)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


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
            _percent(other.answered),
            _percent(other.accuracy_answered),
            _percent(other.refused),
        )
        for other in info.figures.elsewhere
    ]


def _backbone(folder: Path) -> str:
    """The backbone as the card names it."""
    for line in (folder / "MODEL_CARD.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("- Backbone `"):
            return line.split("`")[1]
    return "–"


def _percent(figure: Figure) -> str:
    return "–" if figure.value is None else f"{100 * figure.value:.0f} %"


if __name__ == "__main__":
    (Path(sys.argv[1]) / "README.md").write_text(overview(Path(sys.argv[1])), encoding="utf-8")
