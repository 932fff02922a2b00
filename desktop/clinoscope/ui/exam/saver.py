"""Every change of the exam in hand, one after the other, in the background."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from clinoscope.domain.errors import KnownError
from clinoscope.domain.record import Exam
from clinoscope.ui.work_queue import WorkQueue

Change = Callable[[Exam], Exam]
"""Runs on a worker: the exam as it is, to the exam as it was kept."""
Done = Callable[[Exam], None]
Failed = Callable[[KnownError], None]


class Saver(QObject):
    """Owns one exam. Changes wait for each other, so that none overtakes an earlier one.

    A change that fails leaves the exam as it was and drops the ones waiting behind it. After ``part`` nobody is told
    any more but of failures, and what is waiting is still saved.
    """

    saved = Signal(object)

    def __init__(self, exam: Exam, failed: Failed) -> None:
        super().__init__()
        self.exam = exam
        self._latest = exam
        self._failed = failed
        self._parted = False
        self._queue = WorkQueue(failed)

    @property
    def idle(self) -> bool:
        """Whether everything is saved and told."""
        return self._queue.idle

    def change(self, change: Change, done: Done | None = None, failed: Failed | None = None) -> None:
        """Queue a change. ``done`` or ``failed`` comes on the window's thread."""

        def work() -> Exam:
            self._latest = change(self._latest)
            return self._latest

        def refused(error: KnownError) -> None:
            # Even after parting: something was not saved, and that must be said.
            (self._failed if self._parted or failed is None else failed)(error)

        self._queue.put(work, lambda exam: self._on_kept(exam, done), refused)

    def part(self) -> None:
        """The page moves on: finish quietly."""
        self._parted = True

    def _on_kept(self, exam: Exam, done: Done | None) -> None:
        self.exam = exam
        if not self._parted:
            self.saved.emit(exam)
            if done is not None:
                done(exam)
