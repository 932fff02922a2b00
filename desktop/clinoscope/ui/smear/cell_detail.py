"""What is known of the current cell; or two cells side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from clinoscope.domain.smear import Cell, CellKind
from clinoscope.domain.smear_sheet import CellClass
from clinoscope.modes.wording import percent
from clinoscope.ui import theme
from clinoscope.ui.exam.canvas import GREY
from clinoscope.ui.widgets import BarRow, label

SIDE = 144
_SHOWN = 3
"""Classes whose probability is shown: a fourth never decided anything."""
_KINDS = {
    CellKind.TOUCHING: "It touches another cell.",
    CellKind.SMUDGED: "It is smudged.",
    CellKind.CUT: "The edge of the field cuts it.",
}


class CellDetail(QWidget):
    """Shows one cell with its likeliest classes, or two with their names."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._small = False
        self.pictures = _Pictures()
        self._name = label("", "heading", wrap=True)
        self._state = label("", "small", "secondary", wrap=True)
        self._bars = [BarRow("", 0.0) for _ in range(_SHOWN)]
        self._flags = label("", "small", "amber", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self.pictures, self._name, self._state, *self._bars, self._flags):
            column.addWidget(part)

    def show_small(self, small: bool) -> None:
        """Words alone: the cell is seen larger beside them."""
        self._small = small
        self.pictures.setVisible(not small)
        for bar in self._bars:
            bar.setVisible(not small and bool(bar.name))

    def show_cells(
        self,
        cells: Sequence[Cell],
        images: Sequence[QImage | None],
        classes: Mapping[str, CellClass],
        likely: Sequence[tuple[str, float]],
    ) -> None:
        """One or two cells with their pictures; ``likely`` are classes with their probability, for one cell."""
        names = [_class_name(cell, classes) for cell in cells]
        self.pictures.show_images(images, names if len(cells) > 1 else [])
        self.pictures.setVisible(bool(cells) and not self._small)
        alone = cells[0] if len(cells) == 1 else None
        self._name.setText(names[0] if alone else "")
        self._name.setVisible(alone is not None)
        readers = "\n".join(_read_by(cell, classes) for cell in cells if cell.second is not None)
        state = _state(alone, classes) if alone else readers
        self._state.setText(state)
        self._state.setVisible(bool(state))
        shown = likely[:_SHOWN] if alone else ()
        for row, bar in enumerate(self._bars):
            bar.set(*(shown[row] if row < len(shown) else ("", 0.0)), strong=row == 0)
            bar.setVisible(bool(bar.name) and not self._small)
        words = _flag_words(alone) if alone else ""
        self._flags.setText(words)
        self._flags.setVisible(bool(words))


class _Pictures(QWidget):
    """One or two cells as large as the room allows, on neutral grey."""

    def __init__(self) -> None:
        super().__init__()
        self._images: tuple[QImage | None, ...] = ()
        self._names: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(SIDE)

    def show_images(self, images: Sequence[QImage | None], names: Sequence[str]) -> None:
        self._images, self._names = tuple(images), tuple(names)
        self.setFixedHeight(SIDE + (22 if names else 0))
        self.setAccessibleName(" beside ".join(names) if names else "The cell")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        room = QRect(0, 0, self.width(), SIDE)
        painter.fillRect(room, GREY)
        for place, image in enumerate(self._images):
            width = self.width() // len(self._images)
            part = QRect(place * width, 0, width, SIDE)
            if image is not None and not image.isNull():
                size = image.size().scaled(part.size(), Qt.AspectRatioMode.KeepAspectRatio)
                target = QRect(0, 0, size.width(), size.height())
                target.moveCenter(part.center())
                painter.drawImage(target, image)
            if place:
                painter.setPen(QPen(theme.color("paper"), 2))
                painter.drawLine(part.topLeft(), part.bottomLeft())
            if self._names:
                painter.setPen(theme.color("ink"))
                painter.setFont(theme.font("small", "medium"))
                words = QRect(part.x(), SIDE + 2, width - 6, 20)
                name = painter.fontMetrics().elidedText(self._names[place], Qt.TextElideMode.ElideRight, width - 6)
                painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, name)


def _class_name(cell: Cell, classes: Mapping[str, CellClass]) -> str:
    return classes[cell.label].name if cell.label in classes else cell.label


def _state(cell: Cell, classes: Mapping[str, CellClass]) -> str:
    """Who said so: "Cell 12 · suggested, doubt 40 %", "Cell 12 · decided by Grace Mensah; suggested was Band".

    Of a cell that the program had not found it says first who added it.
    """
    if cell.first is None:
        # a cell of another kind is in full doubt whatever the model is sure of, and is told so below
        said = "suggested" if cell.seen.foreign else f"suggested, doubt {percent(cell.seen.doubt)}"
    else:
        said = f"decided by {cell.first.by.name}"
        if cell.first.label != cell.seen.suggested and cell.seen.suggested in classes:
            said += f"; suggested was {classes[cell.seen.suggested].name}"
    if cell.second is not None:
        name = classes[cell.second.label].name if cell.second.label in classes else cell.second.label
        said += f"; read by {cell.second.by.name} as {name}"
    added = f"added by hand by {cell.seen.drawn_by.name} · " if cell.seen.drawn_by is not None else ""
    return f"Cell {cell.number} · {added}{said}"


def _read_by(cell: Cell, classes: Mapping[str, CellClass]) -> str:
    """Which reader said what: "Cell 12: Grace Mensah Band, Nora Fekete Monocyte"."""
    said = [decision for decision in (cell.first, cell.second) if decision is not None]
    named = (f"{one.by.name} {classes[one.label].name if one.label in classes else one.label}" for one in said)
    return f"Cell {cell.number}: {', '.join(named)}"


def _flag_words(cell: Cell) -> str:
    parts = [_KINDS.get(cell.seen.kind, "")]
    parts += [f"{flag.name}." for flag in cell.seen.flags if flag.raised]
    parts.append("Unlike the cells the model learned from." if cell.seen.foreign else "")
    return " ".join(part for part in parts if part)
