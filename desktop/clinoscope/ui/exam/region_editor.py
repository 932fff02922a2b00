"""The region under mouse and keys. The canvas hands it events; it hands back the changed region."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPainterPath

from clinoscope.domain.region import Box, Region
from clinoscope.ui import theme
from clinoscope.ui.exam import region_edit
from clinoscope.ui.exam.overlays import INK, LINE, paint_tag, paint_veil, region_path, stroke
from clinoscope.ui.exam.region_edit import BODY, HANDLES
from clinoscope.ui.exam.region_history import History, Moment
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
    """Holds the region being changed. ``changed`` comes with every change of it, ``chosen`` with another part or
    handle, ``said`` with words for a screen reader.

    ``region`` is None until one is found or drawn: then dragging anywhere draws it, as it does where the whole picture
    is the region, and beside the region with ``redraws``. One press of a key, however long it is held, and one drag are
    one step to undo. What lies outside the region is darkened where ``veiled``.
    """

    changed = Signal()
    chosen = Signal()
    said = Signal(str)

    def __init__(self, size: tuple[int, int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self.region: Region | None = None
        self.automatic: Region | None = None
        self.several = False
        self.carries_outlines = False
        self.redraws = False
        self.veiled = True
        self.part = 0
        self.handle = BODY
        self._history = History()
        self._joined = False
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
        self._history = History()
        self._held, self._drawing_from = False, None
        self.changed.emit()

    def reset(self) -> None:
        """Back to what was found automatically."""
        if self.automatic is not None:
            self._set(self.automatic, 0)
            self.said.emit("As found automatically")

    @property
    def can_undo(self) -> bool:
        return bool(self._history.past)

    def undo(self) -> None:
        """One step back."""
        self.release()
        self._go(self._history.undone(self._now()), "Undone")

    def redo(self) -> None:
        """Do again what was undone last."""
        self.release()
        self._go(self._history.redone(self._now()), "Done again")

    def give_up(self) -> bool:
        """Back to the region as it was at the beginning, or before the drag that is going on; False if it is."""
        first = self._history.past[:1]
        if self._held and self._joined:
            self.undo()
            return True
        if not first or first[0].region == self.region:
            return False
        self._note()
        self._show(first[0])
        self.said.emit("All changes taken back")
        return True

    def choose(self, part: int) -> None:
        """Take hold of one of several parts; nothing where there are not so many."""
        if self.region is not None and self.several and 0 <= part < len(self.region.boxes):
            self._choose(part, BODY)
            self.said.emit(self.words())

    def delete_part(self) -> None:
        """Take the chosen part away; the last one stays."""
        if self.region is not None and len(self.region.boxes) > 1:
            self._set(region_edit.without(self.region, self.part), min(self.part, len(self.region.boxes) - 2))
            self.said.emit(f"Taken away, {len(self.region.boxes)} left")

    def draw_at(self, middle: QPointF) -> None:
        """Draw a region around a point of the picture, for those who use the keyboard alone; or one more part."""
        beside = self.region if self.several and not self._draws_anew else None
        self._add(region_edit.fresh(beside, middle.toTuple(), self._size))
        self.said.emit(self.words())

    def grow(self, by: int) -> None:
        if self.region is not None:
            self._set(region_edit.grown(self.region, self.part, by, self._size))

    def words(self) -> str:
        """Where the chosen part and its handle are, for eyes and screen readers."""
        if self.region is None:
            return ""
        boxes = self.region.boxes
        box = boxes[self.part]
        part = f"Part {self.part + 1} of {len(boxes)}, " if len(boxes) > 1 else ""
        where = f"{box.w} × {box.h} px at {box.x}, {box.y}"
        return f"{part}{HANDLE_WORDS[self.handle]}: {where}" if self.handle != BODY else f"{part}{where}"

    # the canvas's editor

    def paint(self, painter: QPainter, view: View, focused: bool) -> None:
        if self.region is None:
            return
        path = region_path(self.region, view)
        if self.veiled:
            paint_veil(painter, path)
        stroke(painter, path)
        box = view.box(self.region.boxes[self.part])
        if self.region.outlines or len(self.region.boxes) > 1:
            frame = QPainterPath()
            frame.addRect(box)
            stroke(painter, frame, 1.0, INK)
        if len(self.region.boxes) > 1:
            for index, one in enumerate(self.region.boxes):
                paint_tag(painter, view.box(one), str(index + 1), theme.font("small", "medium"))
        for name in (*HANDLES, BODY):
            if name != BODY or self.handle == BODY:
                self._paint_handle(painter, _handle_at(box, name), name == self.handle, focused)

    def focus_point(self, view: View) -> QPointF | None:
        """Where the chosen handle is in the widget, to be kept in sight."""
        return None if self.region is None else _handle_at(view.box(self.region.boxes[self.part]), self.handle)

    def press(self, at: QPointF, view: View) -> bool:
        self._last, self._rest, self._joined = view.to_picture(at), QPointF(), False
        found = self._hit(at, view)
        if found is not None and not (found[1] == BODY and self._draws_anew):
            if found != (self.part, self.handle):
                self._choose(*found)
            self._held = True
            return True
        inside = 0 <= self._last.x() < self._size[0] and 0 <= self._last.y() < self._size[1]
        if inside and self._draws_beside:
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
            self._joined = self._joined or bool(dx or dy)
        self._last = point

    def release(self) -> None:
        self._held, self._drawing_from, self._joined = False, None, False

    def key(self, event: QKeyEvent) -> bool:
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
            return True
        if event.matches(QKeySequence.StandardKey.Redo) or _ctrl_y(event):
            self.redo()
            return True
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return self._walk(-1 if key == Qt.Key.Key_Backtab else 1)
        if self.region is None:
            return False
        self._joined = event.isAutoRepeat()
        done = self._changed_by(key, event)
        self._joined = False
        return done

    def _changed_by(self, key: Qt.Key, event: QKeyEvent) -> bool:
        assert self.region is not None
        if key in _ARROWS:
            step = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            dx, dy = _ARROWS[key]
            self._set(region_edit.dragged(self.region, self.part, self.handle, dx * step, dy * step, self._size))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.grow(region_edit.step(self.region, self.part))
        elif key in (Qt.Key.Key_Minus, Qt.Key.Key_Underscore):
            self.grow(-region_edit.step(self.region, self.part))
        elif Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
            self.choose((int(key) - int(Qt.Key.Key_1)) % 10)
        elif key == Qt.Key.Key_R:
            self.reset()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_part()
        else:
            return False
        return True

    def cursor(self, at: QPointF, view: View) -> Qt.CursorShape:
        found = self._hit(at, view)
        if found is not None and not (found[1] == BODY and self._draws_anew):
            return _CURSORS[found[1]]
        return Qt.CursorShape.CrossCursor if self._draws_beside else Qt.CursorShape.ArrowCursor

    # inside

    @property
    def _draws_anew(self) -> bool:
        """Whether a drag draws the region: there is none, or nothing was found that could be moved."""
        return self.region is None or self.region.how == "whole"

    @property
    def _draws_beside(self) -> bool:
        """Whether a drag beside the region draws: another part, or the region anew."""
        return self._draws_anew or self.several or self.redraws

    def _now(self) -> Moment:
        return Moment(self.region, self.part, self.handle)

    def _note(self) -> None:
        if not self._joined:
            self._history = self._history.noted(self._now())

    def _choose(self, part: int, handle: str) -> None:
        self.part, self.handle = part, handle
        self.chosen.emit()

    def _set(self, region: Region, part: int | None = None) -> None:
        """Another region, its chosen part the same one unless told which."""
        if region != self.region and region != self.automatic and not self.carries_outlines:
            region = replace(region, outlines=())
        if region != self.region:
            self._note()
            self.region = region
            if part is not None:
                self._choose(part, BODY)
            self.changed.emit()

    def _show(self, moment: Moment) -> None:
        self.region = moment.region
        self._choose(moment.part, moment.handle)
        self.changed.emit()

    def _go(self, to: tuple[History, Moment] | None, said: str) -> None:
        if to is not None:
            self._history, moment = to
            self._show(moment)
            self.said.emit(f"{said}. {self.words()}".strip())

    def _add(self, box: Box) -> None:
        if self.region is None or not self.several or self._draws_anew:
            self._set(region_edit.drawn(box), 0)
        else:
            self._set(region_edit.with_part(self.region, box), len(self.region.boxes))

    def _begin_drawn(self, start: QPointF, point: QPointF) -> None:
        """A new box once the mouse has moved far enough; from then on it is a handle being dragged."""
        if abs(point.x() - start.x()) < region_edit.SMALLEST or abs(point.y() - start.y()) < region_edit.SMALLEST:
            return
        x, y = round(min(start.x(), point.x())), round(min(start.y(), point.y()))
        w, h = round(abs(point.x() - start.x())), round(abs(point.y() - start.y()))
        self._add(Box(x, y, w, h).clipped(*self._size))
        self.handle = ("n" if point.y() < start.y() else "s") + ("w" if point.x() < start.x() else "e")
        self._drawing_from, self._held, self._joined = None, True, True

    def _walk(self, step: int) -> bool:
        """Tab: from the body over the handles to the next part; False past the last, so that focus moves on."""
        if self.region is None:
            return False
        stops = (BODY, *HANDLES)
        place = self.part * len(stops) + stops.index(self.handle) + step
        if not 0 <= place < len(stops) * len(self.region.boxes):
            return False
        self._choose(place // len(stops), stops[place % len(stops)])
        self.said.emit(self.words())
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
    def _paint_handle(painter: QPainter, at: QPointF, chosen: bool, focused: bool) -> None:
        radius = HANDLE + 2 if chosen else HANDLE
        path = QPainterPath()
        path.addEllipse(at, radius, radius)
        painter.fillPath(path, LINE if chosen else INK)
        stroke(painter, path, 1.4, INK if chosen else LINE)
        if chosen and focused:
            ring = QPainterPath()
            ring.addEllipse(at, radius + 5, radius + 5)
            stroke(painter, ring, 2.0, INK)


def _handle_at(box: QRectF, name: str) -> QPointF:
    x = box.left() if "w" in name else box.right() if "e" in name else box.center().x()
    y = box.top() if "n" in name else box.bottom() if "s" in name else box.center().y()
    return QPointF(x, y)


def _ctrl_y(event: QKeyEvent) -> bool:
    """The other key for "do again": Qt knows it on Windows alone."""
    return event.key() == Qt.Key.Key_Y and event.modifiers() == Qt.KeyboardModifier.ControlModifier


HANDLE_WORDS = {
    "nw": "top left corner",
    "n": "top edge",
    "ne": "top right corner",
    "e": "right edge",
    "se": "bottom right corner",
    "s": "bottom edge",
    "sw": "bottom left corner",
    "w": "left edge",
}
