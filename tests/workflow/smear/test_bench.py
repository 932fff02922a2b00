"""The open smear: every act, undone and redone, the gallery, the second reader, the signature."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from clinoscope.domain.access import Role
from clinoscope.domain.errors import NotAllowed, WrongPassword
from clinoscope.domain.picture import Origin, Picture
from clinoscope.domain.reading import COUNTED, ModelRef
from clinoscope.domain.record import Exam, ExamState, Patient, PictureRef
from clinoscope.domain.region import Box
from clinoscope.domain.smear import CellKind, FieldState, SeenCell
from clinoscope.domain.smear_sheet import CellClass
from clinoscope.records import Vault
from clinoscope.records.smears import Placed
from clinoscope.workflow import exams
from clinoscope.workflow.capture import from_frame
from clinoscope.workflow.smear import collect, tables
from clinoscope.workflow.smear.bench import Bench
from clinoscope.workflow.smear.second import FIRST, SECOND, Difference

PASSWORD = "a long enough one"
MODELS = (ModelRef("neutrophil-cells", "2.0.0", "ab" * 32),)
CELLS = (
    ("segmented", 0.1, CellKind.WHOLE),
    ("segmented", 0.4, CellKind.WHOLE),
    ("lymphocyte", 0.3, CellKind.WHOLE),
    ("unidentified", 0.6, CellKind.WHOLE),
    ("not_counted", 0.2, CellKind.CUT),
)


def with_cells(vault: Vault, patient: Patient, cells: Sequence[tuple[str, float, CellKind]] = CELLS) -> Bench:
    """A bench on a smear whose cells are written down, not read: what reading gives is tested elsewhere."""
    exam = collect.begin(vault, patient, target=3)
    taken = PictureRef(
        sha256=vault.pictures.put(b"a field"),
        media_type="image/png",
        width=900,
        height=700,
        origin=Origin.FILE,
        device="",
        taken_at=datetime.now(UTC),
        phantom=True,
    )
    exam = replace(exam, picture=taken)
    vault.exams.save_draft(exam)
    field = vault.smears.add_field(exam, taken)
    placed = [
        Placed(SeenCell(box=Box(9, 9, 30, 30), score=0.9, kind=kind, suggested=label, doubt=doubt), b"crop")
        for label, doubt, kind in cells
    ]
    vault.smears.set_read(exam, replace(field, track=1), placed, b"small", MODELS)
    return Bench(vault, exam)


@pytest.fixture
def bench(vault: Vault, patient: Patient) -> Bench:
    return with_cells(vault, patient)


def labels(bench: Bench) -> list[str]:
    return [cell.label for cell in bench.cells]


def decided(bench: Bench) -> list[str]:
    return [cell.first.label if cell.first else "" for cell in bench.cells]


def test_the_gallery_follows_the_decisions(bench: Bench) -> None:
    assert [band.id for band in bench.gallery()] == ["segmented", "lymphocyte", "unidentified", "cut"]
    bench.decide([5], "segmented")
    assert [band.id for band in bench.gallery()] == ["segmented", "lymphocyte", "unidentified"]


def test_decisions_are_stored_undone_and_done_again(vault: Vault, bench: Bench) -> None:
    before = labels(bench)
    changed = bench.decide([1, 3], "band")
    assert [(cell.number, cell.label) for cell in changed] == [(1, "band"), (3, "band")]
    bench.decide([3], "monocyte")
    assert labels(bench)[:3] == ["band", "segmented", "monocyte"]
    bench.undo()
    assert labels(bench)[:3] == ["band", "segmented", "band"]
    bench.undo()
    assert labels(bench) == before
    assert not bench.can_undo
    bench.redo()
    bench.redo()
    assert labels(bench)[:3] == ["band", "segmented", "monocyte"]
    assert labels(Bench(vault, bench.exam)) == labels(bench)
    bench.undo()
    bench.decide([2], "eosinophil")
    assert not bench.can_redo
    with pytest.raises(NotAllowed, match="nothing to redo"):
        bench.redo()


def test_undo_takes_a_review_back_too(bench: Bench) -> None:
    bench.confirm([1, 2])
    assert decided(bench) == ["segmented", "segmented", "", "", ""]
    bench.undo()
    assert decided(bench) == [""] * 5
    with pytest.raises(NotAllowed, match="nothing to undo"):
        bench.undo()


def test_an_act_that_changes_nothing_is_no_step(bench: Bench) -> None:
    bench.decide([1], "band")
    assert bench.decide([1], "band") == ()
    assert bench.confirm([1]) == ()
    bench.undo()
    assert not bench.can_undo


def test_unknown_classes_and_cells_are_refused(bench: Bench) -> None:
    with pytest.raises(NotAllowed, match="no class"):
        bench.decide([1], "unicorn")
    with pytest.raises(NotAllowed, match="no such cell"):
        bench.decide([1, 99], "band")
    assert decided(bench) == [""] * 5


def test_it_counts_and_names_what_is_missing(bench: Bench) -> None:
    assert (bench.counted, bench.sheet.target) == (3, 3)
    assert bench.hindrances() == ("5 cells are not reviewed yet.",)
    bench.confirm(cell.number for cell in bench.cells)
    assert bench.hindrances() == ("1 cell is unidentified: decide, or set them to not counted.",)
    bench.decide([3, 4], "not_counted")
    assert bench.hindrances() == ("2 of 3 white cells are counted: add fields, or write why there are fewer.",)
    bench.edit(shortfall="hardly any")
    assert bench.hindrances() == ()


def test_what_lies_outside_its_range_waits_for_the_target_or_a_reason(bench: Bench) -> None:
    bench.edit(target=30)
    assert bench.differential().waits_for == 30
    bench.edit(shortfall="hardly any")
    assert bench.differential().waits_for == 0


def test_signing_keeps_what_was_said_and_what_was_decided(vault: Vault, bench: Bench) -> None:
    bench.confirm(cell.number for cell in bench.cells)
    bench.decide([4], "band")
    bench.edit(note="Few cells.", white_cells=6.2)
    with pytest.raises(WrongPassword):
        bench.sign("not the password")
    signed = bench.sign(PASSWORD)
    assert signed.state is ExamState.SIGNED
    assert signed.reading
    assert signed.review
    assert (signed.reading.answer, signed.reading.model) == (COUNTED, MODELS[0])
    assert [(measure.name, round(measure.value, 1)) for measure in signed.reading.measures] == [
        ("white cells", 4),
        ("neutrophils", 75.0),
    ]
    assert (signed.review.agrees, signed.review.comment) == (False, "Few cells.")
    cell = vault.smears.of(signed).cells[3]
    assert cell.first
    assert (cell.seen.suggested, cell.first.label, cell.first.by.name) == ("unidentified", "band", "Ada")
    assert vault.verify().ok
    for act in (lambda: bench.decide([1], "band"), lambda: bench.edit(note="x"), lambda: bench.set_aside(1)):
        with pytest.raises(NotAllowed):
            act()


def test_what_hinders_is_said_before_the_password_is_asked(bench: Bench) -> None:
    with pytest.raises(NotAllowed, match="not reviewed"):
        bench.sign("whatever")


def test_an_amendment_opens_with_all_decisions(vault: Vault, bench: Bench) -> None:
    bench.confirm(cell.number for cell in bench.cells)
    bench.decide([4], "band")
    signed = bench.sign(PASSWORD)
    again = Bench(vault, exams.amend(vault, signed, "looked at again"))
    assert labels(again) == labels(bench)
    again.decide([4], "eosinophil")
    newer = again.sign(PASSWORD)
    assert (newer.version, newer.amendment) == (2, "looked at again")
    assert vault.smears.of(signed).cells[3].label == "band"
    assert vault.verify().ok


def test_own_classes_are_signed_with_the_smear(vault: Vault, bench: Bench) -> None:
    tables.set_own_classes(vault, [CellClass(id="own", name="Hairy cell", key="h")])
    again = Bench(vault, bench.exam)
    again.confirm(cell.number for cell in again.cells)
    again.decide([4], "own")
    line = again.differential().line("own")
    assert line
    assert line.count == 1
    signed = again.sign(PASSWORD)
    tables.set_own_classes(vault, [])
    assert Bench(vault, signed).classes["own"].name == "Hairy cell"


def test_a_field_set_aside_takes_its_cells_along(bench: Bench) -> None:
    bench.set_aside(1)
    assert (bench.cells, bench.counted) == ((), 0)
    bench.set_aside(1, aside=False)
    assert len(bench.cells) == 5


def test_the_sheet_refuses_what_cannot_be(bench: Bench) -> None:
    for changes, sentence in (({"target": 0}, "At least one"), ({"white_cells": -1.0}, "between 0 and 1000")):
        with pytest.raises(NotAllowed, match=sentence):
            bench.edit(**changes)
    with pytest.raises(TypeError):
        bench.edit(second=None)


def test_fields_are_added_and_read_through_the_bench(
    vault: Vault, patient: Patient, fields: tuple[Picture, ...]
) -> None:
    bench = Bench(vault, collect.begin(vault, patient))
    assert bench.exam.picture is None
    added = bench.add_field(fields[0])
    assert bench.exam.picture == added.picture == vault.exams.get(bench.exam.id).picture
    assert bench.hindrances()[0] == "1 field is not read yet: wait, or set them aside."
    part = bench.read_next()
    assert part
    assert part.cells == bench.smear.cells
    assert bench.read_next() is None
    assert set(bench.crops([cell.number for cell in bench.cells])) == {cell.number for cell in bench.cells}
    assert bench.field_picture(1).sha256 == fields[0].sha256
    assert bench.small_fields([1])[1][:2] == b"\xff\xd8"


def test_a_picture_that_is_no_field_does_not_count_unless_it_is_taken_in(
    vault: Vault, patient: Patient, fields: tuple[Picture, ...]
) -> None:
    bench = Bench(vault, collect.begin(vault, patient, target=1))
    noise = np.random.default_rng(0).normal(0, 2, (480, 640, 3))
    wall = np.clip(np.linspace(120, 160, 640)[None, :, None] + noise, 0, 255).astype(np.uint8)
    bench.add_field(from_frame(wall, Origin.FILE, ""))
    bench.add_field(fields[0])
    while bench.read_next() is not None:
        pass
    assert [entry.state for entry in bench.smear.fields] == [FieldState.ASIDE, FieldState.READ]
    assert bench.strange == (1,)
    bench.confirm(cell.number for cell in bench.cells)
    bench.decide([cell.number for cell in bench.cells if cell.label == "unidentified"], "band")
    bench.edit(shortfall="one field")
    bench.set_aside(1, aside=False)
    assert bench.strange == (), "somebody insists"
    bench.set_aside(1)
    signed = bench.sign(PASSWORD)
    assert signed.picture == bench.smear.fields[1].picture, "what stands for the smear is a field that counts"
    assert vault.verify().ok


# --- cells that the program missed -----------------------------------------------------------------------------------


@pytest.fixture
def read_bench(vault: Vault, patient: Patient, fields: tuple[Picture, ...]) -> Bench:
    """A bench on overlapping fields that were read."""
    bench = Bench(vault, collect.begin(vault, patient, target=1))
    for field in fields:
        bench.add_field(field)
    while bench.read_next() is not None:
        pass
    return bench


def free_place(bench: Bench, field: int) -> Box:
    """A box of a field where no cell lies, also not one that only the other field shows."""
    entries = {entry.number: entry for entry in bench.smear.fields}
    here = entries[field]
    taken = [
        Box(cell.seen.box.x + there.x - here.x, cell.seen.box.y + there.y - here.y, cell.seen.box.w, cell.seen.box.h)
        for cell in bench.smear.cells
        if (there := entries[cell.field])
    ]
    places = (Box(x, y, 60, 60) for y in range(40, 400, 20) for x in range(40, 600, 20))
    return next(box for box in places if all(box.padded(0.3).shared(other) == 0 for other in taken))


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


# --- the second reader ------------------------------------------------------------------------------------------------


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
