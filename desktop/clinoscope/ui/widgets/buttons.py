"""Buttons: one primary per screen, the rest quiet."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from clinoscope.ui import theme
from clinoscope.ui.widgets.text import restyle


class _Button(QPushButton):
    kind = "quiet"

    def __init__(self, text: str, *, icon: str = "", tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("kind", self.kind)
        self.setFont(self._type())
        self._icon = icon
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAutoDefault(False)
        self.setAccessibleName(text or tip)
        if tip:
            self.setToolTip(tip)
        self._put_icon()

    def set_kind(self, kind: str) -> None:
        """Look like another kind of button (``primary quiet danger link icon``): only one is primary on a screen."""
        if kind == self.kind:
            return
        self.kind = kind
        self.setProperty("kind", kind)
        self.setFont(self._type())
        restyle(self)
        self._put_icon()

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setAccessibleName(text or self.toolTip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Enter presses the button that has the focus, not only Space.
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.click()
            return
        super().keyPressEvent(event)

    def _type(self) -> QFont:
        return theme.font("body", "semibold" if self.kind == "primary" else "medium")

    def _put_icon(self) -> None:
        if self._icon:
            from clinoscope.ui import icons

            icons.put_on(self, self._icon, self._icon_color())

    def _icon_color(self) -> str:
        return {"primary": "on-accent", "danger": "danger", "link": "accent"}.get(self.kind, "ink")


class PrimaryButton(_Button):
    """The one thing to do next."""

    kind = "primary"


class QuietButton(_Button):
    """Everything else that can be done here."""


class DangerButton(_Button):
    """Takes something away; always asks once more."""

    kind = "danger"


class LinkButton(_Button):
    """Words that lead on."""

    kind = "link"


class IconButton(_Button):
    """An icon alone, for what a person has met with its word before; ``name`` is its tip and accessible name."""

    kind = "icon"

    def __init__(self, icon: str, name: str, *, parent: QWidget | None = None) -> None:
        super().__init__("", icon=icon, tip=name, parent=parent)
        self.setFixedSize(QSize(theme.CONTROL, theme.CONTROL))
