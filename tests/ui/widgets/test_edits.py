import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from clinoscope.ui.widgets.edits import LineEdit

CTRL = Qt.KeyboardModifier.ControlModifier
KINDS = [LineEdit, QPlainTextEdit]


def shown(host: QWidget, field: QLineEdit | QPlainTextEdit) -> list[bool]:
    """Puts the field on the window, whose shortcut Ctrl+E counts its presses in what is returned."""
    pressed: list[bool] = []
    shortcut = QShortcut(QKeySequence("Ctrl+E"), host)
    shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    shortcut.activated.connect(lambda: pressed.append(True))
    QVBoxLayout(host).addWidget(field)
    field.show()
    host.activateWindow()
    field.setFocus()
    QTest.qWait(20)
    return pressed


@pytest.mark.parametrize("kind", KINDS)
def test_the_windows_key_wins(host: QWidget, kind: type[LineEdit | QPlainTextEdit]) -> None:
    field = kind()
    pressed = shown(host, field)
    QTest.keyClicks(field, "half a word")
    QTest.keyClick(field, Qt.Key.Key_E, CTRL)
    assert pressed == [True]


@pytest.mark.parametrize("kind", KINDS)
def test_every_other_key_is_the_fields(host: QWidget, kind: type[LineEdit | QPlainTextEdit]) -> None:
    field = kind()
    pressed = shown(host, field)
    QTest.keyClicks(field, "see")
    QTest.keyClick(field, Qt.Key.Key_A, CTRL)
    QTest.keyClick(field, Qt.Key.Key_E)
    text = field.text() if isinstance(field, QLineEdit) else field.toPlainText()
    assert text == "e"
    assert pressed == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Ctrl+E edits text on Linux alone")
def test_qt_itself_would_keep_it_from_the_window(host: QWidget) -> None:
    field = QLineEdit()
    pressed = shown(host, field)
    QTest.keyClick(field, Qt.Key.Key_E, CTRL)
    assert pressed == [], "once Qt lets it go by itself, ui.widgets.edits has had its day"


def test_a_window_without_a_use_for_it_leaves_it_to_the_field(host: QWidget) -> None:
    field = LineEdit(host)
    field.show()
    field.setText("ab")
    field.setCursorPosition(0)
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_E, CTRL)
    assert field.cursorPosition() == (2 if sys.platform.startswith("linux") else 0)
