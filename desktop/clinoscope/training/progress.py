"""How a long run says how far it is."""

import time
from collections.abc import Callable
from pathlib import Path

Progress = Callable[[str, float], None]
"""Called with what is being done and the share of the whole run that is done, 0..1."""

Report = Callable[[float], None]
"""Called with the share of one step that is done, 0..1."""


class Clock:
    """How long a run has taken, with all the times it was begun before: kept in a file of its folder."""

    _EVERY = 5.0  # seconds between two times it is written down

    def __init__(self, path: Path) -> None:
        self._path, self._start = path, time.monotonic()
        try:
            self._before = float(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # none yet, or a kill left half of it
            self._before = 0.0
        self._kept = self._start

    def seconds(self) -> float:
        return self._before + time.monotonic() - self._start

    def keep(self) -> None:
        """Write it down, now and then."""
        if time.monotonic() - self._kept > self._EVERY:
            self._kept = time.monotonic()
            self._path.write_text(f"{self.seconds():.1f}", encoding="utf-8")


def part_of(report: Report, start: float, end: float) -> Report:
    """A report for what is done between the shares ``start`` and ``end`` of the whole."""
    return lambda part: report(start + part * (end - start))


def ignore(*_: object) -> None:
    """Takes any report and does nothing with it."""
