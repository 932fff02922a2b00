"""One function of very many items, by processes beside this one: Python checks one signature at a time in each."""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from itertools import chain, islice
from typing import Any, Self, TypeVar

T = TypeVar("T")
R = TypeVar("R")

FEW = 5000
"""Up to so many items are done in this process: to start others takes as long as a few thousand signatures."""
_BATCH = 500
_MOST = 16  # processes of some 100 MB each; Windows cannot wait for more than 61


class Beside:
    """Other processes, one for each of up to 16 processors, started when there is enough to do. A context manager."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    def each(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """``function`` of every item, in order. Both must be such that another process can have them."""
        left = iter(items)
        first = list(islice(left, FEW + 1))
        if len(first) <= FEW:
            yield from map(function, first)
            return
        waiting: deque[tuple[list[T], Future[list[R]] | None]] = deque()
        batches = _batches(chain(first, left))
        for batch in batches:
            waiting.append((batch, self._begun(function, batch)))
            if len(waiting) > 2 * _processors():
                yield from _ended(function, *waiting.popleft())
        for batch, begun in waiting:
            yield from _ended(function, batch, begun)

    def _begun(self, function: Callable[[T], R], batch: list[T]) -> "Future[list[R]] | None":
        if self._pool is None:
            context = multiprocessing.get_context("spawn")  # a fork of a program with threads may hang
            self._pool = ProcessPoolExecutor(_processors(), mp_context=context)
        with suppress(BrokenProcessPool, OSError):  # ended by the system for want of memory: it is done here, slowly
            return self._pool.submit(_all, function, batch)
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


def _ended(function: Callable[[T], R], batch: list[T], begun: "Future[list[R]] | None") -> list[R]:
    if begun is not None:
        with suppress(BrokenProcessPool):
            return begun.result()
    return _all(function, batch)


def _all(function: Callable[[Any], Any], batch: list[Any]) -> list[Any]:
    return [function(item) for item in batch]


def _batches(items: Iterator[T]) -> Iterator[list[T]]:
    while batch := list(islice(items, _BATCH)):
        yield batch


def _processors() -> int:
    return min(os.cpu_count() or 1, _MOST)
