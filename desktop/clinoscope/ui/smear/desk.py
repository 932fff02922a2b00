"""The three parts of the bench side by side, and the line above them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinoscope.domain.access import Act
from clinoscope.domain.picture import Picture
from clinoscope.domain.record import ExamState
from clinoscope.domain.smear import Cell
from clinoscope.domain.smear_sheet import CellClass
from clinoscope.ui.exam.canvas import PictureCanvas
from clinoscope.ui.smear.add_pane import AddPane
from clinoscope.ui.smear.cell_detail import CellDetail
from clinoscope.ui.smear.class_bar import ClassBar
from clinoscope.ui.smear.collect_pane import CollectPane
from clinoscope.ui.smear.crops import Crops, Fetch, scaled
from clinoscope.ui.smear.field_view import FieldView
from clinoscope.ui.smear.gallery import Gallery
from clinoscope.ui.smear.side import WIDTH as SIDE_WIDTH
from clinoscope.ui.smear.side import Side
from clinoscope.ui.smear.state import State
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets import Chip, IconButton, LinkButton, QuietButton, hairline, label
from clinoscope.ui.widgets.notices import EmptyState
from clinoscope.workflow.smear.reading import class_shares
from clinoscope.workflow.smear.second import SECOND

LEFT = 320
GALLERY = 440
"""Pixels that the gallery keeps while fields are taken."""
LARGE = 288
"""Side of the current cell's picture, in pixels: as wide as its place."""
OFFERED = frozenset((Act.EXAM_TAKE, Act.EXAM_REVIEW, Act.EXAM_SIGN, Act.REPORT))
"""What can be done on the bench, to those who may."""
_BESIDE = 2
"""Cells that can be held side by side."""


class Desk(QWidget):
    """Shows a state of the bench. ``looking`` is True while one cell is looked at in its field, ``collecting`` while
    fields are taken, ``adding`` while a missed cell is added; ``adding_changed`` then tells. ``allowed`` is what the
    user may do: nothing else is offered."""

    adding_changed = Signal()

    def __init__(self, fetch: Fetch, open_field: Callable[[int], Picture], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fetch = fetch
        self._large: dict[int, QImage] = {}
        self._classes: Mapping[str, CellClass] = {}
        self._read: tuple[int, ...] = ()
        self._lying: Mapping[int, tuple[Cell, ...]] = {}
        self._signed = False
        self.allowed = OFFERED
        self._adds = False
        self._empty = True
        self.looking = False
        self.collecting = False
        self.adding = False
        self._left, self._middle = QWidget(self), QWidget(self)
        self.canvas = PictureCanvas(self._left)
        self.field = FieldView(self.canvas, open_field, self)
        self.detail = CellDetail(self._left)
        self.collect = CollectPane(self.canvas, self._left)
        self.add = AddPane(self.canvas, self.field, self._left)
        self.classes = ClassBar(self._middle)
        self.gallery = Gallery(Crops(fetch, self), self._middle)
        self.side = Side(self)
        self.empty = EmptyState(
            "ph.circles-three",
            "No fields yet",
            "Add fields from files",
            "Take them live with Microscope, open files, or drop them here. Cells are read meanwhile.",
        )
        self._make_head()
        self._lay_out()
        self._connect()

    def _make_head(self) -> None:
        self.add_files = QuietButton("Add fields…", icon="ph.folder-open", tip="Add fields from files (Ctrl+O)")
        self.microscope = QuietButton("Microscope", icon="ph.camera", tip="Take fields live (Ctrl+M)")
        self.microscope.setCheckable(True)
        self.undo = IconButton("ph.arrow-counter-clockwise", "Undo (Ctrl+Z)")
        self.redo = IconButton("ph.arrow-clockwise", "Redo (Ctrl+Y)")
        self.reference = IconButton("ph.book-open", "Reference cells (Ctrl+R)")
        self.discard = IconButton("ph.trash", "Discard draft…")
        self.own_class = IconButton("ph.plus-circle", "Classes of your own…")
        self.add_cell = LinkButton("Add a missed cell", tip="Add a white cell that was not found (Ctrl+B)")
        self.take_away = LinkButton("Take this cell away", tip="Take away a cell that was added by hand (Delete)")
        self._phantom, self._state = Chip(), Chip()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(24, 0, 16, 0)
        head.setSpacing(8)
        head.addStrut(56)
        head.addWidget(label("Blood smear", "heading"))
        head.addWidget(self._phantom)
        head.addWidget(self._state)
        head.addStretch(1)
        acts = (self.add_files, self.microscope, self.undo, self.redo, self.reference, self.discard)
        for button in acts:
            head.addWidget(button)
        left = QVBoxLayout(self._left)
        left.setContentsMargins(16, 16, 0, 16)
        left.setSpacing(12)
        left.addWidget(self.canvas, 1)
        left.addWidget(self.detail)
        links = QHBoxLayout()
        links.addWidget(self.add_cell)
        links.addWidget(self.take_away)
        links.addStretch(1)
        left.addLayout(links)
        left.addWidget(self.collect)
        left.addWidget(self.add)
        bar = QHBoxLayout()
        bar.setSpacing(4)
        bar.addWidget(self.classes, 1)
        bar.addWidget(self.own_class, 0, Qt.AlignmentFlag.AlignTop)
        middle = QVBoxLayout(self._middle)
        middle.setContentsMargins(16, 16, 0, 0)
        middle.setSpacing(8)
        middle.addLayout(bar)
        middle.addWidget(self.gallery, 1)
        middle.addWidget(self.empty, 1)
        parts = QHBoxLayout()
        parts.setSpacing(0)
        parts.addWidget(self._left)
        parts.addWidget(self._middle, 1)
        parts.addWidget(hairline(vertical=True))
        parts.addWidget(self.side)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(hairline())
        column.addLayout(parts, 1)
        self._fit_left()

    def _connect(self) -> None:
        self.gallery.current_changed.connect(lambda _cell: self._show_current())
        self.gallery.dragged.connect(self.classes.aim)
        self.gallery.dropped.connect(self._on_dropped)
        self.classes.wanted.connect(self.gallery.decide)
        self.empty.button.clicked.connect(self.add_files.click)
        self.add.left.connect(self.leave_adding)

    # states

    def begin(self) -> None:
        """Another smear comes: nothing of the one before may be seen meanwhile."""
        self._empty = True
        self.looking = self.collecting = self.adding = False
        self.collect.end()
        self.add.end()
        self._large.clear()
        self.gallery.crops.forget()
        self.gallery.show_bands((), {})
        self.gallery.hide()
        self.empty.hide()
        self.field.forget()
        self._fit_left()

    def end(self) -> None:
        """The page goes: let go of the microscope."""
        self.leave_adding()
        self.collect.end()
        self.field.clear()

    def show_state(self, state: State, reader: int) -> None:
        """Show how the bench stands."""
        self._classes, self._read, self._lying = state.classes, state.read, state.lying
        self._signed = state.exam.state is not ExamState.DRAFT
        self._phantom.set("Phantom: a drawn test picture" if state.phantom else "", "amber")
        blind = reader == SECOND and state.exam.smear is not None and state.exam.smear.second_done is None
        self._state.set("Signed" if self._signed else "Blind reading" if blind else "Draft saved", "ink")
        takes, reviews = Act.EXAM_TAKE in self.allowed, Act.EXAM_REVIEW in self.allowed
        first = not self._signed and reader != SECOND
        for offered, buttons in ((takes, (self.add_files, self.microscope)), (reviews, (self.discard, self.own_class))):
            for button in buttons:
                button.setVisible(first and offered)
        self.classes.setVisible(not self._signed and reviews)
        self._adds = first and reviews
        self.side.allowed = self.allowed
        self.undo.setEnabled(state.can_undo and not self._signed)
        self.redo.setEnabled(state.can_redo and not self._signed)
        self.classes.show_classes(state.classes)
        self.gallery.show_bands(state.bands, state.classes)
        self.gallery.setVisible(bool(state.bands))
        self.empty.setVisible(not state.bands)
        self._empty = not state.fields
        if self.adding:
            self.add.show_fields(state.read, state.lying)
        self._fit_left()
        self.empty.button.setVisible(not state.fields and first and takes)
        self.side.show_state(state, reader)
        printed = state.exam.smear.chosen if state.exam.smear is not None else ()
        self.gallery.show_printed(printed)

    # looking closely, taking fields

    def toggle_close(self) -> None:
        """The current cell in its field, as large as the window allows; or the cells again."""
        cell = self.gallery.current
        if cell is not None and len(self.gallery.chosen) == 1:
            self.gallery.go_to(cell.number)  # chosen by looking: fields that are read meanwhile bring no other one up
        self._set_close(not self.looking and cell is not None and not self.collecting)

    def back(self) -> bool:
        """The cells again; False where one was at them."""
        if self.adding:
            self.leave_adding()
        elif self.collecting:
            self.show_cells()
        elif self.looking:
            self._set_close(False)
        else:
            return False
        return True

    def show_collecting(self) -> None:
        """Room for the microscope."""
        self.leave_adding()
        self._set_close(False)
        self.collecting = True
        self.field.clear()
        self._fit_left()
        self.canvas.setFocus()

    def show_cells(self) -> None:
        """Let go of the microscope and look at the cells."""
        self.leave_adding()
        self.collecting = False
        self.collect.end()
        self._set_close(False)

    def show_adding(self) -> bool:
        """Room for the field of the current cell, to add one that was missed; False while no field was read."""
        if not self._read or self.adding:
            return self.adding
        if self.collecting:
            self.show_cells()
        cell = self.gallery.current
        here = cell.field if cell is not None and cell.field in self._read else self._read[-1]
        self.adding = True
        self._fit_left()
        self.add.begin(self._read, here, self._lying)
        self.canvas.setFocus()
        self.adding_changed.emit()
        return True

    def leave_adding(self) -> None:
        """Add no cell, and go back to where it was asked for."""
        if self.adding:
            self.adding = False
            self.add.end()
            self._set_close(self.looking)
            self.adding_changed.emit()

    def pass_on(self, event: QKeyEvent) -> None:
        """Keys for the gallery while it steps back behind the field."""
        self.gallery.keyPressEvent(event)

    def _set_close(self, on: bool) -> None:
        self.looking = on
        self._fit_left()
        self._show_current()
        (self.canvas if on else self.gallery).setFocus()

    def _fit_left(self) -> None:
        self.microscope.setChecked(self.collecting)
        self._left.setVisible(self.collecting or not self._empty)
        self._middle.setVisible(not self.looking and not self.adding)
        self.detail.setVisible(not self.collecting and not self.adding)
        self.detail.show_small(self.looking)
        self.collect.setVisible(self.collecting)
        self.add.setVisible(self.adding)
        self._show_links()
        if self.looking or self.adding:
            self._left.setMinimumWidth(LEFT)
            self._left.setMaximumWidth(16_777_215)  # Qt's own QWIDGETSIZE_MAX: no limit
        else:
            room = min(max(self.width() - SIDE_WIDTH - GALLERY, LEFT), 2 * LEFT)
            self._left.setFixedWidth(room if self.collecting else LEFT)

    # the current cell

    def _show_current(self) -> None:
        cell = self.gallery.current
        if not self.collecting and not self.adding:
            lying = self._lying.get(cell.field, ()) if cell is not None else ()
            self.field.show_cell(cell, lying, close=self.looking)
        self._show_links()
        chosen = self.gallery.chosen
        shown = chosen if len(chosen) == _BESIDE else (cell,) if cell is not None else ()
        self._show_detail(shown)
        self._fetch_large([one.number for one in shown if one.number not in self._large])

    def _show_links(self) -> None:
        """What can be done with the field and the cell that are seen."""
        cell, free = self.gallery.current, self._adds and not self.collecting and not self.adding
        self.add_cell.setVisible(free and bool(self._read))
        self.take_away.setVisible(free and cell is not None and cell.seen.drawn_by is not None)

    def _show_detail(self, shown: tuple[Cell, ...]) -> None:
        likely: list[tuple[str, float]] = []
        if len(shown) == 1:
            shares = class_shares(shown[0].seen.type, shown[0].seen.stage)
            ordered = sorted(shares.items(), key=lambda pair: -pair[1])
            likely = [(self._classes[name].name, share) for name, share in ordered if name in self._classes]
        self.detail.show_cells(shown, [self._large.get(cell.number) for cell in shown], self._classes, likely)

    def _fetch_large(self, numbers: list[int]) -> None:
        if not numbers:
            return
        side, fetch = round(LARGE * self.devicePixelRatioF()), self._fetch

        def keep(found: dict[int, QImage]) -> None:
            if len(self._large) > 200:
                self._large.clear()
            self._large.update(found)
            chosen, cell = self.gallery.chosen, self.gallery.current
            shown = chosen if len(chosen) == _BESIDE else (cell,) if cell is not None else ()
            if {one.number for one in shown} & found.keys():
                self._show_detail(shown)

        run_task(
            self,
            lambda: {number: scaled(data, side) for number, data in fetch(numbers).items()},
            done=keep,
            failed=lambda _: None,  # the vault's own check names what cannot be read; the picture stays grey
        )

    def _on_dropped(self, at: object) -> None:
        class_id = self.classes.class_at(at)  # type: ignore[arg-type]
        if class_id:
            self.gallery.decide(class_id)
