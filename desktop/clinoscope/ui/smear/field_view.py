"""The field a cell lies in, at full resolution, with the cells found in it outlined."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath

from clinoscope.domain.picture import Picture
from clinoscope.domain.region import Box
from clinoscope.domain.smear import Cell
from clinoscope.ui import theme
from clinoscope.ui.exam.canvas import PictureCanvas
from clinoscope.ui.exam.overlays import stroke
from clinoscope.ui.exam.raster import Raster, raster_of
from clinoscope.ui.exam.view import View
from clinoscope.ui.tasks import Latest

_KEPT = 3
_PAUSE = 120
"""Milliseconds the keyboard rests on a cell before another field is opened: arrow keys run over many."""
_ROOM = 6.0
"""The picture beside a cell that is looked at closely: so many times as wide as the cell."""

OTHERS = QColor(theme.DARK["on-stage"])


class FieldView(QObject):
    """Shows fields on a canvas that others may use, too. ``shown(number)`` once a field is up."""

    shown = Signal(int)

    def __init__(
        self, canvas: PictureCanvas, open_field: Callable[[int], Picture], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._open_field = open_field
        self._kept: OrderedDict[int, Raster] = OrderedDict()
        self._field = 0
        self._cell: Cell | None = None
        self._cells: tuple[Cell, ...] = ()
        self._wanted = 0
        self._close = False
        self._latest = Latest(self)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_PAUSE)
        self._rest.timeout.connect(self._open)
        canvas.resized.connect(self._aim)

    @property
    def field(self) -> int:
        """The field that is up, 0 for none."""
        return self._field

    def show_cell(self, cell: Cell | None, cells: Sequence[Cell], *, close: bool) -> None:
        """Show the field of a cell; ``cells`` are all of the smear's. ``close`` zooms to the cell."""
        self._cell, self._close = cell, close
        self._wanted = 0 if cell is None else cell.field
        self._cells = tuple(one for one in cells if one.field == self._wanted)
        if cell is None:
            self.clear()
        elif cell.field == self._field:
            self._aim()
        elif cell.field in self._kept or close:
            self._open()
        else:
            self._rest.start()

    def show_field(self, number: int, cells: Sequence[Cell]) -> None:
        """Show a whole field, with ``cells`` outlined; zoom and place stay as they are where it is up already."""
        self._cell, self._close, self._cells, self._wanted = None, False, tuple(cells), number
        if number == self._field:
            self._outline_all()
        else:
            self._open()

    def clear(self) -> None:
        """Show nothing, and let go of what is being opened."""
        self._rest.stop()
        self._latest.forget()
        self._field = self._wanted = 0
        self._canvas.set_overlay("cells", None)
        self._canvas.show_raster(None)

    def forget(self) -> None:
        """Another smear comes: its fields have the same numbers."""
        self.clear()
        self._cell = None
        self._cells = ()
        self._kept.clear()

    def _open(self) -> None:
        self._rest.stop()
        number = self._wanted
        if not number:
            return
        if number in self._kept:
            self._kept.move_to_end(number)
            self._put_up(number, self._kept[number])
            return
        open_field = self._open_field

        def keep(raster: Raster) -> None:
            self._kept[number] = raster
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            if self._wanted == number:
                self._put_up(number, raster)

        self._latest.run(lambda: raster_of(open_field(number).pixels), done=keep)

    def _put_up(self, number: int, raster: Raster) -> None:
        self._field = number
        self._canvas.show_raster(raster)
        self._canvas.setAccessibleName(f"Field {number}")
        if self._cell is None:
            self._canvas.fit()
        self._aim()
        self.shown.emit(number)

    def _aim(self) -> None:
        cell = self._cell
        if not self._field or self._field != self._wanted:
            return
        self._outline_all()
        if cell is None:
            return
        if self._close:
            box = cell.seen.box
            self._canvas.show_part(*box.centre, _ROOM * max(box.w, box.h))
        else:
            self._canvas.fit()

    def _outline_all(self) -> None:
        cell, others = self._cell, self._cells

        def paint(painter: QPainter, view: View) -> None:
            for one in others:
                if cell is None or one.number != cell.number:
                    _outline(painter, view, one.seen.box, 1.2, OTHERS)
            if cell is not None:
                _outline(painter, view, cell.seen.box, 2.6, QColor(theme.DARK["accent"]))

        self._canvas.set_overlay("cells", paint)


def _outline(painter: QPainter, view: View, box: Box, width: float, colour: QColor) -> None:
    path = QPainterPath()
    path.addRoundedRect(view.box(box), 4, 4)
    stroke(painter, path, width, colour)
