"""The wait after a wrong password, counted down where the person looks."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPushButton

from clinoscope.domain.errors import KnownError, WrongPassword


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

    def start(self, error: KnownError) -> None:
        """Say ``wrong`` for a wrong password and wait as long as it asks for; of anything else the sentence."""
        if not isinstance(error, WrongPassword):
            self._say(str(error))
            return
        if error.retry_after <= 0:
            self._say(self._wrong)
            return
        self._end = time.monotonic() + error.retry_after
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
