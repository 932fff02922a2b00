"""Work off the window's thread: ``run_task`` takes a function to a worker and brings back what it made.

The callbacks run on the window's thread and are dropped when their owner is gone. Failures of
the world (:class:`KnownError`) go to ``failed``; anything else is a bug and goes to ``ui.bugs``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from clinoscope.domain.errors import KnownError
from clinoscope.ui import bugs

Done = Callable[[Any], object]
Failed = Callable[[KnownError], object]


class Pool(Protocol):
    """What runs the work: a thread pool, or in some tests the calling thread."""

    def start(self, work: Callable[[], None]) -> None: ...


class ThreadPool:
    """Qt's own pool."""

    def start(self, work: Callable[[], None]) -> None:
        QThreadPool.globalInstance().start(QRunnable.create(work))


class Inline:
    """Runs the work at once, on the calling thread: for tests of a widget's own logic."""

    def start(self, work: Callable[[], None]) -> None:
        work()


class Task(QObject):
    """One running piece of work. ``cancel`` drops what it brings back; the work itself ends by itself."""

    _finished = Signal(object, object)

    def __init__(
        self, owner: QObject, work: Callable[[], Any], done: Done | None, failed: Failed, busy: QWidget | None
    ) -> None:
        super().__init__()
        self._owner = owner
        self._work = work
        self._done = done
        self._failed = failed
        self._busy = busy
        self._gives_back = busy is not None and _keyboard(busy) is busy
        self.cancelled = False
        if busy is not None:
            busy.setEnabled(False)
        self._meanwhile = _keyboard(busy)
        self._finished.connect(self._deliver)  # queued when the work ran on another thread

    def cancel(self) -> None:
        """Forget this work: neither callback will be called."""
        self.cancelled = True
        self._release()

    def run(self) -> None:
        """On the worker."""
        made, error = None, None
        try:
            made = self._work()
        except Exception as raised:  # noqa: BLE001 - carried to the window's thread, then told apart there
            error = raised
        self._finished.emit(made, error)

    @Slot(object, object)
    def _deliver(self, made: Any, error: Exception | None) -> None:
        _running.discard(self)
        self._release()
        if isinstance(error, Exception) and not isinstance(error, KnownError):
            bugs.report(error)
        elif self.cancelled or not isValid(self._owner):
            return
        elif error is not None:
            self._failed(error)
        elif self._done is not None:
            self._done(made)

    def _release(self) -> None:
        busy, self._busy = self._busy, None
        if busy is None or not isValid(busy):
            return
        busy.setEnabled(True)
        if self._gives_back and busy.isVisible() and _keyboard(busy) is self._meanwhile:
            busy.setFocus(Qt.FocusReason.OtherFocusReason)  # nobody has taken the keyboard elsewhere


def _keyboard(busy: QWidget | None) -> QWidget | None:
    """What has the keyboard in the window of ``busy``, or will have it when a dialog over it has gone."""
    return busy.window().focusWidget() if busy is not None else None


_running: set[Task] = set()
_pool: Pool = ThreadPool()


def use_pool(pool: Pool) -> Pool:
    """Run work elsewhere from now on; returns the pool used before."""
    global _pool
    before, _pool = _pool, pool
    return before


def run_task(
    owner: QObject,
    function: Callable[..., Any],
    *args: Any,
    done: Done | None = None,
    failed: Failed | None = None,
    busy: QWidget | None = None,
) -> Task:
    """Run ``function(*args)`` on a worker.

    ``done(value)`` or ``failed(KnownError)`` is called on the window's thread unless ``owner``
    is gone or the task was cancelled. ``busy`` is disabled meanwhile, and has the
    keyboard again afterwards unless it was taken elsewhere. Without ``failed`` the
    error's sentence is shown as a banner of the window.
    """
    task = Task(owner, lambda: function(*args), done, failed or _show, busy)
    _running.add(task)
    _pool.start(task.run)
    return task


class Told(QObject):
    """Brings how far some work is from its worker to the window: ``done`` of ``of``, and a word about it.

    What the worker runs holds it, one for each run, so that it outlives the panel that listens.
    """

    progress = Signal(int, int, str)


class Latest:
    """Work of which only the newest counts: what was asked for before is forgotten when more is asked for."""

    def __init__(self, owner: QObject) -> None:
        self._owner = owner
        self._task: Task | None = None

    def run(
        self,
        function: Callable[..., Any],
        *args: Any,
        done: Done | None = None,
        failed: Failed | None = None,
        busy: QWidget | None = None,
    ) -> None:
        """As ``run_task``, for the owner."""
        self.forget()
        self._task = run_task(self._owner, function, *args, done=done, failed=failed, busy=busy)

    def forget(self) -> None:
        """Nobody wants to know any more."""
        if self._task is not None:
            self._task.cancel()
            self._task = None


def running() -> int:
    """How many pieces of work have not come back yet."""
    return len(_running)


def wait_for_all(milliseconds: int = 10_000) -> bool:
    """Wait until the workers are idle (at the end of the program, between tests)."""
    return QThreadPool.globalInstance().waitForDone(milliseconds)


def _show(error: KnownError) -> None:
    bugs.show_sentence(str(error))
