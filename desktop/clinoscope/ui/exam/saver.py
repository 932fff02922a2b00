"""Every change of the exam in hand, one after the other, in the background."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from clinoscope.domain.errors import KnownError
from clinoscope.domain.record import Exam
from clinoscope.ui.tasks import run_task

Change = Callable[[Exam], Exam]
"""Runs on a worker: the exam as it is, to the exam as it was kept."""
Done = Callable[[Exam], None]
Failed = Callable[[KnownError], None]


@dataclass(frozen=True)
class _Wanted:
    change: Change
    done: Done | None
    failed: Failed


class Saver(QObject):
    """Owns one exam. Changes wait for each other, so that none overtakes an earlier one.

    One worker does all that waits before it ends, so that whoever waits for the workers (the
    window, when it closes) waits for every change. A change that fails leaves the exam as it was
    and drops the ones waiting behind it. After ``part`` nobody is told any more but of failures,
    and what is waiting is still saved.
    """

    saved = Signal(object)
    _kept = Signal(object, object)
    _refused = Signal(object, object, int)

    def __init__(self, exam: Exam, failed: Failed) -> None:
        super().__init__()
        self.exam = exam
        self._latest = exam
        self._failed = failed
        self._lock = threading.Lock()
        self._waiting: deque[_Wanted] = deque()
        self._working = False
        self._untold = 0
        self._parted = False
        self._kept.connect(self._on_kept)
        self._refused.connect(self._on_refused)

    @property
    def idle(self) -> bool:
        """Whether everything is saved and told."""
        return self._untold == 0

    def change(self, change: Change, done: Done | None = None, failed: Failed | None = None) -> None:
        """Queue a change. ``done`` or ``failed`` comes on the window's thread."""
        self._untold += 1
        with self._lock:
            self._waiting.append(_Wanted(change, done, failed or self._failed))
            begin, self._working = not self._working, True
        if begin:
            _working.add(self)
            run_task(self, self._work, done=lambda _: self._forget())

    def part(self) -> None:
        """The page moves on: finish quietly."""
        self._parted = True

    def _work(self) -> None:
        """On a worker, until nothing waits."""
        try:
            while (wanted := self._next()) is not None:
                try:
                    self._latest = wanted.change(self._latest)
                except KnownError as error:
                    with self._lock:
                        dropped = len(self._waiting)
                        self._waiting.clear()
                    self._refused.emit(error, wanted, dropped)
                else:
                    self._kept.emit(self._latest, wanted)
        finally:
            # Also after a bug in a change: the next change must find a way to be saved.
            with self._lock:
                self._working = False

    def _next(self) -> _Wanted | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._working = False
            return None

    def _on_kept(self, exam: Exam, wanted: _Wanted) -> None:
        self.exam = exam
        self._untold -= 1
        if not self._parted:
            self.saved.emit(exam)
            if wanted.done is not None:
                wanted.done(exam)

    def _on_refused(self, error: KnownError, wanted: _Wanted, dropped: int) -> None:
        self._untold -= 1 + dropped
        # Even after parting: something was not saved, and that must be said.
        (self._failed if self._parted else wanted.failed)(error)

    def _forget(self) -> None:
        if self.idle:
            _working.discard(self)


_working: set[Saver] = set()
"""Savers at work, kept alive although their page may have moved on."""
