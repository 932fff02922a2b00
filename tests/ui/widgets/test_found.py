import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope.ui.widgets import SearchField
from clinoscope.ui.widgets.found import Found
from clinoscope.ui.widgets.rows import Column, Row, RowList

ADA, BO, CAI = (Row(key, (key,)) for key in ("Ada", "Bo", "Cai"))


@pytest.fixture
def search(host: QWidget) -> SearchField:
    return SearchField("Name")


@pytest.fixture
def rows(host: QWidget) -> RowList:
    return RowList((Column("Name"),), "Patients")


@pytest.fixture
def opened(rows: RowList) -> list[object]:
    found: list[object] = []
    rows.opened.connect(lambda row: found.append(row.key))
    return found


@pytest.fixture
def found(search: SearchField, rows: RowList, host: QWidget) -> Found:
    for part in (search, rows):
        part.setParent(host)
        part.show()
    made = Found(search, rows)
    made.show("", [ADA, BO, CAI])
    return made


def scan(search: SearchField, text: str) -> None:
    """All keys before any answer is there."""
    QTest.keyClicks(search, text)
    QTest.keyClick(search, Qt.Key.Key_Return)


def test_enter_opens_the_current_row_of_what_was_typed(found: Found, search: SearchField, opened: list[object]) -> None:
    QTest.keyClick(search, Qt.Key.Key_Down)
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert opened == ["Bo"]


def test_enter_before_the_answer_never_opens_who_stood_there(
    found: Found, search: SearchField, opened: list[object]
) -> None:
    scan(search, "cai")
    assert opened == []
    found.show("cai", [CAI])
    assert opened == ["Cai"]
    found.show("cai", [CAI])
    assert opened == ["Cai"], "once"


def test_of_several_a_person_chooses(found: Found, search: SearchField, opened: list[object]) -> None:
    scan(search, "a")
    found.show("a", [CAI, ADA])
    assert opened == []
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert opened == ["Cai"], "the best of what was found, and not who was current before"


def test_what_is_typed_after_enter_is_another_question(found: Found, search: SearchField, opened: list[object]) -> None:
    scan(search, "ca")
    QTest.keyClicks(search, "i")
    found.show("cai", [CAI])
    assert opened == []


def test_nobody_found_opens_nobody(found: Found, search: SearchField, opened: list[object]) -> None:
    scan(search, "zzz")
    found.show("zzz", [])
    assert opened == []


def test_the_current_row_stays_while_the_same_is_looked_for(found: Found, rows: RowList) -> None:
    rows.step(1)
    found.show("", [CAI, BO, ADA])
    current = rows.current()
    assert current is not None
    assert current.key == "Bo"


def test_what_is_forgotten_is_not_opened(found: Found, search: SearchField, opened: list[object]) -> None:
    found.forget()
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert opened == []
    found.show("", [BO])
    assert opened == ["Bo"]
