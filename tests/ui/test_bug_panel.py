from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from clinoscope.ui.bug_panel import BugPanel


def test_it_is_calm_and_can_be_copied(host: QWidget) -> None:
    panel = BugPanel(host, "the report")
    panel.open_panel()
    assert panel.isVisible()
    copy = next(button for button in panel.findChildren(QPushButton) if button.text() == "Copy report")
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == "the report"
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()
