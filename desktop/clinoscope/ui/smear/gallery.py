"""The gallery: every white cell of the smear in the band of its class; keys and mouse sort them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from clinoscope.domain.smear import Cell
from clinoscope.domain.smear_sheet import CellClass
from clinoscope.ui import theme
from clinoscope.ui.smear import tiles
from clinoscope.ui.smear.crops import Crops
from clinoscope.ui.smear.drag import Drag, paint_load
from clinoscope.ui.smear.layout import GAP, HEADER, Layout, lay_out
from clinoscope.workflow.smear.gallery import Band

TILES = (56, 72, 88, 112, 144)
"""Sides a tile can have, in pixels."""


class Gallery(QAbstractScrollArea):
    """Shows bands and knows which cell is current and which are chosen; acts are asked for by signals.

    ``class_wanted(numbers, class_id)``, ``confirm_wanted(numbers)``, ``look_wanted()`` (the current cell in its
    field), ``current_changed(Cell or None)``, ``chosen_changed()``; ``dragged(global point or None)`` while cells are
    dragged, so that what lies outside the gallery can be aimed at, and ``dropped(global point)``.
    """

    class_wanted = Signal(object, str)
    confirm_wanted = Signal(object)
    look_wanted = Signal()
    current_changed = Signal(object)
    chosen_changed = Signal()
    dragged = Signal(object)
    dropped = Signal(object)

    def __init__(self, crops: Crops, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.crops = crops
        crops.came.connect(self.viewport().update)
        self.light = 0
        self._bands: tuple[Band, ...] = ()
        self._cells: list[Cell] = []
        self._place: dict[int, int] = {}
        self._keys: Mapping[str, str] = {}
        self._names: Mapping[str, str] = {}
        self._layout = Layout((), 1, TILES[2], 0)
        self._tile = TILES[2]
        self._current: int | None = None
        self._anchor: int | None = None
        self._chosen: set[int] = set()
        self._printed: frozenset[int] = frozenset()
        self._asked: set[int] = set()
        self._acted = False
        self._drag = Drag(self)
        self._drag.moved.connect(self.dragged)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Cells")
        self.verticalScrollBar().valueChanged.connect(self._want)
        theme.watcher().changed.connect(self.viewport().update)

    # what is shown

    @property
    def current(self) -> Cell | None:
        """The cell the keyboard is on."""
        return self._cells[self._place[self._current]] if self._current in self._place else None

    @property
    def chosen(self) -> tuple[Cell, ...]:
        """What the next act is for: the chosen cells in the order shown, or the current one alone."""
        if self._chosen:
            return tuple(cell for cell in self._cells if cell.number in self._chosen)
        return (self.current,) if self.current else ()

    @property
    def tile(self) -> int:
        return self._tile

    @property
    def layout_now(self) -> Layout:
        """Where everything lies, in the pixels of the whole height."""
        return self._layout

    def cells(self) -> tuple[Cell, ...]:
        """All cells in the order shown."""
        return tuple(self._cells)

    def show_bands(self, bands: Sequence[Band], classes: Mapping[str, CellClass]) -> None:
        """Show these. The current cell stays current, and in sight where it was, while it is still here."""
        seen = self._in_sight()
        self._bands = tuple(bands)
        self._asked &= {cell.number for band in bands for cell in band.cells if not cell.reviewed}
        self._keys = {entry.id: entry.key for entry in classes.values()}
        self._names = {entry.id: entry.name for entry in classes.values()}
        self._cells = [cell for band in bands for cell in band.cells]
        self._place = {cell.number: place for place, cell in enumerate(self._cells)}
        self._chosen &= self._place.keys()
        self._fit()
        if self._current not in self._place:
            self._set_current(self._cells[0].number if self._cells else None, set())
        else:
            self._announce()
        if self._acted or seen:
            self._show_current()
            self._acted = False
        self.viewport().update()

    def show_printed(self, numbers: Sequence[int]) -> None:
        """Mark the cells that go onto the report's gallery page."""
        self._printed = frozenset(numbers)
        self.viewport().update()

    def show_light(self, light: int) -> None:
        """Brightness of the tiles, -100 to 100; the pictures stay as they are."""
        self.light = light
        self.viewport().update()

    def resize_tiles(self, step: int) -> None:
        """One size larger (1) or smaller (-1)."""
        index = min(max(TILES.index(self._tile) + step, 0), len(TILES) - 1)
        self._tile = TILES[index]
        self._fit()
        self._show_current()
        self.viewport().update()

    def go_to(self, number: int) -> None:
        """Make a cell current and bring it in sight."""
        if number in self._place:
            self._set_current(number, {number})

    # choosing

    def choose(self, numbers: Iterable[int]) -> None:
        """Choose these, and go to the first of them."""
        known = [number for number in numbers if number in self._place]
        if known:
            self._set_current(known[0], set(known))

    def choose_band(self) -> None:
        """Choose every cell of the current one's band."""
        if self._current in self._place:
            band = self._bands[self._layout.band_of(self._place[self._current])]
            self._choose({cell.number for cell in band.cells})

    def decide(self, class_id: str) -> None:
        """Ask for a class for the chosen cells, and go on to the next one."""
        self._ask(lambda numbers: self.class_wanted.emit(numbers, class_id))

    def confirm(self) -> None:
        """Ask to leave the chosen cells where they are, and go on to the next one."""
        self._ask(self.confirm_wanted.emit)

    def _ask(self, ask: Callable[[tuple[int, ...]], object]) -> None:
        """Ask, and be on the next cell at once: keys come faster than the vault keeps decisions."""
        chosen = self.chosen
        if chosen:
            following = self._following(chosen)
            ask(tuple(cell.number for cell in chosen))
            self._asked.update(cell.number for cell in chosen)
            self._acted = True
            self._set_current(following, {following})

    def _following(self, chosen: Sequence[Cell]) -> int:
        """What to go to after an act: the next open cell behind the last chosen one, then one before it, then whatever
        comes next."""
        last = self._place[chosen[-1].number]
        gone = {cell.number for cell in chosen}
        around = [cell for cell in (*self._cells[last + 1 :], *self._cells[:last]) if cell.number not in gone]
        still_open = (cell for cell in around if not cell.reviewed and cell.number not in self._asked)
        return next(still_open, around[0] if around else chosen[-1]).number

    def _set_current(self, number: int | None, chosen: set[int]) -> None:
        self._current = self._anchor = number
        self._chosen = chosen
        self._show_current()
        self._announce()

    def _choose(self, numbers: set[int]) -> None:
        self._chosen = numbers
        self._announce()

    def _announce(self) -> None:
        cell = self.current
        text = "No cells yet" if cell is None else tiles.spoken(cell, self._names.get(cell.label, cell.label))
        if len(self._chosen) > 1:
            text += f". {len(self._chosen)} cells chosen"
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))
        self.viewport().update()
        self.current_changed.emit(cell)
        self.chosen_changed.emit()

    # layout and scrolling

    def _fit(self) -> None:
        room = self.viewport().size()
        self._layout = lay_out([len(band.cells) for band in self._bands], room.width(), self._tile)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(self._layout.height - room.height(), 0))
        bar.setPageStep(max(room.height() - HEADER, 1))
        bar.setSingleStep((self._tile + GAP) // 2)
        self._want()

    def _want(self) -> None:
        """Fetch the pictures in sight first, then those a page around them."""
        top, room = self.verticalScrollBar().value(), self.viewport().height()
        numbers: dict[int, None] = {}
        for low, high in ((top, top + room), (top - room, top), (top + room, top + 2 * room)):
            for places in self._layout.between(low, high):
                numbers.update(dict.fromkeys(self._cells[place].number for place in places))
        self.crops.want(numbers, round(self._tile * self.devicePixelRatioF()))
        self.viewport().update()

    def _in_sight(self) -> bool:
        """Whether some of the current cell's tile is seen."""
        if self._current not in self._place:
            return False
        rect, top = self._layout.rect(self._place[self._current]), self.verticalScrollBar().value()
        return rect.bottom() > top and rect.top() < top + self.viewport().height()

    def _show_current(self) -> None:
        if self._current not in self._place:
            return
        rect = self._layout.rect(self._place[self._current])
        bar, room = self.verticalScrollBar(), self.viewport().height()
        if rect.top() - HEADER < bar.value():
            bar.setValue(rect.top() - HEADER)
        elif rect.bottom() + GAP > bar.value() + room:
            bar.setValue(rect.bottom() + GAP - room)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self._show_current()

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), theme.color("paper"))
        top = self.verticalScrollBar().value()
        painter.translate(0, -top)
        aimed = self._aimed()
        for band, placed in zip(self._bands, self._layout.bands, strict=True):
            if placed.bottom > top and placed.top < top + self.viewport().height():
                area = QRect(0, placed.top, self._layout.width, HEADER)
                tiles.paint_header(painter, area, band, self._keys.get(band.id, ""), aimed=band.id == aimed)
        for places in self._layout.between(top, top + self.viewport().height()):
            for place in places:
                self._paint_tile(painter, place)
        if self._drag.at is not None:
            painter.resetTransform()
            paint_load(painter, self._drag.at, len(self.chosen))
        painter.end()

    def _paint_tile(self, painter: QPainter, place: int) -> None:
        cell = self._cells[place]
        tiles.paint_tile(
            painter,
            self._layout.rect(place),
            cell,
            self.crops.image(cell.number),
            self.light,
            chosen=cell.number in self._chosen,
            current=cell.number == self._current and self.hasFocus(),
            printed=cell.number in self._printed,
        )

    # keys and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        step = steps.get(Qt.Key(event.key()))
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if step is not None and held in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
            self._step(*step, extend=bool(held))
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and self._cells:
            self.go_to(self._cells[0 if event.key() == Qt.Key.Key_Home else -1].number)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not held:
            self.confirm()
        elif event.key() == Qt.Key.Key_Space and not held:
            self.look_wanted.emit()
        elif event.key() == Qt.Key.Key_Escape and len(self._chosen) > 1 and self._current is not None:
            self._choose({self._current})
        elif not held and (class_id := self._class_of(event.text())):
            self.decide(class_id)
        elif held & Qt.KeyboardModifier.ControlModifier:
            event.ignore()  # or the area scrolls with Ctrl and an arrow
        else:
            super().keyPressEvent(event)

    def _class_of(self, text: str) -> str:
        return next((entry for entry, key in self._keys.items() if key and key == text.lower()), "")

    def _step(self, across: int, down: int, *, extend: bool) -> None:
        if self._current not in self._place:
            return
        place = self._layout.stepped(self._place[self._current], across, down)
        if extend:
            self._extend_to(place)
        else:
            self._set_current(self._cells[place].number, {self._cells[place].number})

    def _extend_to(self, place: int) -> None:
        first, last = sorted((place, self._place.get(self._anchor or 0, place)))
        self._current = self._cells[place].number
        self._show_current()
        self._choose({cell.number for cell in self._cells[first : last + 1]})

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._cell_at(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or place is None:
            super().mousePressEvent(event)
            return
        number, held = self._cells[place].number, event.modifiers()
        if held & Qt.KeyboardModifier.ShiftModifier:
            self._extend_to(place)
        elif held & Qt.KeyboardModifier.ControlModifier:
            self._current = self._anchor = number
            self._choose(self._chosen ^ {number})
        else:
            if number not in self._chosen:
                self._set_current(number, {number})
            self._drag.press(event.position().toPoint())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._drag.move(event.position().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        at, dragging, pressed = event.position().toPoint(), self._drag.at is not None, self._drag.pressed
        place, aimed = self._cell_at(at), self._aimed()
        self._drag.end()
        if dragging and aimed:
            self.decide(aimed)
        elif dragging:
            self.dropped.emit(self.viewport().mapToGlobal(at))
        elif pressed and place is not None and not event.modifiers():
            # a click on one of several chosen cells means this one alone
            self._set_current(self._cells[place].number, {self._cells[place].number})

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._cell_at(event.position().toPoint()) is not None:
            self.look_wanted.emit()

    def _cell_at(self, at: QPoint) -> int | None:
        return self._layout.at(at.x(), at.y() + self.verticalScrollBar().value())

    def _aimed(self) -> str:
        """The class under what is dragged; "" outside the gallery and over a band that is no class."""
        at = self._drag.at
        if at is None or not self.viewport().rect().contains(at):
            return ""
        index = self._layout.band_at(at.y() + self.verticalScrollBar().value())
        band = self._bands[index] if index is not None else None
        return band.id if band is not None and band.kind is None else ""
