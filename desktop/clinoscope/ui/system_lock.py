"""The vault locks when the computer does: who walks away and locks the screen has locked the records, too.

On Linux the desktop's screen savers and logind tell it over D-Bus; on Windows the session does
(WTSRegisterSessionNotification). Where nobody tells, the time without a key or the mouse is what locks.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import SLOT, QObject, Slot
from PySide6.QtWidgets import QApplication, QWidget

if sys.platform.startswith("linux"):
    from PySide6.QtDBus import QDBusConnection

    # Looked for where this is brought in: behind a disk that is busy one look can hold the window for 0.2 s.
    # Without a session bus's address Qt would try to start one, which takes its time.
    _SESSION_BUS = bool(os.environ.get("DBUS_SESSION_BUS_ADDRESS")) or Path(f"/run/user/{os.getuid()}/bus").exists()
    _SYSTEM_BUS = Path("/run/dbus/system_bus_socket").exists()

_SAVERS = tuple(f"org.{desktop}.ScreenSaver" for desktop in ("freedesktop", "gnome", "cinnamon", "mate", "xfce"))


class SystemLock(QObject):
    """Calls ``lock`` when the screen is locked, the screen saver comes up or the computer goes to sleep."""

    def __init__(self, window: QWidget, lock: Callable[[], None]) -> None:
        super().__init__(window)
        self._lock = lock
        if sys.platform == "win32":  # pragma: no cover
            self._filter = _Windows(window, lock)
        elif sys.platform.startswith("linux"):
            self._listen()

    def _listen(self) -> None:
        changed, locked = SLOT("changed(bool)"), SLOT("locked()")
        if _SESSION_BUS:
            session = QDBusConnection.sessionBus()
            # PySide's stubs want bytes for a slot, its code takes what SLOT gives.
            for interface in _SAVERS:  # whoever says it: several desktops speak for another one
                session.connect("", "", interface, "ActiveChanged", self, changed)  # type: ignore[call-overload]
        if _SYSTEM_BUS:
            system = QDBusConnection.systemBus()
            login = "org.freedesktop.login1"
            system.connect(login, "", f"{login}.Session", "Lock", self, locked)  # type: ignore[call-overload]
            system.connect(login, "", f"{login}.Manager", "PrepareForSleep", self, changed)  # type: ignore[call-overload]

    @Slot(bool)
    def changed(self, on: bool) -> None:
        """A screen saver comes up or goes, the computer goes to sleep or wakes."""
        if on:
            self._lock()

    @Slot()
    def locked(self) -> None:
        """The session was locked."""
        self._lock()


if sys.platform == "win32":  # pragma: no cover
    import ctypes
    from ctypes import wintypes

    from PySide6.QtCore import QAbstractNativeEventFilter

    _WM_WTSSESSION_CHANGE, _WTS_SESSION_LOCK, _NOTIFY_FOR_THIS_SESSION = 0x02B1, 0x7, 0
    _WM_POWERBROADCAST, _PBT_APMSUSPEND = 0x0218, 0x4

    class _Windows(QAbstractNativeEventFilter):
        """Hears of the session's lock and of going to sleep among the window's messages."""

        def __init__(self, window: QWidget, lock: Callable[[], None]) -> None:
            super().__init__()
            self._lock = lock
            ctypes.windll.wtsapi32.WTSRegisterSessionNotification(
                wintypes.HWND(int(window.winId())), _NOTIFY_FOR_THIS_SESSION
            )
            app = QApplication.instance()
            if app is not None:
                app.installNativeEventFilter(self)

        def nativeEventFilter(self, kind: object, message: object) -> object:
            if kind == b"windows_generic_MSG":
                told = wintypes.MSG.from_address(int(message))  # type: ignore[call-overload]
                locked = told.message == _WM_WTSSESSION_CHANGE and told.wParam == _WTS_SESSION_LOCK
                if locked or (told.message == _WM_POWERBROADCAST and told.wParam == _PBT_APMSUSPEND):
                    self._lock()
            return False, 0
