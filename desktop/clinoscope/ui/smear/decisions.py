"""Decisions on cells: made, undone and done again, and the way to those that are still to be made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from clinoscope.domain.access import Act
from clinoscope.domain.smear import Cell

if TYPE_CHECKING:
    from clinoscope.ui.smear.page import SmearPage


class Decisions(QObject):
    """One per page."""

    def __init__(self, page: SmearPage) -> None:
        super().__init__(page)
        self._page = page

    def decide(self, numbers: tuple[int, ...], class_id: str) -> None:
        """Sort cells into a class."""
        if not self._page.refuse(Act.EXAM_REVIEW):
            self._page.change(lambda bench: bench.decide(numbers, class_id))

    def confirm(self, numbers: tuple[int, ...]) -> None:
        """Leave cells where they are, as reviewed."""
        if not self._page.refuse(Act.EXAM_REVIEW):
            self._page.change(lambda bench: bench.confirm(numbers))

    def undo(self) -> None:
        """Take the last decision back."""
        page = self._page
        if page.state is not None and page.state.can_undo and not page.refuse(Act.EXAM_REVIEW):
            page.change(lambda bench: bench.undo(), self._go_to_first)

    def redo(self) -> None:
        """Decide again what was taken back last."""
        page = self._page
        if page.state is not None and page.state.can_redo and not page.refuse(Act.EXAM_REVIEW):
            page.change(lambda bench: bench.redo(), self._go_to_first)

    def _go_to_first(self, cells: tuple[Cell, ...]) -> None:
        if cells:
            self._page.gallery.go_to(cells[0].number)

    def go_to_open(self) -> None:
        """To the next cell that needs a decision."""
        page = self._page
        left = page.state.open if page.state is not None else ()
        if left:
            here = page.gallery.current.number if page.gallery.current is not None else 0
            place = left.index(here) + 1 if here in left else 0
            page.desk.leave_adding()
            page.gallery.go_to(left[place % len(left)])
            (page.desk.canvas if page.desk.looking else page.gallery).setFocus()
        else:
            page.shell.say("Every cell is decided.")

    def show_differences(self) -> None:
        """Choose the cells that the two readers decided differently; asked again, go on to the next of them."""
        page = self._page
        found = page.state.comparison if page.state is not None else None
        if found is not None:
            numbers = [difference.cell for difference in found.differences]
            here = page.gallery.current.number if page.gallery.current is not None else 0
            place = numbers.index(here) + 1 if here in numbers and len(page.gallery.chosen) > 1 else 0
            page.desk.leave_adding()
            page.gallery.choose(numbers[place:] + numbers[:place])
            page.gallery.setFocus()
