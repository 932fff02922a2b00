from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope.ui import theme
from clinoscope.ui.widgets.motion import move


def test_without_motion_it_is_there_at_once(host: QWidget) -> None:
    child, done = QWidget(host), []
    assert move(child, "pos", QPoint(0, 0), QPoint(50, 0), lambda: done.append(True)) is None
    assert child.pos() == QPoint(50, 0)
    assert done == [True]


def test_with_motion_it_arrives_and_says_so(host: QWidget) -> None:
    theme.watcher().less_motion = False
    child, done = QWidget(host), []
    move(child, "pos", QPoint(0, 0), QPoint(50, 0), lambda: done.append(True))
    QTest.qWait(theme.MOTION + 100)
    assert child.pos() == QPoint(50, 0)
    assert done == [True]
