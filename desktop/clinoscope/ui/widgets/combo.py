"""A choice from a list that drops down, dressed like the rest of the window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyledItemDelegate

from clinoscope.ui import theme


class Combo(QComboBox):
    """Qt's own, but its list obeys the style sheet and a turn of the wheel over it changes nothing."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setFont(theme.font())
        self.setAccessibleName(name)
        # Qt's delegate for menus paints the system's own selection; this one asks the style sheet.
        self.setItemDelegate(QStyledItemDelegate(self))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        popup = self.view().window()
        popup.setWindowFlags(
            popup.windowFlags() | Qt.WindowType.FramelessWindowHint | Qt.WindowType.NoDropShadowWindowHint
        )
        popup.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
