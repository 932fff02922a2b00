"""The clipboard for what must not stay there: taken away after a minute, and when the program locks or ends."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

SECONDS = 60

_kept = ""
_timer: QTimer | None = None


def put(secret: str) -> None:
    """Put a secret there for a minute."""
    global _kept, _timer
    clear()
    _kept = secret
    QApplication.clipboard().setText(secret)
    _timer = QTimer()
    _timer.setSingleShot(True)
    _timer.timeout.connect(clear)
    _timer.start(SECONDS * 1000)


def clear() -> None:
    """Take away what ``put`` put there, unless something else lies there by now."""
    global _kept, _timer
    if _timer is not None:
        _timer.stop()
        _timer = None
    if _kept and QApplication.clipboard().text() == _kept:
        QApplication.clipboard().clear()
    _kept = ""
