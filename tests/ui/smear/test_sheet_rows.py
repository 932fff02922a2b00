from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from clinoscope.domain.smear_sheet import Comment
from clinoscope.ui.smear.sheet_rows import CommentRow, FieldRow, stacked

GRADED = Comment(id="toxic", name="Toxic granulation", graded=True)


def test_a_comment_is_given_with_its_grade(host: QWidget) -> None:
    row = CommentRow(GRADED, ("toxic:2", "other"))
    assert row.given() == "toxic:2"
    row.grade.setCurrentIndex(0)
    assert row.given() == "toxic"
    row.box.setChecked(False)
    assert row.given() == ""


def test_the_grade_shows_once_it_is_ticked(host: QWidget) -> None:
    graded, plain = CommentRow(GRADED, ()), CommentRow(Comment(id="other", name="Other"), ())
    box = stacked((graded, plain))
    box.setParent(host)
    box.show()
    assert not graded.grade.isVisible()
    for row in (graded, plain):
        row.box.setChecked(True)
    assert graded.grade.isVisible()
    assert not plain.grade.isVisible()
    assert plain.given() == "other"


def test_the_grade_is_the_next_stop_behind_its_tick(host: QWidget) -> None:
    rows = [CommentRow(GRADED, ()), CommentRow(Comment(id="other", name="Other"), ())]
    box = stacked(rows)
    box.setParent(host)
    box.show()
    rows[0].box.setFocus()
    rows[0].box.setChecked(True)
    QTest.keyClick(rows[0].box, Qt.Key.Key_Tab)
    assert host.focusWidget() is rows[0].grade
    QTest.keyClick(rows[0].grade, Qt.Key.Key_Tab)
    assert host.focusWidget() is rows[1].box


def test_an_own_comment_shows_its_key_and_what_the_report_says(host: QWidget) -> None:
    row = CommentRow(Comment(id="own-1", name="Repeat", text="Please send a fresh sample."), (), "Alt+1")
    row.setParent(host)
    row.show()
    assert [one.text() for one in row.findChildren(QLabel)] == ["Alt+1", "Please send a fresh sample."]
    assert row.box.accessibleDescription() == "Please send a fresh sample."
    row.toggle()
    assert row.given() == "own-1"
    assert host.focusWidget() is row.box
    row.toggle()
    assert row.given() == ""


def test_a_field_is_taken_in_by_its_number(host: QWidget) -> None:
    row, wanted = FieldRow((4,)), []
    row.wanted.connect(wanted.append)
    row.button.click()
    assert wanted == [(4,)]
