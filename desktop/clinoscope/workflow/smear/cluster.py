"""The same reading on a Dask cluster: the pictures' bytes go to its workers, the records come back."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clinoscope.workflow.smear.batch import MAX_BYTES, BatchError, Record, Task, packed, read_bytes

if TYPE_CHECKING:
    from distributed import Client

NOT_INSTALLED = (
    "A cluster needs the extra “cluster”, which is not installed here: "
    "pip install 'clinoscope[cluster]', on every machine."
)
_PATIENCE = 20
"""Seconds until a scheduler that does not answer is given up."""
_AHEAD = 3
"""Fields under way per thread of the cluster: none waits for the next, and no more lie in memory."""


def records(folder: Path, tasks: Sequence[Task], key: str, address: str) -> Iterator[bytes]:
    """Read fields on the workers of the scheduler at ``address``, each field once.

    The pictures need not lie where the workers can see them. A worker that dies has its fields read by another; a
    field that costs three workers their lives is listed as a bad one. Raises BatchError when there is no such
    cluster, or it goes away; PackageError when a worker has other packages.
    """
    try:
        from distributed import Client
        from distributed.comm import CommClosedError
    except ImportError:
        raise BatchError(NOT_INSTALLED) from None
    gone = f"The cluster at {address} cannot be reached, or went away. What was read is kept: call it again to go on."
    try:
        _check_reachable(address)
        with Client(address, timeout=f"{_PATIENCE}s") as client:
            yield from _read(client, folder, list(reversed(tasks)), key)
    except (OSError, CommClosedError, CancelledError):
        raise BatchError(gone) from None


def _check_reachable(address: str) -> None:
    """Raises OSError when nobody answers there: a client that cannot connect leaves its threads behind."""
    from distributed.comm.addressing import parse_address, parse_host_port

    try:
        host, port = parse_host_port(parse_address(address)[1], 8786)
    except ValueError as error:
        raise OSError(str(error)) from None
    socket.create_connection((host, port), timeout=_PATIENCE).close()


def _read(client: Client, folder: Path, left: list[Task], key: str) -> Iterator[bytes]:
    from distributed import as_completed

    under_way: dict[str, Task] = {}
    results: Any = as_completed()

    def fill() -> Iterator[bytes]:
        threads = sum(client.nthreads().values())
        while left and len(under_way) < max(1, _AHEAD * threads):
            task = left.pop()
            data = _bytes(folder / task.name)
            if isinstance(data, str):
                yield packed(Record(task.stamp, key, problem=data))
                continue
            name = f"field-{task.stamp}"
            under_way[name] = task
            # pure by name: the scheduler reads a field once, however often it is asked for it
            results.add(client.submit(read_bytes, data, task.stamp, key, key=name, retries=0))

    yield from fill()
    while under_way:
        future = next(results)
        task = under_way.pop(str(future.key))
        yield _result(future, task, key)
        future.release()
        yield from fill()


def _result(future: Any, task: Task, key: str) -> bytes:
    from distributed import KilledWorker

    try:
        return bytes(future.result())
    except KilledWorker:
        return packed(Record(task.stamp, key, problem="The picture ends the workers that read it: it may be damaged."))


def _bytes(path: Path) -> bytes | str:
    """A file's bytes, or a sentence why there are none."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return "The file is larger than 256 MB."
        return path.read_bytes()
    except OSError as error:
        return f"The file cannot be opened: {error.strerror}."
