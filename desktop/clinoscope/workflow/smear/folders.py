"""The pictures of a folder, in the order people count in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from clinoscope.domain.errors import PictureError
from clinoscope.domain.picture import SUFFIXES

EMPTY = "There is no picture in this folder: choose the one that holds the fields."
CLOSED = "This folder cannot be read; check that it is still there and may be opened."


def natural(name: str) -> list[tuple[int, int | str]]:
    """By which names are sorted so that 2 comes before 10, whatever their case."""
    return [(0, int(part)) if part.isdecimal() else (1, part.casefold()) for part in re.split(r"(\d+)", name) if part]


def pictures(paths: Iterable[str]) -> list[str]:
    """Files as they are, and in the place of each folder the pictures in it, not those in the folders below.

    Raises PictureError for a folder without a picture or that cannot be read.
    """
    found: list[str] = []
    for path in map(Path, paths):
        found += _inside(path) if path.is_dir() else [str(path)]
    return found


def _inside(folder: Path) -> list[str]:
    try:
        inside = [path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file()]
    except OSError:
        raise PictureError(CLOSED) from None
    if not inside:
        raise PictureError(EMPTY)
    return [str(path) for path in sorted(inside, key=lambda path: natural(path.name))]
