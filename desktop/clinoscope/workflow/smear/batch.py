"""A whole folder of fields without a window: read by all cores or a cluster, stopped and resumed at will.

Every field that was read is one small file under ``OUT/fields-read``, named after the picture's name, size and time,
written beside its place and renamed: after a kill at any moment each field either is there whole or is read again, and
none is there twice. The three results are made of these files in the order of the fields' names, so they are the same
however the work was done: ``cells.csv``, ``summary.json`` and ``report.pdf``.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clinoscope.domain.errors import KnownError, PackageError, PictureError
from clinoscope.domain.reading import ModelRef
from clinoscope.domain.smear import SeenCell
from clinoscope.workflow.smear.folders import natural
from clinoscope.workflow.smear.reading import FieldRead

if TYPE_CHECKING:
    from clinoscope.workflow.smear.assemble import Summary

READ = "fields-read"
"""The folder of what was read, inside the output folder; it makes a second run go on where the first one ended."""

SUFFIXES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".webp", ".heic", ".heif", ".dcm")
MAX_BYTES = 1 << 28
"""The largest file that is sent to a worker."""

Progress = Callable[[int, int, float | None], None]
"""Called with fields done, fields in all, and seconds left (None before anything can be said)."""


Loader = Callable[["Task"], "Record | None"]
"""Gives the record of a field; None where it is not there."""


class BatchError(KnownError):
    """A folder cannot be worked on as a whole."""


@dataclass(frozen=True)
class Task:
    """One field on its way to a worker: its name inside the folder, and the stamp by which it is known again."""

    name: str
    stamp: str


@dataclass(frozen=True, eq=False)
class Record:
    """One field that was worked on, as its file holds it.

    ``sha256`` is that of the picture's bytes, "" where there were none; ``problem`` is a sentence where it could not be
    read. ``strange`` as in ``FieldRead``.
    """

    stamp: str
    key: str
    sha256: str = ""
    width: int = 0
    height: int = 0
    cells: tuple[SeenCell, ...] = ()
    crops: tuple[bytes, ...] = field(default=(), repr=False)
    small: bytes = field(default=b"", repr=False)
    models: tuple[ModelRef, ...] = ()
    phantom: bool = False
    problem: str = ""
    strange: bool = False


@dataclass(frozen=True)
class Done:
    """What a run made: the summary, and how many fields were read now (the others lay there from an earlier run)."""

    summary: Summary
    read_now: int


def run(
    folder: Path,
    out: Path,
    *,
    target: int = 100,
    jobs: int | None = None,
    cluster: str = "",
    progress: Progress = lambda *_: None,
) -> Done:
    """Read every picture of a folder (and its folders), and write the results into ``out``.

    ``jobs`` processes are used, as many as there are cores unless given; with ``cluster``, the address of a Dask
    scheduler, its workers instead. Pictures that cannot be read are listed in the summary. Call it again after it
    was stopped: it goes on. Raises BatchError (no folder, nothing in it, no cluster), PackageError, OSError.
    """
    from clinoscope.workflow.smear import assemble

    names = fields_of(folder, out)
    key = key_of_models()
    place = out / READ
    place.mkdir(parents=True, exist_ok=True)
    tasks = [Task(name, stamp_of(folder, name)) for name in names]
    waiting = [task for task in tasks if not is_read(place, task.stamp, key)]
    clock = _Clock(len(tasks), len(tasks) - len(waiting), progress)
    for record in _records(folder, waiting, key, jobs, cluster):
        keep(place, record)
        clock.one()
    summary = assemble.write(folder, out, tasks, lambda task: load(place, task.stamp, key), target)
    return Done(summary, len(waiting))


def fields_of(folder: Path, out: Path) -> tuple[str, ...]:
    """The names of all pictures under a folder, in the order people count in (2 before 10). Raises BatchError."""
    if not folder.is_dir():
        raise BatchError(f"{folder} is not a folder: name the folder that holds the fields.")
    inside = out.resolve()
    found = [
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES and path.is_file() and not path.resolve().is_relative_to(inside)
    ]
    if not found:
        raise BatchError(f"There is no picture in {folder}: {', '.join(SUFFIXES)} are looked for.")
    return tuple(sorted(found, key=natural))


def key_of_models() -> str:
    """What a reading depends on: the program and the exact packages. Another key means reading anew."""
    from clinoscope import __version__
    from clinoscope.inference import packages
    from clinoscope.regions import cells
    from clinoscope.workflow.smear.reading import CELLS

    count = packages.for_task(CELLS)
    parts = [__version__, cells.SHA256, count.sha256, *(use.sha256 for use in count.uses)]
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]


def stamp_of(folder: Path, name: str) -> str:
    """What a field is known by on the next call: its name, and the size and time of its file.

    Reading thousands of files to hash them would take minutes before the first field is read.
    """
    try:
        about = (folder / name).stat()
        when = f"{about.st_size} {about.st_mtime_ns}"
    except OSError:
        when = "unreadable"
    return hashlib.sha256(f"{name}\n{when}".encode(errors="surrogateescape")).hexdigest()


def read_bytes(data: bytes, stamp: str, key: str) -> bytes:
    """One field from the bytes of its file to its record, packed. What a worker does; never fails for a bad picture.

    Raises PackageError when this machine lacks the very packages that ``key`` stands for.
    """
    import cv2

    from clinoscope.capture.files import open_picture
    from clinoscope.workflow.smear.reading import read_field

    cv2.setNumThreads(1)  # every core has a worker of its own
    if key_of_models() != key:
        raise PackageError("A worker has another version of Clinoscope or other model packages: install the same ones.")
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        picture = open_picture(data)
        read = read_field(picture.pixels, phantom=picture.phantom)
    except PictureError as error:
        return packed(Record(stamp, key, sha256, problem=str(error)))
    return packed(_record(stamp, key, sha256, read))


def read_file(path: str, stamp: str, key: str) -> bytes:
    """The same from a path that this machine can see."""
    try:
        if Path(path).stat().st_size > MAX_BYTES:
            return packed(Record(stamp, key, problem="The file is larger than 256 MB."))
        data = Path(path).read_bytes()
    except OSError as error:
        return packed(Record(stamp, key, problem=f"The file cannot be opened: {error.strerror}."))
    return read_bytes(data, stamp, key)


def packed(record: Record) -> bytes:
    """A record as its file holds it."""
    import msgspec

    return msgspec.msgpack.encode(record)


def unpacked(data: bytes) -> Record:
    """Raises msgspec.DecodeError (or its ValidationError) for what is no record."""
    import msgspec

    return msgspec.msgpack.decode(data, type=Record)


def keep(place: Path, data: bytes) -> None:
    """Put a record into its place, whole or not at all, and on the disk."""
    record = unpacked(data)
    target = place / f"{record.stamp}.field"
    part = place / f".{record.stamp}.{os.getpid()}"
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(target)


def load(place: Path, stamp: str, key: str) -> Record | None:
    """The record of a field; None where there is none, a damaged one, or one of other packages."""
    import msgspec

    try:
        record = unpacked((place / f"{stamp}.field").read_bytes())
    except (OSError, msgspec.DecodeError):
        return None
    return record if record.stamp == stamp and record.key == key else None


def is_read(place: Path, stamp: str, key: str) -> bool:
    """Whether a field needs no more reading. One that could not be read is tried again: the disk may be back."""
    record = load(place, stamp, key)
    return record is not None and not record.problem


def _records(folder: Path, tasks: Sequence[Task], key: str, jobs: int | None, cluster: str) -> Iterator[bytes]:
    if not tasks:
        return iter(())
    if cluster:
        from clinoscope.workflow.smear.cluster import records

        return records(folder, tasks, key, cluster)
    return _by_processes(folder, tasks, key, jobs or os.cpu_count() or 1)


def _by_processes(folder: Path, tasks: Sequence[Task], key: str, jobs: int) -> Iterator[bytes]:
    """Read by processes of their own, a few fields ahead of what is kept, whatever the folder's size.

    Spawned, not forked: nothing of this process (locks, networks, a window) goes along. A picture that kills its
    worker is tried once more, alone; if it does so again it is listed as a bad one.
    """
    left = list(reversed(tasks))
    while left:
        lost = yield from _one_pool(folder, left, key, jobs)
        if not lost:
            return
        # which of those under way it was is not known: each gets a pool of its own
        for task in lost:
            again = [task]
            if (yield from _one_pool(folder, again, key, 1)):
                problem = "The picture ends the program that reads it, twice: it may be damaged."
                yield packed(Record(task.stamp, key, problem=problem))


def _one_pool(folder: Path, left: list[Task], key: str, jobs: int) -> Generator[bytes, None, list[Task]]:
    """Read from the end of ``left``; returns the tasks that were under way when a worker died."""
    import multiprocessing
    from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
    from concurrent.futures.process import BrokenProcessPool

    context = multiprocessing.get_context("spawn")
    pool: Executor
    with ProcessPoolExecutor(max_workers=min(jobs, len(left)), mp_context=context) as pool:
        under_way: dict[Any, Task] = {}
        try:
            while left or under_way:
                while left and len(under_way) < 2 * jobs:
                    task = left.pop()
                    under_way[pool.submit(read_file, str(folder / task.name), task.stamp, key)] = task
                finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
                for future in finished:
                    data = future.result()
                    del under_way[future]
                    yield data
        except BrokenProcessPool:
            return list(under_way.values())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return []


def _record(stamp: str, key: str, sha256: str, read: FieldRead) -> Record:
    return Record(
        stamp,
        key,
        sha256,
        read.width,
        read.height,
        read.cells,
        read.crops,
        read.small,
        read.models,
        phantom=read.phantom,
        strange=read.strange,
    )


class _Clock:
    """Counts fields and says how long the rest takes, by those of this run."""

    def __init__(self, every: int, before: int, progress: Progress) -> None:
        self._every, self._before, self._progress = every, before, progress
        self._done, self._begun = 0, time.monotonic()
        progress(before, every, None)

    def one(self) -> None:
        self._done += 1
        left = self._every - self._before - self._done
        each = (time.monotonic() - self._begun) / self._done
        self._progress(self._before + self._done, self._every, left * each)
