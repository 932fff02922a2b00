"""The model packages, shipped and installed, for the window's page and ``clinoscope models``."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clinoscope.domain.access import Act
from clinoscope.domain.errors import KnownError, PackageError
from clinoscope.domain.reading import ModelRef, Reading
from clinoscope.domain.task import Kind
from clinoscope.inference.card import Caution, Figures, PackageInfo
from clinoscope.paths import MODELS, models_site
from clinoscope.workflow.permissions import require

if TYPE_CHECKING:
    from clinoscope.domain.task import Task
    from clinoscope.inference.install import Added
    from clinoscope.records import Vault

__all__ = ["Figures", "Installed", "PackageInfo", "card", "find", "install", "installed", "of_task", "remove", "use"]

Progress = Callable[[str, float], None]

SHIPPED = "shipped"
"""What ``pick`` takes for the package that came with the program."""
_SELDOM = 0.1
"""Of what answers less often nothing is said of how often it is right: that would be the share of a handful."""
_SHORTEST = 6
"""Digits of a hash that are enough to name a package."""


@dataclass(frozen=True)
class Installed:
    """One package: ``problems`` is empty when every file is as it was made.

    ``shipped`` packages belong to the program; the others were installed here. ``in_use`` says whether
    the readings of its task are made with it.
    """

    task: str
    model: ModelRef | None
    folder: Path
    figures: str
    problems: tuple[str, ...]
    shipped: bool = True
    in_use: bool = True

    @property
    def sha256(self) -> str:
        """The hash of the package file; of a damaged installed package the one its folder is named by."""
        return self.model.sha256 if self.model else "" if self.shipped else self.folder.name

    @property
    def shown(self) -> str:
        """The package as people read it; "" for one that is damaged so that it cannot say."""
        return self.model.shown if self.model else ""


def quiet(_doing: str, _share: float) -> None:
    """Nobody watches."""


def installed(folder: Path | None = None, site: Path | None = None) -> tuple[Installed, ...]:
    """Every package, verified: the shipped ones and those of the site folder, the one in use of a task first.

    With ``folder`` only those below it. Raises PackageError when the site folder cannot be read.
    """
    from clinoscope.inference import packages
    from clinoscope.inference import site as sites

    if folder is not None:
        return tuple(_entry(path, folder, shipped=True, in_use=True) for path in packages.folders(folder))
    site = site or models_site()
    found = [_entry(path, MODELS, shipped=True, in_use=False) for path in packages.folders()]
    found += [_entry(path, site, shipped=False, in_use=False) for path in sites.folders(site)]
    using = {task: _folder_in_use(task, site) for task in {entry.task for entry in found}}
    marked = [dataclasses.replace(entry, in_use=entry.folder == using[entry.task]) for entry in found]
    return tuple(sorted(marked, key=lambda entry: (entry.task, not entry.in_use, not entry.shipped, str(entry.model))))


def not_trained(found: Iterable[Installed]) -> tuple[Task, ...]:
    """The tasks without any package among ``found``: nobody has trained one, or it was not installed yet."""
    from clinoscope import modes

    have = {entry.task for entry in found}
    return tuple(modes.task(task) for task in modes.task_ids() if task not in have)


def usable(task: Task) -> bool:
    """Whether the window offers a task for exams: it has a package that shipped or was put in use. Cheap."""
    from clinoscope.inference import site

    return task.shipped or site.has_chosen(models_site(), task.id)


def install(source: Path, progress: Progress = quiet, site: Path | None = None, *, vault: Vault | None = None) -> Added:
    """Verify a package, a folder or a zip, and install it: wholly or not at all. Raises PackageError.

    What is in use stays in use, unless its task had no package at all. ``progress(doing, share)`` may
    raise a KnownError to stop. With a vault, its user must be allowed to: NotAllowed.
    """
    _check_allowed(vault)
    from clinoscope.inference import install as installing

    return installing.install(source, site or models_site(), progress)


def pick(which: str, task_id: str = "", site: Path | None = None) -> Installed:
    """The package that ``which`` names: ``NAME@VERSION``, the beginning of its hash, or ``shipped`` of a task.

    Raises PackageError when there is none, or more than one.
    """
    found = [entry for entry in installed(site=site) if task_id in ("", entry.task)]
    if which == SHIPPED and task_id:
        named = [entry for entry in found if entry.shipped]
    else:
        named = [entry for entry in found if _named(entry, which)]
    of_task = f" for {task_id}" if task_id else ""
    if not named:
        raise PackageError(
            f"There is no model package {which}{of_task}. “clinoscope models list” shows which there are."
        )
    if len(named) > 1:
        raise PackageError(f"{which} is the beginning of more than one model package{of_task}. Give more of its hash.")
    return named[0]


def use(entry: Installed, site: Path | None = None, *, vault: Vault | None = None) -> None:
    """Make the readings of its task with this package from now on; what was read before stays. Raises PackageError."""
    from clinoscope.inference import install as installing

    _check_allowed(vault)
    installing.use(entry.task, "" if entry.shipped else entry.sha256, site or models_site())


def remove(entry: Installed, site: Path | None = None, *, vault: Vault | None = None) -> None:
    """Take an installed package away. What it said of itself is kept for the readings it made. Raises PackageError."""
    from clinoscope.inference import install as installing

    _check_allowed(vault)
    if entry.shipped:
        raise PackageError(f"The model package {entry.shown} belongs to the program and stays. Put another one in use.")
    installing.remove(entry.sha256, site or models_site())


def find(model: ModelRef, site: Path | None = None) -> PackageInfo | None:
    """What the very package that made a reading says of itself, though it is not in use or not here any more.

    It may be a shipped or an installed one, or one that is only remembered; None when this computer
    has never used it.
    """
    from clinoscope.inference import install as installing

    return installing.find(model, site or models_site())


def choice_problems(site: Path | None = None) -> list[str]:
    """A sentence for every task whose chosen package is not there, or whose choice cannot be read."""
    from clinoscope import modes
    from clinoscope.inference import packages
    from clinoscope.inference import site as sites

    site, problems = site or models_site(), []
    for task in modes.task_ids():
        if sites.has_chosen(site, task):
            try:
                packages.folder_in_use(task, site)
            except PackageError as error:
                problems.append(str(error))
    return problems


def finder_problems(folder: Path = MODELS) -> list[str]:
    """A sentence for every network of the region finders that is missing or was changed."""
    from clinoscope.inference import fields
    from clinoscope.regions import cells, faces, nails, networks

    problems = []
    for name, sha256 in (
        *faces.HASHES.items(),
        (nails.FILE, nails.SHA256),
        (cells.FILE, cells.SHA256),
        (fields.FILE, fields.SHA256),
    ):
        try:
            networks.checked(name, sha256, folder)
        except KnownError as error:
            problems.append(str(error))
    return problems


def card(entry: Installed) -> str:
    """The model card, Markdown; "" where it is missing, which is one of the package's problems."""
    try:
        return (entry.folder / "MODEL_CARD.md").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def of_task(task_id: str, folder: Path | None = None) -> PackageInfo:
    """What the package in use for a task says of itself; its hashes are not checked again.

    With ``folder`` the one in ``folder/<task>``. Raises PackageError when there is none.
    """
    from clinoscope.inference import packages

    return packages.read_info(folder / task_id if folder else packages.folder_in_use(task_id))


def ready(task_id: str) -> ModelRef:
    """Load and verify a task's package, if that has not been done yet, and say which it is.

    Raises PackageError.
    """
    from clinoscope.inference import packages

    return packages.for_task(task_id).ref


def about(task_id: str, reading: Reading, *, told: bool = False) -> str:
    """What the figures of the package that made a reading mean, in use or not; "" where it is not known any more.

    ``told``: see ``meaning``.
    """
    info = find(reading.model)
    if info is None or info.task != task_id:
        return ""
    return meaning(info, cautious=reading.cautious, told=told)


def meaning(package: PackageInfo, *, cautious: bool | None = None, told: bool = False) -> str:
    """What a package's figures mean for the person in the picture, in a sentence or two.

    ``cautious`` says whether it is read with its caution (see ``Reading.cautious``): what it does where it learned says
    nothing then. None, where nobody has asked yet, tells of both. ``told``: that it is read so stands beside it.
    """
    found = package.figures
    if found is None:
        return f"It {'counts' if package.kind is Kind.COUNT else 'measures'}; it names no disease."
    words = []
    if package.caution is None or not cautious:
        words.append(_where_it_learned(found))
    if package.caution is not None and cautious is not False:
        words.append(_elsewhere(found, package.caution, told))
    return " ".join(part for part in (*words, found.weak) if part)


def _where_it_learned(found: Figures) -> str:
    right = found.accuracy_answered if found.accuracy_answered.value is not None else found.accuracy
    if found.answered.value is not None and found.answered.value < _SELDOM:
        return "It hardly ever answers: less than once in 10; else it says unsure."
    if right.value is None:
        return ""
    often = f"Right {_in_ten(right.value)} when it answers"
    return often + (f", which it does {_in_ten(found.answered.value)}." if found.answered.value is not None else ".")


def _elsewhere(found: Figures, caution: Caution, told: bool) -> str:
    """What it did with its caution at all the sources together that the caution comes of, and at the worst of them."""
    places = [place for place in found.elsewhere if place.source in caution.fitted_on]
    answers = [place.n * (place.answered.value or 0.0) for place in places]
    often = sum(answers) / max(1, sum(place.n for place in places))
    begin = "At" if told else "Read with caution, as it is where it is not validated: at"
    words = f"{begin} {_places(len(places))} that it had never seen, it "
    if often < _SELDOM:
        return words + "hardly ever answered, less than once in 10; else it says unsure."
    rights = [place.accuracy_answered.value or 0.0 for place in places]
    right = sum(count * each for count, each in zip(answers, rights, strict=True)) / sum(answers)
    worst = f", at the worst of them {_in_ten(min(rights))}" if len(places) > 1 else ""
    return words + f"answered {_in_ten(often)} and was right {_in_ten(right)} of those{worst}."


def _places(count: int) -> str:
    return "a place" if count == 1 else f"{count} places"


def _check_allowed(vault: Vault | None) -> None:
    """Packages belong to the computer and not to a vault: only the window, where somebody is logged in, has one."""
    if vault is not None:
        require(vault, Act.MODELS)


def _in_ten(share: float) -> str:
    """``7 times in 10``: rounded down, so that nothing is promised that was not measured."""
    times = int(share * 10 + 1e-9)
    return {0: "less than once in 10", 1: "once in 10"}.get(times, f"{times} times in 10")


def _entry(path: Path, root: Path, *, shipped: bool, in_use: bool) -> Installed:
    from clinoscope.inference import packages

    problems = tuple(packages.verify(path))
    try:
        info = packages.read_info(path)
    except KnownError as error:
        task = path.relative_to(root).as_posix() if shipped else ""
        return Installed(task, None, path, "", problems or (str(error),), shipped, in_use)
    return Installed(info.task, info.ref, path, meaning(info), problems, shipped, in_use)


def _folder_in_use(task_id: str, site: Path) -> Path | None:
    from clinoscope.inference import packages

    try:
        return packages.folder_in_use(task_id, site)
    except PackageError:
        return None


def _named(entry: Installed, which: str) -> bool:
    return which == str(entry.model) or (len(which) >= _SHORTEST and entry.sha256.startswith(which))
