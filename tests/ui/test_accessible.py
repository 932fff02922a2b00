"""On every page: whatever takes the keyboard has a name, and shows when it has it."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from clinoscope.domain.record import Patient
from clinoscope.ui.shell import Shell
from clinoscope.ui.window import Window

PLACES = ("today", "people", "patient", "models", "settings")


@pytest.fixture
def window(shell: Shell, ada: Patient, add_exam: Any, pallor: Any, at_once: None) -> Window:
    for days in (30, 2):
        add_exam(ada.id, days, pallor(41))
    made = Window(shell, shell.open_vault.folder)
    made.resize(1366, 768)
    made.show()
    shell.opened.emit()
    QTest.qWait(20)
    return made


def gone_to(window: Window, place: str) -> list[QWidget]:
    """All that Tab reaches on a page."""
    window.shell.go(place, **({"patient_id": "p1"} if place == "patient" else {}))
    QTest.qWait(30)
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
    ]


@pytest.mark.parametrize("place", PLACES)
def test_everything_has_a_name(window: Window, place: str) -> None:
    reached = gone_to(window, place)
    assert len(reached) > 5
    nameless = [
        type(widget).__name__
        for widget in reached
        if not widget.accessibleName() and not (isinstance(widget, QAbstractButton) and widget.text())
    ]
    assert nameless == []


@pytest.mark.parametrize("place", PLACES)
def test_what_has_the_keyboard_looks_different(window: Window, place: str) -> None:
    window.activateWindow()
    if not QTest.qWaitForWindowActive(window, 2000):
        pytest.skip("this screen makes no window active")
    same = []
    for widget in gone_to(window, place):
        if not widget.isVisible():
            continue
        other = next(one for one in window.frame.rail.findChildren(QAbstractButton) if one is not widget)
        other.setFocus(Qt.FocusReason.TabFocusReason)
        QTest.qWait(1)
        before = widget.grab().toImage()
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        QTest.qWait(1)
        if widget.grab().toImage() == before:
            same.append(f"{type(widget).__name__} {widget.accessibleName()}")
    assert same == []
