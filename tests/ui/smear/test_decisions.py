from __future__ import annotations

from dataclasses import replace

from clinoscope.ui.shell import Shell
from clinoscope.ui.smear.page import SmearPage
from clinoscope.workflow.smear.second import Comparison, Difference


def reviewed(page: SmearPage) -> dict[int, str]:
    """The labels of the cells that somebody decided on."""
    return {cell.number: cell.label for cell in page.gallery.cells() if cell.reviewed}


def test_what_is_decided_is_taken_back_and_decided_again(page: SmearPage) -> None:
    page.decisions.undo()
    page.decisions.redo()
    assert reviewed(page) == {}, "there is nothing to undo or to redo yet"
    page.decisions.decide((2, 3), "monocyte")
    page.decisions.confirm((4,))
    assert reviewed(page) == {2: "monocyte", 3: "monocyte", 4: "segmented"}
    page.decisions.undo()
    page.decisions.undo()
    assert reviewed(page) == {}
    assert page.gallery.current is not None
    assert page.gallery.current.number == 2, "one is on the cell that changed"
    page.decisions.redo()
    assert reviewed(page) == {2: "monocyte", 3: "monocyte"}


def test_with_no_open_cell_left_it_says_so(page: SmearPage, shell: Shell) -> None:
    said: list[str] = []
    shell.said.connect(said.append)
    page.decisions.decide((1, 2, 3, 4, 5), "band")
    page.decisions.go_to_open()
    assert said == ["Every cell is decided."]


def test_the_cells_two_readers_differ_on_one_after_the_other(page: SmearPage) -> None:
    assert page.state is not None
    apart = tuple(Difference(number, "band", "segmented") for number in (2, 4, 5))
    page.state = replace(page.state, comparison=Comparison(5, 2, {}, apart))
    seen = []
    for _ in range(4):
        page.desk.side.differences_wanted.emit()
        assert {cell.number for cell in page.gallery.chosen} == {2, 4, 5}
        assert page.gallery.current is not None
        seen.append(page.gallery.current.number)
    assert seen == [2, 4, 5, 2]
