"""Adding a white cell that the program missed: a box on the field, set with the mouse or the keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinoscope.domain.errors import KnownError
from clinoscope.domain.region import Box
from clinoscope.domain.smear import Cell
from clinoscope.ui.exam.canvas import PictureCanvas
from clinoscope.ui.smear.box_editor import BoxEditor
from clinoscope.ui.smear.field_view import FieldView
from clinoscope.ui.widgets import IconButton, PrimaryButton, QuietButton, label

HOW = "Click the cell or drag a box around it. Keys: arrows move it (Shift: far), + and − size it, Enter adds the cell."
_USUAL = 200
"""Cells whose boxes tell how large one is: more do not change it."""

Lying = Mapping[int, tuple[Cell, ...]]


class AddPane(QWidget):
    """Stands under the field while a cell is added. ``wanted(field, box)`` asks for it, ``left`` gives it up."""

    wanted = Signal(int, object)
    left = Signal()

    def __init__(self, canvas: PictureCanvas, field: FieldView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas, self._field = canvas, field
        self._fields: tuple[int, ...] = ()
        self._lying: Lying = {}
        self._number = 0
        self._asked = False
        self.editor: BoxEditor | None = None
        self.previous = IconButton("ph.caret-left", "The field before (Page up)")
        self.previous.clicked.connect(lambda: self.step(-1))
        self.next = IconButton("ph.caret-right", "The next field (Page down)")
        self.next.clicked.connect(lambda: self.step(1))
        self.place = label("", "body", weight="semibold")
        self.add = PrimaryButton("Add cell", icon="ph.plus", tip="Add the cell in the box (Enter)")
        self.add.clicked.connect(self.ask)
        self.cancel = QuietButton("Cancel", tip="Add no cell (Esc)")
        self.cancel.clicked.connect(self.left)
        self._how = label(HOW, "small", "secondary", wrap=True)
        self._refusal = label("", "small", "amber", wrap=True)
        across = QHBoxLayout()
        across.setSpacing(8)
        for part in (self.previous, self.place, self.next):
            across.addWidget(part)
        across.addStretch(1)
        across.addWidget(self.cancel)
        across.addWidget(self.add)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 16, 0)
        column.setSpacing(4)
        column.addLayout(across)
        column.addWidget(self._how)
        column.addWidget(self._refusal)
        field.shown.connect(self._on_shown)

    @property
    def refusal(self) -> str:
        """Why the last box was not taken."""
        return self._refusal.text()

    @property
    def number(self) -> int:
        """The field that a cell would be added to, 0 while none is."""
        return self._number

    def begin(self, fields: tuple[int, ...], number: int, lying: Lying) -> None:
        """Ask for a box on field ``number`` of those that were read; ``lying`` are the cells seen in each."""
        self._fields, self._lying = fields, lying
        self._go_to(number)

    def end(self) -> None:
        """The box goes, and what was said of it."""
        self._number, self._asked = 0, False
        self._drop_editor()

    def show_fields(self, fields: tuple[int, ...], lying: Lying) -> None:
        """Fields were read or set aside meanwhile. The box stays, unless its field does not count any more."""
        self._fields, self._lying = fields, lying
        if self._number in fields:
            self._field.show_field(self._number, lying.get(self._number, ()))
            self._show_place()
        elif self._number:
            self.left.emit()

    def step(self, by: int) -> None:
        """To the next field, or the one before."""
        place = self._fields.index(self._number) + by
        if 0 <= place < len(self._fields):
            self._go_to(self._fields[place])
        self._canvas.setFocus()

    def ask(self) -> None:
        """Ask for the cell in the box, once."""
        box = self.editor.box if self.editor is not None else None
        if box is not None and not self._asked:
            self._asked = True
            self._refuse("")
            self.wanted.emit(self._number, box)

    def refuse(self, error: KnownError) -> None:
        """The cell could not be added: say why. The box stays."""
        self._asked = False
        self._refuse(str(error))
        self._announce(str(error))

    def press(self, event: QKeyEvent) -> bool:
        """What a key means while a cell is added; False when it means nothing."""
        acts: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_Return: self.ask,
            Qt.Key.Key_Enter: self.ask,
            Qt.Key.Key_Escape: self.left.emit,
            Qt.Key.Key_PageUp: lambda: self.step(-1),
            Qt.Key.Key_PageDown: lambda: self.step(1),
        }
        act = None if event.modifiers() & Qt.KeyboardModifier.ControlModifier else acts.get(Qt.Key(event.key()))
        if act is not None:
            act()
        return act is not None

    def _go_to(self, number: int) -> None:
        self._number = number
        self._drop_editor()
        self._show_place()
        self._field.show_field(number, self._lying.get(number, ()))
        if self._field.field == number and self.editor is None:
            self._on_shown(number)

    def _on_shown(self, number: int) -> None:
        raster = self._canvas.raster
        if number != self._number or raster is None or self.editor is not None:
            return
        self.editor = BoxEditor((raster.width, raster.height), self._usual_boxes(), self)
        self.editor.changed.connect(lambda: self._refuse(""))
        self.editor.changed.connect(self._canvas.update)
        self.editor.said.connect(self._announce)
        self._canvas.set_editor(self.editor)
        self.editor.put(self._canvas.middle())

    def _usual_boxes(self) -> list[Box]:
        """Boxes of the field's cells, or of the smear's where it shows none."""
        here = self._lying.get(self._number, ())
        cells = here or tuple(cell for cells in self._lying.values() for cell in cells)
        return [cell.seen.box for cell in cells[:_USUAL]]

    def _show_place(self) -> None:
        place = self._fields.index(self._number) + 1
        self.place.setText(f"Field {self._number} of {self._fields[-1]}")
        self.previous.setEnabled(place > 1)
        self.next.setEnabled(place < len(self._fields))

    def _drop_editor(self) -> None:
        self._canvas.set_editor(None)
        if self.editor is not None:
            self.editor.deleteLater()
            self.editor = None
        self._refuse("")

    def _refuse(self, words: str) -> None:
        # one in the place of the other: the field keeps its size, and the box stays where it is seen
        self._refusal.setText(words)
        self._refusal.setVisible(bool(words))
        self._how.setVisible(not words)

    def _announce(self, words: str) -> None:
        """Tell a screen reader, and leave it on the picture for one that comes to it later."""
        self._canvas.setAccessibleDescription(words)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._canvas, words))
