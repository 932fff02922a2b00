"""A camera's knobs: size of the picture, exposure, white balance, focus. Only those that the device really has."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QVBoxLayout, QWidget

from clinoscope.ui.widgets import Choice, Combo, Panel, PrimaryButton, QuietButton, label
from clinoscope.ui.widgets.layouts import clear
from clinoscope.workflow.capture import Abilities, CameraSettings, Knob, Range

_NAMES = {
    Knob.EXPOSURE: ("Exposure", "Darker", "Brighter"),
    Knob.WHITE_BALANCE: ("White balance", "Bluer", "Redder"),
    Knob.FOCUS: ("Focus", "Far", "Near"),
}
_PAUSE = 80
"""Milliseconds between two settings sent to a camera while a slider is drawn."""


class KnobRow(QWidget):
    """One knob: the camera sees to it, or a slider does. ``turned`` carries nothing: ask ``by_hand``."""

    turned = Signal()

    def __init__(self, knob: Knob, found: Range, by_hand: float | None) -> None:
        super().__init__()
        self._low = found.low
        self._step = max((found.high - found.low) / 1000, 1.0)
        name, low, high = _NAMES[knob]
        self.choice = Choice(name, (("automatic", "Automatic"), ("hand", "By hand")))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, round((found.high - found.low) / self._step))
        self.slider.setPageStep(max(self.slider.maximum() // 10, 1))
        self.slider.setAccessibleName(f"{name}, by hand")
        self.slider.setValue(round(((found.value if by_hand is None else by_hand) - self._low) / self._step))
        self.choice.take("automatic" if by_hand is None and found.automatic else "hand")
        self._touched = by_hand is not None
        ends = QHBoxLayout()
        ends.addWidget(label(low, "small", "secondary"))
        ends.addStretch(1)
        ends.addWidget(label(high, "small", "secondary"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(label(name, "small", "secondary", weight="medium"))
        layout.addWidget(self.choice)
        self.choice.setVisible(found.automatic)
        layout.addWidget(self.slider)
        layout.addLayout(ends)
        self._show()
        self.choice.changed.connect(self._on_choice)
        self.slider.valueChanged.connect(self._on_slider)

    def by_hand(self) -> float | None:
        """The value set by hand, in the device's own units; None while it is left to the camera, or as it was."""
        if not self._touched or self.choice.value() == "automatic":
            return None
        return self._low + self.slider.value() * self._step

    def _on_choice(self) -> None:
        self._touched = True
        self._show()
        self.turned.emit()

    def _on_slider(self) -> None:
        self._touched = True
        self.turned.emit()

    def _show(self) -> None:
        self.slider.setEnabled(self.choice.value() == "hand")


class CameraPanel(Panel):
    """``wanted`` carries the settings, at once for the camera; ``kept`` once, at the end, if they changed."""

    wanted = Signal(object)
    kept = Signal(object)

    def __init__(self, host: QWidget, name: str, settings: CameraSettings) -> None:
        super().__init__(host, "Camera settings", 360)
        self._settings = self._before = settings
        self._rows: dict[Knob, KnobRow] = {}
        self._sizes = Combo("Size of the picture")
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self._send)
        self._told = label("Looking at what the camera can do…", "body", "secondary", wrap=True)
        self.body.addWidget(label(name, weight="medium", wrap=True))
        self.body.addWidget(self._told)
        self._knobs = QVBoxLayout()
        self._knobs.setSpacing(20)
        self.body.addLayout(self._knobs)
        self.body.addStretch(1)
        self.close_it = PrimaryButton("Done")
        self.close_it.clicked.connect(self.close_panel)
        self._reset = QuietButton("All automatic")
        self._reset.clicked.connect(self._set_back)
        self._reset.hide()
        self.foot.addStretch(1)
        self.foot.addWidget(self._reset)
        self.foot.addWidget(self.close_it)
        self.closed.connect(self._keep)

    def show_abilities(self, found: Abilities) -> None:
        """Show what the device took when it was asked."""
        clear(self._knobs)
        self._rows = {}
        self._told.setText("" if len(found.sizes) > 1 or found.ranges else "This camera has nothing to set.")
        self._told.setVisible(bool(self._told.text()))
        if len(found.sizes) > 1:
            self._knobs.addWidget(self._size_row(found))
        for knob, what in found.ranges.items():
            row = self._rows[knob] = KnobRow(knob, what, self._settings.by_hand.get(knob))
            row.turned.connect(self._pause.start)
            self._knobs.addWidget(row)
        self._reset.setVisible(any(what.automatic for what in found.ranges.values()))

    def _size_row(self, found: Abilities) -> QWidget:
        row = QWidget()
        layout = QVBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self._sizes = Combo("Size of the picture")
        for width, height in sorted(found.sizes, key=lambda size: size[0] * size[1], reverse=True):
            self._sizes.addItem(f"{width} × {height}", (width, height))
        self._sizes.setCurrentIndex(self._sizes.findText(f"{found.size[0]} × {found.size[1]}"))
        self._sizes.activated.connect(self._send)
        layout.addWidget(label("Size of the picture", "small", "secondary", weight="medium"))
        layout.addWidget(self._sizes)
        return row

    def _send(self) -> None:
        self._pause.stop()
        by_hand = {knob: value for knob, row in self._rows.items() if (value := row.by_hand()) is not None}
        size = self._sizes.currentData()
        self._settings = replace(self._settings, size=size or self._settings.size, by_hand=by_hand)
        self.wanted.emit(self._settings)

    def _set_back(self) -> None:
        for row in self._rows.values():
            if not row.choice.isHidden():
                row.choice.take("automatic")
                row.choice.changed.emit("automatic")
        self._send()

    def _keep(self) -> None:
        if self._pause.isActive():
            self._send()
        if self._settings != self._before:
            self._before = self._settings
            self.kept.emit(self._settings)
