"""The wait after a wrong password, counted down where the person looks."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPushButton


class Countdown:
    """Keeps ``button`` shut for some seconds and says ``wrong`` and how many are left."""

    def __init__(self, button: QPushButton, wrong: str, say: Callable[[str], object]) -> None:
        self._button = button
        self._wrong = wrong
        self._say = say
        self._end = 0.0
        self._timer = QTimer(button)
        self._timer.setInterval(200)
        self._timer.timeout.connect(self._tick)

    @property
    def running(self) -> bool:
        return self._timer.isActive()

    def start(self, sentence: str, seconds: float) -> None:
        """Wait; for zero seconds only show ``sentence``."""
        if seconds <= 0:
            self._say(sentence)
            return
        self._end = time.monotonic() + seconds
        self._button.setEnabled(False)
        self._timer.start()
        self._tick()

    def _tick(self) -> None:
        left = math.ceil(self._end - time.monotonic())
        if left > 0:
            self._say(f"{self._wrong} Next try in {left} s.")
            return
        self._timer.stop()
        self._button.setEnabled(True)
        self._say(self._wrong)
