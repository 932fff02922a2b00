"""Cells that the program missed: added on the open smear, decided on, undone and taken away."""

import pytest
from open_smear import PASSWORD, free_place

from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.region import Box
from clinoscope.domain.smear import CellKind
from clinoscope.records import Vault
from clinoscope.workflow.smear.bench import Bench


def test_a_missed_cell_is_added_read_decided_on_and_taken_away(vault: Vault, read_bench: Bench) -> None:
    bench, before = read_bench, read_bench.cells
    added = bench.add_cell(1, free_place(bench, 1))
    assert added.seen.drawn_by == vault.user
    assert (added.field, added.seen.kind, added.reviewed) == (1, CellKind.WHOLE, False)
    assert sum(added.seen.type.values()) == pytest.approx(1, abs=0.01), "read as the others are"
    assert bench.crops([added.number])
    assert len(bench.cells) == len(before) + 1
    bench.decide([added.number], "monocyte")
    assert bench.differential().line("monocyte").count >= 1  # type: ignore[union-attr]
    again = Bench(vault, bench.exam)
    assert [(cell.number, cell.label) for cell in again.cells] == [(cell.number, cell.label) for cell in bench.cells]
    assert bench.take_away(added.number)[0].gone
    assert [cell.number for cell in bench.cells] == [cell.number for cell in before]
    assert [cell.number for cell in Bench(vault, bench.exam).cells] == [cell.number for cell in before]


def test_adding_and_taking_away_are_undone_and_done_again(vault: Vault, read_bench: Bench) -> None:
    bench = read_bench
    number = bench.add_cell(1, free_place(bench, 1)).number

    def there() -> bool:
        stored = any(cell.number == number for cell in vault.smears.of(bench.exam).standing())
        assert stored == any(cell.number == number for cell in bench.cells)
        return stored

    bench.decide([number], "monocyte")
    bench.take_away(number)
    assert not there()
    assert bench.undo()[0].label == "monocyte"
    assert there()
    bench.redo()
    assert not there()
    bench.undo()
    bench.undo()
    bench.undo()
    assert not there()
    assert not bench.can_undo
    bench.redo()
    assert there()
    bench.redo()
    assert next(cell for cell in bench.cells if cell.number == number).label == "monocyte"


def test_a_box_over_a_cell_of_this_or_another_field_is_refused(read_bench: Bench) -> None:
    bench = read_bench
    entries = {entry.number: entry for entry in bench.smear.fields}
    twice = next(cell for cell in bench.smear.cells if cell.same_as is not None)
    with pytest.raises(NotAllowed, match=f"This is cell {twice.same_as} already"):
        bench.add_cell(twice.field, twice.seen.box)
    number = bench.add_cell(1, free_place(bench, 1)).number
    drawn = next(cell for cell in bench.cells if cell.number == number)
    with pytest.raises(NotAllowed, match=f"This is cell {number} already"):
        bench.add_cell(1, drawn.seen.box)
    shift = (entries[1].x - entries[2].x, entries[1].y - entries[2].y)
    there = Box(drawn.seen.box.x + shift[0], drawn.seen.box.y + shift[1], 60, 60)
    if there.x > 20 and there.y > 20:
        with pytest.raises(NotAllowed, match=f"This is cell {number} already"):
            bench.add_cell(2, there)
    with pytest.raises(NotAllowed, match="outside the field"):
        bench.add_cell(1, Box(5000, 10, 60, 60))
    bench.set_aside(1)
    with pytest.raises(NotAllowed, match="set aside"):
        bench.add_cell(1, free_place(bench, 1))


def test_what_is_signed_takes_no_cell(read_bench: Bench) -> None:
    bench = read_bench
    number = bench.add_cell(1, free_place(bench, 1)).number
    bench.confirm(cell.number for cell in bench.cells)
    bench.decide([cell.number for cell in bench.cells if cell.label == "unidentified"], "band")
    bench.sign(PASSWORD)
    for act in (
        lambda: bench.add_cell(2, free_place(bench, 2)),
        lambda: bench.take_away(number),
        lambda: bench.undo(),
    ):
        with pytest.raises(NotAllowed):
            act()
