"""A folder that another program saves pictures into, such as the one that came with the microscope.

It is looked at again and again, since network shares announce nothing. A file counts once it is written: its size and
time have settled and it opens as a picture. Names are never logged: they may hold the patient's.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from clinoscope.capture import files
from clinoscope.domain.errors import CameraError, PictureError
from clinoscope.domain.picture import SUFFIXES, Origin, Picture

POLL = 0.25
"""Seconds between two looks."""
SETTLED = 0.6
"""Seconds that size and time of a file must stay the same: longer than the pauses of a program that writes."""
PATIENCE = 10.0
"""Seconds for which a file that does not open is tried again: some programs reserve its size first, then fill it."""

GONE = "The watched folder cannot be reached; check that it is still there and that its network drive is connected."


class _Stamp(NamedTuple):
    """What tells that a file has changed."""

    size: int
    modified: int


class _Waiting(NamedTuple):
    """A file that may still be written to: its stamp, since when it has that, and when it was first seen so."""

    stamp: _Stamp
    since: float
    first: float


class Watch:
    """Which files of a folder are new. What lay there at the first look is not, until it is written anew.

    Used from one thread at a time; it outlives a share that goes away, so that what was saved meanwhile is not missed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, _Stamp] | None = None
        self._waiting: dict[str, _Waiting] = {}

    def look(self) -> tuple[Path, ...]:
        """The new files that have settled, oldest first: each again and again until ``open`` is done with it.

        Raises CameraError when the folder cannot be reached.
        """
        now, found = time.monotonic(), self._scan()
        if self._known is None:
            self._known = found
        self._known = {name: stamp for name, stamp in self._known.items() if name in found}
        before, self._waiting = self._waiting, {}
        for name, stamp in found.items():
            if stamp != self._known.get(name):
                old = before.get(name)
                same = old is not None and old.stamp == stamp
                self._waiting[name] = old if old is not None and same else _Waiting(stamp, now, now)
        ready = [name for name, one in self._waiting.items() if one.stamp.size and now - one.since >= SETTLED]
        ready.sort(key=lambda name: (self._waiting[name].stamp.modified, name))
        return tuple(self._folder / name for name in ready)

    def open(self, path: Path) -> Picture | None:
        """The picture in a file that ``look`` gave out; None when it is not one yet, or not at all."""
        waiting = self._waiting.get(path.name)
        if waiting is None or self._known is None:
            return None
        try:
            picture = files.open_picture(path, Origin.FOLDER)
        except PictureError:
            now = time.monotonic()
            if now - waiting.first < PATIENCE:
                self._waiting[path.name] = waiting._replace(since=now)
            else:
                self.pass_over(path)
            return None
        self.pass_over(path)
        return picture

    def pass_over(self, path: Path) -> None:
        """Count a file as known as it is now."""
        waiting = self._waiting.pop(path.name, None)
        if waiting is not None and self._known is not None:
            self._known[path.name] = waiting.stamp

    def _scan(self) -> dict[str, _Stamp]:
        found = {}
        try:
            with os.scandir(self._folder) as entries:
                for entry in entries:
                    if _may_be_picture(entry.name):
                        stamp = _stamp(entry)
                        if stamp is not None:
                            found[entry.name] = stamp
        except (OSError, ValueError):
            raise CameraError(GONE) from None  # the cause would hold the folder's name
        return found


def pictures(folder: Path, stopping: threading.Event) -> Iterator[Picture]:
    """Every picture that is saved into a folder from now on, in the order of saving, until ``stopping`` is set.

    Raises CameraError when the folder cannot be reached; made again, it begins anew from what lies there then.
    """
    watch = Watch(folder)
    watch.look()
    while not stopping.wait(POLL):
        for path in watch.look():
            picture = watch.open(path)
            if picture is not None:
                yield picture


def _may_be_picture(name: str) -> bool:
    """By its name: hidden files and drafts of other programs are not, DICOM files often have no ending."""
    if name.startswith((".", "~")):
        return False
    suffix = Path(name).suffix.lower()
    return suffix in SUFFIXES or not suffix


def _stamp(entry: os.DirEntry[str]) -> _Stamp | None:
    """None for what is no ordinary file, or gone meanwhile."""
    try:
        if not entry.is_file():
            return None
        # Not DirEntry.stat: on Windows that may be what the folder remembered before the last write.
        about = Path(entry.path).stat()
    except OSError:
        return None
    return _Stamp(about.st_size, about.st_mtime_ns)
