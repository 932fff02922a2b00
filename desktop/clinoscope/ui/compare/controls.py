"""The row over two compared pictures: how they are shown, where the wipe stands, regions, alignment, blinking."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from clinoscope.ui import theme
from clinoscope.ui.compare.canvas import CompareCanvas, Mode
from clinoscope.ui.widgets import Choice, QuietButton

BLINK = 700
"""Milliseconds that each picture is seen while they blink."""
FINE = 5
"""Per cent that a key moves the wipe or the blend."""


class Controls(QWidget):
    """Drives a canvas. ``moded`` follows a change of the way the two are shown."""

    moded = Signal()

    def __init__(self, canvas: CompareCanvas) -> None:
        super().__init__()
        self._canvas = canvas
        self.modes = Choice(
            "Show", ((Mode.SIDE, "Side by side"), (Mode.WIPE, "Wipe"), (Mode.BLEND, "One over the other"))
        )
        self.modes.changed.connect(lambda value: self.set_mode(Mode(value)))
        self.share = QSlider(Qt.Orientation.Horizontal)
        self.share.setRange(0, 100)
        self.share.setValue(50)
        self.share.setSingleStep(1)
        self.share.setPageStep(10)
        self.share.setMinimumSize(120, theme.CONTROL)
        self.share.valueChanged.connect(lambda value: canvas.set_share(value / 100))
        canvas.share_changed.connect(self._on_dragged)
        self.blink = _toggle("Blink", "One and the other in turn (B)")
        self.blink.toggled.connect(self._on_blink)
        self.aligned = _toggle("Aligned", "Laid over each other by what they show (A)")
        self.aligned.setChecked(True)
        self.aligned.toggled.connect(canvas.set_aligned)
        self.regions = _toggle("Regions", "Region outlines (R)")
        self.regions.setChecked(True)
        self.regions.toggled.connect(canvas.set_regions)
        self._beat = QTimer(self)
        self._beat.setInterval(BLINK)
        self._beat.timeout.connect(self._flip)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.modes)
        row.addWidget(self.share, 1)
        row.addStretch(1)
        for button in (self.blink, self.aligned, self.regions):
            row.addWidget(button)
        self.set_mode(Mode.SIDE)

    def set_mode(self, mode: Mode) -> None:
        """Show the two in another way."""
        self.modes.take(mode)
        self.blink.setChecked(False)
        self.share.setVisible(mode is not Mode.SIDE)
        self.blink.setVisible(mode is Mode.BLEND)
        name = (
            "Edge between the earlier and the later picture" if mode is Mode.WIPE else "How much of the later picture"
        )
        self.share.setAccessibleName(name)
        self._canvas.set_mode(mode)
        self.moded.emit()

    def turn_blink(self) -> None:
        """Blink or stop; with less motion, show the other picture and stay."""
        if self._canvas.mode is not Mode.BLEND:
            self.set_mode(Mode.BLEND)
        if theme.motion():
            self.blink.toggle()
        else:
            self._flip()

    def step(self, direction: int) -> None:
        """Move the wipe or the blend by a little."""
        if self._canvas.mode is not Mode.SIDE:
            self.share.setValue(self.share.value() + direction * FINE)

    def rest(self) -> None:
        """Nothing moves by itself any more."""
        self.blink.setChecked(False)

    def _flip(self) -> None:
        self.share.setValue(0 if self.share.value() > 50 else 100)

    def _on_blink(self, on: bool) -> None:
        if not on:
            self._beat.stop()
        elif theme.motion():
            self._flip()
            self._beat.start()
        else:
            self.blink.setChecked(False)
            self._flip()

    def _on_dragged(self, share: float) -> None:
        self.share.blockSignals(True)
        self.share.setValue(round(100 * share))
        self.share.blockSignals(False)


def _toggle(words: str, tip: str) -> QuietButton:
    made = QuietButton(words, tip=tip)
    made.setCheckable(True)
    made.setAccessibleDescription(tip)
    return made
