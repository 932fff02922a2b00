"""Taking the photo by itself once everything has been well for half a second: off until somebody switches it on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QWidget

from clinoscope.domain.quality import Check, Quality, QualityLimits

if TYPE_CHECKING:
    from clinoscope.ui.exam.shutter import Shutter

HOLD = 0.5
"""Seconds for which every look must have passed all checks."""
GRACE = 1.5
"""Seconds of live picture before the count may begin: who retakes must first see what there is."""
GAP = 1.0
"""Seconds between two looks from which on they no longer count together; a stream is told to have stalled after 2."""

COUNTING = "All is well: hold still, the photo is being taken"


class Countdown:
    """When to take the photo, told one look of the live checks after the other. Times are in seconds, any clock.

    It takes one photo and then none until the subject has left the picture or ``begin`` is called again.
    """

    def __init__(self) -> None:
        self._wanted: frozenset[Check] = frozenset()
        self._armed = False
        self._not_before = 0.0
        self._since: float | None = None
        self._last = 0.0

    def begin(self, limits: QualityLimits, now: float) -> None:
        """A live picture begins, for the first time or to retake."""
        self._wanted = frozenset(check for check in Check if getattr(limits, check.value) is not None)
        self._armed = True
        self._not_before = now + GRACE
        self._since = None

    def stop(self) -> None:
        """Nothing is counted until the next look: the stream has stopped, or hands are elsewhere."""
        self._since = None

    @property
    def counting(self) -> bool:
        return self._since is not None

    def look(self, quality: Quality, now: float) -> bool:
        """True when the photo is to be taken now. A check not made yet (motion needs two frames) is no pass."""
        gone = any(finding.check in (Check.SUBJECT, Check.BLANK) for finding in quality.problems)
        self._armed = self._armed or gone
        made = {finding.check for finding in quality.findings}
        well = quality.ok and self._wanted <= made and self._armed and now >= self._not_before
        if self._since is not None and now - self._last > GAP:
            self._since = None
        self._last = now
        if not well:
            self._since = None
            return False
        if self._since is None:
            self._since = now
        if now - self._since < HOLD:
            return False
        self._armed, self._since = False, None
        return True


class AutoCapture(QObject):
    """The switch and the ring around the shutter. ``fired``: take the photo; ``chosen`` carries what was switched."""

    fired = Signal()
    chosen = Signal(bool)

    def __init__(self, shutter: Shutter, parent: QWidget) -> None:
        super().__init__(parent)
        self._shutter = shutter
        self._countdown = Countdown()
        self.switch = QCheckBox("Take the photo when all is well")
        self.switch.setToolTip("Takes it by itself once every check has passed for half a second (A)")
        self.switch.setAccessibleDescription("Once every check has passed for half a second")
        self.switch.clicked.connect(self._on_clicked)

    def begin(self, limits: QualityLimits) -> None:
        """A live picture begins."""
        self._countdown.begin(limits, time.monotonic())
        self._shutter.stop_count()

    def stop(self) -> None:
        """The live picture stands still or is left."""
        self._countdown.stop()
        self._shutter.stop_count()

    def look(self, quality: Quality) -> None:
        """What the live checks saw just now."""
        if not self.switch.isChecked():
            return
        if not self._shutter.isEnabled() or _hands_elsewhere():
            self.stop()
            return
        before = self._countdown.counting
        fire = self._countdown.look(quality, time.monotonic())
        if self._countdown.counting and not before:
            self._shutter.count(HOLD)
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._shutter, COUNTING))
        elif before and not self._countdown.counting:
            self._shutter.stop_count()
        if fire:
            self.fired.emit()

    def _on_clicked(self, on: bool) -> None:
        self.stop()
        self.chosen.emit(on)


def _hands_elsewhere() -> bool:
    """Whether somebody is choosing a file, opening a list or typing an address: no moment for a photo."""
    typing = isinstance(QApplication.focusWidget(), QLineEdit)
    return typing or QApplication.activeModalWidget() is not None or QApplication.activePopupWidget() is not None
