import itertools

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope.ui.widgets import Stepper

STEPS = ("Capture", "Region", "Reading", "Sign")


def test_only_steps_reached_can_be_gone_to(host: QWidget) -> None:
    stepper, wanted = Stepper(STEPS), []
    stepper.setParent(host)
    stepper.resize(760, 48)
    stepper.show()
    stepper.wanted.connect(wanted.append)
    stepper.set(1, reached=2)
    for x, _width in stepper._spots():
        QTest.mouseClick(stepper, Qt.MouseButton.LeftButton, pos=QPoint(int(x) + 10, 24))
    assert wanted == [0, 2]
    wanted.clear()
    QTest.keyClick(stepper, Qt.Key.Key_Left)
    QTest.keyClick(stepper, Qt.Key.Key_Right)
    assert wanted == [0, 2]
    assert stepper.accessibleName() == "Step 2 of 4: Region"


def test_every_word_has_room(host: QWidget) -> None:
    stepper = Stepper(("Bildaufnahme", "Bereichsauswahl", "Auswertung", "Unterschreiben"))
    stepper.resize(stepper.sizeHint())
    found = stepper._spots()
    for (x, width), (following, _w) in itertools.pairwise(found):
        assert x + width < following
