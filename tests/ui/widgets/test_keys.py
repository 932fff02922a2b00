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


MANY = tuple((f"Ctrl+{number}", f"What the key {number} does to the cells that are chosen") for number in range(23))


def test_many_keys_stand_in_columns_and_none_beyond_the_window(host: QWidget) -> None:
    hints = KeyHints(host)
    for size in ((1366, 768), (1000, 900), (800, 600)):
        host.resize(*size)
        hints.show_keys(MANY)
        assert hints.rect().contains(hints.sheet()), size


def test_where_the_window_is_small_the_arrows_scroll_and_any_other_key_puts_it_away(host: QWidget) -> None:
    host.resize(683, 384)
    hints = KeyHints(host)
    hints.show_keys(MANY)
    assert hints.rect().contains(hints.sheet())
    first = hints.grab().toImage()
    QTest.keyClick(hints, Qt.Key.Key_End)
    assert hints.isVisible()
    last = hints.grab().toImage()
    assert last != first
    QTest.keyClick(hints, Qt.Key.Key_PageDown)
    assert hints.grab().toImage() == last, "there is nothing further down"
    QTest.keyClick(hints, Qt.Key.Key_Home)
    assert hints.grab().toImage() == first
    QTest.keyClick(hints, Qt.Key.Key_Escape)
    assert not hints.isVisible()
