"""The one window: the gate (first start, login) in front, the frame (rail, context bar, page) behind."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from clinoscope.ui import bugs, clipboard, tasks
from clinoscope.ui.backup_runner import BackupRunner
from clinoscope.ui.gate.gate import Gate
from clinoscope.ui.page import Page
from clinoscope.ui.shell import PLACES, Shell
from clinoscope.ui.widgets.keys import KeyHints, Keys
from clinoscope.ui.widgets.mark import window_icon
from clinoscope.ui.widgets.notices import Banner, Toast

if TYPE_CHECKING:
    from clinoscope.ui.system_lock import SystemLock

TITLE = "Clinoscope"
_SMALLEST = QSize(1024, 640)
_LISTEN_AFTER = 1500
"""Milliseconds after log-in before the window asks to be told that the computer is locked."""
_KEYS_EVERYWHERE: Keys = (
    ("Ctrl+F", "Find a patient"),
    ("Ctrl+N", "Add a patient"),
    ("Ctrl+E", "New exam for the open patient"),
    ("Ctrl+1 … 4", "Today, People, Smears, Models"),
    ("Ctrl+,", "Settings"),
    ("Ctrl+L", "Lock"),
    ("?  or  F1", "These keys"),
)


class Window(QWidget):
    """Its title never names a patient."""

    def __init__(self, shell: Shell, vault_folder: Path) -> None:
        super().__init__()
        self.shell = shell
        self.setObjectName("Window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(TITLE)
        self.setWindowIcon(window_icon())
        self.setMinimumSize(_SMALLEST)
        self._fronts = QStackedWidget()
        self.gate = Gate(shell, vault_folder)
        self._fronts.addWidget(self.gate)
        self._frame: Frame | None = None
        self._had_focus: QWidget | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._fronts)
        self.gate.start()
        self.toast = Toast(self)
        self.idle = _AutoLock(self)
        self._closing = False
        self.backups = BackupRunner(shell)
        self.backups.finished.connect(self._on_backed_up)
        self.system_lock: SystemLock | None = None
        shell.opened.connect(self._on_opened)
        shell.locked.connect(self._on_locked)
        shell.closed.connect(self._on_closed)
        shell.said.connect(self.toast.say)
        shell.warned.connect(self._on_warned)
        shell.unwarned.connect(self._on_unwarned)
        bugs.listen(self._on_bug, shell.warn)

    @property
    def frame(self) -> Frame:
        """What is behind the gate. Only while a vault is open."""
        assert self._frame is not None
        return self._frame

    @property
    def page(self) -> Page | None:
        """The page that is up."""
        return self._frame.page if self._frame is not None else None

    def locked(self) -> bool:
        return self._fronts.currentWidget() is self.gate

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._frame is not None and self._frame.page is not None and not self._closing:
            self._frame.page.leave()
            tasks.wait_for_all()
            if self.backups.last():
                # Closed for good once that is done; who is in a hurry closes again.
                self._closing = True
                self.setEnabled(False)
                self.toast.say("Backing up before the program ends. Close again to skip it.")
                event.ignore()
                return
        bugs.listen(None, None)
        clipboard.clear()
        tasks.wait_for_all()
        self.gate.end()
        self.shell.close_vault()
        event.accept()

    def _on_backed_up(self) -> None:
        if self._closing:
            self.close()

    def _on_opened(self) -> None:
        if self._frame is None:
            self._frame = Frame(self.shell)
            self._fronts.addWidget(self._frame)
            # In a turn of its own: frame and first page together would hold the window up for too long.
            QTimer.singleShot(0, self._frame, self._frame.start)
            # Late: nobody is logged in before, and the first page is waited for. A timer of the frame's own: the one of
            # QTimer.singleShot runs on when the frame is gone.
            late = QTimer(self._frame, singleShot=True, interval=_LISTEN_AFTER)
            late.timeout.connect(self._listen_to_the_system)
            late.start()
        self._fronts.setCurrentWidget(self._frame)
        if self._had_focus is not None and self._had_focus.isVisible():
            self._had_focus.setFocus()
        self._had_focus = None
        self.idle.start()

    def _listen_to_the_system(self) -> None:
        from clinoscope.ui.system_lock import SystemLock

        if self.system_lock is None:
            self.system_lock = SystemLock(self, self._lock_from_outside)

    def _lock_from_outside(self) -> None:
        if not self.locked():
            self.shell.lock()

    def _on_locked(self) -> None:
        clipboard.clear()
        self.idle.stop()
        self.toast.hide()
        self._had_focus = self.focusWidget()
        self._fronts.setCurrentWidget(self.gate)
        self.gate.lock()

    def _on_closed(self) -> None:
        self.idle.stop()
        self.toast.hide()
        self._had_focus = None
        self._fronts.setCurrentWidget(self.gate)
        if self._frame is not None:
            self._frame.end()
            self._frame = None

    def _on_warned(self, text: str, level: str) -> None:
        if self._frame is not None:
            self._frame.banner.warn(text, level)
        else:
            self.toast.say(text)

    def _on_unwarned(self, text: str) -> None:
        if self._frame is not None and self._frame.banner.text() == text:
            self._frame.banner.hide()

    def _on_bug(self, report: str) -> None:
        from clinoscope.ui.bug_panel import BugPanel

        BugPanel(self, report).open_panel()


class Frame(QWidget):
    """Rail, context bar, banner and the page: one per login."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        # Late, because both want icons and the words of the record.
        from clinoscope.ui.context_bar import ContextBar
        from clinoscope.ui.rail import Rail

        self.shell = shell
        self.page: Page | None = None
        self._pages: dict[str, Page] = {}
        self.rail = Rail(shell)
        self.context_bar = ContextBar(shell)
        self.banner = Banner()
        self._stack = shell.stage = QStackedWidget(self)
        work = QVBoxLayout()
        work.setContentsMargins(0, 0, 0, 0)
        work.setSpacing(0)
        work.addWidget(self.context_bar)
        work.addWidget(self.banner)
        work.addWidget(self._stack, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.rail)
        layout.addLayout(work, 1)
        self.hints = KeyHints(self)
        self._add_keys()
        shell.went.connect(self._on_went)
        shell.context_changed.connect(self.context_bar.show_patient)
        shell.access_changed.connect(self._show_access)

    def start(self) -> None:
        """Make the first page; it comes up a turn later, as both together would hold the window up for too long."""
        user = self.shell.user
        assert user is not None
        self.rail.show_user(user.name)
        self._show_access()
        self._made(self.shell.home)
        QTimer.singleShot(0, self, self._go_home)

    def _go_home(self) -> None:
        if self.page is None and self.shell.vault is not None:
            self.shell.go(self.shell.home)

    def end(self) -> None:
        """Take every page down, as at log out."""
        if self.page is not None:
            self.page.leave()
            self.page = None
        self.shell.went.disconnect(self._on_went)
        self.shell.context_changed.disconnect(self.context_bar.show_patient)
        self.shell.access_changed.disconnect(self._show_access)
        self.hide()
        self.deleteLater()

    def _show_access(self) -> None:
        self.rail.show_access()
        self.context_bar.show_access()

    def _on_went(self, place: str, what: dict[str, object]) -> None:
        page = self._made(place)
        if self.page is not None:
            self.page.leave()
        self.page = page
        self.banner.hide()
        if self._stack.indexOf(page) < 0:
            self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        self.rail.show_place(place)
        self.context_bar.show_place(place)
        page.enter(**what)

    def _made(self, place: str) -> Page:
        if place not in self._pages:
            module, name = PLACES[place]
            page = getattr(importlib.import_module(module), name)(self.shell)
            self._pages[place] = page
        return self._pages[place]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A key that the rail or the bar above has no use for means what it means on the page."""
        here = self.window().focusWidget()
        page = self.page
        if page is None or here is page or page.isAncestorOf(here):
            super().keyPressEvent(event)
        else:
            page.keyPressEvent(event)

    def _add_keys(self) -> None:
        shell = self.shell
        keys = {
            "Ctrl+F": lambda: shell.go("people", search=True),
            "Ctrl+N": lambda: shell.go("people", add=True),
            "Ctrl+E": self._new_exam,
            "Ctrl+1": lambda: shell.go("today"),
            "Ctrl+2": lambda: shell.go("people"),
            "Ctrl+3": lambda: shell.go("smears"),
            "Ctrl+4": lambda: shell.go("models"),
            "Ctrl+,": lambda: shell.go("settings"),
            "Ctrl+L": shell.lock,
            "?": self.show_keys,
            "F1": self.show_keys,
        }
        for key, act in keys.items():
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    def _new_exam(self) -> None:
        if self.shell.patient is None:
            self.shell.go("people", search=True)
            self.shell.say("Open a patient first, then start the exam.")
        else:
            self.shell.go("exam", patient_id=self.shell.patient.id, mode=None)

    def show_keys(self) -> None:
        """The keys of the page that is up, then those of every page."""
        page_keys = self.page.keys if self.page is not None else ()
        own = {key for key, _what in page_keys}
        self.hints.show_keys(page_keys + tuple(entry for entry in _KEYS_EVERYWHERE if entry[0] not in own))


class _AutoLock(QObject):
    """Locks after some minutes without a key or the mouse.

    It listens on the window's native surface, where each key and movement passes once, and not
    on every widget of the program.
    """

    _ACTS = frozenset(
        {
            QEvent.Type.KeyPress,
            QEvent.Type.MouseButtonPress,
            QEvent.Type.MouseMove,
            QEvent.Type.Wheel,
            QEvent.Type.TouchBegin,
        }
    )

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(window.shell.lock)

    def start(self) -> None:
        handle = self._window.windowHandle()
        if handle is not None:
            handle.removeEventFilter(self)
            handle.installEventFilter(self)
        self._restart()

    def stop(self) -> None:
        self.timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in self._ACTS and self.timer.isActive():
            self._restart()
        return False

    def _restart(self) -> None:
        minutes = self._window.shell.preferences.value.auto_lock_minutes
        if minutes > 0:
            self.timer.start(minutes * 60_000)
        else:
            self.timer.stop()
