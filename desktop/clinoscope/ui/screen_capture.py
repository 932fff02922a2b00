"""Keeping the program's windows out of screenshots and screen sharing, where the system has a way.

Windows 10 (2004) and later leave a window out that asks for it (``SetWindowDisplayAffinity``); macOS has the same for
programs of its own tool kit (``NSWindow.sharingType``), which newer versions of it no longer keep to. Linux has none.
It stops recordings, remote support and a careless screenshot; it does not stop a camera, nor who rules the computer.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

if TYPE_CHECKING:
    import ctypes

NONE, EXCLUDED = 0x0, 0x11
"""WDA_NONE and WDA_EXCLUDEFROMCAPTURE, winuser.h."""
_NS_SHARING_NONE, _NS_SHARING_READ_ONLY = 0, 1
"""NSWindowSharingNone and NSWindowSharingReadOnly, NSWindow.h."""

Ask = Callable[[int, bool], bool]
"""Told the system's handle of a window and whether it is to be left out; whether the system agreed."""


def possible(platform: str = sys.platform) -> bool:
    """Whether this system has a way at all."""
    return platform in ("win32", "darwin")


def about(platform: str = sys.platform) -> str:
    """What the switch does here, in plain words."""
    if platform == "win32":
        return "Others see black where this window is: turn it off while somebody helps you by sharing the screen."
    if platform == "darwin":
        return "Asked of the system; newer versions of macOS let some programs record it all the same."
    return "This system has no way to do that: whoever records or shares the screen records this window, too."


class Guard(QObject):
    """Asks for every top-level window, dialogs and menus among them, as it is shown; counts those it was refused."""

    def __init__(self, ask: Ask | None = None) -> None:
        super().__init__()
        self._ask = ask
        self.on = False
        self.refused = 0

    def install(self, on: bool) -> None:
        """Begin to watch for windows; nothing where the system has no way."""
        application = QApplication.instance()
        if self._ask is not None and application is not None:
            application.installEventFilter(self)
            self.set_on(on)

    def set_on(self, on: bool) -> None:
        """Leave every window out from now on, or let all be seen again."""
        changed, self.on = on != self.on, on
        if self._ask is None or not changed:
            return
        for window in QApplication.topLevelWidgets():
            if window.isVisible():
                self._tell(window)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Shown, or made anew by the system under another handle, as when its frame changes.
        shown = self.on and event.type() in (QEvent.Type.Show, QEvent.Type.WinIdChange)
        if shown and isinstance(watched, QWidget) and watched.isWindow() and watched.internalWinId():
            self._tell(watched)
        return False

    def _tell(self, window: QWidget) -> None:
        assert self._ask is not None
        if not self._ask(int(window.winId()), self.on):
            self.refused += 1


def asker(platform: str = sys.platform) -> Ask | None:
    """How this system is asked; None where there is no way."""
    if not possible(platform):
        return None
    import ctypes

    if platform == "win32":
        return windows_asker(ctypes.windll.user32.SetWindowDisplayAffinity)  # type: ignore[attr-defined,unused-ignore]
    return mac_asker(ctypes.CDLL("/usr/lib/libobjc.A.dylib"))


def windows_asker(set_affinity: Callable[[ctypes.c_void_p, int], int]) -> Ask:
    """By the function of user32, which answers 0 for a window of another process, and before Windows 10 (2004)."""
    import ctypes

    def ask(handle: int, hide: bool) -> bool:
        return bool(set_affinity(ctypes.c_void_p(handle), EXCLUDED if hide else NONE))

    return ask


def mac_asker(objc: ctypes.CDLL) -> Ask:
    """By the Objective-C runtime, without any library of our own: ``[[view window] setSharingType:]``."""
    import ctypes

    objc.sel_registerName.restype = ctypes.c_void_p
    objc.sel_registerName.argtypes = [ctypes.c_char_p]
    objc.objc_msgSend.restype = ctypes.c_void_p

    def ask(view: int, hide: bool) -> bool:
        objc.objc_msgSend.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
        window = objc.objc_msgSend(view, objc.sel_registerName(b"window"))
        if not window:
            return False
        objc.objc_msgSend.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong]
        kind = _NS_SHARING_NONE if hide else _NS_SHARING_READ_ONLY
        objc.objc_msgSend(window, objc.sel_registerName(b"setSharingType:"), kind)
        return True

    return ask


_guard: Guard | None = None


def guard() -> Guard:
    """The one of this program."""
    global _guard
    if _guard is None:
        _guard = Guard(asker())
    return _guard
