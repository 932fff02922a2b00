from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from clinoscope.ui.widgets import KeyHints


def test_any_key_puts_it_away_and_the_keyboard_is_back(host: QWidget) -> None:
    before = QLineEdit(host)
    before.show()
    before.setFocus()
    hints = KeyHints(host)
    hints.show_keys((("Ctrl+F", "Find a patient"),))
    assert hints.geometry() == host.rect()
    assert hints.accessibleDescription() == "Ctrl+F: Find a patient"
    QTest.keyClick(hints, Qt.Key.Key_X)
    assert not hints.isVisible()
    assert host.focusWidget() is before
