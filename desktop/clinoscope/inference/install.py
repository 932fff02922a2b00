"""Brings model packages into the site folder, puts them in use and takes them away again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clinoscope import modes
from clinoscope.domain.errors import PackageError
from clinoscope.domain.reading import ModelRef
from clinoscope.domain.task import Kind
from clinoscope.inference import packages, site, trial, unpack
from clinoscope.inference.card import Package, PackageInfo
from clinoscope.paths import MODELS

Progress = Callable[[str, float], None]
"""Called with what is being done and the share done, 0..1. May raise a KnownError to stop."""

_AGAIN = "Install the package again."
_ELSEWHERE = "Copy it again from where it was made."


@dataclass(frozen=True)
class Added:
    """``new`` is False when the very package was there already; ``in_use`` whether readings are made with it."""

    task: str
    model: ModelRef
    new: bool
    in_use: bool


def install(source: Path, folder: Path, progress: Progress) -> Added:
    """Verify the package in ``source``, a folder or a zip, and install it into the site folder ``folder``.

    Nothing of it can be seen until all of it was copied, checked and tried; then it appears by one
    rename. What is in use stays in use, unless nothing was in use for the task. A damaged package is
    repaired by installing it again. Raises PackageError; then nothing was changed.
    """
    with site.alone(folder):
        into = site.staging(folder) / "package"
        into.mkdir()
        progress("Copying", 0.0)
        unpack.take(source, into, folder, lambda share: progress("Copying", 0.7 * share))
        progress("Checking every file", 0.7)
        package = _loaded(into, source)
        progress("Trying it on a picture", 0.8)
        trial.check(package, folder)
        new = _place(package, into, folder)
        if not modes.task(package.task).shipped and not site.has_chosen(folder, package.task):
            site.choose(folder, package.task, package.sha256)
        progress("Installed", 1.0)
        return Added(package.task, package.ref, new, _in_use(package, folder))


def use(task_id: str, sha256: str, folder: Path) -> None:
    """Make the readings of a task with the package of this hash from now on; with "" with the shipped one.

    Raises PackageError when there is no such package for the task, or it is not whole.
    """
    with site.alone(folder):
        if not sha256 or sha256 == packages.hash_of(MODELS / task_id):
            if not (MODELS / task_id / packages.PACKAGE_FILE).is_file():
                raise PackageError(f"No model package ships for {task_id}. Install one.")
            site.choose(folder, task_id, "")
            return
        package = packages.load(site.folder(folder, sha256))
        if package.task != task_id:
            raise PackageError(f"Model package {package.name} is made for {package.task}, not for {task_id}.")
        site.choose(folder, task_id, sha256)


def remove(sha256: str, folder: Path) -> None:
    """Take an installed package away; its package file and card are kept for the readings it made.

    Raises PackageError for a shipped package, for one that is in use while another could be, and for
    one that a counting package works with.
    """
    with site.alone(folder):
        place = site.folder(folder, sha256)
        if not place.is_dir():
            raise PackageError("This model package was not installed here; what ships with the program stays.")
        _check_unused(sha256, folder)
        task_id = _task_of(place)
        if task_id and site.chosen(folder, task_id) == sha256:
            if _others(task_id, sha256, folder):
                raise PackageError(f"This model package is in use for {task_id}. Put another one in use first.")
            site.choose(folder, task_id, "")
        if task_id:
            packages.archive(packages.read_info(place), folder)
        place.rename(site.staging(folder) / "removed")


def find(model: ModelRef, folder: Path) -> PackageInfo | None:
    """What the package that made a reading says of itself: shipped, installed or kept in the archive; else None."""
    if not site.is_hash(model.sha256):
        return None  # made by something that had no package
    shipped = (path for path in packages.folders() if packages.hash_of(path) == model.sha256)
    for place in (*shipped, site.folder(folder, model.sha256), site.archived(folder, model.sha256)):
        info = _readable(place)
        if info is not None and info.ref == model:
            return info
    return None


def _loaded(into: Path, source: Path) -> Package:
    try:
        return packages.load(into)
    except PackageError as error:
        # until its package file is believed it is called as what was chosen, not as the place it was copied to
        told = str(error).replace(f"Model package {into.name}", f"Model package {unpack.shown_name(source.name)}")
        raise PackageError(told.replace(_AGAIN, _ELSEWHERE)) from None


def _place(package: Package, staged: Path, folder: Path) -> bool:
    """Give a package that was tried its place. False when a whole one is there already, installed or shipped."""
    if packages.hash_of(MODELS / package.task) == package.sha256:
        return False
    _check_name(package, folder)
    place = site.folder(folder, package.sha256)
    if place.exists():
        if not packages.verify(place):
            return False
        place.rename(site.staging(folder) / "damaged")
    site.put(staged, place)
    return True


def _check_name(package: Package, folder: Path) -> None:
    """Two packages that differ must not go by the same name: a report shows name and version."""
    for place in (*packages.folders(), *site.folders(folder)):
        other = _readable(place)
        if other and (other.name, other.version) == (package.name, package.version) and other.ref != package.ref:
            raise PackageError(
                f"Another model package is called {other.ref.shown} already. Give this one a new version and install "
                "it then."
            )


def _check_unused(sha256: str, folder: Path) -> None:
    for place in site.folders(folder):
        other = _readable(place)
        if other and other.kind is Kind.COUNT and any(use.sha256 == sha256 for use in other.uses):
            raise PackageError(f"The model package {other.ref.shown} works with this one. Remove that first.")


def _others(task_id: str, sha256: str, folder: Path) -> bool:
    """Whether the task has a package besides this one."""
    if modes.task(task_id).shipped:
        return True
    return any(_task_of(place) == task_id for place in site.folders(folder) if place.name != sha256)


def _in_use(package: Package, folder: Path) -> bool:
    try:
        return packages.hash_of(packages.folder_in_use(package.task, folder)) == package.sha256
    except PackageError:
        return False


def _task_of(place: Path) -> str:
    info = _readable(place)
    return info.task if info else ""


def _readable(place: Path) -> PackageInfo | None:
    """What a package file says; None when it is not there or damaged."""
    try:
        return packages.read_info(place)
    except PackageError:
        return None
