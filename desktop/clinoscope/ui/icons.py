"""Icons of the Phosphor family through QtAwesome, in the colours of the theme.

QtAwesome costs 0.16 s to import, so nothing on the way to the painted login window asks for one;
the mark on that window is painted by ``widgets.mark``.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QAbstractButton

from clinoscope.ui import theme

if TYPE_CHECKING:
    from qtawesome.iconic_font import IconicFont

SIZE = 20


def icon(name: str, color: str = "ink") -> QIcon:
    """The icon ``ph.…`` in a colour of the theme; greyed where it is disabled."""
    return _icon(name, theme.token(color), theme.token("secondary"))


@functools.cache
def _icon(name: str, color: str, disabled: str) -> QIcon:
    """Each once: a switch of the theme asks for all of them in one turn of the window's thread."""
    return _phosphor().icon(name, color=color, color_disabled=disabled)


@functools.cache
def _phosphor() -> IconicFont:
    """Only the family we use: ``qtawesome.icon`` would load all twelve, 20 ms on the window's thread."""
    import qtawesome
    from qtawesome.iconic_font import IconicFont

    fonts = qtawesome._BUNDLED_FONTS  # noqa: SLF001 - the one list that names the files of a family
    return IconicFont(next(font for font in fonts if font[0] == "ph"))


def put_on(button: QAbstractButton, name: str, color: str = "ink", size: int = SIZE) -> None:
    """Put an icon on a button and keep its colour right when the theme changes."""
    button.setIconSize(QSize(size, size))
    for keeper in button.findChildren(_Keeper):
        keeper.put(name, color)
        return
    _Keeper(button).put(name, color)


class _Keeper(QObject):
    """Lives and dies with its button, so that a theme switch never reaches a button that is gone."""

    def __init__(self, button: QAbstractButton) -> None:
        super().__init__(button)
        self._button = button
        self._name = ""
        self._color = ""
        theme.watcher().changed.connect(self._draw)

    def put(self, name: str, color: str) -> None:
        self._name, self._color = name, color
        self._draw()

    @Slot()
    def _draw(self) -> None:
        self._button.setIcon(icon(self._name, self._color))
