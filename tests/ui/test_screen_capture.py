"""The logic, with the system's function put in its place: it was never run on Windows or macOS."""

import ctypes
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from clinoscope.ui import screen_capture
from clinoscope.ui.screen_capture import EXCLUDED, NONE, Guard, mac_asker, windows_asker


class System:
    """Remembers what was asked of it, and refuses when told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, bool]] = []
        self.agrees = True

    def __call__(self, handle: int, hide: bool) -> bool:
        self.asked.append((handle, hide))
        return self.agrees


@pytest.fixture
def system() -> System:
    return System()


@pytest.fixture
def guard(app: QApplication, system: System) -> Any:
    made = Guard(system)
    made.install(on=True)
    yield made
    app.removeEventFilter(made)


def test_every_window_is_asked_for_as_it_is_shown_dialogs_too(guard: Guard, system: System) -> None:
    window, dialog = QWidget(), QDialog()
    child = QWidget(window)
    window.show()
    assert system.asked[-1] == (int(window.winId()), True)
    dialog.show()
    assert system.asked[-1] == (int(dialog.winId()), True)
    before = len(system.asked)
    child.show()
    assert {handle for handle, _ in system.asked[before:]} <= {int(window.winId()), int(dialog.winId())}
    assert guard.refused == 0


def test_the_switch_counts_at_once_for_what_is_on_the_screen(guard: Guard, system: System) -> None:
    window = QWidget()
    window.show()
    guard.set_on(False)
    assert (int(window.winId()), False) in system.asked
    other = QWidget()
    before = len(system.asked)
    other.show()
    assert len(system.asked) == before
    guard.set_on(False)  # no change
    assert len(system.asked) == before
    system.agrees = False
    guard.set_on(True)
    assert guard.refused >= 2


def test_windows_is_asked_with_its_own_words() -> None:
    told: list[tuple[int, int]] = []

    def set_affinity(handle: ctypes.c_void_p, affinity: int) -> int:
        told.append((handle.value or 0, affinity))
        return int(len(told) < 3)

    ask = windows_asker(set_affinity)
    assert [ask(7, True), ask(7, False), ask(8, True)] == [True, True, False]
    assert told == [(7, EXCLUDED), (7, NONE), (8, EXCLUDED)]


def test_macos_is_asked_through_the_objective_c_runtime() -> None:
    class Function:
        restype: object = None
        argtypes: object = None

        def __init__(self, does: Any) -> None:
            self.does = does

        def __call__(self, *args: Any) -> Any:
            return self.does(*args)

    sent: list[tuple[Any, ...]] = []

    def send(*args: Any) -> int:
        sent.append(args)
        return 0 if args[0] == 9 else 99

    objc = SimpleNamespace(objc_msgSend=Function(send), sel_registerName=Function(lambda name: name))
    ask = mac_asker(objc)  # type: ignore[arg-type]
    assert ask(7, True)
    assert sent == [(7, b"window"), (99, b"setSharingType:", 0)]
    assert ask(7, False)
    assert sent[-1] == (99, b"setSharingType:", 1)
    assert not ask(9, True)  # a view without a window


def test_where_there_is_no_way_it_says_so_and_does_nothing(app: QApplication) -> None:
    assert screen_capture.asker("linux") is None
    assert not screen_capture.possible("linux")
    assert "no way" in screen_capture.about("linux")
    assert "black" in screen_capture.about("win32")
    assert "newer versions" in screen_capture.about("darwin")
    made = Guard(None)
    made.install(on=True)
    made.set_on(True)
    assert screen_capture.guard() is screen_capture.guard()
