"""The modes of Clinoscope: one TOML file each. A fifth mode is one file and one model folder."""

import functools
from pathlib import Path

from clinoscope.domain.task import Mode, Task

_HERE = Path(__file__).parent
_ORDER = ("anemia", "skin", "scalp", "neutrophil")


@functools.cache
def all_modes() -> tuple[Mode, ...]:
    """Every mode, the ones named in ``_ORDER`` first, any other by file name after them."""
    modes = [load(path) for path in sorted(_HERE.glob("*.toml"))]
    return tuple(sorted(modes, key=lambda mode: (*_rank(mode.id), mode.id)))


def load(path: Path) -> Mode:
    """Read one mode file. Raises msgspec.ValidationError when a field is wrong."""
    # Late: the log-in window takes words from this package and must not wait for what reads the files.
    import tomllib

    import msgspec

    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Mode)


def task(task_id: str) -> Task:
    """The task of that id. Raises KeyError."""
    for mode in all_modes():
        for entry in mode.tasks:
            if entry.id == task_id:
                return entry
    raise KeyError(task_id)


def mode_of(task_id: str) -> Mode:
    """The mode a task belongs to. Raises KeyError."""
    return next(mode for mode in all_modes() if mode.id == task(task_id).mode)


def task_ids() -> tuple[str, ...]:
    """Every task id, in the order of the modes and their files."""
    return tuple(entry.id for mode in all_modes() for entry in mode.tasks)


def shipped_ids() -> tuple[str, ...]:
    """The ids of the tasks that come with a model package, in the same order."""
    return tuple(entry.id for mode in all_modes() for entry in mode.tasks if entry.shipped)


def _rank(mode_id: str) -> tuple[int]:
    return (_ORDER.index(mode_id) if mode_id in _ORDER else len(_ORDER),)
