"""Files for people: all of them, whole, or none."""

from collections.abc import Mapping
from pathlib import Path


def write_together(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put files (name: content) into a folder, which is made where it is missing.

    Every file is written beside its place first, and all are renamed at the end: a full disk leaves
    what was there before, and a kill leaves no cut-off file under a name that someone would open.
    Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = {folder / f".{name}.new": folder / name for name in files}
    try:
        for (part, _), content in zip(parts.items(), files.values(), strict=True):
            part.write_bytes(content)
        for part, place in parts.items():
            part.replace(place)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
