from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope.ui.widgets import Banner, Chip, EmptyState, IconButton, Toast


def test_a_toast_goes_by_itself(host: QWidget, monkeypatch: object) -> None:
    toast = Toast(host)
    toast.say("Saved.")
    assert toast.text() == "Saved."
    assert host.rect().contains(toast.geometry())
    toast._timer.setInterval(1)
    toast._timer.start()
    QTest.qWait(30)
    assert toast.text() == ""


def test_a_banner_stays_until_put_away(host: QWidget) -> None:
    banner = Banner()
    banner.setParent(host)
    banner.warn("The disk is full.", "danger")
    assert banner.text() == "The disk is full."
    QTest.mouseClick(banner.findChild(IconButton), Qt.MouseButton.LeftButton)
    assert banner.text() == ""


def test_an_empty_page_has_one_line_and_one_button(host: QWidget) -> None:
    pressed: list[bool] = []
    empty = EmptyState("ph.users", "No patients yet", "Add the first patient")
    empty.setParent(host)
    empty.button.clicked.connect(lambda: pressed.append(True))
    empty.show()
    QTest.mouseClick(empty.button, Qt.MouseButton.LeftButton)
    assert pressed == [True]
    assert EmptyState("ph.users", "Nothing").button.isHidden()


def test_a_chip_says_its_word_and_hides_without_one(host: QWidget) -> None:
    chip = Chip("Draft", "accent")
    chip.setParent(host)
    chip.show()
    assert chip.accessibleName() == chip.text() == "Draft"
    assert chip.width() > chip.fontMetrics().horizontalAdvance("Draft")
    chip.set("", "ink")
    assert chip.isHidden()
