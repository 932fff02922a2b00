"""Every class as a chip with its key: click it, or drop cells on it, to put them there."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from clinoscope.domain.smear_sheet import CellClass
from clinoscope.ui import theme
from clinoscope.ui.smear.tiles import paint_key

_HEIGHT, _GAP = 28, 6
_LONGEST = 112
"""Pixels of the words on a chip: names of a laboratory's own classes may be long, and the cells need the room. They are
cut in the middle, since several may begin alike."""


class ClassBar(QWidget):
    """``wanted(class_id)`` on a click. The keyboard needs no focus here: the keys themselves do the same."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes: Mapping[str, CellClass] = {}
        self._chips: dict[str, QRect] = {}
        self._words: dict[str, str] = {}
        self._under = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFont(theme.font("small", "medium"))
        self.setAccessibleName("Classes")
        theme.watcher().changed.connect(self.update)

    def show_classes(self, classes: Mapping[str, CellClass]) -> None:
        """Show these, in their order."""
        self._classes = classes
        self.setAccessibleDescription(
            ", ".join(f"{entry.name}: {entry.key}" for entry in classes.values() if entry.key)
        )
        self._place()

    def class_at(self, at: QPoint) -> str:
        """The class under a global point, "" for none."""
        here = self.mapFromGlobal(at)
        return next((class_id for class_id, chip in self._chips.items() if chip.contains(here)), "")

    def aim(self, at: QPoint | None) -> None:
        """Show what a global point aims at; None for nothing."""
        self._set_under(self.class_at(at) if at is not None else "")

    def chip(self, class_id: str) -> QRect:
        """Where a class lies."""
        return self._chips[class_id]

    def sizeHint(self) -> QSize:
        return QSize(400, self._place(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self, width: int = 0) -> int:
        """Lay the chips out in lines; the height they take."""
        width = width or self.width()
        self._chips, self._words = {}, {}
        x = y = 0
        for class_id, entry in self._classes.items():
            self._words[class_id] = self.fontMetrics().elidedText(
                entry.short or entry.name, Qt.TextElideMode.ElideMiddle, _LONGEST
            )
            wide = self.fontMetrics().horizontalAdvance(self._words[class_id]) + (46 if entry.key else 20)
            if x and x + wide > width:
                x, y = 0, y + _HEIGHT + _GAP
            self._chips[class_id] = QRect(x, y, wide, _HEIGHT)
            x += wide + _GAP
        height = y + _HEIGHT
        self.setFixedHeight(height)
        self.update()
        return height

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for class_id, chip in self._chips.items():
            entry, under = self._classes[class_id], class_id == self._under
            painter.setPen(QPen(theme.color("accent" if under else "line"), 1))
            painter.setBrush(theme.color("accent-soft" if under else "surface"))
            painter.drawRoundedRect(chip.adjusted(0, 0, -1, -1), theme.RADIUS, theme.RADIUS)
            painter.setFont(self.font())
            painter.setPen(theme.color("accent" if under else "ink"))
            words = chip.adjusted(10, 0, 0, 0)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self._words[class_id])
            if entry.key:
                paint_key(painter, chip.right() - 27, chip.center().y() + 1, entry.key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.aim(event.globalPosition().toPoint())

    def leaveEvent(self, event: object) -> None:
        self._set_under("")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        class_id = self.class_at(event.globalPosition().toPoint())
        if class_id:
            self.wanted.emit(class_id)

    def event(self, event: object) -> bool:
        if isinstance(event, QHelpEvent):
            class_id = self.class_at(event.globalPos())
            if class_id:
                QToolTip.showText(event.globalPos(), self._classes[class_id].name, self)
            return True
        return super().event(event)  # type: ignore[arg-type]

    def _set_under(self, class_id: str) -> None:
        if class_id != self._under:
            self._under = class_id
            self.update()
