"""The open smear: every act, undone and redone, the gallery, the signature."""

from dataclasses import replace

import numpy as np
import pytest
from open_smear import MODELS, PASSWORD, decided, labels

from clinoscope.domain.errors import NotAllowed, WrongPassword
from clinoscope.domain.picture import Origin, Picture
from clinoscope.domain.reading import COUNTED
from clinoscope.domain.record import ExamState, Patient
from clinoscope.domain.smear import FieldState, Why
from clinoscope.domain.smear_sheet import CellClass
from clinoscope.records import Vault
from clinoscope.workflow import exams
from clinoscope.workflow.capture import from_frame
from clinoscope.workflow.smear import collect, tables
from clinoscope.workflow.smear.bench import Bench


def no_fields(bench: Bench) -> list[int]:
    """The fields that reading set aside, as nothing in them speaks for a field."""
    return [entry.number for entry in bench.smear.fields if entry.why is Why.NO_FIELD]


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
    assert bench.hindrances() == ("1 cell is unidentified: decide, or set it to not counted.",)
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
    bench.take_in([1])
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
    assert bench.hindrances()[0] == "1 field is not read yet: wait, or stop and take it out."
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
    assert no_fields(bench) == [1]
    bench.confirm(cell.number for cell in bench.cells)
    bench.decide([cell.number for cell in bench.cells if cell.label == "unidentified"], "band")
    bench.edit(shortfall="one field")
    bench.take_in([1])
    assert no_fields(bench) == [], "somebody insists"
    bench.set_aside(1)
    signed = bench.sign(PASSWORD)
    assert signed.picture == bench.smear.fields[1].picture, "what stands for the smear is a field that counts"
    assert vault.verify().ok


def unread(vault: Vault, patient: Patient, fields: tuple[Picture, ...]) -> Bench:
    """A bench of which one field is read and the others wait."""
    bench = Bench(vault, collect.begin(vault, patient, target=1))
    for field in fields:
        bench.add_field(field)
    bench.read_next()
    return bench


def test_reading_is_stopped_and_stays_so_until_somebody_goes_on(
    vault: Vault, patient: Patient, fields: tuple[Picture, ...]
) -> None:
    bench = unread(vault, patient, fields)
    cells = bench.cells
    bench.stop()
    assert (bench.stopped, bench.waiting, bench.read_next()) == (True, 3, None)
    assert bench.cells == cells
    assert bench.hindrances()[0] == "3 fields are not read yet: reading is stopped. Go on, or take them out."
    again = Bench(vault, vault.exams.get(bench.exam.id))
    assert (again.stopped, again.read_next()) == (True, None), "closed and opened again"
    again.go_on()
    while again.read_next() is not None:
        pass
    assert (again.stopped, again.waiting) == (False, 0)


def test_what_is_not_read_is_taken_out_and_in_again(
    vault: Vault, patient: Patient, fields: tuple[Picture, ...]
) -> None:
    bench = unread(vault, patient, fields)
    bench.stop()
    assert [entry.number for entry in bench.take_out()] == [2, 3, 4]
    assert {entry.why for entry in bench.smear.fields[1:]} == {Why.NOT_READ}
    assert not bench.sheet.stopped, "what comes later is read"
    assert all("not read" not in sentence for sentence in bench.hindrances())
    again = Bench(vault, vault.exams.get(bench.exam.id))
    again.take_in([2, 3])
    assert (again.waiting, again.stopped) == (2, False)
    assert again.read_next()


def test_a_stop_is_over_once_the_last_field_was_being_read(
    vault: Vault, patient: Patient, fields: tuple[Picture, ...]
) -> None:
    bench = Bench(vault, collect.begin(vault, patient))
    bench.stop()
    assert not bench.sheet.stopped, "nothing waits"
    bench.add_field(fields[0])
    bench._save_sheet(replace(bench.sheet, stopped=True))  # stopped while the one field was on its way
    bench._took_in(bench._collector.read_next())  # type: ignore[arg-type]
    assert not bench.stopped
    bench.add_field(fields[1])
    assert not bench.stopped
    assert bench.read_next()


def test_why_a_field_is_set_aside_is_still_there_after_a_restart(vault: Vault, patient: Patient) -> None:
    bench = Bench(vault, collect.begin(vault, patient))
    bench.add_field(from_frame(np.full((240, 320, 3), 128, np.uint8), Origin.FILE, ""))
    bench.read_next()
    again = Bench(vault, vault.exams.get(bench.exam.id))
    assert no_fields(again) == [1]
    again.take_in([1])
    again.set_aside(1)
    assert again.smear.fields[0].why is Why.BY_HAND
