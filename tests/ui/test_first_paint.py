from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from clinoscope.ui import first_paint


def test_it_acts_once_after_the_first_paint(app: QApplication) -> None:
    window, acted = QWidget(), []
    first_paint.after(window, lambda: acted.append(window.isVisible()))
    QTest.qWait(20)
    assert acted == []
    window.show()
    QTest.qWait(100)
    window.update()
    QTest.qWait(50)
    assert acted == [True]
