"""Pieces of work that must not overtake each other, one after the other on a worker."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from clinoscope.domain.errors import KnownError
from clinoscope.ui.tasks import Done, Failed, run_task

Work = Callable[[], Any]
"""Runs on a worker. May raise KnownError."""


@dataclass(frozen=True)
class _Wanted:
    work: Work
    done: Done | None
    failed: Failed


class WorkQueue(QObject):
    """One worker does all that waits before it ends, so that whoever waits for the workers (the window, when it
    closes) waits for all of it. Work that fails drops what waits behind it, since that was meant for what it should
    have made. What was put for ``later`` stands behind everything else and may be taken out again."""

    idle_again = Signal()
    _kept = Signal(object, object)
    _refused = Signal(object, object, int)

    def __init__(self, failed: Failed) -> None:
        super().__init__()
        self._failed = failed
        self._lock = threading.Lock()
        self._waiting: deque[_Wanted] = deque()
        self._later: deque[_Wanted] = deque()
        self._working = False
        self._untold = 0
        self._kept.connect(self._on_kept)
        self._refused.connect(self._on_refused)

    @property
    def idle(self) -> bool:
        """Whether everything is done and told."""
        return self._untold == 0

    @property
    def later(self) -> int:
        """Pieces put for later that nobody began yet."""
        with self._lock:
            return len(self._later)

    def drop_later(self) -> int:
        """Take out what was put for later and is not begun; how many pieces that were."""
        with self._lock:
            dropped = len(self._later)
            self._later.clear()
        self._untold -= dropped
        return dropped

    def put(self, work: Work, done: Done | None = None, failed: Failed | None = None, *, later: bool = False) -> None:
        """Queue a piece of work. ``done(value)`` or ``failed(error)`` comes on the window's thread.

        ``later``: one of many that nobody waits for; what is put without it, also afterwards, goes first.
        """
        self._untold += 1
        with self._lock:
            (self._later if later else self._waiting).append(_Wanted(work, done, failed or self._failed))
            begin, self._working = not self._working, True
        if begin:
            _working.add(self)
            run_task(self, self._work, done=lambda _: self._forget())

    def _work(self) -> None:
        """On a worker, until nothing waits."""
        try:
            while (wanted := self._next()) is not None:
                try:
                    value = wanted.work()
                except KnownError as error:
                    with self._lock:
                        dropped = len(self._waiting)
                        self._waiting.clear()
                    self._refused.emit(error, wanted, dropped)
                else:
                    self._kept.emit(value, wanted)
        finally:
            # Also after a bug in the work: what comes next must find a way to be done.
            with self._lock:
                self._working = False

    def _next(self) -> _Wanted | None:
        with self._lock:
            for waiting in (self._waiting, self._later):
                if waiting:
                    return waiting.popleft()
            self._working = False
            return None

    def _on_kept(self, value: Any, wanted: _Wanted) -> None:
        self._untold -= 1
        if wanted.done is not None:
            wanted.done(value)
        self._tell_idle()

    def _on_refused(self, error: KnownError, wanted: _Wanted, dropped: int) -> None:
        self._untold -= 1 + dropped
        wanted.failed(error)
        self._tell_idle()

    def _tell_idle(self) -> None:
        if self.idle:
            self.idle_again.emit()

    def _forget(self) -> None:
        if self.idle:
            _working.discard(self)


_working: set[WorkQueue] = set()
"""Queues at work, kept alive although their page may have moved on."""
