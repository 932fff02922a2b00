from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from clinoscope.ui import theme
from clinoscope.ui.widgets import Field, Panel, label


def test_it_lies_at_the_right_and_follows_its_host(host: QWidget) -> None:
    panel = Panel(host, "Add patient")
    panel.open_panel()
    assert panel.geometry().right() == host.rect().right()
    assert panel.height() == host.height()
    host.resize(1000, 500)
    QTest.qWait(5)
    assert panel.geometry().right() == host.rect().right()
    assert panel.height() == 500


def test_escape_closes_it_and_gives_the_keyboard_back(host: QWidget) -> None:
    before, inside = QLineEdit(host), QLineEdit()
    before.show()
    before.setFocus()
    panel, closed = Panel(host, "Add patient"), []
    panel.body.addWidget(inside)
    panel.closed.connect(lambda: closed.append(True))
    panel.open_panel(inside)
    assert host.focusWidget() is inside
    QTest.keyClick(inside, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert host.focusWidget() is before
    assert closed == [True]


def test_tab_stays_inside(host: QWidget) -> None:
    outside, first, last = QLineEdit(host), QLineEdit(), QLineEdit()
    outside.show()
    panel = Panel(host, "Add patient")
    for edit in (first, last):
        panel.body.addWidget(edit)
    panel.open_panel(first)
    seen = []
    for _ in range(8):
        QTest.keyClick(host.focusWidget(), Qt.Key.Key_Tab)
        seen.append(host.focusWidget())
    assert {first, last} <= set(seen)
    assert outside not in seen
    QTest.keyClick(host.focusWidget(), Qt.Key.Key_Backtab)
    assert panel.isAncestorOf(host.focusWidget())


def test_what_is_below_the_fold_is_reached_by_keys(host: QWidget) -> None:
    edit = QLineEdit()
    panel = Panel(host, "About this model")
    for _ in range(60):
        panel.body.addWidget(label("One more thing to know"))
    panel.below.addWidget(edit)
    panel.open_panel()
    QTest.qWait(20)
    bar = panel._scroll.verticalScrollBar()
    assert bar.maximum() > 0
    QTest.keyClick(panel, Qt.Key.Key_End)
    assert bar.value() == bar.maximum()
    QTest.keyClick(panel, Qt.Key.Key_Home)
    edit.setFocus()
    QTest.keyClick(edit, Qt.Key.Key_PageDown)
    assert bar.value() > 0, "also from a field, which has no use for the key"


def test_tab_stays_inside_where_there_is_but_the_cross(host: QWidget) -> None:
    outside = QLineEdit(host)
    outside.show()
    panel = Panel(host, "Reference cells")
    panel.open_panel()
    for _ in range(3):
        QTest.keyClick(host.focusWidget(), Qt.Key.Key_Tab)
        assert panel.isAncestorOf(host.focusWidget())


def test_a_password_half_typed_does_not_outlive_the_panel(host: QWidget) -> None:
    panel = Panel(host, "New vault key")
    secret, reason = Field("Your password", password=True), Field("Why")
    panel.body.addWidget(secret)
    panel.body.addWidget(reason)
    panel.open_panel(secret)
    secret.set_text("three quiet")
    reason.set_text("a lost stick")
    host.hide()  # as the lock does with all that lies below it
    host.show()
    assert (secret.text(), reason.text()) == ("", "a lost stick")


def test_it_slides_when_motion_is_wanted(host: QWidget) -> None:
    theme.watcher().less_motion = False
    panel = Panel(host, "Add patient")
    panel.open_panel()
    if theme.motion():
        assert panel.x() > host.width() - panel.width()
    QTest.qWait(theme.MOTION + 100)
    assert panel.geometry().right() == host.rect().right()
