from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope.ui.widgets import Field, SearchField
from clinoscope.ui.widgets.fields import all_ok


def test_a_field_says_what_is_wrong_until_it_is_touched(host: QWidget) -> None:
    field = Field("Name", help_text="As in the passport.", check=lambda text: "" if text else "Type a name.")
    field.setParent(host)
    field.show()
    assert not field.ok()
    assert field.error() == "Type a name."
    assert field.edit.accessibleDescription() == "Type a name."
    QTest.keyClicks(field.edit, "A")
    assert field.error() == ""
    assert field.help_text() == "As in the passport."
    assert field.ok()


def test_every_field_says_what_is_wrong_and_the_first_has_the_keyboard(host: QWidget) -> None:
    right, first, second = (Field(name, check=lambda text: "" if text else "Type it.") for name in "abc")
    for field in (right, first, second):
        field.setParent(host)
        field.show()
    right.set_text("there")
    second.setFocus()
    assert not all_ok(right, first, second)
    assert [field.error() for field in (right, first, second)] == ["", "Type it.", "Type it."]
    assert host.focusWidget() is first.edit
    first.set_text("now")
    second.set_text("too")
    right.setFocus()
    assert all_ok(right, first, second)
    assert host.focusWidget() is right.edit


def test_search_asks_with_every_key_and_leaves_the_arrows_to_the_list(host: QWidget) -> None:
    search, asked, moved, opened = SearchField("Name"), [], [], []
    search.setParent(host)
    search.wanted.connect(asked.append)
    search.moved.connect(moved.append)
    search.opened.connect(lambda: opened.append(True))
    QTest.keyClicks(search, "ab ")
    QTest.keyClick(search, Qt.Key.Key_Down)
    QTest.keyClick(search, Qt.Key.Key_Up)
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert asked == ["a", "ab", "ab"]
    assert moved == [1, -1]
    assert opened == [True]
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert search.text() == ""
