"""The installed model packages, for the window's page and ``clinoscope models``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from clinoscope.domain.errors import KnownError
from clinoscope.domain.reading import ModelRef
from clinoscope.inference.card import Figures, PackageInfo
from clinoscope.paths import MODELS

__all__ = ["Figures", "Installed", "PackageInfo", "card", "installed", "of_task"]


@dataclass(frozen=True)
class Installed:
    """One package: ``problems`` is empty when every file is as it was made."""

    task: str
    model: ModelRef | None
    folder: Path
    figures: str
    problems: tuple[str, ...]


def installed(folder: Path = MODELS) -> tuple[Installed, ...]:
    """Every package below ``folder``, verified."""
    from clinoscope.inference import packages

    found = []
    for path in packages.folders(folder):
        problems = tuple(packages.verify(path))
        try:
            info = packages.read_info(path)
            found.append(Installed(info.task, info.ref, path, meaning(info), problems))
        except KnownError as error:
            found.append(Installed(path.relative_to(folder).as_posix(), None, path, "", problems or (str(error),)))
    return tuple(found)


def finder_problems(folder: Path = MODELS) -> list[str]:
    """A sentence for every network of the region finders that is missing or was changed."""
    from clinoscope.regions import cells, faces, nails, networks

    problems = []
    for name, sha256 in (*faces.HASHES.items(), (nails.FILE, nails.SHA256), (cells.FILE, cells.SHA256)):
        try:
            networks.checked(name, sha256, folder)
        except KnownError as error:
            problems.append(str(error))
    return problems


def card(entry: Installed) -> str:
    """The model card, Markdown."""
    return (entry.folder / "MODEL_CARD.md").read_text(encoding="utf-8")


def of_task(task_id: str, folder: Path = MODELS) -> PackageInfo:
    """What the installed package of a task says of itself; its hashes are not checked again.

    Raises PackageError when there is none.
    """
    from clinoscope.inference import packages

    return packages.read_info(folder / task_id)


def ready(task_id: str) -> ModelRef:
    """Load and verify a task's package, if that has not been done yet, and say which it is.

    Raises PackageError.
    """
    from clinoscope.inference import packages

    return packages.for_task(task_id).ref


def about(task_id: str, model: ModelRef) -> str:
    """What the installed package's figures mean, if it is the very one that made a reading; else ""."""
    info = of_task(task_id)
    return meaning(info) if info.ref == model else ""


def meaning(package: PackageInfo) -> str:
    """What a package's figures mean for the person in the picture, in a sentence or two."""
    found = package.figures
    if found is None:
        return "It measures and counts; it names no disease. Not validated here."
    right = found.accuracy_answered if found.accuracy_answered.value is not None else found.accuracy
    words = []
    if right.value is not None:
        often = f"Right {_in_ten(right.value)} when it answers"
        if found.answered.value is not None:
            often += f", which it does {_in_ten(found.answered.value)}"
        words.append(often + ".")
    return " ".join([*words, *([found.weak] if found.weak else []), "Not validated here."])


def _in_ten(share: float) -> str:
    """``7 times in 10``: rounded down, so that nothing is promised that was not measured."""
    times = int(share * 10 + 1e-9)
    return {0: "less than once in 10", 1: "once in 10"}.get(times, f"{times} times in 10")
