"""A few choices side by side, one of them taken."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from clinoscope.ui.widgets.buttons import QuietButton


class _Option(QuietButton):
    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(step)


class Choice(QWidget):
    """``options`` are (value, words). Tab reaches the taken one; the arrow keys move, round and round."""

    changed = Signal(str)

    def __init__(self, name: str, options: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._values = [value for value, _words in options]
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for place, (_value, words) in enumerate(options):
            button = _Option(words)
            button.setCheckable(True)
            button.setAccessibleName(f"{name}: {words}")
            button.stepped.connect(self._step)
            self._group.addButton(button, place)
            layout.addWidget(button)
        layout.addStretch(1)
        self._group.idToggled.connect(self._on_toggled)
        self.take(self._values[0])

    def value(self) -> str:
        return self._values[self._group.checkedId()]

    def take(self, value: str) -> None:
        """Take a choice without announcing it."""
        self._group.blockSignals(True)
        self._group.button(self._values.index(value)).setChecked(True)
        self._group.blockSignals(False)
        self._reach()

    def _step(self, by: int) -> None:
        button = self._group.button((self._group.checkedId() + by) % len(self._values))
        button.setChecked(True)
        button.setFocus()

    def _on_toggled(self, place: int, on: bool) -> None:
        if on:
            self._reach()
            self.changed.emit(self._values[place])

    def _reach(self) -> None:
        """Only the taken one is on the way of Tab."""
        for button in self._group.buttons():
            taken = button.isChecked()
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if taken else Qt.FocusPolicy.ClickFocus)
            if taken:
                self.setFocusProxy(button)
