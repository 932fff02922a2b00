"""The installed model packages, for the window's page and ``clinoscope models``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from clinoscope.domain.errors import KnownError
from clinoscope.domain.reading import ModelRef
from clinoscope.paths import MODELS


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
            package = packages.load(path)
            found.append(Installed(package.task, package.ref, path, packages.about(package), problems))
        except KnownError as error:
            found.append(Installed(path.relative_to(folder).as_posix(), None, path, "", problems or (str(error),)))
    return tuple(found)


def card(entry: Installed) -> str:
    """The model card, Markdown."""
    return (entry.folder / "MODEL_CARD.md").read_text(encoding="utf-8")
