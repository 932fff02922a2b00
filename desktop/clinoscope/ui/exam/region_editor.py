"""The region under mouse and keys. The canvas hands it events; it hands back the changed region."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPainterPath

from clinoscope.domain.region import Box, Region
from clinoscope.ui.exam import region_edit
from clinoscope.ui.exam.overlays import INK, LINE, paint_veil, region_path, stroke
from clinoscope.ui.exam.region_edit import BODY, HANDLES
from clinoscope.ui.exam.view import View

REACH = 11
"""Widget pixels around a handle that still take hold of it (a 22 px target)."""
HANDLE = 5.0
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_CURSORS = {
    "nw": Qt.CursorShape.SizeFDiagCursor,
    "se": Qt.CursorShape.SizeFDiagCursor,
    "ne": Qt.CursorShape.SizeBDiagCursor,
    "sw": Qt.CursorShape.SizeBDiagCursor,
    "n": Qt.CursorShape.SizeVerCursor,
    "s": Qt.CursorShape.SizeVerCursor,
    "e": Qt.CursorShape.SizeHorCursor,
    "w": Qt.CursorShape.SizeHorCursor,
    BODY: Qt.CursorShape.SizeAllCursor,
}


class RegionEditor(QObject):
    """Holds the region being changed. ``changed`` comes with every change, ``said`` with words for a screen reader.

    ``region`` is None until one is found or drawn: then dragging anywhere draws it.
    """

    changed = Signal()
    said = Signal(str)

    def __init__(self, size: tuple[int, int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self.region: Region | None = None
        self.automatic: Region | None = None
        self.several = False
        self.carries_outlines = False
        self.part = 0
        self.handle = BODY
        self._held = False
        self._drawing_from: QPointF | None = None
        self._last = QPointF()
        self._rest = QPointF()

    def begin(self, region: Region | None, automatic: Region | None, *, several: bool, outlined: bool) -> None:
        """Start with ``region``; ``automatic`` is what R goes back to; ``several`` allows more than one part.

        ``outlined`` regions are read by their outline, which then follows the box; others are read by
        their box, and lose the outline that was found once a person sets the box.
        """
        self.region, self.automatic, self.several = region, automatic, several
        self.carries_outlines = outlined
        self.part, self.handle = 0, BODY
        self._drawing_from = None
        self.changed.emit()

    def reset(self) -> None:
        """Back to what was found automatically."""
        if self.automatic is not None:
            self._set(self.automatic)
            self.part, self.handle = 0, BODY
            self.said.emit("Region as found automatically")

    def delete_part(self) -> None:
        """Take the chosen part away; the last one stays."""
        if self.region is not None and len(self.region.boxes) > 1:
            self._set(region_edit.without(self.region, self.part))
            self.part = min(self.part, len(self.region.boxes) - 1)
            self.said.emit(f"Part deleted, {len(self.region.boxes)} left")

    def draw_middle(self) -> None:
        """Draw a region in the middle, for those who use the keyboard alone; a further part where allowed."""
        width, height = self._size
        side = max(min(width, height) // 3, region_edit.SMALLEST)
        self._add(Box((width - side) // 2, (height - side) // 2, side, side))

    def grow(self, by: int) -> None:
        if self.region is not None:
            self._set(region_edit.grown(self.region, self.part, by, self._size))

    # the canvas's editor

    def paint(self, painter: QPainter, view: View) -> None:
        if self.region is None:
            return
        path = region_path(self.region, view)
        paint_veil(painter, path)
        stroke(painter, path)
        box = view.box(self.region.boxes[self.part])
        if self.region.outlines or len(self.region.boxes) > 1:
            frame = QPainterPath()
            frame.addRect(box)
            stroke(painter, frame, 1.0, INK)
        for name in HANDLES:
            self._paint_handle(painter, _handle_at(box, name), name == self.handle)
        if self.handle == BODY:
            self._paint_handle(painter, box.center(), True)

    def press(self, at: QPointF, view: View) -> bool:
        self._last, self._rest = view.to_picture(at), QPointF()
        found = self._hit(at, view)
        if found is not None:
            self.part, self.handle = found
            self._held = True
            return True
        inside = 0 <= self._last.x() < self._size[0] and 0 <= self._last.y() < self._size[1]
        if inside and (self.region is None or self.several):
            self._drawing_from = self._last
            return True
        return False

    def drag(self, at: QPointF, view: View) -> None:
        point = view.to_picture(at)
        if self._drawing_from is not None:
            self._begin_drawn(self._drawing_from, point)
        elif self._held and self.region is not None:
            moved = point - self._last + self._rest
            dx, dy = round(moved.x()), round(moved.y())
            self._rest = moved - QPointF(dx, dy)
            self._set(region_edit.dragged(self.region, self.part, self.handle, dx, dy, self._size))
        self._last = point

    def release(self) -> None:
        self._held = False
        self._drawing_from = None

    def key(self, event: QKeyEvent) -> bool:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return self._walk(-1 if key == Qt.Key.Key_Backtab else 1)
        if self.region is None:
            return False
        if key in _ARROWS:
            step = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            dx, dy = _ARROWS[key]
            self._set(region_edit.dragged(self.region, self.part, self.handle, dx * step, dy * step, self._size))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.grow(4)
        elif key in (Qt.Key.Key_Minus, Qt.Key.Key_Underscore):
            self.grow(-4)
        elif key == Qt.Key.Key_R:
            self.reset()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_part()
        else:
            return False
        return True

    def cursor(self, at: QPointF, view: View) -> Qt.CursorShape:
        found = self._hit(at, view)
        if found is not None:
            return _CURSORS[found[1]]
        return Qt.CursorShape.CrossCursor if self.region is None or self.several else Qt.CursorShape.ArrowCursor

    # inside

    def _set(self, region: Region) -> None:
        if region != self.region and region != self.automatic and not self.carries_outlines:
            region = replace(region, outlines=())
        if region != self.region:
            self.region = region
            self.changed.emit()

    def _add(self, box: Box) -> None:
        if self.region is None or not self.several:
            self._set(region_edit.drawn(box))
        else:
            self._set(region_edit.with_part(self.region, box))
        assert self.region is not None
        self.part, self.handle = len(self.region.boxes) - 1, BODY

    def _begin_drawn(self, start: QPointF, point: QPointF) -> None:
        """A new box once the mouse has moved far enough; from then on it is a handle being dragged."""
        if abs(point.x() - start.x()) < region_edit.SMALLEST or abs(point.y() - start.y()) < region_edit.SMALLEST:
            return
        x, y = round(min(start.x(), point.x())), round(min(start.y(), point.y()))
        w, h = round(abs(point.x() - start.x())), round(abs(point.y() - start.y()))
        self._add(Box(x, y, w, h).clipped(*self._size))
        self.handle = ("n" if point.y() < start.y() else "s") + ("w" if point.x() < start.x() else "e")
        self._drawing_from, self._held = None, True

    def _walk(self, step: int) -> bool:
        """Tab: from the body over the handles to the next part; False past the last, so that focus moves on."""
        if self.region is None:
            return False
        stops = (BODY, *HANDLES)
        place = self.part * len(stops) + stops.index(self.handle) + step
        if not 0 <= place < len(stops) * len(self.region.boxes):
            return False
        self.part, self.handle = place // len(stops), stops[place % len(stops)]
        self.said.emit(f"Part {self.part + 1}, {_HANDLE_WORDS[self.handle]}")
        return True

    def _hit(self, at: QPointF, view: View) -> tuple[int, str] | None:
        if self.region is None:
            return None
        order = [self.part, *(index for index in range(len(self.region.boxes)) if index != self.part)]
        for index in order:
            box = view.box(self.region.boxes[index])
            for name in HANDLES:
                spot = _handle_at(box, name) - at
                if index == self.part and max(abs(spot.x()), abs(spot.y())) <= REACH:
                    return index, name
            if box.contains(at):
                return index, BODY
        return None

    @staticmethod
    def _paint_handle(painter: QPainter, at: QPointF, chosen: bool) -> None:
        radius = HANDLE + 2 if chosen else HANDLE
        path = QPainterPath()
        path.addEllipse(at, radius, radius)
        painter.fillPath(path, LINE if chosen else INK)
        stroke(painter, path, 1.4, INK if chosen else LINE)


def _handle_at(box: QRectF, name: str) -> QPointF:
    x = box.left() if "w" in name else box.right() if "e" in name else box.center().x()
    y = box.top() if "n" in name else box.bottom() if "s" in name else box.center().y()
    return QPointF(x, y)


_HANDLE_WORDS = {
    BODY: "whole region",
    "nw": "top left corner",
    "n": "top edge",
    "ne": "top right corner",
    "e": "right edge",
    "se": "bottom right corner",
    "s": "bottom edge",
    "sw": "bottom left corner",
    "w": "left edge",
}
