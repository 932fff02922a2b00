"""The picture at the left, the side of the step at the right; the same canvas through all steps."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from clinoscope.ui.exam.canvas import PictureCanvas
from clinoscope.ui.exam.capture_step import CaptureStep
from clinoscope.ui.exam.colour_note import ColourNote
from clinoscope.ui.exam.follow_up import FollowUp
from clinoscope.ui.exam.reading_step import ReadingStep
from clinoscope.ui.exam.region_step import RegionStep
from clinoscope.ui.exam.side import ROOMY, WIDE, WIDTH, Side
from clinoscope.ui.exam.work import Opened
from clinoscope.ui.shell import Shell
from clinoscope.ui.widgets import hairline


class Bench(QWidget):
    """Holds the three sides; one is up at a time."""

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._right = QWidget(self)
        self._sides = QStackedWidget(self._right)
        self.canvas = PictureCanvas(self)
        self.capture = CaptureStep(self.canvas, self._sides)
        self.region = RegionStep(self.canvas, self._sides)
        self.reading = ReadingStep(self.canvas, self._sides)
        self.follow = FollowUp(shell, self.canvas, self.capture)
        self.colour = ColourNote(self.canvas)
        self._right.setFixedWidth(WIDTH)
        column = QVBoxLayout(self._right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.colour)
        column.addWidget(self._sides, 1)
        for side in (self.capture, self.region, self.reading):
            self._sides.addWidget(side)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(hairline(vertical=True))
        layout.addWidget(self._right)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._right.setFixedWidth(WIDE if self.width() >= ROOMY else WIDTH)

    def show_picture(self, opened: Opened | None) -> None:
        """Show a taken picture in its corrected colours, and what was done to them; None for neither."""
        self.canvas.show_raster(opened.raster if opened is not None else None)
        self.colour.show_picture(opened)

    def show_side(self, side: Side) -> None:
        self._sides.setCurrentWidget(side)

    def scroll_by(self, key: Qt.Key) -> bool:
        """Scroll the side that is up, where a key means that."""
        side = self._sides.currentWidget()
        return isinstance(side, Side) and side.scroll_by(key)
