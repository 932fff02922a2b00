"""Fitting a model to this site: last layer, certainty and what it refuses, by the clinic's own labelled pictures.

A new package comes out, beside the one it was made from. It is installed and not in use until somebody chooses it, and
says *not validated here* until it passes the site acceptance test, which leaves out the pictures it was fitted to.
"""

from __future__ import annotations

import functools
import json
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clinoscope.domain.access import Act
from clinoscope.domain.counts import many
from clinoscope.domain.errors import KnownError
from clinoscope.domain.reading import ModelRef
from clinoscope.domain.region import Region
from clinoscope.domain.task import Kind, Task
from clinoscope.paths import models_site
from clinoscope.workflow import colour
from clinoscope.workflow.labelled import Labelled, LabelsError, check_writable, folder_of, opened, read_labels
from clinoscope.workflow.look import find_region
from clinoscope.workflow.permissions import require

if TYPE_CHECKING:
    from clinoscope.domain.picture import Picture, Pixels
    from clinoscope.inference.adapt import Adapted, Pictures
    from clinoscope.inference.card import Package, PackageInfo
    from clinoscope.records import Vault
    from clinoscope.workflow.labelled import Progress

JSON_FILE, PACKAGE_FOLDER = "adaptation.json", "package"


@dataclass(frozen=True, eq=False)
class Adaptation:
    """How it went. ``made`` are the packages that were installed: the task's own and those that work with it; none
    where the model is as good as it is here. ``figures`` as ``adaptation.json`` holds them."""

    task: Task
    base: ModelRef
    made: tuple[ModelRef, ...]
    figures: Mapping[str, Any]
    out: Path

    @property
    def better(self) -> bool:
        return bool(self.made)


@functools.cache
def limits() -> Mapping[str, Any]:
    """The numbers of ``adapt.toml``."""
    return tomllib.loads(Path(__file__).with_name("adapt.toml").read_text(encoding="utf-8"))


def possible(model: ModelRef) -> bool:
    """Whether the package of a model can be fitted to a site's pictures; False for one that is not known here."""
    from clinoscope.workflow import models

    info = models.find(model)
    return info is not None and info.kind is Kind.CLASSIFY and not _screens(info)


def run(
    task: Task,
    labels: Path,
    out: Path,
    progress: Progress,
    *,
    site: Path | None = None,
    vault: Vault | None = None,
) -> Adaptation:
    """Fit the package in use for a task to labelled pictures, measure it on groups it was not fitted to, install it.

    It always starts from the package that was trained, never from one that was fitted before: otherwise its figures
    would be of pictures it knows. ``labels`` is a CSV or a folder, see ``labelled.read_labels``; ``out`` receives
    ``adaptation.json`` and, when it reads better, ``package``, to be carried to other computers; when it does not,
    nothing is installed. Raises LabelsError, PackageError, NotAllowed, and what ``progress`` raises.
    """
    from clinoscope.inference.adapt import adapt
    from clinoscope.records.files import why_not
    from clinoscope.workflow.files import write_together

    if vault is not None:
        require(vault, Act.MODELS)
    site = site or models_site()
    base = _base(task, site)
    rows = read_labels(labels, task)
    there = check_writable(out, "package")
    if (out / PACKAGE_FOLDER).exists():
        raise LabelsError(f"{out} holds a package already. Choose another folder.")
    unused: Counter[str] = Counter()
    pictures, learned = _looked_at(task, base, opened(rows, folder_of(labels), progress, unused), unused)
    _check_enough(pictures, base, unused)
    made = adapt(pictures, _start(base), base.labels, _coverage(base), limits()["refused"]["own"])
    figures = _figures(task, base, pictures, made, unused, len(rows))
    refs: tuple[ModelRef, ...] = ()
    if figures["better"]:
        refs = _install(base, made, figures, learned, out, site)
        figures["made"] = [str(ref) for ref in refs]
    try:
        write_together(out, {JSON_FILE: (json.dumps(figures, indent=2, allow_nan=False) + "\n").encode()})
    except OSError as error:
        raise LabelsError(f"The figures cannot be written to {out}. {why_not(error, there)}") from None
    return Adaptation(task, base.ref, refs, figures, out)


def use(made: Adaptation, site: Path | None = None, *, vault: Vault | None = None) -> None:
    """Make readings with all packages of an adaptation from now on. Raises PackageError, NotAllowed."""
    from clinoscope.workflow import models

    for ref in made.made:
        models.use(models.pick(ref.sha256, site=site), site, vault=vault)


def _base(task: Task, site: Path) -> Package:
    """The trained package behind the one in use. Raises KnownError where it cannot be fitted."""
    from clinoscope.inference import linear_head, packages

    if task.kind is not Kind.CLASSIFY:
        raise LabelsError(
            f"{task.id} names no labels of pictures. Fit the model that does: neutrophil/type for the types of cells."
            if task.kind is Kind.COUNT
            else f"{task.id} measures; there is nothing to fit to labels. Choose a task that names labels."
        )
    info = packages.read_info(packages.folder_in_use(task.id, site))
    base = packages.exact(task.id, info.adapted_from or info.sha256, site)
    if _screens(base):
        raise KnownError(
            f"{base.ref.shown} raises a screening flag by a threshold that would have to be chosen anew, on many more "
            "pictures. Train it on your pictures with “clinoscope train” instead."
        )
    linear_head.read(base.content[packages.MODEL_FILE], len(base.labels))  # raises before the long work
    return base


def _screens(info: PackageInfo) -> bool:
    return any(flag.kind == "label" for flag in info.flags)


def _looked_at(
    task: Task, base: Package, pictures: Iterable[tuple[Labelled, Picture]], unused: Counter[str]
) -> tuple[Pictures, list[str]]:
    """What the network sees of every usable picture, and the SHA-256 of each; ``unused`` counts why others are not."""
    from clinoscope.inference.adapt import Pictures
    from clinoscope.inference.classify import embedded

    kept: list[tuple[Labelled, Any, float]] = []
    learned: list[str] = []
    for row, picture in pictures:
        if row.label not in base.labels:
            unused["a label the model does not know"] += 1
            continue
        found = _region(task, picture)
        if isinstance(found, str):
            unused[found] += 1
            continue
        kept.append((row, *embedded(*found, base)))
        learned.append(picture.sha256)
    if not kept:
        raise LabelsError("Not one picture of the list could be used. Paths are relative to it.")
    labels = np.array([base.labels.index(row.label) for row, _, _ in kept], np.intp)
    return (
        Pictures(
            np.stack([embedding for _, embedding, _ in kept]).astype(np.float64),
            labels,
            [row.group for row, _, _ in kept],
            np.flatnonzero(np.bincount(labels) >= limits()["pictures"]["per_label"]),
            np.array([distance for _, _, distance in kept]),
        ),
        learned,
    )


def _region(task: Task, picture: Picture) -> tuple[Pixels, Region] | str:
    """Working pixels and region, or why the picture is not used.

    The model's own word on whether the picture is of its kind is not asked: that rule is fitted, too.
    """
    from clinoscope import quality

    shown = colour.working(picture, colour.of_picture(task, picture).correction)
    region = find_region(task, shown.pixels)
    if region is None:
        return "nothing to read was found"
    if not quality.check(shown.pixels, region, task.quality, task.region).ok:
        return "a quality check failed"
    return shown.pixels, region


def _check_enough(pictures: Pictures, base: Package, unused: Counter[str]) -> None:
    asked = limits()["pictures"]
    n, groups, labels = len(pictures.labels), len(set(pictures.groups)), len(pictures.fitted)
    if n < asked["least"] or groups < asked["groups"] or labels < asked["labels"]:
        why = "; ".join(f"{count} {what}" for what, count in unused.items())
        raise LabelsError(
            f"To fit {base.name} here takes at least {asked['least']} pictures of {asked['groups']} people or slides, "
            f"and {asked['per_label']} of each of {asked['labels']} labels or more; usable are {n} of {groups}, "
            f"with {many(labels, 'such label', 'such labels')}." + (f" Left out: {why}." if why else "")
        )


def _start(base: Package) -> Any:
    from clinoscope.inference import linear_head, packages
    from clinoscope.inference.adapt import Calibrated

    assert base.calibration is not None
    assert base.conformal is not None
    head = linear_head.read(base.content[packages.MODEL_FILE], len(base.labels))
    threshold = base.rejection.threshold if base.rejection else float("inf")
    return Calibrated(head, base.calibration.temperature, base.conformal.quantile, threshold)


def _coverage(base: Package) -> float:
    assert base.conformal is not None
    return base.conformal.coverage


def _figures(
    task: Task, base: Package, pictures: Pictures, made: Adapted, unused: Counter[str], listed: int
) -> dict[str, Any]:
    """All that is told of it.

    It is better when on held-out groups the true labels got more probability, and as many were the likeliest.
    """
    from clinoscope.inference.metrics import measure, share

    counts = Counter(base.labels[index] for index in pictures.labels)
    losses, before, after = made.losses, measure(made.before), measure(made.after)
    right = after["accuracy"]["value"] >= before["accuracy"]["value"]
    return {
        "task": task.id,
        "base": str(base.ref),
        "listed": listed,
        "left_out": dict(unused),
        "pictures": {label: counts[label] for label in base.labels},
        "groups": len(set(pictures.groups)),
        "fitted": [base.labels[index] for index in pictures.fitted],
        "strength": made.strength if np.isfinite(made.strength) else None,
        "temperature": made.now.temperature,
        "quantile": made.now.quantile,
        "coverage": _coverage(base),
        "threshold": made.now.threshold if base.rejection else None,
        "balanced_log_loss": {"before": losses[0], "after": losses[1]},
        "better": bool(losses[1] < losses[0] and right),
        "before": before,
        "after": after,
        "refused": {
            "before": share(made.refused_before, pictures.groups),
            "after": share(made.refused_after, pictures.groups),
        },
    }


def _install(
    base: Package, made: Adapted, figures: Mapping[str, Any], learned: list[str], out: Path, site: Path
) -> tuple[ModelRef, ...]:
    """Write the packages and install them; the task's own goes to ``out`` as well."""
    import shutil

    from clinoscope.inference import install
    from clinoscope.workflow import adapted_package, models

    with tempfile.TemporaryDirectory(prefix="clinoscope-adapt-") as folder:
        own = adapted_package.write(Path(folder) / "own", base, made, figures, learned)
        added = [install.install(own, site, models.quiet).model]
        for number, other in enumerate(adapted_package.works_with(base, site)):
            counting = adapted_package.write_counting(Path(folder) / f"with{number}", other, base, added[0], site)
            added.append(install.install(counting, site, models.quiet).model)
        try:
            shutil.copytree(own, out / PACKAGE_FOLDER)
        except OSError:  # a list of one error for each file
            shutil.rmtree(out / PACKAGE_FOLDER, ignore_errors=True)
            raise LabelsError(
                f"{added[0]} is installed here and not in use yet, but no copy of it can be written to {out}: is "
                "the disk full or gone?"
            ) from None
    return tuple(added)
