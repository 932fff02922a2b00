"""Rows of the sheet's panel: a comment with its grade, a field that was set aside."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from clinoscope.ui import theme
from clinoscope.ui.widgets import Combo, LinkButton, label
from clinoscope.workflow.smear import tables


def stacked(rows: Sequence[QWidget]) -> QWidget:
    """Rows close under each other."""
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    for row in rows:
        column.addWidget(row)
    return box


class FieldRow(QWidget):
    """A field that was set aside; ``wanted(number)`` takes it in again."""

    wanted = Signal(int)

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.button = LinkButton("Take in again")
        self.button.setAccessibleName(f"Take field {number} in again")
        self.button.clicked.connect(lambda: self.wanted.emit(number))
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.addWidget(label(f"Field {number}"), 1)
        across.addWidget(self.button)


class CommentRow(QWidget):
    """One comment, ticked or not, with its grade where it takes one."""

    def __init__(self, entry: tables.Comment, given: Sequence[str]) -> None:
        super().__init__()
        self.entry = entry
        found = next((one for one in given if one.partition(":")[0] == entry.id), None)
        self.box = QCheckBox(entry.name)
        self.box.setFont(theme.font())
        self.box.setChecked(found is not None)
        self.grade = Combo(f"{entry.name}: how many")
        self.grade.addItem("present", "")
        for grade, words in tables.GRADES.items():
            self.grade.addItem(words, grade)
        self.grade.setCurrentIndex(max(self.grade.findData((found or "").partition(":")[2]), 0))
        self.grade.setVisible(entry.graded and found is not None)
        self.box.toggled.connect(lambda on: self.grade.setVisible(entry.graded and on))
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.addWidget(self.box, 1)
        across.addWidget(self.grade)

    def given(self) -> str:
        """``id`` or ``id:grade``; "" when it is not ticked."""
        if not self.box.isChecked():
            return ""
        grade = str(self.grade.currentData()) if self.entry.graded else ""
        return f"{self.entry.id}:{grade}" if grade else self.entry.id
