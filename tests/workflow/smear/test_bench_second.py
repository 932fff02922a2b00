"""The second reader on the open smear: blind, then compared with the first."""

from collections.abc import Callable

import numpy as np
import pytest
from open_smear import PASSWORD, decided, free_place, labels

from clinoscope.domain.access import Role
from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.picture import Origin
from clinoscope.domain.record import Exam
from clinoscope.records import Vault
from clinoscope.workflow.capture import from_frame
from clinoscope.workflow.smear.bench import Bench
from clinoscope.workflow.smear.second import FIRST, SECOND, Difference


@pytest.fixture
def read_once(vault: Vault, bench: Bench) -> Exam:
    """The first reader has decided on everything and asked Ben to read blind."""
    ben = vault.custody.add_user("Ben", PASSWORD, [Role.PATHOLOGIST]).user
    bench.confirm(cell.number for cell in bench.cells)
    bench.decide([4], "monocyte")
    return bench.invite(ben)


def test_the_second_reader_is_blind_and_both_are_compared(
    vault: Vault, read_once: Exam, as_user: Callable[[Vault, str], Vault]
) -> None:
    theirs = as_user(vault, "Ben")
    second = Bench(theirs, theirs.exams.get(read_once.id))
    assert second.reader == SECOND
    assert decided(second) == [""] * 5
    assert all(cell.second is None for cell in second.cells)
    assert labels(second)[3] == "unidentified"
    with pytest.raises(NotAllowed, match="not reviewed"):
        second.finish_second()
    second.confirm(cell.number for cell in second.cells)
    second.decide([4], "lymphocyte")
    with pytest.raises(NotAllowed, match="The first reader signs"):
        second.sign(PASSWORD)
    assert second.comparison() is None
    exam = second.finish_second()
    with pytest.raises(NotAllowed, match="closed"):
        second.decide([4], "monocyte")

    ours = as_user(theirs, "Ada")
    first = Bench(ours, ours.exams.get(exam.id))
    assert first.reader == FIRST
    found = first.comparison()
    assert found
    assert (found.cells, found.agreed, found.differences) == (5, 4, (Difference(4, "monocyte", "lymphocyte"),))
    assert found.kappa["value"] == pytest.approx((0.8 - 0.28) / (1 - 0.28))
    first.decide([4], "lymphocyte")
    assert first.comparison() == found  # the blind readings are what is compared
    signed = first.sign(PASSWORD)
    cell = ours.smears.of(signed).cells[3]
    assert cell.first
    assert cell.second
    assert (cell.first.by.name, cell.second.by.name, cell.second.label) == ("Ada", "Ben", "lymphocyte")
    assert ours.verify().ok


def test_the_fields_are_the_first_readers(
    vault: Vault, read_once: Exam, bench: Bench, as_user: Callable[[Vault, str], Vault]
) -> None:
    bench.add_field(from_frame(np.zeros((90, 120, 3), np.uint8), Origin.FILE, ""))
    theirs = as_user(vault, "Ben")
    blind = Bench(theirs, theirs.exams.get(read_once.id))
    for act in (blind.stop, blind.go_on, blind.take_out, lambda: blind.set_aside(1), lambda: blind.take_in([1])):
        with pytest.raises(NotAllowed, match="The fields are the first reader's"):
            act()
    with pytest.raises(NotAllowed, match="not read yet: the first reader"):
        blind.finish_second()


def test_the_first_reader_sees_nothing_of_the_second_before_the_end(
    vault: Vault, read_once: Exam, as_user: Callable[[Vault, str], Vault]
) -> None:
    theirs = as_user(vault, "Ben")
    Bench(theirs, theirs.exams.get(read_once.id)).decide([1], "eosinophil")
    ours = as_user(theirs, "Ada")
    first = Bench(ours, ours.exams.get(read_once.id))
    assert all(cell.second is None for cell in first.cells)
    assert "The second reader, Ben, has not finished." in first.hindrances()
    with pytest.raises(NotAllowed, match="has decided on cells already"):
        first.invite(None)


def test_nobody_reads_blind_what_they_decided_themselves(vault: Vault, bench: Bench) -> None:
    with pytest.raises(NotAllowed, match="someone who has not seen"):
        bench.invite(vault.user)
    bench.invite(vault.custody.add_user("Ben", PASSWORD, [Role.PATHOLOGIST]).user)
    assert bench.invite(None).smear
    assert bench.sheet.second is None
    with pytest.raises(NotAllowed, match="no blind reading of yours"):
        bench.finish_second()


def test_the_second_reader_sees_added_cells_and_adds_none(
    vault: Vault, read_bench: Bench, as_user: Callable[[Vault, str], Vault]
) -> None:
    added = read_bench.add_cell(1, free_place(read_bench, 1))
    read_bench.decide([added.number], "monocyte")
    ben = vault.custody.add_user("Ben", PASSWORD, [Role.PATHOLOGIST]).user
    exam = read_bench.invite(ben)
    theirs = as_user(vault, "Ben")
    second = Bench(theirs, theirs.exams.get(exam.id))
    seen = next(cell for cell in second.cells if cell.number == added.number)
    assert (seen.first, seen.second) == (None, None), "the cell, and nothing of what was decided on it"
    assert seen.seen.drawn_by is not None
    with pytest.raises(NotAllowed, match="The first reader adds cells"):
        second.add_cell(1, free_place(second, 1))
    with pytest.raises(NotAllowed, match="The first reader adds cells"):
        second.take_away(added.number)
    second.decide([added.number], "lymphocyte")
    assert second.undo()[0].first is None
