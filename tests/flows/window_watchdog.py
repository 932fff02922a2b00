"""A watchdog over the window's thread: how long the window could not answer.

A machine that is crowded must not fail a test of our own slowness: waiting for a processor does not
count, and what is left is weighed by how slow and how crowded the machine is.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

LONGEST_BLOCK = 50.0
"""Milliseconds, from the design: no action blocks the window for longer. A crowded machine gets as much more."""


@dataclass(frozen=True)
class Moment:
    """``now`` in milliseconds; how long each of our threads has stood in the queue for a processor; this one's work."""

    now: float
    queued: dict[str, int]
    worked: float

    @classmethod
    def here(cls) -> Moment:
        queued = {}
        if sys.platform.startswith("linux"):
            for thread in Path("/proc/self/task").iterdir():
                try:
                    told = (thread / "schedstat").read_text(encoding="ascii")
                except OSError:
                    continue  # it ended meanwhile
                queued[thread.name] = int(told.split()[1])
        return cls(time.perf_counter() * 1000, queued, time.thread_time() * 1000)

    def until(self, later: Moment) -> float:
        """Milliseconds to ``later``, less what our threads waited for a processor that others had.

        A machine that runs the whole suite at once must not fail a test of our own slowness; what
        this thread itself worked always counts.
        """
        waited = sum(later.queued[thread] - self.queued.get(thread, 0) for thread in later.queued) / 1e6
        return max(later.now - self.now - waited, later.worked - self.worked)


@dataclass
class Watchdog:
    """How long the window's thread was not able to look at an event, and what it did then."""

    blocks: list[tuple[float, str]] = field(default_factory=list)

    @property
    def longest(self) -> float:
        """Milliseconds of the longest block."""
        return max((length for length, _what in self.blocks), default=0.0)

    def note(self, since: Moment, what: str, rest: float = 0.0) -> Moment:
        """Note the time since ``since``, but for ``rest`` milliseconds meant to pass; returns the moment it is now."""
        now = Moment.here()
        length = since.until(now) - rest
        if length > LONGEST_BLOCK:
            length /= pace()
            now = Moment.here()
        self.blocks.append((length, what))
        return now


_quickest = float("inf")


def pace() -> float:
    """How much longer a fixed piece of work takes now than at its quickest in this process, 1 at least.

    Two processes on the two halves of one core each work at half to two thirds of the speed, and their processor time
    counts as if they had it to themselves.
    """
    global _quickest
    began, total = time.thread_time(), 0
    for number in range(20_000):
        total += number * number
    spent = time.thread_time() - began
    _quickest = min(_quickest, spent)
    return spent / _quickest


def crowding() -> float:
    """How many want each processor, 1 on a machine that is ours: the X server and the caches are shared, too."""
    if not hasattr(os, "getloadavg"):
        return 1.0
    return min(max(os.getloadavg()[0] / (os.cpu_count() or 1), 1.0), 8.0)
