"""What every page of the work area is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from clinoscope.ui.widgets.keys import Keys
from clinoscope.ui.widgets.panel import Panel

if TYPE_CHECKING:
    from clinoscope.ui.shell import Shell


class Page(QWidget):
    """A page is made once and shown many times: ``enter`` each time it comes up, ``leave`` when it goes.

    ``keys`` is what ``?`` shows; ``shows_patient`` keeps the context bar up.
    """

    keys: Keys = ()
    shows_patient = False

    def __init__(self, shell: Shell) -> None:
        # In its place from the start: Qt styles every part anew with each parent that is put above it.
        super().__init__(shell.stage)
        self.shell = shell
        self.setObjectName("Page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def enter(self, **what: object) -> None:
        """The page comes up; ``what`` is what ``shell.go`` was given."""

    def leave(self) -> None:
        """Another page comes up, or the window closes."""

    def hide_panels(self) -> None:
        """Put away every panel that lies over the page, whichever part of it made it."""
        for panel in self.findChildren(Panel, options=Qt.FindChildOption.FindDirectChildrenOnly):
            panel.hide()
