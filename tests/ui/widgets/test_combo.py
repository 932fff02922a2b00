from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from clinoscope.ui.widgets import Combo


def test_the_wheel_over_it_changes_nothing(host: QWidget) -> None:
    combo = Combo("Lock by itself")
    combo.setParent(host)
    combo.addItems(["a", "b", "c"])
    combo.show()
    none = Qt.KeyboardModifier.NoModifier
    spot = QPointF(5, 5)
    turn = QWheelEvent(
        spot, spot, QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton, none, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(combo, turn)
    assert combo.currentText() == "a"
    assert combo.accessibleName() == "Lock by itself"
