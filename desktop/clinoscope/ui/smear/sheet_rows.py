"""Rows of the sheet's panel: a comment with its grade, a field that was set aside."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from clinoscope.domain.counts import numbered
from clinoscope.domain.smear_sheet import Comment
from clinoscope.ui import theme
from clinoscope.ui.widgets import Combo, LinkButton, label
from clinoscope.workflow.smear.comments import GRADES

_INDENT = 32
"""From the left edge of a tick to the words behind it."""


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
    """Fields that were set aside; ``wanted(numbers)`` takes them in again. ``why`` stands behind their numbers."""

    wanted = Signal(object)

    def __init__(self, numbers: tuple[int, ...], why: str = "") -> None:
        super().__init__()
        self.numbers = numbers
        words = numbered(numbers, "field", "fields")
        self.button = LinkButton("Take in again")
        self.button.setAccessibleName(f"Take {words} in again")
        self.button.clicked.connect(lambda: self.wanted.emit(numbers))
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        name = words[:1].upper() + words[1:]
        across.addWidget(label(f"{name} · {why}" if why else name, wrap=True), 1)
        across.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)


class CommentRow(QWidget):
    """One comment, ticked or not, with its grade where it takes one.

    ``beside`` stands at its right: the key that ticks it. What the report says instead of its name stands beneath.
    """

    def __init__(self, entry: Comment, given: Sequence[str], beside: str = "") -> None:
        super().__init__()
        self.entry = entry
        found = next((one for one in given if one.partition(":")[0] == entry.id), None)
        self.box = QCheckBox(entry.name)
        self.box.setFont(theme.font())
        self.box.setChecked(found is not None)
        self._given = (found or "").partition(":")[2]
        self._across = QHBoxLayout()
        self._across.setSpacing(8)
        self._across.addWidget(self.box, 1)
        if beside:
            self._across.addWidget(label(beside, "small", "secondary"))
        down = QVBoxLayout(self)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(0)
        down.addLayout(self._across)
        if entry.text:
            says = label(entry.text, "small", "secondary", wrap=True)
            says.setContentsMargins(_INDENT, 0, 0, 4)
            down.addWidget(says)
            self.box.setAccessibleDescription(entry.text)
        if entry.graded:
            self.box.toggled.connect(self._on_ticked)
        if entry.graded and found is not None:
            self.grade.show()

    @functools.cached_property
    def grade(self) -> Combo:
        """How many; made when it is first wanted, since two dozen of them would hold up the window."""
        made = Combo(f"{self.entry.name}: how many")
        made.addItem("present", "")
        for grade, words in GRADES.items():
            made.addItem(words, grade)
        made.setCurrentIndex(max(made.findData(self._given), 0))
        self._across.addWidget(made)
        QWidget.setTabOrder(self.box, made)  # or it comes behind all that was made before it
        made.setVisible(self.entry.graded and self.box.isChecked())
        return made

    def _on_ticked(self, on: bool) -> None:
        self.grade.setVisible(on)

    def toggle(self) -> None:
        """Tick it or not, and put the keyboard there."""
        self.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.box.toggle()

    def given(self) -> str:
        """``id`` or ``id:grade``; "" when it is not ticked."""
        if not self.box.isChecked():
            return ""
        grade = str(self.grade.currentData()) if self.entry.graded else ""
        return f"{self.entry.id}:{grade}" if grade else self.entry.id
