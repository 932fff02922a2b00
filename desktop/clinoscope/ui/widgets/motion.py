"""Movement: 150 ms, easing out, only to show where something went."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QEasingCurve, QObject, QPropertyAnimation

from clinoscope.ui import theme


def move(
    what: QObject, name: str, start: object, end: object, done: Callable[[], object] | None = None
) -> QPropertyAnimation | None:
    """Move the property ``name`` of ``what``; at once when the system asks for less motion."""
    duration = theme.motion()
    if duration == 0:
        what.setProperty(name, end)
        if done:
            done()
        return None
    animation = QPropertyAnimation(what, QByteArray(name.encode()), what)
    animation.setDuration(duration)
    animation.setEasingCurve(QEasingCurve.Type.OutCubic)
    animation.setStartValue(start)
    animation.setEndValue(end)
    if done:
        animation.finished.connect(done)
    animation.start(QPropertyAnimation.DeletionPolicy.DeleteWhenStopped)
    return animation
