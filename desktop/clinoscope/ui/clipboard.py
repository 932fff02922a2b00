"""The clipboard for what must not stay there: taken away after a minute, and when the program locks or ends."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

SECONDS = 60

_kept = ""


def put(secret: str) -> None:
    """Put a secret there for a minute."""
    global _kept
    _kept = secret
    QApplication.clipboard().setText(secret)
    app = QApplication.instance()
    assert app is not None
    QTimer.singleShot(SECONDS * 1000, app, lambda: clear(secret))


def clear(secret: str = "") -> None:
    """Take away what ``put`` put there, unless something else lies there by now."""
    global _kept
    if not _kept or (secret and secret != _kept):
        return
    if QApplication.clipboard().text() == _kept:
        QApplication.clipboard().clear()
    _kept = ""
