import itertools
import time
from collections.abc import Sequence

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope.ui.widgets.rows import Column, Row, RowList, spots

COLUMNS = (Column("Name"), Column("Age", 60, right=True))
ROWS = [Row(key=number, texts=(f"Person {number}", f"{number} y")) for number in range(5)]


@pytest.fixture
def rows(host: QWidget) -> RowList:
    made = RowList(COLUMNS, "Patients")
    made.setParent(host)
    made.resize(600, 400)
    made.show()
    made.show_rows(ROWS)
    return made


def test_enter_and_click_open(rows: RowList) -> None:
    opened: list[object] = []
    rows.opened.connect(lambda row: opened.append(row.key))
    rows.select(2)
    QTest.keyClick(rows, Qt.Key.Key_Down)
    QTest.keyClick(rows, Qt.Key.Key_Return)
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=rows.visualRect(rows.model().index(1, 0)).center())
    assert opened == [3, 1]


def test_the_current_row_stays_current_when_rows_come_again(rows: RowList) -> None:
    rows.select(3)
    rows.show_rows(list(reversed(ROWS)))
    assert rows.current() is not None
    assert rows.current().key == 3
    rows.show_rows(ROWS[:2], select_first=True)
    assert rows.current().key == 0


def test_steps_stop_at_the_ends(rows: RowList) -> None:
    for by, key in ((1, 0), (-1, 0), (99, 4), (1, 4)):
        rows.step(by)
        assert rows.current().key == key


def test_a_row_can_be_changed_later(rows: RowList) -> None:
    rows.change_row(1, texts=("Person 1", "later"))
    assert rows.rows()[1].texts == ("Person 1", "later")


def test_more_rows_come_at_the_end_and_leave_the_callers_list_alone(rows: RowList) -> None:
    given = ROWS[:2]
    rows.show_rows(given)
    rows.select(1)
    rows.add_rows(ROWS[2:])
    rows.change_row(0, texts=("Somebody else", ""))
    assert [row.key for row in rows.rows()] == [0, 1, 2, 3, 4]
    assert rows.current() is not None
    assert rows.current().key == 1, "nothing above moved"
    assert given == ROWS[:2]
    rows.step(99)
    assert rows.current().key == 4


def test_of_many_rows_only_those_in_sight_are_made(rows: RowList) -> None:
    made: list[int] = []

    class Made(Sequence[Row]):
        def __len__(self) -> int:
            return 20_000

        def __getitem__(self, place: int) -> Row:  # type: ignore[override]  # no slices of it are asked for
            if place >= len(self):
                raise IndexError
            made.append(place)
            return Row(key=place, texts=(f"Person {place}", ""))

    began = time.thread_time()
    rows.show_rows(Made())
    rows.grab()
    took = time.thread_time() - began
    assert 0 < len(set(made)) < 20
    assert took < 0.05, "a model that counts its rows in Python takes 0.06 s"
    made.clear()
    rows.scrollToBottom()
    rows.grab()
    assert max(made) == 19_999
    assert len(set(made)) < 20


def test_nothing_of_a_row_can_be_typed_in_or_dropped_on(rows: RowList) -> None:
    wanted = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
    assert rows.model().flags(rows.model().index(1, 0)) == wanted


def test_a_screen_reader_gets_the_whole_row() -> None:
    row = Row(key=1, texts=("Ada", "F", ""), below="1001-7", chip=("Draft", "accent"))
    assert row.spoken() == "Ada, F, 1001-7, Draft"


def test_columns_share_what_is_left_and_never_overlap() -> None:
    columns = (Column("a"), Column("b", 50), Column("c"), Column("d", 100))
    found = spots(columns, 800, 48)
    assert [width for _x, width in found][1::2] == [50, 100]
    assert found[0][1] == found[2][1]
    for (x, width), (following, _w) in itertools.pairwise(found):
        assert x + width < following
    assert found[-1][0] + found[-1][1] <= 800


def test_grey_shapes_only_after_200_ms(rows: RowList) -> None:
    rows.show_rows([])
    blank = rows.grab().toImage()
    rows.loading()
    QTest.qWait(50)
    assert rows.grab().toImage() == blank
    QTest.qWait(250)
    assert rows.grab().toImage() != blank


def test_what_does_not_fit_is_told_in_full(rows: RowList) -> None:
    long = "Noted whether a patient is kept beyond the rule of this clinic, and by whom, and for how long"
    delegate = rows.itemDelegate()
    assert delegate.cut_off(Row(key=9, texts=(long, "36 y"), chip=("Note", "amber"))) == long
    assert delegate.cut_off(ROWS[0]) == ""
