"""Tries a package before it is installed: is it made for a task of this program, and does it answer a picture?

The hashes say that a package is as it was made; this says that it was made rightly.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clinoscope import modes
from clinoscope.domain.errors import PackageError
from clinoscope.domain.picture import Pixels
from clinoscope.domain.reading import CANNOT_JUDGE, UNSURE
from clinoscope.domain.region import Box, Region
from clinoscope.domain.task import Kind, Task
from clinoscope.inference import packages
from clinoscope.inference.card import Input, Package
from clinoscope.paths import MODELS

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_VERSION = re.compile(r"[0-9][A-Za-z0-9.+-]{0,31}")
_SIDE = 500
"""Of the drawn picture, in pixels."""


def check(package: Package, site: Path) -> None:
    """Raise PackageError, with one sentence, unless this program can use the package for its task.

    ``site`` is the site folder, where packages that this one works with may lie.
    """
    if not _NAME.fullmatch(package.name) or not _VERSION.fullmatch(package.version):
        raise PackageError("The package file has a name or a version that this program cannot show. Ask who made it.")
    if package.task not in modes.task_ids():
        raise PackageError(
            f"Model package {package.name} is made for the task {package.task}, which this program does not know. "
            "Update Clinoscope."
        )
    task = modes.task(package.task)
    if package.kind is not task.kind:
        raise PackageError(
            f"Model package {package.name} is of the kind {package.kind}; {task.id} needs one of the kind {task.kind}. "
            "Ask who made it."
        )
    if packages.CARD_FILE not in package.files:
        raise PackageError(f"Model package {package.name} has no {packages.CARD_FILE}. Ask who made it for the whole.")
    if len(package.content[packages.CARD_FILE]) > packages.MAX_TEXT_BYTES:
        raise PackageError(
            f"Model package {package.name}: the file {packages.CARD_FILE} is too large. Ask who made it."
        )
    match task.kind:
        case Kind.CLASSIFY:
            _check_labels(package, task)
            _check_numbers(package)
            _read_a_picture(package, task)
        case Kind.MEASURE:
            for name in packages.read_info(MODELS / task.id).parameters:
                package.parameters[name]  # raises PackageError where it is missing
        case Kind.COUNT:
            for use in package.uses:
                packages.exact(use.task, use.sha256, site)


def _check_labels(package: Package, task: Task) -> None:
    """A clinic's own package may know fewer labels than the task, in any order, but no other ones."""
    known = {label.id for label in task.labels}
    strange = next((label for label in package.labels if label not in known), None)
    if strange is not None:
        raise PackageError(
            f"Model package {package.name} has the label {strange[:40]}, which {task.id} does not know. "
            "Ask who made it."
        )


def _check_numbers(package: Package) -> None:
    assert package.input is not None
    assert package.calibration is not None
    assert package.conformal is not None
    caution = package.caution
    numbers = {
        "input.size": (package.input.size, 16, 1024),
        "input.margin": (package.input.margin, 0.0, 4.0),
        "calibration.temperature": (package.calibration.temperature, 1e-3, 1e3),
        "conformal.coverage": (package.conformal.coverage, 0.5, 1.0),
        "conformal.quantile": (package.conformal.quantile, 0.0, 1.0),
        "caution.temperature": (caution.temperature if caution else 1.0, 1e-3, 1e3),
        "caution.coverage": (caution.coverage if caution else 1.0, 0.5, 1.0),
        "caution.quantile": (caution.quantile if caution else 0.0, 0.0, 1.0),
        "rejection.threshold": (package.rejection.threshold if package.rejection else 0.0, 0.0, 1e9),
    }
    for name, (value, low, high) in numbers.items():
        if not low <= value <= high:  # nan is outside too
            raise PackageError(
                f"Model package {package.name}: {name} is {value:g}, which makes no sense. Ask who made it."
            )


def _read_a_picture(package: Package, task: Task) -> None:
    """The network runs, has the outputs it should, and the package's other numbers fit to it."""
    from clinoscope.inference import classify, flags, network, rejection, watcher

    assert package.input is not None
    broken = PackageError(
        f"Model package {package.name}: its network and its numbers do not fit together. Ask who made it."
    )
    region = Region(Box(0, 0, _SIDE, _SIDE), "whole")
    pixels = _drawn()

    def texture(margin: float) -> NDArray[np.float32]:
        return watcher.watched(pixels, region, Input(size=watcher.SIDE, margin=margin))

    try:
        square = classify.prepare(pixels, region, region.box, package.input)
        outputs = network.run(package, square)
        if package.rejection is not None:
            reference = rejection.load_reference(package.content[package.rejection.reference], package.name)
            looked = texture(package.input.margin) if package.rejection.watcher else outputs.embedding
            known = rejection.distance(looked[None], reference)
            foreign = rejection.foreignness(looked[None], reference)
            if not (np.isfinite(known).all() and np.isfinite(foreign).all()):
                raise broken
        for likeliest in np.eye(len(package.labels)):
            flags.flags(package, likeliest, outputs.embedding, texture)
        reading = classify.classify(task, pixels, region, package)
    except (ValueError, KeyError, IndexError):  # numpy's words for arrays that do not fit
        raise broken from None
    right = outputs.logits.shape == (len(package.labels),) and outputs.maps.shape[2] == len(package.labels)
    finite = all(np.isfinite(part).all() for part in (outputs.logits, outputs.maps, outputs.embedding))
    answered = reading.answer in (*package.labels, UNSURE, CANNOT_JUDGE)
    if not (right and finite and answered and math.isclose(sum(reading.probabilities.values()), 1, abs_tol=1e-3)):
        raise broken


def _drawn() -> Pixels:
    """Coloured patches: nothing a model knows, but no blank picture either, (side, side, 3)."""
    patches = np.random.default_rng(0).integers(40, 216, (10, 10, 3), dtype=np.uint8)
    return patches.repeat(_SIDE // 10, axis=0).repeat(_SIDE // 10, axis=1)
