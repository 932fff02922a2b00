"""The box around one cell that the program missed, under mouse and keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QPointF

from clinoscope.domain.region import Box, Region
from clinoscope.ui.exam import region_edit
from clinoscope.ui.exam.region_edit import BODY
from clinoscope.ui.exam.region_editor import RegionEditor


class BoxEditor(RegionEditor):
    """A region editor for one cell: a click puts the box there, a drag beside it draws it anew."""

    def __init__(self, size: tuple[int, int], usual: Sequence[Box], parent: QObject | None = None) -> None:
        """``size`` of the field (width, height); ``usual`` are boxes of other cells, for how large this one is."""
        super().__init__(size, parent)
        self.redraws = True
        self.veiled = False  # one looks for the cell all over the field
        self._usual = Region(usual[0], "drawn", parts=tuple(usual)) if usual else None
        self.begin(None, None, several=False, outlined=False)

    @property
    def box(self) -> Box | None:
        """The box as it is now, in pixels of the field."""
        return None if self.region is None else self.region.box

    def put(self, middle: QPointF) -> None:
        """Bring the box to a point of the field, as large as it is, or as the other cells are."""
        if self.region is None:
            at = (middle.x(), middle.y())
            self._set(region_edit.drawn(region_edit.fresh(self._usual, at, self._size)), 0)
        else:
            x, y = self.region.box.centre
            moved = (round(middle.x() - x), round(middle.y() - y))
            self._set(region_edit.dragged(self.region, 0, BODY, *moved, self._size), 0)
        self.said.emit(self.words())

    def release(self) -> None:
        clicked = self._drawing_from
        super().release()
        if clicked is not None:
            self.put(clicked)
