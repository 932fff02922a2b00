"""The files of a package whose last layer was fitted to a site: the trained package's, with what is new in them."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clinoscope.domain.notice import RESEARCH_ONLY
from clinoscope.modes.wording import percent
from clinoscope.workflow.adapt_words import figure_rows, left_out

if TYPE_CHECKING:
    from clinoscope.domain.reading import ModelRef
    from clinoscope.inference.adapt import Adapted
    from clinoscope.inference.card import Package, PackageInfo

SITE_MARK = "+site."
"""Parts the version of the trained package from the mark of this site's: ``2.0.0+site.3fa91c``."""
_PER_LABEL = ("sensitivity", "specificity", "precision")
_UNFITTED = (
    "Their place among the others stayed as it was, but other borders moved: bring pictures of these labels before you "
    "rely on it where they occur."
)
_COMMAND = "clinoscope adapt --task {task} --labels LIST --out DIR"


def write(folder: Path, base: Package, made: Adapted, figures: Mapping[str, Any], learned: list[str]) -> Path:
    """Write the package of an adaptation; ``learned`` are the SHA-256 of the pictures it was fitted to."""
    from clinoscope.inference import linear_head, packages

    model = linear_head.replaced(base.content[packages.MODEL_FILE], made.now.head)
    document = _document(base)
    told = "".join(f"{sha256}\n" for sha256 in sorted(learned)).encode()
    version = _version(base.version, hashlib.sha256(model + told).hexdigest())
    document.pop("caution", None)  # it is calibrated on the site itself
    n, groups = figures["after"]["n"], figures["groups"]
    document |= {
        "version": version,
        "trained_on": f"{base.trained_on} Its last layer was fitted at a site to {n} pictures of {groups} groups.",
        "command": _COMMAND.format(task=base.task),
        "signature": "",
        "adapted_from": base.sha256,
        "calibration": {"temperature": made.now.temperature},
        "figures": _figures(base, figures),
    }
    document["conformal"] |= {"quantile": made.now.quantile}
    if "rejection" in document:
        document["rejection"] |= {"threshold": made.now.threshold}
    if "explanation" in document:
        document["explanation"] |= {"shown": False}  # its maps are new, and were not checked
    content = dict(base.content) | {
        packages.MODEL_FILE: model,
        packages.LEARNED_FILE: told,
        packages.CARD_FILE: _card(base, version, figures).encode(),
    }
    content.pop("comparison.json", None)  # of the other last layer
    return _put(folder, document, content)


def works_with(base: Package, site: Path) -> Iterator[Package]:
    """The counting packages in use that read their cells with the trained package, or with one fitted from it."""
    from clinoscope import modes
    from clinoscope.domain.errors import PackageError
    from clinoscope.domain.task import Kind
    from clinoscope.inference import packages

    for task_id in modes.task_ids():
        if modes.task(task_id).kind is not Kind.COUNT:
            continue
        try:
            other = packages.load(packages.folder_in_use(task_id, site))
        except PackageError:
            continue  # it cannot be used now either; the page of the models says so
        if any(use.task == base.task for use in other.uses):
            yield other


def write_counting(folder: Path, other: PackageInfo, base: PackageInfo, fitted: ModelRef, site: Path) -> Path:
    """Write a counting package that reads with the fitted package where ``other`` read with the trained one."""
    from clinoscope.inference import packages

    origin = packages.exact(other.task, other.adapted_from or other.sha256, site)
    document = _document(other)
    document["uses"] = [
        {"task": base.task, "name": fitted.name, "version": fitted.version, "sha256": fitted.sha256}
        if use["task"] == base.task
        else use
        for use in document["uses"]
    ]
    used = " and ".join(f"{use['name']} {use['version']}" for use in document["uses"])
    version = _version(origin.version, hashlib.sha256(used.encode()).hexdigest())
    document |= {"version": version, "command": _COMMAND.format(task=base.task), "signature": ""}
    document["adapted_from"] = origin.sha256
    card = (origin.folder / packages.CARD_FILE).read_text(encoding="utf-8")
    words = (
        f"# {origin.name} {version}\n\n{RESEARCH_ONLY}\n\nMade beside {fitted}, which was "
        f"fitted at a site; it finds cells as {origin.ref.shown} does and reads them with {used}. "
        f"What follows is the card of {origin.ref.shown}.\n\n"
    )
    return _put(folder, document, {packages.CARD_FILE: (words + _lower(card)).encode()})


def _document(info: PackageInfo) -> dict[str, Any]:
    """The package file as it stands; it was verified when the package was loaded."""
    from clinoscope.inference import packages

    text = (info.folder / packages.PACKAGE_FILE).read_text(encoding="utf-8")
    return tomllib.loads(text.partition("\n")[2])


def _put(folder: Path, document: dict[str, Any], content: Mapping[str, bytes]) -> Path:
    from clinoscope.inference import packages, toml

    folder.mkdir(parents=True)
    for name, data in content.items():
        (folder / name).write_bytes(data)
    document["files"] = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(content.items())}
    (folder / packages.PACKAGE_FILE).write_bytes(packages.sealed(toml.dumps(document)))
    return folder


def _version(version: str, sha256: str) -> str:
    return version.partition(SITE_MARK)[0] + SITE_MARK + sha256[:6]


def _figures(base: PackageInfo, figures: Mapping[str, Any]) -> dict[str, Any]:
    """The section of the package file: held-out pictures of the site."""
    from clinoscope.inference.metrics import packed, packed_labels, rounded

    after = figures["after"]
    own = [label for label in base.labels if figures["pictures"][label]]
    return {
        "n": after["n"],
        "groups": after["groups"],
        "how": _how(figures),
        "weak": _weak(figures),
        **packed(after),
        "own_refused": rounded(figures["refused"]["after"]),
        "labels": packed_labels(after, own),
    }


def _how(figures: Mapping[str, Any]) -> str:
    return (
        f"Measured on {figures['after']['n']} pictures of {figures['groups']} groups of the site it was fitted to, "
        "each read by a last layer that was fitted to other groups only; intervals are 95 %, by bootstrap over groups."
    )


def _weak(figures: Mapping[str, Any]) -> str:
    from clinoscope.workflow.adapt import limits

    found = figures["after"]["balanced_accuracy"]["value"]
    if found is None or found >= limits()["weak"]["below"]:
        return ""
    return f"Weak here: balanced accuracy {found:.2f} on this site's pictures; do not rely on it."


def _card(base: PackageInfo, version: str, figures: Mapping[str, Any]) -> str:
    """The card: what is new first, then the card of the trained package, which still holds for all else."""
    from clinoscope.inference import packages

    seen = ", ".join(f"{label} {count}" for label, count in figures["pictures"].items() if count)
    unfitted = [label for label in base.labels if label not in figures["fitted"]]
    moved = (
        "stayed as it was: only certainty and refusal are new"
        if figures["strength"] is None
        else (f"was fitted, held where it was with strength {figures['strength']:g}")
    )
    lines = [
        f"# {base.name} {version}",
        RESEARCH_ONLY,
        f"{base.ref.shown} with its last layer fitted to one site's own pictures. {_how(figures)}",
        *([f"**Not fitted, for want of pictures: {', '.join(unfitted)}.** {_UNFITTED}"] if unfitted else []),
        *([_weak(figures)] if _weak(figures) else []),
        "## What it is worth here",
        "| figure | as trained | fitted here |\n|---|---|---|\n"
        + "\n".join(f"| {name} | {before} | {after} |" for name, before, after in figure_rows(figures)),
        "Both columns are of the same pictures. What the right one says holds for this site alone: this camera, this "
        "stain, these people. Elsewhere the trained package is the one that was measured.",
        "## How it was made",
        f"- Pictures: {seen}.",
        *([f"- Left out: {left_out(figures)}."] if figures["left_out"] else []),
        f"- The last layer {moved}; the strength was chosen on inner folds of the same pictures.",
        f"- Temperature {figures['temperature']:.3f} and conformal quantile {figures['quantile']:.4f} for sets that "
        f"hold the true label in {percent(figures['coverage'])}, both from held-out groups.",
        "- No heatmaps: the maps of the new last layer were not checked.",
        f"- `{packages.LEARNED_FILE}` holds the SHA-256 of every picture it was fitted to: a site's own test leaves "
        "these out.",
        "## Known failures",
        "- Who labelled decides what is right here: a mistake that is made again and again is learned.",
        "- A label with a handful of pictures hardly moves; its figures say little.",
        f"# What it was made from: {base.ref.shown}",
        _lower((base.folder / packages.CARD_FILE).read_text(encoding="utf-8")),
    ]
    return "\n\n".join(lines) + "\n"


def _lower(card: str) -> str:
    """A card with every heading one level further down."""
    return re.sub(r"(?m)^(#{1,5}) ", r"\1# ", card)
