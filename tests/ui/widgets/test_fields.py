from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope.ui.widgets import Field, SearchField


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
