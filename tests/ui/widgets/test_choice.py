from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from clinoscope.ui.widgets import Choice


def test_arrows_move_and_only_a_person_is_announced(host: QWidget) -> None:
    choice, told = Choice("Sex", (("F", "Female"), ("M", "Male"), ("", "Not known"))), []
    choice.setParent(host)
    choice.show()
    choice.changed.connect(told.append)
    choice.take("M")
    assert told == []
    assert choice.value() == "M"
    QTest.keyClick(choice.focusProxy(), Qt.Key.Key_Left)
    QTest.keyClick(choice.focusProxy(), Qt.Key.Key_Left)
    assert told == ["F", ""]
    QTest.keyClick(choice.focusProxy(), Qt.Key.Key_Right)
    female = choice.findChildren(QPushButton)[0]
    assert female.isChecked()
    assert female.accessibleName() == "Sex: Female"
    assert choice.focusProxy() is female
