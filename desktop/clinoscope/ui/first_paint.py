"""Know when the window is painted and the event loop has nothing left to do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget


class _Watch(QObject):
    def __init__(self, window: QWidget, act: Callable[[], object]) -> None:
        super().__init__(window)
        self._window = window
        self._act = act
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            # A timer of 0 ms fires once the events already queued are done: the loop is idle.
            QTimer.singleShot(0, self._idle)
        return False

    def _idle(self) -> None:
        QTimer.singleShot(0, self._act)
        self.deleteLater()


def after(window: QWidget, act: Callable[[], object]) -> None:
    """Call ``act`` once, when ``window`` has been painted and the event loop is idle."""
    _Watch(window, act)
