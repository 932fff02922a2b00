"""What the keys do on the bench. The classes have letters and digits of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from clinoscope.ui.widgets.keys import Keys

if TYPE_CHECKING:
    from clinoscope.ui.smear.page import SmearPage

KEYS: Keys = (
    ("← → ↑ ↓", "Through the cells; with Shift choose several"),
    ("A letter, 0", "Into the class of that key"),
    ("Enter", "Right as they stand"),
    ("Space", "See the cell in its field; add the field in view"),
    ("Ctrl+A", "Choose the whole band"),
    ("Ctrl+Z, Ctrl+Y", "Undo, redo"),
    ("Ctrl+O", "Add fields from files"),
    ("Ctrl+M", "Microscope: take fields live"),
    ("Esc, Ctrl+T", "Stop reading fields; Ctrl+T goes on"),
    ("Ctrl+J", "To the next open cell"),
    ("Ctrl+B", "Add a white cell that was not found"),
    ("Delete", "Take away a cell that was added by hand"),
    ("Ctrl+D", "Set the field aside with its cells"),
    ("Ctrl+R", "Reference cells"),
    ("Ctrl+G", "Onto the report's gallery page"),
    ("Ctrl+I", "Target, white cell count, comments, fields set aside"),
    ("Ctrl +  −", "Larger, smaller cells"),
    ("Ctrl+↑ ↓", "Brighter, darker cells"),
    ("Ctrl+Enter", "Sign"),
)

ADDING: Keys = (
    ("Arrows", "Move the box by 1 px, with Shift by 10"),
    ("+  −", "Larger, smaller box"),
    ("Tab", "Its sides and corners one by one"),
    ("Page Up, Page Down", "The field before, the next one"),
    ("Enter", "Add the cell in the box"),
    ("Ctrl +  −  0", "Zoom in, out, whole field"),
    ("Esc", "Add no cell"),
)
"""While a missed cell is added."""


def press(page: SmearPage, event: QKeyEvent) -> bool:
    """Do what a key asks for; False when it asks for nothing here."""
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    key = event.key()
    if control and key == Qt.Key.Key_Z:
        (page.decisions.redo if shift else page.decisions.undo)()
        return True
    acts = _with_control(page) if control else _alone(page)
    act = acts.get(Qt.Key(key))
    if act is None:
        return False
    act()
    return True


def _with_control(page: SmearPage) -> dict[Qt.Key, Callable[[], object]]:
    gallery = page.gallery
    return {
        Qt.Key.Key_Y: page.decisions.redo,
        Qt.Key.Key_A: gallery.choose_band,
        Qt.Key.Key_O: page.intake.ask_files,
        Qt.Key.Key_M: page.intake.toggle_collecting,
        Qt.Key.Key_B: page.add_cell,
        Qt.Key.Key_D: page.set_aside,
        Qt.Key.Key_T: page.reader.toggle,
        Qt.Key.Key_R: page.show_reference,
        Qt.Key.Key_G: page.toggle_printed,
        Qt.Key.Key_I: page.show_sheet,
        Qt.Key.Key_J: page.decisions.go_to_open,
        Qt.Key.Key_V: page.intake.paste,
        Qt.Key.Key_Plus: lambda: gallery.resize_tiles(1),
        Qt.Key.Key_Equal: lambda: gallery.resize_tiles(1),
        Qt.Key.Key_Minus: lambda: gallery.resize_tiles(-1),
        Qt.Key.Key_Up: lambda: page.lighten(10),
        Qt.Key.Key_Down: lambda: page.lighten(-10),
        Qt.Key.Key_Return: page.finish,
        Qt.Key.Key_Enter: page.finish,
    }


def _alone(page: SmearPage) -> dict[Qt.Key, Callable[[], object]]:
    return {Qt.Key.Key_Escape: page.back, Qt.Key.Key_Space: page.space, Qt.Key.Key_Delete: page.take_away}
