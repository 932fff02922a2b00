"""A person's hands: the flow tests touch the window only by keys and mouse, and every act is watched."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QWidget
from window_watchdog import Moment, Watchdog, crowding

from clinoscope.domain.record import Exam
from clinoscope.ui import tasks
from clinoscope.ui.exam.step import Step
from clinoscope.ui.window import Window

if TYPE_CHECKING:
    from clinoscope.ui.exam.page import ExamPage

USER = "Grace Mensah"
PASSWORD = "three quiet rivers"
_TICK = 5
"""Milliseconds between two looks at whether the window answers."""


class Hands:
    """What a person does: press, type, click, wait and look. Every act is watched."""

    user = USER
    password = PASSWORD

    def __init__(self, window: Window, watchdog: Watchdog) -> None:
        self.window = window
        self.watchdog = watchdog
        self._last = Moment.here()
        self._what = "start"
        self._beat = QTimer(window)
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.setInterval(_TICK)
        self._beat.timeout.connect(self._on_beat)

    def press(self, key: Qt.Key | str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the keyboard is."""
        self._act(f"press {key!r}", lambda: QTest.keyClick(self._focus(), key, modifier))

    def ctrl(self, key: Qt.Key | str) -> None:
        """Press a key with Ctrl."""
        self.press(key, Qt.KeyboardModifier.ControlModifier)

    def type(self, text: str) -> None:
        """Type where the keyboard is, one key after the other."""
        for letter in text:
            self.press(letter)

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Click a widget that is on the screen, in its middle unless told where."""
        self.until(lambda: widget.isVisible() and widget.isEnabled(), f"{widget.accessibleName()!r} can be clicked")
        spot = at if at is not None else widget.rect().center()
        button = Qt.MouseButton.LeftButton
        self._act(f"click {widget.accessibleName()!r}", lambda: QTest.mouseClick(widget, button, pos=spot))

    def until(self, happens: Callable[[], object], what: str, seconds: float = 15.0) -> None:
        """Let the window work until something happens. Fails when it does not."""
        end = time.monotonic() + seconds
        self._what = f"until {what}"
        self._last = Moment.here()
        self._beat.start()
        try:
            while not happens():
                if time.monotonic() > end:
                    pytest.fail(f"did not happen: {what}")
                QTest.qWait(_TICK)
        finally:
            self._beat.stop()

    def settle(self) -> None:
        """Until no work is running and every event is dealt with."""
        self.until(lambda: tasks.running() == 0, "all work is done")
        self.wait(10)
        self.until(lambda: tasks.running() == 0, "all work is done")

    def crowding(self) -> float:
        """How many want each processor, 1 on a machine that is ours."""
        return crowding()

    def wait(self, milliseconds: float) -> None:
        """Let the window work for a while."""
        end = time.monotonic() + milliseconds / 1000
        self.until(lambda: time.monotonic() >= end, f"{milliseconds} ms have passed")

    def tick(self, box: QCheckBox) -> None:
        """Click the box itself, at the left of its words."""
        self.click(box, QPoint(12, box.height() // 2))

    def log_in(self, name: str = USER, password: str = PASSWORD) -> None:
        """Type name and password into the login, whatever stands there, and press Enter."""
        login = self.window.gate.login
        assert login is not None
        for edit, text in ((login.name.edit, name), (login.password.edit, password)):
            self.click(edit)
            self.ctrl(Qt.Key.Key_A)
            self.type(text)
        self.press(Qt.Key.Key_Return)

    def on(self, place: str) -> None:
        """Until the page of ``place`` is up and has what it shows."""
        self.until(lambda: not self.window.locked() and self.window.shell.place == place, f"the page {place!r} is up")
        self.settle()

    # the exam page

    def begin(self, digit: str) -> ExamPage:
        """A new exam of the open patient, with the task under a digit."""
        self.ctrl(Qt.Key.Key_E)
        self.on("exam")
        # Late: first_log_in.py measures a program that has not brought this in yet.
        from clinoscope.ui.exam.page import ExamPage

        page = self.window.page
        assert isinstance(page, ExamPage)
        assert page.step is Step.CHOOSE
        self.press(digit)
        self.settle()
        assert page.step is Step.CAPTURE
        return page

    def drop(self, page: ExamPage, path: Path) -> None:
        """Drag a file over the page and let go."""
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path))])
        spot, copy, left = page.rect().center(), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        nothing = Qt.KeyboardModifier.NoModifier
        with warnings.catch_warnings():
            # From 6.12 on PySide wants a QPointF here, before that it takes none.
            warnings.simplefilter("ignore", DeprecationWarning)
            entered = QDragEnterEvent(spot, copy, mime, left, nothing)
        QApplication.sendEvent(page, entered)
        assert entered.isAccepted()
        QApplication.sendEvent(page, QDropEvent(spot, copy, mime, left, nothing))
        self.taken(page)

    def give(self, page: ExamPage, path: Path) -> None:
        """Give a file to Capture, without waiting for what becomes of it."""
        from clinoscope.ui.exam import drops

        page.bench.capture.give(drops.from_file(str(path)))

    def taken(self, page: ExamPage) -> None:
        """Until the still is kept and its region is shown; a picture that failed its check is used anyway."""
        self.until(lambda: page.exam is not None and not page.busy, "the picture is kept", 30)
        self.settle()
        if page.step is Step.CAPTURE:
            assert page.bench.capture.failed
            self.click(page.bench.capture.use_anyway)
            self.settle()
        assert page.step is Step.REGION

    def read(self, page: ExamPage) -> Exam:
        """Enter, and until the reading is there."""
        self.press(Qt.Key.Key_Return)
        self.until(lambda: page.exam is not None and page.exam.reading is not None, "the picture is read", 30)
        self.settle()
        assert page.step is Step.READING
        assert page.exam is not None
        return page.exam

    def back_to_capture(self, page: ExamPage) -> None:
        """Esc, from Reading to Capture."""
        if page.bench.reading.comment.hasFocus():
            self.press(Qt.Key.Key_Escape)
        for _ in range(2):
            self.press(Qt.Key.Key_Escape)
            self.settle()
        assert page.step is Step.CAPTURE

    def on_to_region(self, page: ExamPage) -> None:
        """From Capture by the stepper."""
        assert page.step is Step.CAPTURE
        page.head.stepper.setFocus()
        self.press(Qt.Key.Key_Right)
        self.settle()
        assert page.step is Step.REGION

    def sign(self, page: ExamPage) -> Exam:
        """Sign from the keyboard, and until the report is there."""
        self.ctrl(Qt.Key.Key_Return)
        self.until(lambda: page.acts.panel is not None, "the signing panel is open")
        self.wait(200)
        self.type(self.password)
        self.press(Qt.Key.Key_Return)
        self.until(lambda: page.step is Step.REPORT, "the report is shown", 30)
        self.settle()
        assert page.exam is not None
        return page.exam

    def _focus(self) -> QWidget:
        return QApplication.focusWidget() or self.window

    def _act(self, what: str, act: Callable[[], object]) -> None:
        before = Moment.here()
        act()
        self._last = self.watchdog.note(before, what)
        self.wait(1)

    def _on_beat(self) -> None:
        self._last = self.watchdog.note(self._last, self._what, _TICK)  # between two beats lies a tick in any case
