"""Where a line is typed, leaving the window the key that Qt on Linux would take away from it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit


class LineEdit(QLineEdit):
    """Lets Ctrl+E begin an exam. On Linux, and there alone, Qt takes it in a line (not in a text of several) for its
    end; the key End does that everywhere. Where the window has no use for Ctrl+E, the field gets it all the same."""

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_E
            and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        ):
            event.ignore()
            return False
        return super().event(event)
